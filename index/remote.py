"""JSON from a service over HTTP, for callers in threads: tried again where that helps, closed when nobody waits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import TimeoutError as NotYet
from functools import cache
from random import uniform
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

RETRIES = 4  # of a request that failed in a way that passes
FIRST_PAUSE = 0.25  # seconds before the first of them; each further pause is twice as long
LONGEST_PAUSE = 10.0  # seconds; a service that asks for more has failed
TIMEOUT = 60.0  # seconds without a byte of the reply
CONNECTING = 5.0  # seconds
CONNECTIONS = 64
LOOK = 0.02  # seconds between two looks at whether somebody has stopped
LONGEST = 100_000  # characters of a text that a service of ours takes
_PASSING = frozenset({408, 429, 500, 502, 503, 504})  # statuses
_EXCERPT = 200  # characters of what a service said


class ServiceFailed(Exception):
    """Why a service gave no reply, in words that follow a colon. `status` is HTTP's; None where nothing came."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class CallStopped(Exception):
    """Nobody waits for the reply any more."""


class RemoteService:
    """A service at an address. Several threads may ask; connections stay open between requests."""

    def __init__(self, url: str, key: str | None = None) -> None:
        """`url` is with or without the `/v1` at its end. Opens no connection."""
        self.url = url.rstrip("/").removesuffix("/v1")
        self._headers = {"authorization": f"Bearer {key}"} if key else {}
        self._making = threading.Lock()
        self._client: httpx.AsyncClient | None = None

    def get(self, path: str) -> Any:
        """Raises ServiceFailed."""
        return self._waited(self._asked("GET", path, None), None)

    def post(self, path: str, body: Mapping[str, Any], stopped: Callable[[], bool] | None = None) -> Any:
        """The reply to a body. When `stopped` says so, the request is closed. Raises ServiceFailed, Stopped."""
        return self._waited(self._asked("POST", path, body), stopped)

    def _waited(self, asking: Any, stopped: Callable[[], bool] | None) -> Any:
        reply = asyncio.run_coroutine_threadsafe(asking, _loop())
        if stopped is None:
            return reply.result()
        while True:
            if stopped():
                reply.cancel()
                raise CallStopped
            try:
                return reply.result(LOOK)
            except NotYet:
                continue

    async def _asked(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        for attempt in range(RETRIES + 1):
            try:
                return await self._once(method, path, body)
            except _Passing as error:
                pause = error.pause if error.pause is not None else FIRST_PAUSE * 2**attempt * uniform(0.75, 1.25)
                if attempt == RETRIES or pause > LONGEST_PAUSE:
                    raise ServiceFailed(str(error), error.status) from error
            await asyncio.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    async def _once(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        import httpx

        try:
            reply = await self._connected().request(method, path, json=body)
        except httpx.ReadTimeout as error:  # not again: whoever waits would wait as long each time
            raise ServiceFailed(f"it said nothing for {TIMEOUT:.0f} seconds") from error
        except httpx.TimeoutException as error:
            raise _Passing("it said nothing in time") from error
        except httpx.TransportError as error:
            raise _Passing(_first_line(error)) from error
        except httpx.DecodingError as error:
            raise ServiceFailed("its reply cannot be unpacked") from error
        except httpx.InvalidURL as error:
            raise ServiceFailed(f"the address cannot be read ({error})") from error
        if reply.status_code in _PASSING:
            raise _Passing(_told(reply), reply.status_code, _asked_pause(reply))
        if reply.status_code != httpx.codes.OK:
            raise ServiceFailed(_told(reply), reply.status_code)
        try:
            return reply.json()
        except ValueError as error:
            raise ServiceFailed("its reply is no JSON", reply.status_code) from error

    def _connected(self) -> httpx.AsyncClient:
        import httpx

        with self._making:
            if self._client is None:
                self._client = httpx.AsyncClient(
                    base_url=self.url,
                    headers=self._headers,
                    timeout=httpx.Timeout(TIMEOUT, connect=CONNECTING),
                    limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
                )
            return self._client


class _Passing(ServiceFailed):
    """A failure that may pass, after `pause` seconds where the service says so."""

    def __init__(self, reason: str, status: int | None = None, pause: float | None = None) -> None:
        super().__init__(reason, status)
        self.pause = pause


def _told(reply: httpx.Response) -> str:
    return f"it answered {reply.status_code} ({_first_line(reply.text)[:_EXCERPT]})"


def _asked_pause(reply: httpx.Response) -> float | None:
    """The seconds of Retry-After; a day instead of a number is not read."""
    asked = reply.headers.get("retry-after", "")
    return float(asked) if asked.isdigit() else None


def _first_line(said: object) -> str:
    return (str(said).strip().splitlines() or [type(said).__name__])[0].rstrip(".")


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One for all services: their connections stay in the loop that they were made in."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="services", daemon=True).start()
    return loop
