"""An OpenID provider on a loopback port, as strict as the standard, which a test can have say something wrong."""

from __future__ import annotations

import json
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "byline", "a secret of the client"
KEYS = "/keys"

Claims = dict[str, Any]


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


def signed(key: RSAKey, claims: Claims, **header: Any) -> str:
    return jwt.encode({"alg": "RS256", "kid": key.kid, **header}, claims, key)


@dataclass
class FakeProvider:
    """What it knows and says. A test changes it while it runs."""

    issuer: str = ""
    person: Claims = field(default_factory=lambda: {"sub": "1", "preferred_username": "ada", "groups": ["staff"]})
    key: RSAKey = field(default_factory=lambda: new_key("first"))
    signing: Callable[[FakeProvider, Claims], str] = lambda provider, claims: signed(provider.key, claims)
    wrong: Claims = field(default_factory=dict)  # claims of ID tokens that are not as they should be; None: left out
    metadata: Claims = field(default_factory=dict)  # and what is so in the discovery
    raw: dict[str, tuple[int, bytes]] = field(default_factory=dict)  # what a path answers instead: status and body
    says_issuer: bool = False
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)  # that are not used yet, with their requests
    asked: list[str] = field(default_factory=list)  # the paths of all requests

    def discovery(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}{KEYS}",
            "authorization_response_iss_parameter_supported": self.says_issuer,
            **self.metadata,
        }

    def claims(self, nonce: str) -> Claims:
        now = int(time.time())
        whole = {
            **{"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce},
            **self.person,
            **self.wrong,
        }
        return {name: value for name, value in whole.items() if value is not None}

    def access_token(self, audience: str, **named: Any) -> str:
        """For programs."""
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": audience, "iat": now, "exp": now + 300, **self.person, **named}
        return signed(self.key, {name: value for name, value in claims.items() if value is not None}, typ="at+jwt")

    def authorized(self, asked: Mapping[str, str]) -> str:
        """Where a browser goes that signed in; an error where the request is not as it has to be."""
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["nonce"]) >= 32
        assert len(asked["state"]) >= 32
        code = token_urlsafe()
        self.codes[code] = asked
        issuer = {"iss": self.issuer} if self.says_issuer else {}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], **issuer})}"

    def exchanged(self, authorization: str, form: Mapping[str, str]) -> tuple[int, Claims]:
        """The tokens for a code, which can be had once."""
        said = b64decode(authorization.removeprefix("Basic ")).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        if said != f"{CLIENT}:{SECRET}":
            return 401, {"error": "invalid_client"}
        if (
            asked is None
            or form["grant_type"] != "authorization_code"
            or form["redirect_uri"] != asked["redirect_uri"]
            or create_s256_code_challenge(form["code_verifier"]) != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        token = self.signing(self, self.claims(asked["nonce"]))
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": token}


class _Requests(BaseHTTPRequestHandler):
    provider: FakeProvider

    def do_GET(self) -> None:
        path, asked = self._asked(urlsplit(self.path).query)
        if path in self.provider.raw:
            self._send(*self.provider.raw[path])
        elif path == "/.well-known/openid-configuration":
            self._send(200, json.dumps(self.provider.discovery()).encode())
        elif path == KEYS:
            self._send(200, json.dumps({"keys": [self.provider.key.as_dict(private=False)]}).encode())
        elif path == "/authorize":
            self._send(303, b"", location=self.provider.authorized(asked))
        else:
            self._send(404, b"")

    def do_POST(self) -> None:
        path, form = self._asked(self.rfile.read(int(self.headers["content-length"])).decode())
        if path in self.provider.raw:
            self._send(*self.provider.raw[path])
        else:
            status, found = self.provider.exchanged(self.headers.get("authorization", ""), form)
            self._send(status, json.dumps(found).encode())

    def _asked(self, query: str) -> tuple[str, dict[str, str]]:
        path = urlsplit(self.path).path
        self.provider.asked.append(path)
        return path, {name: values[0] for name, values in parse_qs(query).items()}

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def providing() -> Iterator[FakeProvider]:
    provider = FakeProvider()
    handler = type("Requests", (_Requests,), {"provider": provider})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
