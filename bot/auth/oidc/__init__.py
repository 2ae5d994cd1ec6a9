"""Sign-in with an OpenID provider: who somebody is there, proved by its signature, and what they may do here."""

from __future__ import annotations

from bot.auth.oidc.errors import NotAdmitted, OidcMissing, ProviderTokenRefused, ProviderUnreachable
from bot.auth.oidc.provider import Begun, Provider
from bot.auth.oidc.rules import GroupRules, Person
from bot.auth.oidc.settings import ProviderSettings

__all__ = [
    "Begun",
    "GroupRules",
    "NotAdmitted",
    "OidcMissing",
    "Person",
    "Provider",
    "ProviderSettings",
    "ProviderTokenRefused",
    "ProviderUnreachable",
]
