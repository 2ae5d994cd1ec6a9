"""Sign-in with an OpenID provider: who somebody is there, proved by its signature, and what they may do here."""

from __future__ import annotations

from bot.auth.oidc.errors import NotAdmitted, OidcMissing, ProviderUnreachable, TokenRefused
from bot.auth.oidc.provider import Begun, Provider
from bot.auth.oidc.rules import Person, Rules
from bot.auth.oidc.settings import Settings

__all__ = [
    "Begun",
    "NotAdmitted",
    "OidcMissing",
    "Person",
    "Provider",
    "ProviderUnreachable",
    "Rules",
    "Settings",
    "TokenRefused",
]
