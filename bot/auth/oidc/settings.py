"""Settings of a deployment about its provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.auth.oidc.rules import GroupRules
from bot.errors import SettingInvalid

SCOPES = "openid profile email"


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """A provider, as whom Byline is registered there, and whom it lets in. Raises SettingInvalid."""

    issuer: str
    client_id: str
    rules: GroupRules
    client_secret: str | None = field(default=None, repr=False)  # None: a public client, which PKCE alone protects
    shown: str = ""  # the provider's name on the page; empty: its host
    scopes: str = SCOPES
    audience: str | None = None  # for whom access tokens have to be made; None: none are taken
    page: str | None = None  # the page's own address as browsers know it; None: as it was asked for

    def __post_init__(self) -> None:
        if not safe(self.issuer):
            raise SettingInvalid("oidc_issuer", "it has to be an https address; http is for this machine alone")
        if not self.client_id:
            raise SettingInvalid("oidc_client_id", "it has to be what the provider calls Byline")
        if "openid" not in self.scopes.split():
            raise SettingInvalid("oidc_scopes", "`openid` has to be among them")
        if self.page and not safe(self.page):
            raise SettingInvalid("public_url", "it has to be an https address; http is for this machine alone")
        if self.rules.admits_nobody:
            raise SettingInvalid(
                "oidc_issuer",
                "nobody would be let in. Name groups in `oidc_readers`, `oidc_editors` or `oidc_admins`, or a role for "
                "everybody in `oidc_default_role`",
            )

    @property
    def name(self) -> str:
        """The provider's, to be shown."""
        return self.shown or urlsplit(self.issuer).hostname or self.issuer

    @property
    def fingerprint(self) -> str:
        """A hash that changes with whatever decides who is let in as what."""
        return sha256(repr((self.issuer, self.client_id, self.rules)).encode()).hexdigest()[:32]


def safe(address: str) -> bool:
    """Whether nobody on the way can read or change what is sent to an address.

    >>> safe("https://login.example/realm"), safe("http://127.0.0.1:9"), safe("http://login.example"), safe("https://")
    (True, True, False, False)
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or parts.query or parts.fragment or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _of_this_machine(host))


def _of_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
