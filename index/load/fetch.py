"""Addresses to their bytes, politely and within limits: `Fetcher`."""

from __future__ import annotations

import hashlib
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from index.errors import Unreadable
from index.load import addresses, connection, robots
from index.load.answer import PASSING, REDIRECTS, HttpAnswer, asked_wait, content, in_words
from index.load.connection import Broken, Budget, PinnedNetwork, Refused
from index.load.inflate import CODINGS, Damaged, InflatedTooLarge, in_megabytes, inflate
from index.types import Stamp

if TYPE_CHECKING:
    import ssl

_HEAD = 200_000  # bytes of an answer's head and framing, which come on top of its body
_ACCEPTED = (
    "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.8"
)
_MARK = re.compile(r"[!-~\x80-\xff](?:[ -~\x80-\xff]{0,998}[!-~\x80-\xff])?")  # an ETag or a date that is sent again


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How far a fetch may go. Times are in seconds, sizes in bytes."""

    largest: int = 50 * 1024 * 1024  # sent, and inflated: what the sitemap protocol allows a file; pages have far less
    whole: float = 60  # for one request, from looking up its name to its last byte
    connect: float = 10  # for the look-up, each address that is tried, and the secure connection
    silence: float = 20  # without a byte
    redirects: int = 10  # browsers follow 20; sites that are well need three
    attempts: int = 4
    backoff: float = 1  # before the second attempt, doubled for each one after
    longest_wait: float = 60  # that a server may ask for by Retry-After
    pause: float = 1  # between two requests to one host, unless its robots.txt asks for more
    longest_pause: float = 10  # that a robots.txt may ask for by Crawl-delay
    patience: int = 3  # addresses of one host that may fail in a row before it is left alone


@dataclass(frozen=True, slots=True)
class Fetched:
    """The reply of an address, or, where it is unchanged, `data` only if the server sent it all the same."""

    address: str  # in the end, after redirects
    stamp: Stamp
    unchanged: bool = False
    data: bytes = field(default=b"", repr=False)
    media: str | None = None  # content type without its parameters, in lower case
    charset: str | None = None
    content_type: str | None = None  # as it was sent
    time: datetime | None = None  # of the fetch
    private: bool = False  # whether it came from this machine or a private network


class Fetcher:
    """Fetches for one run, one request at a time, and remembers no cookies.

    Names are looked up once a request, redirects included. Only addresses of the internet are connected to. With
    `allow_private`, so are the named ones and those that they lead to. The local link and the metadata of clouds are
    refused always. Proxies of the environment are not used: they would look the names up again. No name and password is
    ever sent.
    """

    def __init__(
        self,
        limits: FetchLimits = FetchLimits(),
        *,
        allow_private: bool = False,
        resolve: connection.Resolve = connection.resolve,
        dial: connection.Dial = connection.dial,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.limits = limits
        self._allow_private = allow_private
        self._resolve = resolve
        self._dial = dial
        self._clock = clock
        self._sleep = sleep
        self._chance = chance  # in [0, 1)
        self._trust = trust
        self._next = dict[str, float]()  # a host, and when it may be asked again
        self._lost = Counter[str]()  # a host, and how many of its addresses failed in a row
        # Of an origin, as far as it may be private: None allows all, words why nothing is.
        self._rules = dict[tuple[str, bool], robots.RobotsRules | str | None]()

    def fetch(self, address: str, known: Stamp | None = None, *, named: bool = True) -> Fetched:
        """The page at the address, or that it still is what `known` says. Raises `Unreadable`.

        Waits as long as politeness asks. Robots.txt is obeyed, at each redirect too. What was not `named`, by a person
        or by something of a private network, has to be of the internet.
        """
        source = addresses.normal(address)
        try:
            answer = self._followed(source, known or Stamp(), self._allowed, self._allow_private and named)
            return _fetched(answer, known or Stamp())
        except Refused as error:
            raise Unreadable(source, str(error)) from error

    def _followed(self, source: str, known: Stamp, allowed: Callable[[str, bool], None], private: bool) -> HttpAnswer:
        passed = [source]
        while True:
            try:
                allowed(passed[-1], private)
                answer = self._patient(passed[-1], known, private)
                target = _target(answer)
            except Refused as error:
                raise Refused(f"It redirects to {passed[-1]}. {error}" if len(passed) > 1 else str(error)) from error
            if target is None:
                return answer
            if target in passed:
                raise Refused("It redirects in a circle, as sites do that want cookies. Save the page as a file.")
            if len(passed) > self.limits.redirects:
                raise Refused(f"It redirects more than {self.limits.redirects} times. Check the address.")
            passed.append(target)
            private = private and answer.private  # what is of the internet leads to nothing private

    def _patient(self, address: str, known: Stamp, private: bool) -> HttpAnswer:
        """The answer, asked for again where the trouble may pass; the last one where it does not."""
        host = addresses.host(address)
        if self._lost[host] >= self.limits.patience:
            raise Refused(f"{host} failed {self._lost[host]} times in this run, and is left alone. Try again later.")
        for attempt in range(1, self.limits.attempts + 1):
            answer, wait = self._attempt(address, known, private), self.limits.backoff * 2 ** (attempt - 1)
            if isinstance(answer, HttpAnswer):
                if answer.status not in PASSING:
                    del self._lost[host]
                    return answer
                wait = max(wait, asked_wait(answer))
            if attempt == self.limits.attempts or wait > self.limits.longest_wait:
                break
            self._sleep(wait * (1 + self._chance()))
        self._lost[host] += 1
        if isinstance(answer, Broken):
            raise Refused(f"{answer}. Try again later.") from answer
        return answer

    def _attempt(self, address: str, known: Stamp, private: bool) -> HttpAnswer | Broken:
        host = addresses.host(address)
        if (left := self._next.get(host, 0) - self._clock()) > 0:
            self._sleep(left)
        try:
            return self._once(address, known, private)
        except Broken as error:
            return error
        finally:
            self._next[host] = self._clock() + self._interval(address, private)

    def _interval(self, address: str, private: bool) -> float:
        """The seconds until the host may be asked again."""
        found = self._rules.get((addresses.origin(address), private))
        asked = found.delay if isinstance(found, robots.RobotsRules) else 0
        return max(self.limits.pause, min(asked, self.limits.longest_pause))

    def _allowed(self, address: str, private: bool) -> None:
        """Raises `Refused` where the site's robots.txt forbids the address, or cannot be had."""
        origin = addresses.origin(address)
        if (origin, private) not in self._rules:
            self._rules[origin, private] = self._ask_rules(origin, private)
            self._next.pop(addresses.host(address), None)  # after its robots.txt a page may be asked for at once
        found = self._rules[origin, private]
        if isinstance(found, str):
            raise Refused(found)
        if found is not None and not found.allow(address):
            raise Refused(
                "The site's robots.txt asks programs not to fetch it. Save the page as a file and index that."
            )

    def _ask_rules(self, origin: str, private: bool) -> robots.RobotsRules | str | None:
        """Where there is no robots.txt, all is allowed; where its server fails, nothing is, as RFC 9309 has it."""
        try:
            answer = self._followed(f"{origin}/robots.txt", Stamp(), _anything, private)
        except Refused as error:
            return str(error)
        if answer.status in PASSING or answer.status >= 500:
            return f"The site's robots.txt, which says what may be fetched, cannot be had. {in_words(answer)}"
        return robots.rules(answer.data) if answer.status == HTTPStatus.OK else None

    def _once(self, address: str, known: Stamp, private: bool) -> HttpAnswer:
        import httpcore

        budget = Budget(self._clock, self.limits.whole, self.limits.largest + _HEAD)
        remedy = addresses.LED if self._allow_private else addresses.MEANT
        network = PinnedNetwork(budget, self._resolve, self._dial, allow_private=private, remedy=remedy)
        url = httpcore.URL(address)
        times = {"connect": self.limits.connect, "read": self.limits.silence, "write": self.limits.silence}
        with (
            _ours(self.limits.largest),
            httpcore.HTTPConnection(url.origin, self._trust or _trusted(), network_backend=network) as line,
            line.stream("GET", url, headers=_headers(known), extensions={"timeout": times}) as response,
        ):
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            data = b""
            if response.status == HTTPStatus.OK:
                data = inflate(response.iter_stream(), _coding(headers), self.limits.largest)
            return HttpAnswer(address, response.status, headers, data, network.private)


def _anything(address: str, private: bool) -> None:
    """The rule for a robots.txt itself."""


@cache
def _trusted() -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context()


@cache
def _agent() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"{robots.PRODUCT}/{version('byline')}"
    except PackageNotFoundError:  # run from its source alone
        return robots.PRODUCT


def _headers(known: Stamp) -> list[tuple[bytes, bytes]]:
    headers = {
        "User-Agent": _agent(),
        "Accept": _ACCEPTED,
        "Accept-Encoding": "gzip, deflate",  # what can be inflated a step at a time
        "Connection": "close",
        "If-None-Match": _mark(known.etag),
        "If-Modified-Since": _mark(known.last_modified),
    }
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items() if value]


def _mark(value: str | None) -> str | None:
    """The mark of a server for a page, if it can be a header's value."""
    return value if value and _MARK.fullmatch(value) else None


def _coding(headers: Mapping[str, str]) -> str:
    coding = headers.get("content-encoding", "").strip().lower().removeprefix("x-")
    if coding and coding != "identity" and coding not in CODINGS:
        raise Refused(f"It is compressed as {coding[:40]!r}, which was not asked for. Save the page as a file.")
    return coding


@contextmanager
def _ours(largest: int) -> Iterator[None]:
    """The library's errors as ours: those that another attempt may not meet, and the others."""
    import httpcore

    try:
        yield
    except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
        raise Broken("Its server cannot be reached") from error
    except httpcore.TimeoutException as error:
        raise Broken("Its server fell silent") from error
    except httpcore.NetworkError as error:
        raise Broken("The connection broke off") from error
    except httpcore.ProtocolError as error:
        if str(error).startswith(("peer closed", "Server disconnected")):
            raise Broken("The connection broke off before the end") from error
        raise Refused("It is not answered as web servers answer. Check the address, and its port.") from error
    except InflatedTooLarge as error:
        raise Refused(f"It has more than {in_megabytes(largest)}. Save it as a file and index its parts.") from error
    except Damaged as error:
        raise Refused("It is compressed, and damaged. Try again later, or save the page as a file.") from error


def _target(answer: HttpAnswer) -> str | None:
    """Where a redirect leads. Raises `Refused` where it leads nowhere."""
    if answer.status not in REDIRECTS:
        return None
    if not (link := answer.headers.get("location")):
        raise Refused("It redirects without saying where to. Check the address.")
    try:  # servers write UTF-8 there, though the head's letters are Latin-1
        return addresses.joined(answer.address, link.encode("latin-1").decode("utf-8", "replace"))
    except Unreadable as error:
        raise Refused(f"It redirects to {error.source}. {error.reason}") from error


def _fetched(answer: HttpAnswer, known: Stamp) -> Fetched:
    if answer.status == HTTPStatus.NOT_MODIFIED and (known.etag or known.last_modified):
        return Fetched(answer.address, _marked(answer, known, known), unchanged=True, private=answer.private)
    if answer.status != HTTPStatus.OK:
        raise Refused(in_words(answer))
    digest = hashlib.sha256(answer.data).hexdigest()
    stamp = _marked(answer, Stamp(size=len(answer.data), hash=digest), Stamp())
    media, charset = content(answer.headers)
    return Fetched(
        answer.address,
        stamp,
        digest == known.hash,
        answer.data,
        media,
        charset,
        answer.headers.get("content-type"),
        datetime.now(UTC),
        answer.private,
    )


def _marked(answer: HttpAnswer, stamp: Stamp, before: Stamp) -> Stamp:
    return replace(
        stamp,
        etag=_mark(answer.headers.get("etag")) or before.etag,
        last_modified=_mark(answer.headers.get("last-modified")) or before.last_modified,
    )
