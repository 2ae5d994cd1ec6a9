"""What is fetched, from which machines, within which limits, and how politely."""

from __future__ import annotations

import gzip
import ipaddress
import signal
import socket
import ssl
import subprocess
import sys
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from threading import Event

import httpcore
import pytest
import trustme
from hypothesis import example, given
from hypothesis import strategies as st

from index.errors import Unreadable
from index.load import addresses
from index.load.fetch import Fetched, Fetcher, FetchLimits
from index.types import Stamp
from tests.news_server import Answer, Asked, NewsServer, dripping, lasting, moved, page, serving

ROOT = Path(__file__).parent.parent
PUBLIC, OTHER = "93.184.216.34", "151.101.1.67"  # of the internet; the tests connect to neither
PAGE = page("<p>The port of Vellmar opened on Monday.</p>")

AT_ONCE = FetchLimits(pause=0)


@pytest.fixture
def news() -> Iterator[NewsServer]:
    with serving() as server:
        yield server


class Watch:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept = list[float]()

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


class Internet:
    """Names and numbers as the internet has them; whatever is connected to is the test's own server."""

    def __init__(self, server: NewsServer, **names: str | list[str]) -> None:
        self.server = server
        self.names = {name.replace("_", "."): [of] if isinstance(of, str) else of for name, of in names.items()}
        self.asked = list[str]()
        self.dialled = list[str]()

    def resolve(self, name: str, port: int) -> Sequence[str]:
        self.asked.append(name)
        if name in self.names:
            return self.names[name]
        return [str(found[4][0]) for found in socket.getaddrinfo(name, port, flags=socket.AI_NUMERICHOST)]

    def dial(self, number: str, port: int, seconds: float) -> httpcore.NetworkStream:  # noqa: ARG002
        self.dialled.append(number)
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self.server.port, timeout=seconds)

    def fetcher(
        self, limits: FetchLimits = AT_ONCE, trust: ssl.SSLContext | None = None, *, allow_private: bool = False
    ) -> Fetcher:
        return Fetcher(
            limits,
            allow_private=allow_private,
            resolve=self.resolve,
            dial=self.dial,
            sleep=Watch().sleep,
            trust=trust,
        )


def private(limits: FetchLimits = AT_ONCE, watch: Watch | None = None) -> Fetcher:
    """A fetcher that may fetch from this machine."""
    watch = watch or Watch()
    return Fetcher(limits, allow_private=True, clock=watch.clock, sleep=watch.sleep, chance=lambda: 0.0)


def reason(fetch: Callable[[str], Fetched], address: str) -> str:
    with pytest.raises(Unreadable) as error:
        fetch(address)
    assert error.value.reason.endswith("."), "a sentence"
    return error.value.reason


# --- Addresses ----------------------------------------------------------------------------------------------------

MACHINE, PRIVATE, LINK = "this machine itself", "a private network", "the local link, where clouds keep their metadata"
DOCUMENTS, RESERVED, GROUP = "a network for documentation", "a reserved network", "a group of machines"

PLACES = [
    ("93.184.216.34", None),
    ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", None),
    ("127.0.0.1", MACHINE),
    ("127.8.9.10", MACHINE),
    ("0.0.0.0", MACHINE),
    ("0.1.2.3", MACHINE),
    ("10.0.0.1", PRIVATE),
    ("172.16.0.1", PRIVATE),
    ("172.31.255.255", PRIVATE),
    ("172.32.0.1", None),
    ("192.168.1.1", PRIVATE),
    ("100.64.0.1", "a provider's own network"),
    ("100.127.255.255", "a provider's own network"),
    ("100.128.0.1", None),
    ("169.254.169.254", LINK),
    ("168.63.129.16", "a cloud's own services"),
    ("192.0.0.192", "a network for special uses"),
    ("192.0.2.1", DOCUMENTS),
    ("198.51.100.1", DOCUMENTS),
    ("203.0.113.1", DOCUMENTS),
    ("192.88.99.1", "a relay between networks"),
    ("198.18.0.1", "a network for measurements"),
    ("224.0.0.1", GROUP),
    ("240.0.0.1", RESERVED),
    ("255.255.255.255", RESERVED),
    ("::1", MACHINE),
    ("::", MACHINE),
    ("fd00:ec2::254", LINK),
    ("fd12:3456::1", PRIVATE),
    ("fe80::1", "the local link"),
    ("fe80::1%lo", "the local link"),
    ("fec0::1", PRIVATE),
    ("ff02::1", GROUP),
    ("2001:db8::1", DOCUMENTS),
    ("3fff::1", DOCUMENTS),
    ("2001:20::1", "a network for special uses"),
    ("100::1", RESERVED),
    ("4000::1", RESERVED),
    # IPv4 within IPv6: mapped, compatible, 6to4, NAT64, Teredo
    ("::ffff:127.0.0.1", MACHINE),
    ("::ffff:10.0.0.1", PRIVATE),
    ("::ffff:93.184.216.34", None),
    ("::127.0.0.1", RESERVED),
    ("::ffff:0:127.0.0.1", RESERVED),
    ("2002:7f00:1::", MACHINE),
    ("2002:a9fe:a9fe::1", LINK),
    ("64:ff9b::7f00:1", MACHINE),
    ("64:ff9b::10.0.0.1", PRIVATE),
    ("64:ff9b::93.184.216.34", None),
    ("64:ff9b:1::1", RESERVED),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "a tunnel between networks"),
]


@pytest.mark.parametrize(("number", "what"), PLACES)
def test_an_address_is_the_internets_or_of_something_else(number: str, what: str | None) -> None:
    assert addresses.place(number) == what


@given(st.ip_addresses())
@example(ipaddress.ip_address("192.0.0.9"))
def test_what_the_registries_call_not_global_is_never_the_internets(number: ipaddress.IPv4Address) -> None:
    if not number.is_global:
        assert addresses.place(str(number)) is not None


NORMAL = [
    ("http://Vellmar.Example", "http://vellmar.example/"),
    ("HTTP://vellmar.example:80/A?b=C#d", "http://vellmar.example/A?b=C"),
    ("https://vellmar.example:443/", "https://vellmar.example/"),
    ("https://vellmar.example:80/", "https://vellmar.example:80/"),
    ("https://vellmar.example:8443/a/../b", "https://vellmar.example:8443/b"),
    (" https://bücher.example/ü b ", "https://xn--bcher-kva.example/%C3%BC%20b"),
    ("http://[::1]:8080", "http://[::1]:8080/"),
    ("http://a_b.example/", "http://a_b.example/"),
    ("http://vellmar.example?x", "http://vellmar.example/?x"),
]
UNLIKE = [
    *("http://", "http:vellmar", "http:///a", "http://a b/", "http://a%41/", "http://h:0/", "http://h:99999/"),
    *("http://h:x/", "http://[::1", "http://-a/", "http://１２７.0.0.1/", "http://h\n/", "http://h/" + "a" * 70_000),
]


@pytest.mark.parametrize(("written", "normal"), NORMAL)
def test_an_address_has_one_normal_form(written: str, normal: str) -> None:
    assert addresses.normal(written) == normal
    assert addresses.normal(normal) == normal


@pytest.mark.parametrize("written", UNLIKE)
def test_what_is_not_written_as_an_address_is_refused(written: str) -> None:
    assert reason(Fetcher().fetch, written) == "It is not written as web addresses are. Check it."


@pytest.mark.parametrize(
    "written", ["ftp://a/", "file:///etc/passwd", "//a/", "javascript:alert(1)", "a", "gopher://a"]
)
def test_only_http_and_https_are_fetched(written: str) -> None:
    assert reason(Fetcher().fetch, written) == "Only addresses that begin with http:// or https:// are fetched."


@pytest.mark.parametrize("written", ["http://ada:geheim@a.example/b", "http://ada:geheim@[::1", "http://geheim@a/"])
def test_a_password_is_neither_sent_nor_shown(written: str) -> None:
    with pytest.raises(Unreadable) as error:
        Fetcher().fetch(written)
    assert "geheim" not in str(error.value)


# --- Which machines are connected to ------------------------------------------------------------------------------

NAMES_OF_THIS_MACHINE = [
    *("127.0.0.1", "127.1", "2130706433", "0x7f.1", "0x7f000001", "017700000001", "0.0.0.0", "0", "localhost"),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
]


@pytest.mark.parametrize("host", NAMES_OF_THIS_MACHINE)
def test_this_machine_is_not_fetched_from_however_it_is_written(news: NewsServer, host: str) -> None:
    news.replies["/"] = PAGE
    said = reason(Fetcher().fetch, f"http://{host}:{news.port}/")
    assert "this machine itself" in said
    assert "--allow-private" in said
    assert news.asked == []


def test_a_name_is_refused_if_one_of_its_addresses_is(news: NewsServer) -> None:
    internet = Internet(news, vellmar_example=[PUBLIC, "10.1.2.3"])
    said = reason(internet.fetcher().fetch, "http://vellmar.example/")
    assert said.startswith("vellmar.example leads to 10.1.2.3, an address of a private network")
    assert internet.dialled == []


def test_the_connection_goes_to_the_address_that_was_checked(news: NewsServer) -> None:
    """However the name is answered the next time it is looked up."""
    news.replies["/"] = PAGE
    internet = Internet(news, vellmar_example=PUBLIC)
    answers = iter([[PUBLIC], [PUBLIC], ["127.0.0.1"]])
    fetcher = Fetcher(FetchLimits(pause=0), resolve=lambda *_: next(answers), dial=internet.dial)
    assert fetcher.fetch("http://vellmar.example/").data == PAGE.body
    assert internet.dialled == [PUBLIC, PUBLIC]  # robots.txt, the page: each looked up once
    assert "this machine itself" in reason(fetcher.fetch, "http://vellmar.example/")
    assert internet.dialled == [PUBLIC, PUBLIC]


def test_nothing_is_looked_up_but_by_the_resolver_once_a_request(news: NewsServer) -> None:
    news.replies["/"] = PAGE
    looked_up = list[str]()

    def record(event: str, arguments: tuple[object, ...]) -> None:
        if event == "socket.getaddrinfo":
            looked_up.append(str(arguments[0]))

    internet = Internet(news, vellmar_example=PUBLIC)
    sys.addaudithook(record)
    internet.fetcher().fetch("http://vellmar.example/")
    assert internet.asked == ["vellmar.example", "vellmar.example"]
    assert "vellmar.example" not in looked_up


def test_the_next_address_of_a_name_is_tried_where_one_is_dead(news: NewsServer) -> None:
    news.replies["/"] = PAGE
    internet = Internet(news, vellmar_example=[PUBLIC, OTHER])

    def dial(number: str, port: int, seconds: float) -> httpcore.NetworkStream:
        if number == PUBLIC:
            raise httpcore.ConnectError
        return internet.dial(number, port, seconds)

    fetcher = Fetcher(FetchLimits(pause=0), resolve=internet.resolve, dial=dial)
    assert fetcher.fetch("http://vellmar.example/").data == PAGE.body


@pytest.mark.parametrize("address", ["http://169.254.169.254/", "http://[fe80::1]/", "http://100.100.100.200/a"])
def test_what_clouds_keep_is_refused_also_where_private_networks_are_allowed(address: str) -> None:
    assert "which is never fetched from" in reason(private().fetch, address)


def test_a_page_of_the_internet_leads_to_no_private_one_though_these_are_allowed(news: NewsServer) -> None:
    news.replies |= {"/": moved("http://10.0.0.8/there"), "/there": PAGE}
    internet = Internet(news, vellmar_example=PUBLIC)
    fetcher = internet.fetcher(allow_private=True)
    assert "A page of the internet leads there." in reason(fetcher.fetch, "http://vellmar.example/")
    assert set(internet.dialled) == {PUBLIC}
    assert fetcher.fetch("http://10.0.0.8/there").private  # which was named
    assert fetcher.fetch("http://10.0.0.8/").data == PAGE.body  # and may lead to another


@pytest.mark.parametrize(
    "target",
    [
        *("http://127.0.0.1/", "http://localhost/", "http://0x7f.1/", "//10.0.0.8/admin", "http://[::1]/"),
        *("http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://inside.example/"),
    ],
)
def test_a_redirect_to_a_private_address_is_not_followed(news: NewsServer, target: str) -> None:
    news.replies["/"] = moved(target)
    internet = Internet(news, vellmar_example=PUBLIC, inside_example="192.168.0.9", localhost="127.0.0.1")
    internet.names["0x7f.1"] = ["127.0.0.1"]
    said = reason(internet.fetcher().fetch, "http://vellmar.example/")
    assert said.startswith(f"It redirects to {addresses.joined('http://vellmar.example/', target)}.")
    assert "fetched from" in said
    assert set(internet.dialled) == {PUBLIC}


def test_a_redirect_is_followed_to_another_site_and_its_robots_txt_asked(news: NewsServer) -> None:
    news.replies["/"] = moved("http://other.example/b", 301)
    news.replies["/b"] = PAGE
    internet = Internet(news, vellmar_example=PUBLIC, other_example=OTHER)
    found = internet.fetcher().fetch("http://vellmar.example/")
    assert found.address == "http://other.example/b"
    assert internet.dialled == [PUBLIC, PUBLIC, OTHER, OTHER]
    assert [each.headers["host"] for each in news.requests] == [*["vellmar.example"] * 2, *["other.example"] * 2]


@pytest.mark.parametrize("port", [1, 22, 25, 110, 445, 1023])
def test_the_ports_of_other_services_are_not_fetched_from(news: NewsServer, port: int) -> None:
    internet = Internet(news, vellmar_example=PUBLIC)
    assert f"Port {port} is not one of web servers" in reason(
        internet.fetcher().fetch, f"http://vellmar.example:{port}/"
    )
    assert internet.dialled == []


def test_a_proxy_of_the_environment_is_not_used(news: NewsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    news.replies["/"] = PAGE
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert private().fetch(news.address).data == PAGE.body


def test_a_name_that_nobody_has_is_said_to_be_one(news: NewsServer) -> None:
    internet = Internet(news)
    said = reason(internet.fetcher().fetch, "http://nowhere.invalid/")
    assert said == "There is no machine of the name nowhere.invalid. Check the address, and the network."


def test_a_look_up_that_takes_too_long_is_given_up() -> None:
    def resolve(name: str, port: int) -> list[str]:  # noqa: ARG001
        Event().wait(20)
        return [PUBLIC]

    fetcher = Fetcher(FetchLimits(connect=0.05, attempts=2), resolve=resolve, dial=refusing, sleep=Watch().sleep)
    said = reason(fetcher.fetch, "http://vellmar.example/")
    assert said == "The name vellmar.example could not be looked up in time. Try again later."


# --- Secure connections -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def secure(authority: trustme.CA, name: str = "vellmar.example", until: datetime | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, not_after=until).configure_cert(context)
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_a_secure_page_is_fetched_under_its_name_from_the_checked_address(authority: trustme.CA) -> None:
    with serving(trust=secure(authority)) as news:
        news.replies["/"] = PAGE
        internet = Internet(news, vellmar_example=PUBLIC)
        found = internet.fetcher(trust=trusting(authority)).fetch("https://vellmar.example/")
        assert found.data == PAGE.body
        assert news.requests[-1].headers["host"] == "vellmar.example"


PAST = datetime.now(UTC) - timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "until", "trusted", "words"),
    [
        ("vellmar.example", None, False, "unable to get local issuer certificate"),
        ("other.example", None, True, "Hostname mismatch"),
        ("vellmar.example", PAST, True, "certificate has expired"),
    ],
)
def test_a_certificate_that_is_not_trusted_is_said_why(
    authority: trustme.CA, name: str, until: datetime | None, trusted: bool, words: str
) -> None:
    with serving(trust=secure(authority, name, until)) as news:
        internet = Internet(news, vellmar_example=PUBLIC)
        fetcher = internet.fetcher(trust=trusting(authority) if trusted else None)
        said = reason(fetcher.fetch, "https://vellmar.example/")
        assert said.startswith("Its certificate is not trusted: ")
        assert words in said
        assert len(internet.dialled) == 1  # not tried again
        assert news.asked == []


def test_a_server_that_speaks_plainly_where_it_should_not_is_said_so(news: NewsServer) -> None:
    internet = Internet(news, vellmar_example=PUBLIC)
    said = reason(internet.fetcher().fetch, "https://vellmar.example/")
    assert said == "It offers no secure connection that this machine understands. Try its http:// address."


# --- Limits -------------------------------------------------------------------------------------------------------

SMALL = FetchLimits(largest=100_000, pause=0, attempts=1)
MANY = 100_000_000  # bytes


def endless() -> Iterator[bytes]:
    while True:
        yield b"x" * 10_000


def bomb(coding: str) -> bytes:
    press = zlib.compressobj(wbits=31 if coding == "gzip" else 15)
    return b"".join([*(press.compress(bytes(1_000_000)) for _ in range(MANY // 1_000_000)), press.flush()])


@pytest.mark.parametrize("coding", ["gzip", "deflate", "x-gzip"])
def test_a_bomb_is_stopped_at_the_limit_while_it_is_inflated(news: NewsServer, coding: str) -> None:
    news.replies["/"] = Answer(bomb(coding.removeprefix("x-")), headers={"Content-Encoding": coding})
    fetcher = private(SMALL)
    tracemalloc.start()
    said = reason(fetcher.fetch, news.address)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said == "It has more than 0.1 MB. Save it as a file and index its parts."
    assert peak < 10_000_000


@pytest.mark.parametrize("headers", [{}, {"Content-Length": str(10**12)}])
def test_a_page_without_end_is_left_at_the_limit(news: NewsServer, headers: dict[str, str]) -> None:
    news.replies["/"] = Answer(endless(), headers=headers)
    assert reason(private(SMALL).fetch, news.address).startswith("It has more than 0.1 MB.")


def test_a_page_of_the_limits_size_is_read(news: NewsServer) -> None:
    news.replies["/"] = Answer(b"x" * SMALL.largest)
    assert len(private(SMALL).fetch(news.address).data) == SMALL.largest


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "geheim"])
def test_compression_that_was_not_asked_for_is_not_guessed_at(news: NewsServer, coding: str) -> None:
    news.replies["/"] = Answer(b"\x1f\x8b?", headers={"Content-Encoding": coding})
    assert f"compressed as {coding!r}" in reason(private().fetch, news.address)


WHOLE = b"The port of Vellmar opened on Monday. " * 5000


@pytest.mark.parametrize(
    ("coding", "sent"),
    [
        ("gzip", gzip.compress(WHOLE)),
        ("gzip", gzip.compress(WHOLE[:1000]) + gzip.compress(WHOLE[1000:])),
        ("gzip", gzip.compress(WHOLE) + b"\0\0\0"),
        ("deflate", zlib.compress(WHOLE)),
        ("deflate", zlib.compress(WHOLE)[2:-4]),  # without zlib's head, as some servers send it
        ("identity", WHOLE),
        ("", WHOLE),
    ],
)
def test_what_was_compressed_is_what_it_was(news: NewsServer, coding: str, sent: bytes) -> None:
    news.replies["/"] = Answer(sent, headers={"Content-Encoding": coding})
    assert private().fetch(news.address).data == WHOLE


@pytest.mark.parametrize("sent", [gzip.compress(WHOLE)[:-20], b"no gzip", gzip.compress(WHOLE)[:-8] + bytes(8)])
def test_damaged_compression_is_said_to_be_damaged(news: NewsServer, sent: bytes) -> None:
    news.replies["/"] = Answer(sent, headers={"Content-Encoding": "gzip"})
    assert reason(private().fetch, news.address).startswith("It is compressed, and damaged.")


@pytest.mark.parametrize("slow", ["head", "body"])
def test_a_server_that_drips_is_left_when_the_time_is_over(slow: str) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    with dripping(head + b"x" * 1000, 1 if slow == "head" else len(head)) as address:
        limits = FetchLimits(whole=0.3, silence=10, pause=0)
        fetcher = Fetcher(limits, allow_private=True)
        said = reason(fetcher.fetch, address)
        assert said == "It was not all here after 0.3 seconds. Try again later."


def test_a_silent_server_is_left() -> None:
    with dripping(b"", 1) as address:
        fetcher = private(FetchLimits(silence=0.1, attempts=2))
        assert reason(fetcher.fetch, address) == "Its server fell silent. Try again later."


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf", "The connection broke off before the end."),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf", "The connection broke off before the end."),
        (b"", "The connection broke off before the end."),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "It is not answered as web servers answer."),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "It is not answered as web servers answer."),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 250_000 + b"\r\n\r\n", "It is not answered as web servers answer."),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000, "It has more than 0.1 MB."),
    ],
)
def test_an_answer_that_is_none_is_said_to_be_none(news: NewsServer, raw: bytes, said: str) -> None:
    news.replies["/"] = Answer(raw=raw)
    assert reason(private(SMALL).fetch, news.address).startswith(said)


def test_what_was_half_sent_is_never_an_answer(news: NewsServer) -> None:
    broken = Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf")
    news.replies["/"] = lambda asked: broken if asked.times < 3 else PAGE
    assert private().fetch(news.address).data == PAGE.body
    assert news.paths() == ["/"] * 3


def test_a_circle_of_redirects_is_said_to_be_one(news: NewsServer) -> None:
    news.replies |= {"/a": moved("/b"), "/b": moved("/c"), "/c": moved("/a")}
    assert "It redirects in a circle" in reason(private().fetch, f"{news.address}/a")
    assert news.paths() == ["/a", "/b", "/c"]


def test_redirects_end_somewhere(news: NewsServer) -> None:
    news.replies |= {f"/{number}": moved(f"/{number + 1}") for number in range(100)}
    assert "It redirects more than 10 times." in reason(private().fetch, f"{news.address}/0")
    assert len(news.paths()) == 11


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (moved(""), "It redirects without saying where to."),
        (moved("ftp://a.example/"), "It redirects to ftp://a.example/. Only addresses that begin with http"),
        (moved("http://ada:geheim@a.example/"), "It redirects to http://a.example/. It holds a user's name"),
        (moved("http://[::1"), "It redirects to http://[::1. It is not written as web addresses are."),
        (page("", status=401), "Its server does not show it to programs: 401 (Unauthorized)."),
        (page("", status=403), "Its server does not show it to programs: 403 (Forbidden)."),
        (page("", status=404), "There is nothing at this address: 404 (Not Found)."),
        (page("", status=410), "There is nothing at this address: 410 (Gone)."),
        (page("", status=418), "Its server answered 418 (I'm a Teapot), which gives nothing to read."),
        (page("", status=299), "Its server answered 299, which gives nothing to read."),
        (Answer(status=204), "Its server answered 204 (No Content), which gives nothing to read."),
        (Answer(status=304), "Its server answered 304 (Not Modified), which gives nothing to read."),
        (page("", status=500), "Its server failed: 500 (Internal Server Error). Try again later."),
    ],
)
def test_an_answer_without_content_is_put_in_words_and_not_asked_for_again(
    news: NewsServer, answer: Answer, said: str
) -> None:
    news.replies["/"] = answer
    assert reason(private().fetch, news.address).startswith(said)
    assert news.paths() == ["/"]


# --- Politeness ---------------------------------------------------------------------------------------------------


def robots(text: str) -> Answer:
    return page(text, "text/plain")


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /inside", "/inside/a", False),
        ("User-agent: *\nDisallow: /inside", "/a", True),
        ("User-agent: Byline\nDisallow: /", "/a", False),
        ("User-agent: byline\nDisallow: /", "/a", False),
        ("User-agent: Other\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /\nUser-agent: Byline\nAllow: /", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /a?b=", "/a?b=c", False),
        ("\ufeffUser-agent: *\nDisallow: /", "/a", False),
        ("<html>a page for every address</html>", "/a", True),
        ("", "/a", True),
    ],
)
def test_robots_txt_is_obeyed(news: NewsServer, text: str, path: str, allowed: bool) -> None:
    news.replies |= {"/robots.txt": robots(text), path: PAGE}
    if allowed:
        assert private().fetch(f"{news.address}{path}").data == PAGE.body
    else:
        assert reason(private().fetch, f"{news.address}{path}").startswith("The site's robots.txt asks programs not to")
        assert news.paths() == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_where_there_is_no_robots_txt_all_is_allowed(news: NewsServer, status: int) -> None:
    news.replies |= {"/robots.txt": page("", status=status), "/a": PAGE}
    assert private().fetch(f"{news.address}/a").data == PAGE.body


@pytest.mark.parametrize("status", [429, 500, 503])
def test_where_robots_txt_fails_nothing_is_fetched_in_this_run(news: NewsServer, status: int) -> None:
    news.replies |= {"/robots.txt": page("", status=status), "/a": PAGE, "/b": PAGE}
    fetcher = private()
    for path in ("/a", "/b"):
        said = reason(fetcher.fetch, f"{news.address}{path}")
        assert said.startswith("The site's robots.txt, which says what may be fetched, cannot be had.")
        assert f"{status}" in said
        assert said.endswith("Try again later.")
    assert news.paths() == []
    assert len(news.asked) == (1 if status == 500 else FetchLimits().attempts)


def test_robots_txt_is_asked_for_once_a_run_and_followed_where_it_moved(news: NewsServer) -> None:
    news.replies |= {f"/{number}": PAGE for number in range(3)}
    news.replies |= {"/robots.txt": moved("/rules"), "/rules": robots("User-agent: *\nDisallow: /2")}
    fetcher = private()
    for number in range(2):
        fetcher.fetch(f"{news.address}/{number}")
    assert "robots.txt" in reason(fetcher.fetch, f"{news.address}/2")
    assert [path for path, _ in news.asked] == ["/robots.txt", "/rules", "/0", "/1"]


def test_a_redirect_into_what_robots_txt_forbids_is_not_followed(news: NewsServer) -> None:
    news.replies |= {"/robots.txt": robots("User-agent: *\nDisallow: /in"), "/": moved("/in"), "/in": PAGE}
    assert "The site's robots.txt asks programs not to" in reason(private().fetch, news.address)
    assert news.paths() == ["/"]


def test_the_program_says_its_name_and_keeps_no_cookies(news: NewsServer) -> None:
    news.replies["/"] = page("One.", Set_Cookie="a=b; Path=/")
    fetcher = private()
    for _ in range(2):
        fetcher.fetch(news.address)
    assert all(each.headers["user-agent"].startswith("Byline/") for each in news.requests)
    assert not any({"cookie", "authorization", "referer"} & set(each.headers) for each in news.requests)


@pytest.mark.parametrize(
    ("asked", "pause"),
    [("", 1), ("Crawl-delay: 4", 4), ("Crawl-delay: 0.1", 1), ("Crawl-delay: 86400", 10), ("Crawl-delay: soon", 1)],
)
def test_a_host_is_left_alone_between_two_requests(news: NewsServer, asked: str, pause: float) -> None:
    news.replies |= {"/robots.txt": robots(f"User-agent: *\n{asked}"), "/a": PAGE, "/b": PAGE}
    watch = Watch()
    fetcher = private(FetchLimits(), watch)
    fetcher.fetch(f"{news.address}/a")
    assert watch.slept == []
    fetcher.fetch(f"{news.address}/b")
    assert watch.slept == [pause]
    watch.now += 60
    fetcher.fetch(f"{news.address}/a")
    assert watch.slept == [pause]


def test_hosts_do_not_wait_for_each_other(news: NewsServer) -> None:
    news.replies["/"] = PAGE
    internet, watch = Internet(news, a_example=PUBLIC, b_example=OTHER), Watch()
    fetcher = Fetcher(resolve=internet.resolve, dial=internet.dial, clock=watch.clock, sleep=watch.sleep)
    fetcher.fetch("http://a.example/")
    fetcher.fetch("http://b.example/")
    assert watch.slept == []


# --- Unchanged ----------------------------------------------------------------------------------------------------


def test_an_unchanged_page_costs_one_request_answered_304(news: NewsServer) -> None:
    news.replies["/"] = lasting(PAGE)
    first = private().fetch(news.address)
    assert not first.unchanged
    news.asked.clear()
    again = private().fetch(news.address, first.stamp)
    assert again.unchanged
    assert again.stamp == first.stamp
    assert news.statuses() == {304: 1}


def test_the_date_of_the_last_change_serves_where_there_is_no_etag(news: NewsServer) -> None:
    day = "Wed, 15 Jul 2020 13:03:40 GMT"

    def reply(asked: Asked) -> Answer:
        if asked.headers.get("if-modified-since") == day:
            return Answer(status=304)
        return page("One.", Last_Modified=day)

    news.replies["/"] = reply
    first = private().fetch(news.address)
    assert first.stamp.last_modified == day
    assert private().fetch(news.address, first.stamp) == Fetched(
        f"{news.address}/", first.stamp, unchanged=True, private=True
    )


def test_a_page_that_is_sent_again_and_the_same_is_unchanged(news: NewsServer) -> None:
    news.replies["/"] = lambda asked: page("One.", ETag=f'"{asked.times}"')
    first = private().fetch(news.address)
    again = private().fetch(news.address, first.stamp)
    assert again.unchanged
    assert (again.stamp.hash, again.stamp.etag) == (first.stamp.hash, '"2"')


def test_a_page_that_changed_is_read_again(news: NewsServer) -> None:
    news.replies["/"] = lasting(PAGE)
    first = private().fetch(news.address)
    news.replies["/"] = lasting(page("Another one."))
    again = private().fetch(news.address, first.stamp)
    assert not again.unchanged
    assert again.data == b"Another one."


@pytest.mark.parametrize("mark", ['W/"a b"', '"\xe9"', "x" * 5000])
def test_an_odd_mark_of_a_server_does_no_harm(news: NewsServer, mark: str) -> None:
    news.replies["/"] = page("One.", ETag=mark)
    first = private().fetch(news.address)
    assert private().fetch(news.address, first.stamp).unchanged


@pytest.mark.parametrize("mark", ['"a"\r\nX-Evil: 1', "\u4e2d", "\0", " a", "a\n"])
def test_a_mark_that_no_server_sends_is_not_sent(news: NewsServer, mark: str) -> None:
    news.replies["/"] = PAGE
    assert private().fetch(news.address, Stamp(hash="0", etag=mark)).data == PAGE.body
    assert not {"x-evil", "if-none-match"} & {name for each in news.requests for name in each.headers}


# --- Trouble that passes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_trouble_that_passes_is_waited_for_longer_each_time(news: NewsServer, status: int) -> None:
    news.replies["/"] = lambda asked: PAGE if asked.times == 4 else page("", status=status)
    watch = Watch()
    assert private(watch=watch).fetch(news.address).data == PAGE.body
    assert watch.slept == [1, 2, 4]


def test_trouble_that_stays_ends(news: NewsServer) -> None:
    news.replies["/"] = page("", status=503)
    assert reason(private().fetch, news.address) == "Its server failed: 503 (Service Unavailable). Try again later."
    assert news.statuses() == {503: 4}


def test_the_wait_is_not_the_same_for_all() -> None:
    waits = set[float]()
    for chance in (0.0, 0.5):
        watch = Watch()
        fetcher = Fetcher(
            FetchLimits(attempts=2, pause=0),
            allow_private=True,
            resolve=lambda *_: ["127.0.0.1"],
            dial=refusing,
            sleep=watch.sleep,
            chance=lambda chance=chance: chance,  # type: ignore[misc]
        )
        assert "cannot be reached" in reason(fetcher.fetch, "http://vellmar.example/")
        waits |= set(watch.slept)
    assert waits == {1, 1.5}


@pytest.mark.parametrize("date", [False, True])
def test_a_server_says_how_long_to_wait(news: NewsServer, date: bool) -> None:
    now = datetime(2020, 7, 15, 13, 3, 40, tzinfo=UTC)
    asked = format_datetime(now + timedelta(seconds=30), usegmt=True) if date else "30"
    head = f"HTTP/1.1 503 X\r\nRetry-After: {asked}\r\nDate: {format_datetime(now, usegmt=True)}\r\n"
    busy = Answer(status=503, raw=f"{head}Content-Length: 0\r\n\r\n".encode())
    news.replies["/"] = lambda asked: busy if asked.times == 1 else PAGE
    watch = Watch()
    private(watch=watch).fetch(news.address)
    assert watch.slept == [30]


@pytest.mark.parametrize("asked", ["tomorrow", "-5", "", "1e9", "Wed, 99 Jul 2020 13:03:40 GMT"])
def test_a_wait_that_makes_no_sense_is_the_usual_one(news: NewsServer, asked: str) -> None:
    news.replies["/"] = lambda request: page("", status=503, Retry_After=asked) if request.times == 1 else PAGE
    watch = Watch()
    private(watch=watch).fetch(news.address)
    assert watch.slept == [1]


def test_a_server_that_wants_hours_is_left_alone(news: NewsServer) -> None:
    news.replies["/"] = page("", status=429, Retry_After="7200")
    said = reason(private().fetch, news.address)
    assert said == "Its server wants to be left alone: 429 (Too Many Requests). Try again in 7,200 seconds."
    assert news.paths() == ["/"]


def test_a_host_that_keeps_failing_is_left_alone_and_the_others_go_on(news: NewsServer) -> None:
    news.replies |= {f"/{number}": page("", status=502) for number in range(9)}
    news.replies["/"] = PAGE
    internet = Internet(news, dead_example=PUBLIC, vellmar_example=OTHER)
    fetcher = internet.fetcher()
    for number in range(9):
        said = reason(fetcher.fetch, f"http://dead.example/{number}")
        assert ("left alone" in said) == (number >= 3)
    assert len(news.paths()) == 3 * 4
    assert fetcher.fetch("http://vellmar.example/").data == PAGE.body


def refusing(number: str, port: int, seconds: float) -> httpcore.NetworkStream:
    raise httpcore.ConnectError(f"{number} {port} {seconds}")


# --- Ctrl-C -------------------------------------------------------------------------------------------------------

WAITING = """
import sys, time
from threading import Event
from index.load.fetch import Fetcher

def resolve(name, port):
    print("waiting", flush=True)
    if name == "stuck.example":
        Event().wait()
    return ["127.0.0.1"]

try:
    Fetcher(allow_private=True, resolve=resolve).fetch(sys.argv[1])
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


@pytest.mark.parametrize("where", ["look-up", "answer"])
def test_ctrl_c_ends_a_fetch_at_once(where: str) -> None:
    with dripping(b"", 1) as address:
        target = "http://stuck.example/" if where == "look-up" else address
        process = subprocess.Popen([sys.executable, "-c", WAITING, target], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        time.sleep(0.3)  # until it waits for the answer
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
        assert (said, process.returncode) == ("stopped\n", 0)
