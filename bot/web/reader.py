"""A whole article to read, with the quotes of an answer marked in it, as markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from bot.render.html.bylines import byline
from bot.render.html.markup import Marked, lang, safe
from bot.render.html.prose import prose
from bot.render.html.words import ENGLISH, PageWording
from bot.types import Answer, Citation
from bot.web.chat import original
from bot.web.filtering import address_of
from bot.web.panel import badge
from bot.wording import isolated
from bot.wording.facts import Facts, also
from index.errors import ArticleMissing
from index.fingerprint import version
from index.types import Article, Filters

_REQUEST = re.compile(r"(\d{1,9})#read-(\d{1,9})-(\d{1,9})-(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A browser's request to read an article of a turn, at one of its quotes; 0 is none."""

    number: int  # by which the browser knows what it gets
    turn: int
    mark: int
    article_id: str


def request(text: str) -> ReadRequest | None:
    """The link that was followed, after the number of the request; None for anything else.

    >>> request("7#read-1-2-https%3A%2F%2Fnews.example%2Fa")
    ReadRequest(number=7, turn=1, mark=2, article_id='https://news.example/a')
    """
    found = _REQUEST.fullmatch(text)
    return ReadRequest(int(found[1]), int(found[2]), int(found[3]), unquote(found[4])) if found else None


def pane(
    wanted: ReadRequest, answer: Answer | None, article: Callable[[str], Article], words: PageWording = ENGLISH
) -> str:
    """The article as it is now, with what the answer quotes of it as it was then. Raises what `article` raises."""
    quoted = [each for each in answer.citations if each.article_id == wanted.article_id] if answer else []
    try:
        body = _article(article(wanted.article_id), quoted, wanted.mark, words)
    except ArticleMissing:
        if not quoted:
            raise
        body = _head(quoted[0], None, words) + _as_it_was("reader.gone", quoted, None, words)
    return framed(wanted, body)


def framed(wanted: ReadRequest, body: str) -> str:
    return f'<article class="reading" id="reading-{wanted.number}">{body}</article>'


def _article(article: Article, quoted: Sequence[Citation], current: int, words: PageWording) -> str:
    changed = [each for each in quoted if each.version and each.version != version(article.text)]
    note = _as_it_was("reader.changed", changed, article.language, words) if changed else ""
    spans = [span for each in quoted if (span := _place(article.text, each))]
    jumps = "".join(map(_jump, spans))
    here = f'<p class="note">{safe(words("reader.quoted"))} {jumps}</p>' if spans else ""
    text = prose(article.text, [_mark(each, current) for each in spans], heading="h3")
    head = _head(article, article.language, words) + _ask(article, words)
    return f"{head}{note}{here}<div{lang(article.language)}>{text}</div>{_about(article, words)}"


def _head(facts: Facts, language: str | None, words: PageWording) -> str:
    who = byline(facts, words, kind=False)
    source = original(facts.url, words)
    return (
        f'<h2 dir="auto" tabindex="-1"{lang(language)}>{safe(facts.title)}</h2>'
        f'<p class="byline">{who}{badge(facts, words)}</p>'
        f"{f'<p>{source}</p>' if source else ''}"
    )


def _ask(article: Article, words: PageWording) -> str:
    address = safe(address_of(Filters(article=(article.id,))))
    return f'<p><a class="scoping" href="{address}">{safe(words("article.ask"))}</a></p>'


def _about(article: Article, words: PageWording) -> str:
    """Where else it stands, and what its facts come from."""
    comma, semicolon = words("facts.comma"), words("facts.semicolon")
    stated = (filter(None, (each.issuer, each.title, each.date)) for each in article.sources)
    sources = [comma.join(map(isolated, each)) for each in stated]
    lines = [also(article, words), words("reader.sources", sources=semicolon.join(sources)) if sources else ""]
    return "".join(f'<p class="note">{safe(line)}</p>' for line in lines if line)


def _as_it_was(what: str, quoted: Sequence[Citation], language: str | None, words: PageWording) -> str:
    said = [(each.mark, safe(words("reader.quote", quote=each.quote))) for each in quoted]
    quotes = "".join(
        f'<blockquote dir="auto"{lang(language)}><sup>{mark}</sup>{quote}</blockquote>' for mark, quote in said
    )
    return f'<div class="changed"><p>{safe(words(what))} {safe(words("reader.quoted_then"))}</p>{quotes}</div>'


def _place(text: str, citation: Citation) -> tuple[int, int, int] | None:
    """Mark, start and end of a quote in the text of today; None where it is there no more."""
    same = text[citation.start : citation.end] == citation.quote
    start = citation.start if same else text.find(citation.quote)
    return (citation.mark, start, start + len(citation.quote)) if start >= 0 else None


def _jump(span: tuple[int, int, int]) -> str:
    return f'<a class="mark" href="#quoted-{span[0]}">[{span[0]}]</a>'


def _mark(span: tuple[int, int, int], current: int) -> Marked:
    mark, start, end = span
    return Marked(start, end, f"<sup>{mark}</sup>", f"quoted-{mark}", "current" if mark == current else "")
