"""The errors between Byline and Slack, each with its remedy. No message shows a token."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.errors import ShownError, UsageError
from index.extras import installing


@dataclass(frozen=True, slots=True)
class TokenKind:
    """A token or another secret of a Slack app: its prefix, its variable, and its place in the settings."""

    name: str
    prefix: str  # empty without one
    variable: str
    place: str  # in the app's settings on Slack's site


BOT_TOKEN = TokenKind("bot token", "xoxb-", "SLACK_BOT_TOKEN", "OAuth & Permissions")
APP_TOKEN = TokenKind(
    "app-level token",
    "xapp-",
    "SLACK_APP_TOKEN",
    "Basic Information, App-Level Tokens, with the scope connections:write",
)
SIGNING_SECRET = TokenKind("signing secret", "", "SLACK_SIGNING_SECRET", "Basic Information, App Credentials")
CLIENT_ID = TokenKind("client ID", "", "SLACK_CLIENT_ID", "Basic Information, App Credentials")
CLIENT_SECRET = TokenKind("client secret", "", "SLACK_CLIENT_SECRET", "Basic Information, App Credentials")

TOKEN_KEY = "SLACK_TOKEN_KEY"  # no secret of Slack's: Byline's own

# The ways to run the bot, by the variables that each needs.
WAYS = {
    "Socket Mode": (BOT_TOKEN.variable, APP_TOKEN.variable),
    "HTTP, one workspace": (BOT_TOKEN.variable, SIGNING_SECRET.variable),
    "HTTP, several workspaces": (SIGNING_SECRET.variable, CLIENT_ID.variable, CLIENT_SECRET.variable, TOKEN_KEY),
}


class SlackMissing(ShownError):
    def __init__(self) -> None:
        super().__init__(f"Slack support is not installed. Install it with {installing('slack')}.")


class TokenMissing(UsageError):
    def __init__(self, kind: TokenKind) -> None:
        begins = f" to the one that begins with {kind.prefix}" if kind.prefix else ""
        super().__init__(
            f"Slack needs the {kind.name}. Set {kind.variable}{begins} (in the app's settings: {kind.place})."
        )


class TokenMistaken(UsageError):
    """A token of another kind, such as the two exchanged."""

    def __init__(self, kind: TokenKind) -> None:
        super().__init__(
            f"{kind.variable} does not hold the {kind.name}: that begins with {kind.prefix} "
            f"(in the app's settings: {kind.place})."
        )


def checked(token: str | None, kind: TokenKind) -> str:
    """The token. Raises TokenMissing, and TokenMistaken for a wrong prefix."""
    if not token:
        raise TokenMissing(kind)
    if not token.startswith(kind.prefix):
        raise TokenMistaken(kind)
    return token


class SlackTokenRefused(ShownError):
    def __init__(self, kind: TokenKind, reason: str) -> None:
        super().__init__(
            f"Slack refuses the {kind.name} ({reason}). Set {kind.variable} to a valid one "
            f"(in the app's settings: {kind.place})."
        )


class SlackUnreachable(ShownError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"Slack cannot be reached: {reason}. Check the network, then start again.")


class CredentialsConflict(UsageError):
    """The secrets of two ways to run the app. Bolt reads the client's secrets, and would ignore the bot token."""

    def __init__(self) -> None:
        super().__init__(
            f"{BOT_TOKEN.variable} is for one workspace, {CLIENT_ID.variable} and {CLIENT_SECRET.variable} are for "
            "several, and both are set. Unset the bot token, or unset the other two. Several workspaces need `--http`."
        )


class TokenKeyMissing(UsageError):
    def __init__(self) -> None:
        super().__init__(
            f"The tokens of several workspaces are kept encrypted, and {TOKEN_KEY} is not set. "
            "Make a key with `byline slack key`, keep it safe, and set the variable to it."
        )


class TokenKeyInvalid(UsageError):
    def __init__(self) -> None:
        super().__init__(
            f"{TOKEN_KEY} does not hold a key. Make one with `byline slack key`. Several keys stand with commas."
        )


class TokenKeyMistaken(ShownError):
    """A key other than the key of the encrypted tokens."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The Slack tokens in {path} were encrypted with another key. Set {TOKEN_KEY} to that key, after a comma "
            "if you have a newer one. If it is lost, delete the file and install the app in each workspace again."
        )


class AddressInvalid(UsageError):
    def __init__(self, given: str) -> None:
        super().__init__(f"--http {given} is no address. Give a host and a port, such as 127.0.0.1:3000.")


class SlackAddressUnusable(UsageError):
    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"Slack's requests cannot be taken on {host}:{port}: {reason}. Choose another address with `--http`."
        )


class PublicAddressInvalid(UsageError):
    def __init__(self, given: str) -> None:
        super().__init__(
            f"--http {given} cannot be where Slack reaches Byline. Give the address from outside, "
            "such as https://byline.example."
        )
