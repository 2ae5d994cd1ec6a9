"""A provider: where it is, its keys, and the way by which somebody comes from there (Authorization Code with PKCE)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hmac import compare_digest
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from bot.auth.oidc import tokens
from bot.auth.oidc.errors import ProviderTokenRefused, ProviderUnreachable
from bot.auth.oidc.network import ProviderNetwork
from bot.auth.oidc.renewed import Renewed
from bot.auth.oidc.rules import Person
from bot.auth.oidc.settings import ProviderSettings, safe

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

WELL_KNOWN = "/.well-known/openid-configuration"
_BASIC, _POST, _NONE = "client_secret_basic", "client_secret_post", "none"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses that the provider names."""

    authorization: str
    token: str
    keys: str
    method: str  # how a client says who it is
    says_issuer: bool  # whether who comes back says from which issuer (RFC 9207)


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in on its way. The browser that began it keeps it, and nobody else knows it."""

    state: str
    nonce: str
    verifier: str
    back: str  # the address that the provider leads back to

    @classmethod
    def anew(cls, back: str) -> Begun:
        return cls(token_urlsafe(32), token_urlsafe(32), token_urlsafe(48), back)


class Provider:
    """Asks its provider when that is needed first, so that a server starts without it. Several threads may use one."""

    def __init__(self, settings: ProviderSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self._network = ProviderNetwork(settings.issuer)
        self._endpoints = Renewed(self._discover, clock)
        self._keys = Renewed(self._fetch_keys, clock)

    def address(self, begun: Begun) -> str:
        """Where a browser signs in. Raises ProviderUnreachable."""
        from authlib.oauth2.client import OAuth2Client

        client = OAuth2Client(
            None,
            self.settings.client_id,
            scope=self.settings.scopes,
            redirect_uri=begun.back,
            code_challenge_method="S256",
        )
        url, _ = client.create_authorization_url(
            self._endpoints.value().authorization, begun.state, begun.verifier, nonce=begun.nonce
        )
        return str(url)

    def person(self, begun: Begun, said: Mapping[str, str]) -> Person:
        """Who came back with what the provider `said` in the address.

        Raises TokenRefused, NotAdmitted, ProviderUnreachable.
        """
        endpoints = self._endpoints.value()
        if not compare_digest(said.get("state", "").encode(), begun.state.encode()):
            raise ProviderTokenRefused("it belongs to another sign-in")
        if said.get("iss", "" if endpoints.says_issuer else self.settings.issuer) != self.settings.issuer:
            raise ProviderTokenRefused("it comes from another provider")
        if not (code := said.get("code", "")):
            raise ProviderTokenRefused("the provider gave none")
        found = self._exchanged(endpoints, code, begun)
        given, access = found.get("id_token"), found.get("access_token")
        if not isinstance(given, str):
            raise ProviderTokenRefused("the provider gave none")
        read = tokens.identity(
            given,
            self._keys.value,
            self.settings.issuer,
            self.settings.client_id,
            begun.nonce,
            access if isinstance(access, str) else None,
        )
        return self.settings.rules.person(read)

    def bearer(self, token: str) -> Person:
        """Whose access token it is. Raises TokenRefused, NotAdmitted, ProviderUnreachable."""
        if not self.settings.audience:
            raise ProviderTokenRefused("this server takes none")
        read = tokens.access(token, self._keys.value, self.settings.issuer, self.settings.audience)
        return self.settings.rules.person(read)

    def _exchanged(self, endpoints: Endpoints, code: str, begun: Begun) -> Mapping[str, Any]:
        """The tokens for a code."""
        from authlib.oauth2.auth import ClientAuth
        from authlib.oauth2.rfc6749.parameters import prepare_token_request

        client = ClientAuth(self.settings.client_id, self.settings.client_secret, endpoints.method)
        form = prepare_token_request(
            "authorization_code", redirect_uri=begun.back, code=code, code_verifier=begun.verifier
        )
        headers = {"content-type": "application/x-www-form-urlencoded"}
        address, headers, body = client.prepare("POST", endpoints.token, headers, form)
        status, found = self._network.post(address, headers, body)
        if status >= 500:
            raise ProviderUnreachable(self.settings.issuer, f"{address} answers with status {status}")
        if status != 200:  # `error` is one of a few words (RFC 6749, 5.2); the rest is not ours to tell
            raise ProviderTokenRefused(f"the provider answers {str(found.get('error'))[:40]!r}")
        return found

    def _discover(self) -> Endpoints:
        issuer = self.settings.issuer
        found = self._network.get(issuer.rstrip("/") + WELL_KNOWN)
        if found.get("issuer") != issuer:
            raise ProviderUnreachable(issuer, f"it calls itself {str(found.get('issuer'))[:200]!r}")
        return Endpoints(
            authorization=self._named(found, "authorization_endpoint"),
            token=self._named(found, "token_endpoint"),
            keys=self._named(found, "jwks_uri"),
            method=self._method(found),
            says_issuer=bool(found.get(_SAYS_ISSUER)),
        )

    def _named(self, found: Mapping[str, Any], name: str) -> str:
        address = found.get(name)
        if not isinstance(address, str) or not safe(address.partition("?")[0]):
            raise ProviderUnreachable(self.settings.issuer, f"its {name} is no https address")
        return address

    def _method(self, found: Mapping[str, Any]) -> str:
        """How Byline says who it is: in the way that comes first in the standard, where the provider takes it."""
        if not self.settings.client_secret:
            return _NONE
        taken = found.get("token_endpoint_auth_methods_supported", [_BASIC])
        return _POST if _POST in taken and _BASIC not in taken else _BASIC

    def _fetch_keys(self) -> KeySet:
        keys = tokens.key_set(self._network.get(self._endpoints.value().keys))
        if not keys:
            raise ProviderUnreachable(self.settings.issuer, "it names no key that can be used")
        return keys


_SAYS_ISSUER = "authorization_response_iss_parameter_supported"
