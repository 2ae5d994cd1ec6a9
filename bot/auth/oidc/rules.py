"""Whom the provider's claims let in, under which name, and with which role."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from bot.auth.oidc.errors import NotAdmitted, ProviderTokenRefused
from bot.auth.principal import Principal
from bot.auth.users import LONGEST_NAME, Role

LONGEST_SUBJECT = 255  # characters of a `sub`: OpenID Connect Core 1.0, section 2

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the provider named and the rules let in."""

    account: str  # of the issuer and its subject, and of nothing that a person can choose
    name: str  # only to be shown: two people may have the same
    role: Role

    @property
    def principal(self) -> Principal:
        return Principal(self.name, self.role, account=self.account)


@dataclass(frozen=True, slots=True)
class GroupRules:
    """Rules for signing in: which groups have which role, and who else is let in."""

    groups: tuple[tuple[str, Role], ...] = ()
    default: Role | None = None  # of those who are in none of the groups; None: they are not let in
    domains: tuple[str, ...] = ()  # the only ones of whose verified e-mail addresses somebody is let in; empty: any
    claim: str = "groups"  # the claim that has the groups; `a.b` is `b` inside of `a`

    @property
    def admits_nobody(self) -> bool:
        return not self.groups and self.default is None

    def person(self, claims: Claims) -> Person:
        """The person of proved claims. Raises NotAdmitted, TokenRefused."""
        issuer, subject = claims["iss"], claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise ProviderTokenRefused("its subject cannot be used")
        account = account_of(issuer, subject)
        name = shown_name(claims) or account
        role = self._role(claims) if self._of_a_domain(claims) else None
        if role is None:
            raise NotAdmitted(name)
        return Person(account, name, role)

    def _role(self, claims: Claims) -> Role | None:
        """The highest of their groups; the default where none has one."""
        theirs = _texts(_claim(claims, self.claim))
        roles = [role for group, role in self.groups if group in theirs]
        return max(roles, key=tuple(Role).index, default=self.default)

    def _of_a_domain(self, claims: Claims) -> bool:
        """An address that the provider has not verified is whatever its holder typed."""
        if not self.domains:
            return True
        email = claims.get("email")
        domain = email.rpartition("@")[2].casefold() if isinstance(email, str) else ""
        return claims.get("email_verified") in (True, "true") and domain in self.domains


def account_of(issuer: str, subject: str) -> str:
    """Who somebody is for Byline. No user's name has a capital letter, so that none is an account.

    >>> account_of("https://login.example", "1") == account_of("https://login.example", "1")
    True
    >>> account_of("https://login.example", "1") == account_of("https://login.example1", "")
    False
    """
    return f"Oidc:{sha256(f'{len(issuer)} {issuer} {subject}'.encode(errors='replace')).hexdigest()[:32]}"


def shown_name(claims: Claims) -> str:
    """The name to show: on one line, and without signs that nobody sees or that turn the text around.

    >>> shown_name({"name": " Ada\\u202e \\n Lane "}), shown_name({"preferred_username": "ada", "name": "Ada Lane"})
    ('Ada Lane', 'ada')
    """
    for claim in ("preferred_username", "name"):
        if name := _clean(claims.get(claim)):
            return name
    return ""


def _clean(value: object) -> str:
    if not isinstance(value, str):
        return ""
    spaced = " ".join(unicodedata.normalize("NFKC", value[: 4 * LONGEST_NAME]).split())
    visible = "".join(each for each in spaced if unicodedata.category(each)[0] != "C")
    return " ".join(visible.split())[:LONGEST_NAME].strip()


def _claim(claims: Claims, name: str) -> object:
    """A claim by its name. A name with dots is looked for as it stands first, since some are addresses."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _texts(value: object) -> frozenset[str]:
    """The groups of a claim: a list of them, or one."""
    found = value if isinstance(value, list) else [value]
    return frozenset(each for each in found if isinstance(each, str))
