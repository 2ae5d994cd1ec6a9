"""A web page to its article: the main text, and the facts that the page states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from index.byline import PageFacts, facts, markup
from index.byline.page import known, prose, text_of
from index.errors import Unreadable
from index.load import assemble, main_text
from index.load.decode import decode
from index.load.main_text import Paragraph
from index.load.raw import Raw
from index.types import Article

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LARGEST = 20_000_000  # bytes; the longest live reports have two millions
_MOST_ELEMENTS = 40_000  # the same have some twenty thousand; long lists take the square of theirs
_DECLARED = re.compile(
    rb"<(?:meta\b[^>]{0,300}?charset|\?xml[^>]{0,200}?encoding)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE
)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,500}\?>")
# Old pages leave these open, one in the other; without them a page is as deep as it looks.
_STYLING = re.compile(
    r"</?(?:font|span|b|i|u|s|em|strong|small|big|center|a|tt|nobr|o:p)\b[^<>]{0,1000}>", re.IGNORECASE
)
_WALL = re.compile(
    r"checking your browser|verif(?:y|ying) (?:that )?you are (?:a )?human|are you a robot|just a moment|"
    r"unusual traffic|access (?:to this page has been |is )?denied|enable (?:javascript|js|cookies)|"
    r"javascript (?:is )?(?:disabled|required)",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"cookies?|consent|gdpr|privacy|partners|personal data|einwilligung|datenschutz|zustimm|consentement|"
    r"consentimiento|vie privée|privacidad",
    re.IGNORECASE,
)
_LONGEST_WALL = 1500  # characters of a page that only stands before another
_REMEDY = "Save the page from a browser once its text is shown, and index that file."


def articles(raw: Raw) -> Iterator[Article]:
    """The article of a page, with the facts that the page states. Raises `Unreadable` where it holds none.

    A moment of publication more than two days ahead of today is not believed.
    """
    html = _html(raw)
    root = _root(raw, html)
    saved = None if raw.url else markup.saved_from(html)
    found = markup.marked(root, raw.url or saved, datetime.now(UTC).date())
    instead = _instead(root)
    paragraphs = main_text.paragraphs(root)
    text = _text(paragraphs, found)
    if reason := _wall(paragraphs) or ("" if text else instead):
        raise Unreadable(raw.source, reason)
    yield assemble.article(raw, replace(found, text=text, url=found.url or saved))


def _html(raw: Raw) -> str:
    data = raw.data()
    if len(data) > LARGEST:
        raise Unreadable(raw.source, f"It has more than {LARGEST // 1_000_000} MB of HTML. Split it into articles.")
    declared = _DECLARED.search(data, 0, 4096)
    html = decode(raw.source, data, raw.charset or (declared[1].decode("ascii") if declared else None))
    if not html.strip():
        raise Unreadable(raw.source, "It is empty. Put the article there, or leave the file out.")
    return _DECLARATION.sub("", html)


def _root(raw: Raw, html: str) -> HtmlElement:
    """The elements of the page. The parser stops where elements are nested deeper than 256. The rest would be missing
    from the article. So such a page is read without its styling, or not at all."""
    root = markup.parsed(html)
    if markup.cut_short(root):
        root = markup.parsed(_STYLING.sub(" ", html))
    if markup.cut_short(root):
        raise Unreadable(raw.source, f"Its elements are nested too deep to be an article's. {_REMEDY}")
    if sum(1 for _ in zip(root.iter(), range(_MOST_ELEMENTS + 1), strict=False)) > _MOST_ELEMENTS:
        raise Unreadable(raw.source, f"It has more than {_MOST_ELEMENTS:,} elements. Split it into articles.")
    return root


def _text(paragraphs: Sequence[Paragraph], found: PageFacts) -> str:
    """The main text without the title and without lines of facts and furniture."""
    head = next((number for number, (text, _) in enumerate(paragraphs) if prose(text)), 0)
    kept = [each for number, each in enumerate(paragraphs) if number >= head or not known(each[0], found)]
    if found.title:
        return text_of(found.title, kept)
    return facts("\n\n".join(text for text, _ in kept)).text


def _wall(paragraphs: Sequence[Paragraph]) -> str | None:
    """The reason in a page's short text why it is no article: that the article stands behind something."""
    lines = [line for line, _ in paragraphs]
    text = "\n".join(lines)
    if len(text) > _LONGEST_WALL:
        return None
    if _WALL.search(text):
        return f"The site shows this to programs, not its article. {_REMEDY}"
    if 2 * sum(bool(_CONSENT.search(line)) for line in lines) > len(lines) and len(_CONSENT.findall(text)) >= 3:
        return f"It shows only a request for consent. {_REMEDY}"
    return None


def _instead(root: HtmlElement) -> str:
    """The reason why a page has no text, and what it is instead."""
    if next(root.iter("frameset", "frame"), None) is not None:
        return "It is a frame around other pages and has no text. Index the page that it shows."
    if any((meta.get("http-equiv") or "").lower() == "refresh" for meta in root.iter("meta")):
        return "It only leads on to another page. Index that one."
    if next(root.iter("script"), None) is not None:
        return f"Its text is put there by scripts, which are not run. {_REMEDY}"
    return "It holds no article. Name the page that does."
