"""What can be wrong between Byline and Slack, each with its remedy. No sentence shows a token."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import ShownError, UsageError


@dataclass(frozen=True, slots=True)
class TokenKind:
    """One of the two tokens of Socket Mode: how it begins, and where it is found and kept."""

    name: str
    prefix: str
    variable: str
    place: str  # in the app's settings on Slack's site


BOT_TOKEN = TokenKind("bot token", "xoxb-", "SLACK_BOT_TOKEN", "OAuth & Permissions")
APP_TOKEN = TokenKind(
    "app-level token",
    "xapp-",
    "SLACK_APP_TOKEN",
    "Basic Information, App-Level Tokens, with the scope connections:write",
)


class SlackMissing(ShownError):
    def __init__(self) -> None:
        super().__init__("Slack support is not installed. Install it with `pip install 'byline[slack]'`.")


class TokenMissing(UsageError):
    def __init__(self, kind: TokenKind) -> None:
        super().__init__(
            f"Slack needs the {kind.name}. Set {kind.variable} to the one that begins with {kind.prefix} "
            f"(in the app's settings: {kind.place})."
        )


class TokenMistaken(UsageError):
    """A token of another kind, such as the two exchanged."""

    def __init__(self, kind: TokenKind) -> None:
        super().__init__(
            f"{kind.variable} does not hold the {kind.name}: that begins with {kind.prefix} "
            f"(in the app's settings: {kind.place})."
        )


class TokenRefused(ShownError):
    def __init__(self, kind: TokenKind, reason: str) -> None:
        super().__init__(
            f"Slack refuses the {kind.name} ({reason}). Set {kind.variable} to a valid one "
            f"(in the app's settings: {kind.place})."
        )


class SlackUnreachable(ShownError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"Slack cannot be reached: {reason}. Check the network, then start again.")


class CredentialsConflict(UsageError):
    """Bolt reads these two variables by itself, and would then ignore the bot token."""

    def __init__(self) -> None:
        super().__init__(
            "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are set, and would be used instead of the bot token. "
            "Unset them to use Socket Mode with one workspace."
        )
