"""Errors between Byline and a provider."""

from __future__ import annotations

from bot.errors import ShownError
from index.extras import installing


class OidcMissing(ShownError):
    def __init__(self) -> None:
        super().__init__(f"Sign-in with a provider is not installed. Install it with {installing('oidc')}.")


class ProviderUnreachable(ShownError):
    """The provider cannot be reached, or it answers something else than a provider does."""

    def __init__(self, issuer: str, reason: str) -> None:
        super().__init__(f"The provider {issuer} cannot be used now: {reason}. Try again in a minute.")


class ProviderTokenRefused(ShownError):
    """A token that somebody brought from the provider does not prove who they are."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"This token is not accepted: {reason}. Get a new one from the provider, for this server.")


class NotAdmitted(ShownError):
    """The provider knows them, and the rules let in others."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not among those who may come here. Ask whoever runs Byline.")
