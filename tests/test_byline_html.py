# ruff: noqa: E501 - the lines of pages are as long as sites send them
"""Web pages to articles: the main text without what stands around it, encodings, pages without a text, hostile pages."""

from __future__ import annotations

import io
import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import Unreadable
from index.load.html import articles
from index.load.raw import Raw
from index.types import Article
from tests.test_byline_pages import PAGES, SITE, TEXTS, ld, page, text

PATH = "/pages/page.html"
ONE, TWO, THREE = TEXTS["en"]


def article(html: str | bytes, url: str | None = None, charset: str | None = None) -> Article:
    data = html.encode() if isinstance(html, str) else html
    (found,) = articles(Raw(url or PATH, io.BytesIO(data), "text/html", charset, url))
    return found


def reason(html: str | bytes) -> str:
    with pytest.raises(Unreadable) as error:
        article(html)
    assert error.value.source == PATH
    assert error.value.reason.endswith(".")
    return error.value.reason


def body(inner: str) -> list[str]:
    """The paragraphs of a page with a title and this inside its article."""
    found = article(page("<title>The title of it</title>", f"<article><h1>The title of it</h1>{inner}</article>"))
    return found.text.split("\n\n")


TEXT = {
    "paragraphs": (text(), [ONE, TWO, THREE]),
    "headings and lists are lines": (
        f"<p>{ONE}</p><h2>What the company offers</h2><ul><li>More <b>pay</b></li><li>A pilot's <a href='x'>boat</a></li></ul>"
        f"<p>{TWO}</p><ol><li>First</li><li>Second</li></ol><p>{THREE}</p>",
        [ONE, "## What the company offers", "- More pay\n- A pilot's boat", TWO, "1. First\n2. Second", THREE],
    ),
    "a list in a list": (
        f"<p>{ONE}</p><ul><li>Ships<ul><li>Tugs</li></ul></li><li>Cranes</li></ul><p>{TWO}</p>",
        [ONE, "- Ships\n  - Tugs\n- Cranes", TWO],
    ),
    "a table of figures": (
        f"<p>{ONE}</p><table><tr><th>Year</th><th>Ships</th></tr><tr><td>2024</td><td>1,200</td></tr></table><p>{TWO}</p>",
        [ONE, "| Year | Ships |\n| 2024 | 1,200 |", TWO],
    ),
    "a quote": (f"<p>{ONE}</p><blockquote><p>{TWO}</p></blockquote><p>{THREE}</p>", [ONE, TWO, THREE]),
    "the ends of lines": (
        f"<p>{ONE}<br>{TWO}<br><br>{THREE}</p><p>The contract<br>that was broken in the winter was an old one.</p>",
        [f"{ONE}\n{TWO}", THREE, "The contract that was broken in the winter was an old one."],
    ),
    "words inside words": (
        f"<p>{ONE} H<sub>2</sub>O <em>un</em>seen&nbsp;here&shy;after.</p><p>{TWO}</p>",
        [f"{ONE} H2O unseen hereafter.", TWO],
    ),
    "pictures and their captions": (
        f"<p>{ONE}</p><figure><img src=a alt='Ships'><figcaption>Ships at anchor outside the mole, in a picture of Friday.</figcaption>"
        f"</figure><div class='wp-caption'><img src=b><p class='wp-caption-text'>The mole, in another picture of Friday.</p></div><p>{TWO}</p>",
        [ONE, TWO],
    ),
    "boxes in the text": (
        f"<p>{ONE}</p><aside class='newsletter-box'><p>The harbour in your inbox, every morning of the week, and free of charge.</p></aside>"
        f"<div class='related-articles'><h3>Related</h3><ul><li><a href=x>The mayor answers the pilots</a></li></ul></div><p>{TWO}</p>"
        f"<div class='share-bar'><a href=x>Share</a></div><p>Read more: <a href=x>The mayor answers the pilots</a></p><p>{THREE}</p>",
        [ONE, TWO, THREE],
    ),
    "comments of readers": (
        f"{text()}<section id='comments'><p>I have never seen a seal on the quay in all the years that I have lived here.</p></section>",
        [ONE, TWO, THREE],
    ),
    "lines of facts": (
        f"<p>By Jane Writer</p><p>Published: 3 February 2026</p><p>5 min read</p>{text()}<p>© 2026 Vellmar Courier. All rights reserved.</p>",
        [ONE, TWO, THREE],
    ),
    "what a reader does not see": (
        f"<p>{ONE}</p><script>var a = '<p>{THREE}</p>'</script><style>p{{}}</style><template><p>{THREE}</p></template>"
        f"<div hidden><p>{THREE}</p></div><p style='display: none'>{THREE}</p><!-- {THREE} --><p>{TWO}</p>",
        [ONE, TWO],
    ),
    "markup in words": (
        f"<p>{ONE} &lt;b&gt;x&lt;/b&gt; &amp;amp; 1 &lt; 2</p><p>{TWO}</p>",
        [f"{ONE} <b>x</b> &amp; 1 < 2", TWO],
    ),
}


@pytest.mark.parametrize("name", TEXT)
def test_the_text_is_what_a_reader_of_the_article_sees(name: str) -> None:
    inner, expected = TEXT[name]
    assert body(inner) == expected


def test_menus_headers_and_footers_are_left_out() -> None:
    found = article(
        page(
            "<title>Pilots leave | Vellmar Courier</title>",
            "<div class='cookie-banner'><p>We and our partners use cookies to show you what you want.</p></div>"
            "<header><a href=/>Vellmar Courier</a></header><nav><ul><li><a href=/w>World</a></li><li><a href=/s>Sport</a></li></ul></nav>"
            f"<main><h1>Pilots leave</h1>{text()}</main><footer><p>Vellmar Courier, 1 Harbour Street, Vellmar. Imprint. Contact.</p></footer>",
        )
    )
    assert found.text.split("\n\n") == [ONE, TWO, THREE]
    assert found.title == "Pilots leave"


def test_the_columns_of_an_old_page_are_read_as_text() -> None:
    html, _, _ = PAGES["a page of the nineties, laid out with tables"]
    assert article(html).text.split("\n\n") == [ONE, TWO, THREE]


@pytest.mark.parametrize("name", [name for name, (html, _, facts) in PAGES.items() if facts.title])
def test_the_pages_of_the_table_give_their_text_and_no_title_or_byline_in_it(name: str) -> None:
    html, url, facts = PAGES[name]
    found = article(html, url)
    language = next(code for code, paragraphs in TEXTS.items() if paragraphs[2] in html)
    assert all(paragraph in found.text for paragraph in TEXTS[language])
    assert facts.title not in found.text.split("\n\n")
    assert (facts.author or "?") not in found.text
    assert not re.search(r"[<>{}]|Wrong One|Rude Reader", found.text)


# --- Identity ----------------------------------------------------------------------------------------------------


def test_the_identity_is_the_canonical_address_then_the_pages_own_then_the_path() -> None:
    canonical = page(f'<title>A title</title><link rel=canonical href="{SITE}/a">', text())
    plain = page("<title>A title</title>", text())
    assert article(canonical, f"{SITE}/a?b=c").id == f"{SITE}/a"
    assert article(plain, f"{SITE}/a?b=c").id == f"{SITE}/a?b=c"
    assert (article(plain).id, article(plain).url) == (PATH, None)


def test_a_page_that_a_browser_saved_has_the_address_it_was_saved_from() -> None:
    html = page("<title>A title</title>", text()).replace("<html", f"<!-- saved from url=(0030){SITE}/a -->\n<html")
    assert (article(html).id, article(html).url) == (f"{SITE}/a", f"{SITE}/a")


@pytest.mark.parametrize(
    "stated", ["../../etc/passwd", "file:///etc/passwd", "/etc/passwd", "C:\\a", "javascript:x", "..%2f"]
)
def test_nothing_that_a_page_says_becomes_a_path(stated: str) -> None:
    head = f'<title>A title</title><link rel=canonical href="{stated}"><meta property="og:url" content="{stated}"><base href="{stated}">'
    found = article(
        page(head + ld({"@type": "NewsArticle", "headline": "A title", "url": stated, "@id": stated}), text())
    )
    assert (found.id, found.url) == (PATH, None)


# --- Encodings ---------------------------------------------------------------------------------------------------

ENCODED = [
    ("de", "<meta charset='iso-8859-1'>", "cp1252", None),
    ("ru", "<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>", "cp1251", None),
    ("ru", "", "cp1251", "windows-1251"),
    ("ru", "", "koi8-r", "koi8-r"),
    ("zh", "<meta charset=gb2312>", "gb18030", None),
    ("zh", "<meta charset=gb2312>", "utf-8", "gbk"),  # the bytes themselves leave no doubt
    ("ja", "<meta charset='Shift_JIS'>", "cp932", None),
    ("ko", "", "euc_kr", "euc-kr"),
    ("zh", "", "utf-8-sig", "iso-8859-1"),
    ("fr", "", "utf-16", None),
]


@pytest.mark.parametrize(("language", "head", "encoding", "charset"), ENCODED)
def test_a_page_reads_the_same_in_any_encoding(language: str, head: str, encoding: str, charset: str | None) -> None:
    html = f"<html><head>{head}<title>x</title></head><body><article>{text(language)}</article></body></html>"
    assert article(html.encode(encoding), charset=charset).text.split("\n\n") == list(TEXTS[language])


def test_an_xhtml_page_with_a_declaration_is_read() -> None:
    html = f'<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><body>{text("de")}</body></html>'
    assert article(html).text.split("\n\n") == list(TEXTS["de"])


# --- Pages without an article ------------------------------------------------------------------------------------

WITHOUT = {
    "empty": ("", "empty"),
    "white space": (" \n ", "empty"),
    "nothing": ("<html><body></body></html>", "holds no article"),
    "scripts only": ("<html><body><div id=app></div><script src=a.js></script></body></html>", "by scripts"),
    "a frameset": ("<html><frameset cols='1,2'><frame src=a><frame src=b></frameset></html>", "a frame around"),
    "a refresh": ("<html><head><meta http-equiv=refresh content='0;url=/b'></head><body></body></html>", "leads on"),
    "a consent wall": (
        page(
            "<title>Vellmar Courier</title>",
            "<div class='w'><h1>Your privacy</h1><p>We and our 812 partners store cookies on your device and use personal data, with your "
            "consent, to show you what you want to see.</p><p>You can withdraw your consent at any time in our privacy policy.</p>"
            "<button>Accept all</button></div>",
        ),
        "request for consent",
    ),
    "a check for robots": (
        page(
            "<title>Just a moment...</title>",
            "<h1>vellmar.example</h1><p>Verify you are human by completing the action below.</p>",
        ),
        "shows this to programs",
    ),
    "furniture only": (
        page("<title>A title</title>", "<p>Share</p><p>Advertisement</p><p>Read more</p>"),
        "holds no article",
    ),
    "binary": (b"GIF89a\0\0", "binary"),
    "nested without end": ("<html><body>" + "<div>" * 3000 + ONE, "nested too deep"),
    "too many elements": ("<html><body>" + "<p>a" * 40_001, "more than 40,000 elements"),
}


@pytest.mark.parametrize("name", WITHOUT)
def test_a_page_without_an_article_says_what_it_is_instead(name: str) -> None:
    html, expected = WITHOUT[name]
    assert expected in reason(html)  # type: ignore[arg-type]


def test_a_page_that_is_too_large_is_not_parsed() -> None:
    assert "more than 20 MB of HTML" in reason(b"<p>" + b"a" * 20_000_001)


def test_an_article_about_cookies_is_an_article() -> None:
    about = "The court ruled on Friday that a site may not set a cookie before its reader has given consent to it."
    assert article(
        page("<title>Court rules on cookies</title>", f"<h1>Court rules on cookies</h1><p>{about}</p>{text()}")
    ).text.startswith(about)


def test_styling_that_is_never_closed_loses_no_text() -> None:
    numbered = [f"On day {day} of the strike: {paragraph}" for day in range(60) for paragraph in TEXTS["en"]]
    open_tags = "".join(f"<p><font color=red><b>{paragraph}" for paragraph in numbered)
    found = article(f"<html><body><h1>A title</h1>{open_tags}</body></html>")
    assert found.text.count(THREE) == 60


def test_a_short_article_keeps_its_paragraphs() -> None:
    one, two = "The bridge was closed on Friday by the council.", "It is to open again in May, the council said."
    assert article(page("<title>Closed</title>", f"<h1>Closed</h1><p>{one}</p><p>{two}</p>")).text == f"{one}\n\n{two}"


def test_a_pull_quote_that_stands_in_the_text_is_said_once() -> None:
    said = "The bridge was closed on Friday by the council, and nobody was told."
    pulled = '<blockquote class="pull-quote">“nobody was told”</blockquote><aside class="pullquote">Only here.</aside>'
    found = article(page("<title>Closed</title>", f"<h1>Closed</h1><p>{said}</p>{pulled}{text()}")).text
    assert found.count("nobody was told") == 1


def test_an_entity_names_no_file_and_grows_no_text() -> None:
    html = (
        '<!DOCTYPE html [<!ENTITY file SYSTEM "file:///etc/hostname"><!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
        f"<html><body><article>{text()}<p>The end of it: &file; and &b; stand here as they are written.</p></article></body></html>"
    )
    assert "aaaaaaaaaa" not in article(html).text.replace("&a;", "")


def test_tens_of_thousands_of_links_are_no_text() -> None:
    html = page("<title>A title</title>", f"<h1>A title</h1>{text()}<ul>{'<li><a href=x>Link</a></li>' * 10_000}</ul>")
    assert ONE in article(html).text


TAGS = st.sampled_from(
    (
        *(
            "<p>",
            "</p>",
            "<div class=related>",
            "</div>",
            "<table>",
            "<td>",
            "<br>",
            "<h1>",
            "</h1>",
            "<a href=x>",
            "</a>",
        ),
        *("<script type=application/ld+json>", "</script>", '{"@type":"NewsArticle","author":', "[", "]", "}", '"'),
        *("<ul>", "<li>", "<!--", "-->", "<time datetime=2026>", "<meta itemprop=datePublished content=1>", "\0"),
        *("<article itemscope itemtype=Article>", "By Jane Writer", ONE, "2026-02-03", "来源："),
    )
)


@settings(max_examples=150)
@given(st.lists(TAGS, max_size=30).map("".join))
def test_any_page_gives_an_article_or_says_why_not(html: str) -> None:
    with suppress(Unreadable):
        found = article(html)
        assert found.id == PATH
        assert found.text.strip()
