"""Requests to the provider: short, small, to no address that it only redirects to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.auth.oidc.errors import ProviderUnreachable

LARGEST = 256 * 1024  # bytes of an answer
PATIENCE = 10.0  # seconds for each step of a request

Answer = tuple[int, Mapping[str, Any]]


class ProviderNetwork:
    """Asks the provider of an issuer."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def get(self, address: str) -> Mapping[str, Any]:
        """The object at an address. Raises ProviderUnreachable."""
        status, found = self._asked("GET", address)
        if status != 200:
            raise ProviderUnreachable(self._issuer, f"{address} answers with status {status}")
        return found

    def post(self, address: str, headers: Mapping[str, str], body: str) -> Answer:
        """The status and the object that a form is answered with. Raises ProviderUnreachable."""
        return self._asked("POST", address, headers, body)

    def _asked(self, method: str, address: str, headers: Mapping[str, str] | None = None, body: str = "") -> Answer:
        import httpx

        # Nothing compressed: a few bytes could become very many.
        ours = {"accept": "application/json", "accept-encoding": "identity", **(headers or {})}
        try:
            with httpx.stream(method, address, headers=ours, content=body or None, timeout=PATIENCE) as response:
                return response.status_code, self._object(self._whole(response))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderUnreachable(self._issuer, f"{address}: {error or type(error).__name__}") from error

    def _whole(self, response: Any) -> bytes:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise ProviderUnreachable(self._issuer, "it sends compressed what was asked for plain")
        found = b""
        for part in response.iter_raw(16 * 1024):
            found += part
            if len(found) > LARGEST:
                raise ProviderUnreachable(self._issuer, f"it sends more than {LARGEST:,} bytes")
        return found

    def _object(self, body: bytes) -> Mapping[str, Any]:
        try:
            found = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ProviderUnreachable(self._issuer, "it sends no JSON") from error
        if not isinstance(found, dict):
            raise ProviderUnreachable(self._issuer, "it sends no object")
        return found
