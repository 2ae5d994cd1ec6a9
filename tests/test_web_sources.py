"""Pages, documents, feeds and sitemaps on a server, to articles."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.byline import PageFacts
from index.errors import Unreadable
from index.load import feed, fragment, read, sitemap, web
from index.load.fetch import Fetched, Fetcher, FetchLimits
from index.load.stamps import nothing
from index.types import Article, Failure, Kind, Outcome, Reading, Stamp, Visit, Walk
from tests.news_server import Answer, NewsServer, lasting, moved, page, serving

BODY = (
    "The port of Vellmar opened again on Monday, four months after the flood. The first ship brought grain. "
    "The harbour master said that the second pier would follow in the autumn, once its cranes had been tested. "
)
TEASER = "The port of Vellmar opened again."
DAY = datetime(2020, 7, 15, 13, 3, 40, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def news() -> Iterator[NewsServer]:
    with serving() as server:
        yield server


def html(title: str = "Port opens", body: str = BODY, head: str = "") -> Answer:
    return page(
        f"<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1><p>{body}</p>"
        f"<p>{body}</p></article></body></html>"
    )


class Reader:
    """Reads addresses one run after another, and keeps the stamps between them as the index does."""

    def __init__(self) -> None:
        self.stamps = dict[str, Stamp]()

    def __call__(self, address: str, since: date | None = None, limit: int | None = None) -> list[Reading]:
        fetcher = Fetcher(FetchLimits(pause=0, backoff=0), allow_private=True, sleep=lambda _: None)
        given = list(web.visit(address, fetcher, self.stamps.get, since, limit))
        for each in given:
            if isinstance(each, Visit) and each.outcome is not Outcome.FAILED:
                self.stamps[each.source] = each.stamp
        return given


@pytest.fixture
def reading() -> Reader:
    return Reader()


def articles(given: Sequence[Reading]) -> list[Article]:
    return [each for each in given if isinstance(each, Article)]


def failures(given: Sequence[Reading]) -> list[Failure]:
    return [each for each in given if isinstance(each, Failure)]


def visits(given: Sequence[Reading]) -> dict[str, Outcome]:
    return {each.source: each.outcome for each in given if isinstance(each, Visit)}


def walked(given: Sequence[Reading]) -> bool:
    return isinstance(given[-1], Walk)


def rss(*items: str, channel: str = "<title>Vellmar Courier</title>") -> Answer:
    namespaces = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    text = f"<rss version='2.0' {namespaces}><channel>{channel}{''.join(items)}</channel></rss>"
    return page(text, "application/rss+xml")


def item(link: str = "", **fields: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<item>{f'<link>{link}</link>' if link else ''}{inner}</item>"


def urlset(*urls: str, name: str = "urlset") -> Answer:
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return page(f"<?xml version='1.0'?><{name} {spaces}>{''.join(urls)}</{name}>", "application/xml")


def url(address: str, more: str = "", name: str = "url") -> str:
    return f"<{name}><loc>{address}</loc>{more}</{name}>"


# --- One page -----------------------------------------------------------------------------------------------------


def test_a_page_is_one_article_with_its_address_and_its_time(news: NewsServer, reading: Reader) -> None:
    news.replies["/a"] = html()
    address = f"{news.address}/a"
    article, visit, walk = reading(f"{address}#top")
    assert isinstance(article, Article)
    assert (article.id, article.url, article.title) == (address, address, "Port opens")
    assert BODY.strip() in article.text
    assert article.published is None  # the time of fetching is none of publication
    assert article.fetched is not None
    assert isinstance(visit, Visit)
    assert (visit.source, visit.root, visit.outcome) == (address, address, Outcome.READ)
    assert walk == Walk(address)


def test_an_unchanged_page_costs_one_304(news: NewsServer, reading: Reader) -> None:
    news.replies["/a"] = lasting(html())
    first = reading(f"{news.address}/a")
    news.asked.clear()
    again = reading(f"{news.address}/a")
    assert visits(again) == {f"{news.address}/a": Outcome.UNCHANGED}
    assert again[0].stamp == first[1].stamp  # type: ignore[union-attr]
    assert news.statuses() == {304: 1}
    assert walked(again)


def test_a_page_sent_again_with_the_same_bytes_is_unchanged(news: NewsServer, reading: Reader) -> None:
    news.replies["/a"] = html()
    reading(f"{news.address}/a")
    assert visits(reading(f"{news.address}/a")) == {f"{news.address}/a": Outcome.UNCHANGED}


def test_what_an_earlier_version_of_the_readers_read_is_read_again(news: NewsServer, reading: Reader) -> None:
    news.replies["/a"] = lasting(html())
    reading(f"{news.address}/a")
    reading.stamps = {source: Stamp(hash="0:ab", etag=stamp.etag) for source, stamp in reading.stamps.items()}
    assert len(articles(reading(f"{news.address}/a"))) == 1


def test_a_page_after_a_redirect_is_one_of_the_address_it_has_now(news: NewsServer, reading: Reader) -> None:
    news.replies |= {"/old": moved("/new"), "/new": html()}
    given = reading(f"{news.address}/old")
    assert articles(given)[0].id == f"{news.address}/new"
    assert visits(given) == {f"{news.address}/old": Outcome.READ}


def test_a_page_that_names_a_feed_is_a_page(news: NewsServer, reading: Reader) -> None:
    news.replies["/"] = html(head='<link rel="alternate" type="application/rss+xml" href="/feed">')
    assert len(articles(reading(news.address))) == 1
    assert news.paths() == ["/"]


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (page(f"Port opens\n\n{BODY}", "text/plain"), "Port opens"),
        (page(f"# Port opens\n\n{BODY}", "text/markdown"), "Port opens"),
        (page(json.dumps({"title": "Port opens", "text": BODY}), "application/x-ndjson"), "Port opens"),
        (Answer(html().body), "Port opens"),  # without a content type
    ],
)
def test_a_document_is_read_as_what_it_is(news: NewsServer, reading: Reader, answer: Answer, title: str) -> None:
    news.replies["/a"] = answer
    (article,) = articles(reading(f"{news.address}/a"))
    assert article.title == title
    assert BODY.strip() in article.text


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (page("", status=404), "There is nothing at this address: 404 (Not Found). Check it."),
        (moved("/a"), "It redirects in a circle"),
        (page("x", "image/png"), "Files of this kind are not read."),
        (page("<html><body><nav>Home</nav></body></html>"), "."),
        (page(""), "."),
        (Answer(b"%PDF-1.7\nbroken", headers={"Content-Type": "application/pdf"}), "."),
    ],
)
def test_a_page_that_gives_nothing_is_a_failure_and_stays_as_it_was(
    news: NewsServer, reading: Reader, answer: Answer, said: str
) -> None:
    news.replies["/a"] = answer
    given = reading(f"{news.address}/a")
    (failure,) = failures(given)
    assert said in failure.reason
    assert failure.source == f"{news.address}/a"
    assert articles(given) == []
    assert visits(given) == {f"{news.address}/a": Outcome.FAILED}


def test_what_cannot_be_an_address_is_a_failure(reading: Reader) -> None:
    assert reading("http://ada:geheim@a/") == [
        Failure(
            "http://a/",
            "It holds a user's name or password, which are not sent. Leave out what is before the @.",
        )
    ]


def test_the_others_of_a_run_go_on(news: NewsServer) -> None:
    news.replies["/b"] = html()
    given = list(read([f"{news.address}/a", "http://10.0.0.1/", f"{news.address}/b"], allow_private=False))
    assert [failure.source for failure in failures(given)] == [
        f"{news.address}/a",
        "http://10.0.0.1/",
        f"{news.address}/b",
    ]
    assert all("--allow-private" in failure.reason for failure in failures(given))
    assert len(articles(list(read([f"{news.address}/b"], allow_private=True)))) == 1


# --- What is at an address ----------------------------------------------------------------------------------------

FORMS = [
    (b"<rss version='2.0'/>", "feed"),
    (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a > b --><?xml-stylesheet href='x'?>\n<rss/>", "feed"),
    ("<?xml version='1.0' encoding='utf-16'?><rss/>".encode("utf-16"), "feed"),
    (b"<!DOCTYPE rss [<!ENTITY a '>'>]><rss/>", "feed"),
    (b"<atom:feed xmlns:atom='http://www.w3.org/2005/Atom'/>", "feed"),
    (b"<feed/>", "feed"),
    (b"<rdf:RDF xmlns='http://purl.org/rss/1.0/'/>", "feed"),
    (b'{"items": [], "version": "https://jsonfeed.org/version/1.1"}', "feed"),
    (b"<urlset/>", "sitemap"),
    (b"<?xml version='1.0'?><sitemapindex xmlns='x'>", "sitemap"),
    (b"<!DOCTYPE html><html><p>&lt;rss&gt;<rss></html>", "document"),
    (b"<html><body><feed>", "document"),
    (b'{"version": "1"}', "document"),
    (b"rss", "document"),
    (b"", "document"),
    (b"<!--" * 20_000, "document"),
    (b"<?" * 20_000, "document"),
]


@pytest.mark.parametrize(("data", "expected"), FORMS)
def test_what_is_at_an_address_is_told_by_its_first_element(data: bytes, expected: str) -> None:
    assert web.form(Fetched("http://a/", Stamp(), data=data, media="text/html")) == expected


# --- Feeds: what they say -----------------------------------------------------------------------------------------

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Weltnachrichten | Vellmar Kurier</title>
<author><name>Ida Muster</name></author>
<entry><id>urn:1</id><title type="html">Hafen &amp;amp; Meer</title><link rel="self" href="/self"/>
<link rel="alternate" href="a?b=c#d"/><published>2020-07-15T13:03:40+08:00</published>
<updated>2020-07-16T00:00:00Z</updated><category term="Meinung"/><category term="Hafen"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Eins &amp; zwei.</p><p>Drei.</p></div></content>
</entry></feed>"""
RSS = f"""<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>World news - Vellmar Courier</title>
<language>en-GB</language><item><title>Port &amp; sea</title><link>a?b=c#d</link>
<dc:creator>By Ida Sample and Otto Model</dc:creator><pubDate>Wed, 15 Jul 2020 13:03:40 +0800</pubDate>
<category>Opinion</category><description>Short.</description>
<content:encoded><![CDATA[<p>{BODY}</p><script>alert(1)</script>]]></content:encoded>
<source url="http://wire.example/">Vellmar Wire</source></item></channel></rss>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Vellmar Courier</title></channel>
<item rdf:about="x"><title>Port</title><link>a?b=c#d</link><dc:date>2020-07-15</dc:date></item></rdf:RDF>"""
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Vellmar Courier",
    "language": "en",
    "items": [
        {
            "id": 1,
            "url": "a?b=c#d",
            "title": "Port",
            "authors": [{"name": "Ida Sample"}, {"name": "ida@vellmar.example"}],
            "date_published": "2020-07-15T13:03:40+08:00",
            "tags": ["Interview"],
            "content_html": "<p>One.</p><p>Two.</p>",
            "summary": "One.",
        },
        "no item",
        {"id": "2", "title": 5, "url": ["x"], "content_text": {"x": 1}, "authors": "x", "tags": 3},
    ],
}
BASE = "http://vellmar.example/news/feed"
LINK = "http://vellmar.example/news/a?b=c"

FACTS = [
    (
        ATOM,
        PageFacts(
            title="Hafen & Meer",
            author="Ida Muster",
            outlet="Vellmar Kurier",
            published=DAY,
            modified=datetime(2020, 7, 16, tzinfo=UTC),
            kind=Kind.OPINION,
            language="de",
            text="Eins & zwei.\n\nDrei.",
        ),
    ),
    (
        RSS,
        PageFacts(
            title="Port & sea",
            author="Ida Sample and Otto Model",
            outlet="Vellmar Wire",
            published=DAY,
            kind=Kind.OPINION,
            section="Opinion",
            language="en",
            text=BODY.strip(),
        ),
    ),
    (RDF, PageFacts(title="Port", outlet="Vellmar Courier", published=date(2020, 7, 15))),
    (
        json.dumps(JSON),
        PageFacts(
            title="Port",
            author="Ida Sample",
            outlet="Vellmar Courier",
            published=DAY,
            kind=Kind.INTERVIEW,
            section="Interview",
            language="en",
            text="One.\n\nTwo.",
        ),
    ),
]


@pytest.mark.parametrize(("text", "facts"), FACTS, ids=["atom", "rss", "rdf", "json"])
def test_a_feed_says_of_an_article(text: str, facts: PageFacts) -> None:
    first = feed.read(BASE, BASE, text.encode(), None).entries[0]
    assert (first.address, first.facts) == (LINK, facts)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("", None),
        ("<pubDate>yesterday</pubDate>", None),
        ("<pubDate>2020-07</pubDate>", None),
        ("<pubDate>Wed, 15 Jul 2020</pubDate>", date(2020, 7, 15)),
        ("<pubDate>Wed, 15 Jul 20 05:03:40 GMT</pubDate>", datetime(2020, 7, 15, 5, 3, 40, tzinfo=UTC)),
        ("<pubDate>2020-07-15T05:03:40Z</pubDate>", datetime(2020, 7, 15, 5, 3, 40, tzinfo=UTC)),
        ("<dc:date>2020-07-15</dc:date>", date(2020, 7, 15)),
    ],
)
def test_a_day_that_a_feed_does_not_give_is_none(fields: str, expected: object) -> None:
    (entry,) = feed.read(BASE, BASE, body(rss(f"<item><title>A</title>{fields}</item>")), None).entries
    assert entry.facts.published == expected


def test_when_an_atom_entry_changed_is_not_when_it_was_published() -> None:
    text = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>A</title><updated>2020-07-15T00:00:00Z</updated></entry></feed>"
    (entry,) = feed.read(BASE, BASE, text.encode(), None).entries
    assert (entry.facts.published, entry.facts.modified) == (None, datetime(2020, 7, 15, tzinfo=UTC))


def body(answer: Answer) -> bytes:
    assert isinstance(answer.body, bytes)
    return answer.body


def test_a_feed_is_never_taken_for_the_name_of_a_file(tmp_path: object) -> None:
    with pytest.raises(Unreadable, match="looks like a feed, and cannot be read"):
        feed.read(BASE, BASE, f"{tmp_path}/feed.xml".encode(), None)
    with pytest.raises(Unreadable, match="looks like a feed, and cannot be read"):
        feed.read(BASE, BASE, __file__.encode(), None)


BILLION = (
    "<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]><rss version='2.0'><channel><item><title>&j;</title><link>/a</link></item></channel></rss>"
)


def test_entities_are_neither_multiplied_nor_fetched(news: NewsServer) -> None:
    assert len(feed.read(BASE, BASE, BILLION.encode(), None).entries[0].facts.title or "") < 10_000
    outside = (
        f"<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/hostname'><!ENTITY y SYSTEM '{news.address}/y'>]>"
        "<rss version='2.0'><channel><item><title>a&x;b&y;c</title></item></channel></rss>"
    )
    (entry,) = feed.read(BASE, BASE, outside.encode(), None).entries
    assert set(entry.facts.title or "") <= set("abc&xy;")
    assert news.asked == []


SAMPLES = [text.encode() for text, _ in FACTS] + [BILLION.encode()]


@given(
    st.sampled_from(SAMPLES), st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.2), st.binary(max_size=8)), max_size=4)
)
def test_a_damaged_feed_is_read_or_unreadable_and_nothing_else(
    data: bytes, damages: list[tuple[float, float, bytes]]
) -> None:
    """Each damage puts some bytes in the place of a part."""
    for where, share, instead in damages:
        start = int(where * len(data))
        data = data[:start] + instead + data[start + int(share * len(data)) :]
    with suppress(Unreadable):
        for entry in feed.read(BASE, BASE, data, "text/xml; charset=utf-8").entries:
            assert entry.address is None or entry.address.startswith("http")


URLSET = b"<?xml version='1.0' encoding='utf-8'?><urlset xmlns='x'><url><loc>http://a/b</loc><lastmod>2020</lastmod></url></urlset>"


@given(st.floats(0, 1), st.floats(0, 0.5), st.binary(max_size=8))
def test_a_damaged_sitemap_is_read_or_unreadable_and_nothing_else(where: float, share: float, instead: bytes) -> None:
    start = int(where * len(URLSET))
    data = URLSET[:start] + instead + URLSET[start + int(share * len(URLSET)) :]
    with suppress(Unreadable):
        for each in sitemap.listed(BASE, BASE, data, {"a"}):
            assert isinstance(each, sitemap.Elsewhere) or each.address.startswith("http://a/")  # type: ignore[union-attr]


@pytest.mark.parametrize("encoding", ["nothing", "utf-7", "ebcdic-cp-us", "utf-16"])
def test_an_odd_encoding_is_unreadable_at_most(encoding: str) -> None:
    declared = URLSET.replace(b"utf-8", encoding.encode())
    with suppress(Unreadable):
        list(sitemap.listed(BASE, BASE, declared, {"a"}))
    with suppress(Unreadable):
        feed.read(BASE, BASE, declared.replace(b"urlset", b"rss"), None)


def test_lists_too_large_to_be_any_are_not_read() -> None:
    with pytest.raises(Unreadable, match="more than 20 MB"):
        feed.read(BASE, BASE, b"<rss>" + b" " * 20_000_000, None)
    with pytest.raises(Unreadable, match="more addresses than one may have"):
        list(sitemap.listed(BASE, BASE, b"<urlset>" + b"<a/>" * 4_000_001, {"a"}))


SENTENCES = [
    ("The port of Vellmar opened.", True),
    ("He said: “The port of Vellmar opened.” More", True),
    ("港口星期一重新开放，首船运来粮食。", True),
    ("Read more…", False),
    ("The port of Vellmar opened", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "says"), SENTENCES)
def test_a_feeds_text_stands_for_a_page_only_if_it_is_a_sentence(text: str, says: bool) -> None:
    assert feed.says_something(text) is says


FRAGMENTS = [
    ("a < b & c", "a < b & c"),
    ("<p>One &amp; <b>two</b>.</p><p>Three<br>lines.</p>", "One & two.\n\nThree\nlines."),
    ("<div>One<!-- c --> two</div>tail<ul><li>a<li>b</ul>", "One two\n\ntail\n\na\n\nb"),
    ("<script>x</script><style>y</style>One<noscript>z</noscript>.", "One."),
    ("One&nbsp;two", "One two"),
    ("<?xml version='1.0' encoding='utf-8'?><p>é</p>", "é"),
    ("<p>" * 20_000 + "deep", "deep"),
    ("<b>", ""),
    ("<!-- only -->", ""),
    ("\ud800<b>one</b>", "?one"),
    ("\x01one&#2; <b>two</b>", "\x01one\x02 two"),
    ("<p>" + "<div>" * 100_000, ""),
    ("", ""),
]


@pytest.mark.parametrize(("markup", "text"), FRAGMENTS)
def test_a_piece_of_html_is_the_text_that_is_seen(markup: str, text: str) -> None:
    assert fragment.text(markup) == text


# --- Feeds: their pages -------------------------------------------------------------------------------------------


def test_each_page_of_a_feed_is_fetched_and_the_feed_fills_what_it_does_not_say(
    news: NewsServer, reading: Reader
) -> None:
    news.replies |= {
        "/feed": rss(
            item("/a", title="Other title", pubDate="Wed, 15 Jul 2020 13:03:40 +0800", author="Ida Sample"),
            item("/b"),
        ),
        "/a": html(),
        "/b": html("Second"),
    }
    given = reading(f"{news.address}/feed")
    first, second = articles(given)
    assert (first.title, first.author, first.outlet, first.published) == (
        "Port opens",
        "Ida Sample",
        "Vellmar Courier",
        DAY,
    )
    assert (second.title, second.author, second.published) == ("Second", None, None)
    assert visits(given) == dict.fromkeys([f"{news.address}{path}" for path in ("/a", "/b", "/feed")], Outcome.READ)
    assert {each.root for each in given if isinstance(each, Visit)} == {f"{news.address}/feed"}
    assert given[-1] == Walk(f"{news.address}/feed")


def test_an_unchanged_feed_costs_one_304_a_page(news: NewsServer, reading: Reader) -> None:
    news.replies |= {"/feed": lasting(rss(item("/a"), item("/b"))), "/a": lasting(html()), "/b": lasting(html("B"))}
    reading(f"{news.address}/feed")
    news.asked.clear()
    again = reading(f"{news.address}/feed")
    assert articles(again) == []
    assert news.statuses() == {200: 1, 304: 2}
    assert walked(again)


@pytest.mark.parametrize(
    "answer",
    [
        page("", status=404),
        page("", status=403),
        page("", status=503),
        page("<html><body><nav>Log in</nav></body></html>"),
        page("x", "image/png"),
        moved("http://[::1"),
    ],
)
def test_the_feeds_own_text_stands_for_a_page_that_gives_none(
    news: NewsServer, reading: Reader, answer: Answer
) -> None:
    news.replies |= {"/feed": rss(item("/a", title="Port", description=f"&lt;p&gt;{BODY}&lt;/p&gt;")), "/a": answer}
    given = reading(f"{news.address}/feed")
    (article,) = articles(given)
    assert (article.id, article.url, article.title) == (f"{news.address}/a", f"{news.address}/a", "Port")
    assert article.text == BODY.strip()
    assert article.outlet == "Vellmar Courier"
    assert article.fetched is not None
    assert failures(given) == []
    assert visits(given)[f"{news.address}/a"] is Outcome.READ


def test_what_robots_txt_forbids_is_not_fetched_and_the_feed_stands_for_it(news: NewsServer, reading: Reader) -> None:
    news.replies |= {
        "/robots.txt": page("User-agent: *\nDisallow: /a", "text/plain"),
        "/feed": rss(item("/a", description=BODY)),
        "/a": html(),
    }
    assert articles(reading(f"{news.address}/feed"))[0].text == BODY.strip()
    assert news.paths() == ["/feed"]


def test_a_page_that_gave_its_text_once_is_not_replaced_by_the_feeds_summary(news: NewsServer, reading: Reader) -> None:
    news.replies |= {"/feed": rss(item("/a", description=TEASER)), "/a": html()}
    reading(f"{news.address}/feed")
    news.replies["/a"] = page("", status=403)
    given = reading(f"{news.address}/feed")
    assert articles(given) == []
    assert len(failures(given)) == 1
    assert visits(given)[f"{news.address}/a"] is Outcome.FAILED


def test_a_page_is_read_once_it_can_be(news: NewsServer, reading: Reader) -> None:
    news.replies |= {"/feed": rss(item("/a", description=TEASER))}
    assert articles(reading(f"{news.address}/feed"))[0].text == TEASER
    news.replies["/a"] = html()
    assert BODY.strip() in articles(reading(f"{news.address}/feed"))[0].text


def test_a_page_that_shows_only_the_beginning_gives_way_to_the_feeds_whole_text(
    news: NewsServer, reading: Reader
) -> None:
    short = "The port of Vellmar opened again on Monday, four months after the flood. Subscribe to read the article."
    news.replies |= {
        "/feed": rss(item("/a", description=f"&lt;p&gt;{BODY * 5}&lt;/p&gt;")),
        "/a": page(
            f"<html><head><title>Port</title></head><body><article><h1>Port</h1><p>{short}</p></article></body>"
        ),
    }
    (article,) = articles(reading(f"{news.address}/feed"))
    assert article.title == "Port"
    assert article.text == (BODY * 5).strip()


def test_a_page_without_text_and_a_feed_without_a_sentence_is_a_failure_and_the_others_go_on(
    news: NewsServer, reading: Reader
) -> None:
    news.replies |= {"/feed": rss(item("/a", description="Read more"), item("/b")), "/b": html()}
    given = reading(f"{news.address}/feed")
    assert [failure.source for failure in failures(given)] == [f"{news.address}/a"]
    assert len(articles(given)) == 1
    assert visits(given)[f"{news.address}/a"] is Outcome.FAILED
    assert walked(given)  # it is still listed, so nothing is taken out


def test_an_entry_without_an_address_is_an_article_of_the_feed(news: NewsServer, reading: Reader) -> None:
    news.replies["/feed"] = rss(
        item(guid="", title="Port", description=BODY),
        item(title="Pier", description=BODY),
        f"<item><guid isPermaLink='false'>77</guid><description>{BODY}</description></item>",
        item("javascript:alert(1)", title="Script", description=BODY),
        item("file:///etc/hostname", title="File", description=BODY),
        item(title="Nothing"),
    )
    root = f"{news.address}/feed"
    given = reading(root)
    assert [article.id for article in articles(given)] == [
        f"{root}#{name}" for name in ("Port", "Pier", "77", "Script", "File")
    ]
    assert {article.url for article in articles(given)} == {None}
    assert articles(given)[2].title == BODY[:100]
    assert [failure.source for failure in failures(given)] == [f"{root}#Nothing"]
    again = reading(root)
    assert articles(again) == []
    assert visits(again)[f"{root}#Port"] is Outcome.UNCHANGED


def test_an_entry_that_stands_twice_is_visited_once(news: NewsServer, reading: Reader) -> None:
    news.replies |= {"/feed": rss(item("/a", title="A"), item("/a#x", title="B"), item("/a")), "/a": html()}
    assert len(articles(reading(f"{news.address}/feed"))) == 1
    assert news.paths() == ["/feed", "/a"]


def test_links_go_by_where_the_feed_is_in_the_end(news: NewsServer, reading: Reader) -> None:
    news.replies |= {"/feed": moved("/news/feed.xml"), "/news/feed.xml": rss(item("a")), "/news/a": html()}
    given = reading(f"{news.address}/feed")
    assert articles(given)[0].id == f"{news.address}/news/a"
    assert {each.root for each in given if isinstance(each, Visit)} == {f"{news.address}/feed"}


def test_entries_before_a_day_are_passed_over_and_those_without_one_are_not(news: NewsServer, reading: Reader) -> None:
    dates = {"/a": "2020-07-14", "/b": "2020-07-15", "/c": ""}
    news.replies |= {"/feed": rss(*(item(path, pubDate=day) for path, day in dates.items()))}
    news.replies |= {path: html(path) for path in dates}
    given = reading(f"{news.address}/feed", since=date(2020, 7, 15))
    assert [article.title for article in articles(given)] == ["/b", "/c"]
    assert not walked(given)  # what was passed over is not gone


def test_a_limit_counts_articles_the_unchanged_too(news: NewsServer, reading: Reader) -> None:
    paths = [f"/{number}" for number in range(9)]
    news.replies |= {"/feed": rss(*map(item, paths))} | {path: lasting(html(path)) for path in paths[1:]}
    for _ in range(2):  # the first has no page
        news.asked.clear()
        given = reading(f"{news.address}/feed", limit=3)
        assert news.paths() == ["/feed", *paths[:4]]
        assert not walked(given)
    assert visits(given)["/".join([news.address, "1"])] is Outcome.UNCHANGED


@pytest.mark.parametrize(
    ("cut", "kept", "whole"),
    [
        ("</item><item><title>Half", 1, False),
        ("<title>Half", 0, False),
        ("<title a='", 0, False),
        ("</item></channel></rss>", 1, True),
        ("</item><item><link>/b</link><title>a & b</title></item></channel></rss>", 2, True),  # wrong, and all there
    ],
)
def test_a_feed_that_broke_off_gives_what_it_has_and_takes_nothing_out(
    news: NewsServer, reading: Reader, cut: str, kept: int, whole: bool
) -> None:
    text = f"<rss version='2.0'><channel><title>Vellmar Courier</title><item><link>/a</link>{cut}"
    news.replies |= {"/feed": page(text, "application/rss+xml"), "/a": html("A"), "/b": html("B")}
    given = reading(f"{news.address}/feed")
    assert len(articles(given)) == kept
    assert walked(given) is whole
    said = "The feed breaks off before its end. Try again later."
    assert [failure.reason for failure in failures(given)] == ([] if whole else [said])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (page('{"version": "https://jsonfeed.org/version/1", "items": [', "application/feed+json"), "breaks off"),
        (page('{"version": "https://jsonfeed.org/version/1"}', "application/feed+json"), "without a list of items"),
        (page("[" * 100_000 + "jsonfeed.org/version", "application/feed+json"), "."),
        (
            page('{"version": "https://jsonfeed.org/version/1", "a": ' + "[" * 100_000, "x/y"),
            "breaks off or is damaged",
        ),
        (page("<RDF><other/></RDF>", "application/rdf+xml"), "looks like a feed, and cannot be read as one"),
        (page("", status=503), "Its server failed: 503"),
    ],
)
def test_a_feed_that_cannot_be_read_is_a_failure_of_the_feed(
    news: NewsServer, reading: Reader, answer: Answer, said: str
) -> None:
    news.replies["/feed"] = answer
    given = reading(f"{news.address}/feed")
    (failure,) = failures(given)
    assert said in failure.reason
    assert visits(given) == {f"{news.address}/feed": Outcome.FAILED}


def test_a_feed_that_breaks_its_parser_is_a_failure_as_any(news: NewsServer, reading: Reader) -> None:
    news.replies["/feed"] = page("<rss><channel><item><title>&#xD800;", "text/xml")
    assert "cannot be read as one" in failures(reading(f"{news.address}/feed"))[0].reason


def test_an_empty_feed_is_one_without_articles(news: NewsServer, reading: Reader) -> None:
    news.replies["/feed"] = rss()
    root = f"{news.address}/feed"
    assert reading(root) == [Visit(root, root), Walk(root)]


# --- Sitemaps -----------------------------------------------------------------------------------------------------


def test_each_page_of_a_sitemap_is_fetched(news: NewsServer, reading: Reader) -> None:
    news.replies |= {
        "/sitemap.xml": urlset(
            url(f"{news.address}/a", "<lastmod>2020-07-15</lastmod>"),
            url(
                f"{news.address}/b",
                "<news:news><news:publication><news:name>Vellmar Courier</news:name><news:language>en</news:language>"
                "</news:publication><news:publication_date>2020-07-15T13:03:40+08:00</news:publication_date>"
                "<news:title>Other title</news:title></news:news>",
            ),
        ),
        "/a": html("A"),
        "/b": html("B"),
    }
    given = reading(f"{news.address}/sitemap.xml")
    first, second = articles(given)
    assert (first.title, first.published, first.modified) == ("A", None, None)  # lastmod is no day of publication
    assert (second.title, second.outlet, second.published, second.language) == ("B", "Vellmar Courier", DAY, "en")
    assert given[-1] == Walk(f"{news.address}/sitemap.xml")


def test_of_ten_thousand_addresses_a_limit_of_three_fetches_three(news: NewsServer, reading: Reader) -> None:
    news.replies["/sitemap.xml"] = urlset(*(url(f"{news.address}/{number}") for number in range(10_000)))
    news.replies |= {f"/{number}": html(str(number)) for number in range(5)}
    given = reading(f"{news.address}/sitemap.xml", limit=3)
    assert [article.title for article in articles(given)] == ["0", "1", "2"]
    assert news.paths() == ["/sitemap.xml", "/0", "/1", "/2"]
    assert not walked(given)


def test_a_sitemap_goes_by_the_day_of_news_or_else_of_the_last_change(news: NewsServer, reading: Reader) -> None:
    late, early = "<lastmod>2020-07-15T00:00:00Z</lastmod>", "<lastmod>2020-07-01</lastmod>"
    news_day = "<news:news><news:publication_date>2020-07-01</news:publication_date></news:news>"
    entries = {"/late": late, "/early": early, "/old-news": late + news_day, "/undated": ""}
    news.replies |= {path: html(path) for path in entries}
    news.replies["/s"] = urlset(*(url(news.address + path, more) for path, more in entries.items()))
    given = reading(f"{news.address}/s", since=date(2020, 7, 10))
    assert [article.title for article in articles(given)] == ["/late", "/undated"]
    assert not walked(given)


@pytest.mark.parametrize("packed", [False, True])
def test_an_index_of_sitemaps_is_followed_as_far_as_it_is_needed(
    news: NewsServer, reading: Reader, packed: bool
) -> None:
    def part(*urls: str) -> Answer:
        answer = urlset(*urls)
        return Answer(gzip.compress(body(answer)), headers={"Content-Type": "application/gzip"}) if packed else answer

    news.replies |= {
        "/index.xml": urlset(
            url(f"{news.address}/1.xml.gz", name="sitemap"),
            url(f"{news.address}/old.xml.gz", "<lastmod>2019-01-01</lastmod>", name="sitemap"),
            url(f"{news.address}/2.xml.gz", name="sitemap"),
            name="sitemapindex",
        ),
        "/1.xml.gz": part(url(f"{news.address}/a")),
        "/2.xml.gz": part(url(f"{news.address}/b"), url(f"{news.address}/a")),
        "/old.xml.gz": part(),
        "/a": html("A"),
        "/b": html("B"),
    }
    given = reading(f"{news.address}/index.xml", since=date(2020, 1, 1))
    assert [article.title for article in articles(given)] == ["A", "B"]
    assert news.paths() == ["/index.xml", "/1.xml.gz", "/a", "/2.xml.gz", "/b"]
    news.asked.clear()
    reading(f"{news.address}/index.xml", limit=1)
    assert news.paths() == ["/index.xml", "/1.xml.gz", "/a"]


def test_a_sitemap_speaks_for_its_own_host_only(news: NewsServer, reading: Reader) -> None:
    others = ["http://other.example/a", "http://10.0.0.1/", "javascript:alert(1)", "http://u:geheim@x/", ""]
    news.replies |= {"/s": urlset(url(f"{news.address}/a"), *map(url, others)), "/a": html()}
    given = reading(f"{news.address}/s")
    assert len(articles(given)) == 1
    (failure,) = failures(given)
    assert failure.source == f"{news.address}/s"
    assert "5 addresses that are not of its own host" in failure.reason
    assert "'http://other.example/a'" in failure.reason
    assert walked(given)


def test_sitemaps_below_one_another_end_somewhere(news: NewsServer, reading: Reader) -> None:
    for number in range(9):
        below = [url(f"{news.address}/{deeper}", name="sitemap") for deeper in (number, number + 1, 0)]
        news.replies[f"/{number}"] = urlset(*below, name="sitemapindex")
    given = reading(f"{news.address}/0")
    assert news.paths() == ["/0", "/1", "/2"]
    assert "too far below" in failures(given)[0].reason
    assert not walked(given)


def test_a_part_that_fails_is_a_failure_and_the_others_go_on(news: NewsServer, reading: Reader) -> None:
    parts = [url(f"{news.address}/{name}", name="sitemap") for name in ("none", "page", "good")]
    news.replies |= {
        "/index": urlset(*parts, name="sitemapindex"),
        "/page": html(),
        "/good": urlset(url(f"{news.address}/a")),
        "/a": html("A"),
    }
    given = reading(f"{news.address}/index")
    assert [(each.source.rpartition("/")[2], each.reason[:24]) for each in failures(given)] == [
        ("none", "There is nothing at this"),
        ("page", "It is listed as a sitema"),
    ]
    assert [article.title for article in articles(given)] == ["A"]
    assert not walked(given)


def test_a_sitemap_that_broke_off_gives_what_it_has_and_takes_nothing_out(news: NewsServer, reading: Reader) -> None:
    whole = body(urlset(url(f"{news.address}/a"), url(f"{news.address}/b")))
    news.replies |= {"/s": Answer(whole[:-30]), "/a": html("A"), "/b": html("B")}
    given = reading(f"{news.address}/s")
    assert "A" in [article.title for article in articles(given)]
    assert failures(given)[0].reason.startswith("It is no sitemap that can be read to its end: line 1, column ")
    assert visits(given)[f"{news.address}/s"] is Outcome.FAILED
    assert not walked(given)


def test_a_packed_sitemap_that_is_a_bomb_is_stopped(news: NewsServer, reading: Reader) -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * 200_000_000)
    news.replies["/s.xml.gz"] = Answer(bomb, headers={"Content-Type": "application/gzip"})
    (failure,) = failures(reading(f"{news.address}/s.xml.gz"))
    assert failure.reason == "It unpacks to more than 52.4 MB. Name its parts by themselves."


def test_entities_of_a_sitemap_are_neither_resolved_nor_fetched(news: NewsServer, reading: Reader) -> None:
    text = (
        f"<!DOCTYPE urlset [<!ENTITY x SYSTEM 'file:///etc/hostname'><!ENTITY y SYSTEM '{news.address}/y'>]>"
        f"<urlset><url><loc>{news.address}/&x;&y;</loc></url><url><loc>{news.address}/a</loc></url></urlset>"
    )
    news.replies |= {"/s": page(text, "text/xml"), "/a": html()}
    reading(f"{news.address}/s")
    assert "/y" not in news.paths()
    assert set(news.paths()) <= {"/s", "/", "/a"}


# --- Pages that everybody may write -------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["http://127.0.0.1:1/", "http://169.254.169.254/latest/", "http://[::1]/"])
@pytest.mark.parametrize("kind", ["feed", "sitemap"])
@pytest.mark.parametrize("allowed", [False, True])
def test_what_a_list_leads_to_is_checked_as_any_address_is(
    news: NewsServer, kind: str, target: str, allowed: bool
) -> None:
    """The list is fetched from the internet, and may not lead into the network around this machine."""
    import httpcore

    def dial(number: str, port: int, seconds: float) -> httpcore.NetworkStream:  # noqa: ARG001
        dialled.append(number)
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", news.port, timeout=seconds)

    dialled = list[str]()
    news.replies |= {"/list": rss(item(target)) if kind == "feed" else urlset(url("http://vellmar.example/moved"))}
    news.replies["/moved"] = moved(target)
    resolve: Callable[[str, int], list[str]] = lambda name, port: (  # noqa: E731, ARG005
        ["93.184.216.34"] if name == "vellmar.example" else [name]
    )
    fetcher = Fetcher(FetchLimits(pause=0), allow_private=allowed, resolve=resolve, dial=dial)
    given = list(web.visit("http://vellmar.example/list", fetcher, nothing))
    assert any(said in failures(given)[0].reason for said in ("fetched from", "is not one of web servers"))
    assert set(dialled) == {"93.184.216.34"}
