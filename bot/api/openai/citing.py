"""The citations of an answer in OpenAI's shapes, and what is told beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from bot.render.text import address, citation_json, to_json
from bot.types import Answer, Citation, Usage, Words

SCHEME = "byline:"  # of the addresses of articles that are nowhere on the web
_BESIDE = (  # of an answer's JSON
    *("status", "sentences", "request", "searched", "searched_again", "reason", "notice", "nearest", "filters"),
)


def spoken(words: Words) -> str:
    """The words with their marks, as they stand in the text of the answer.

    >>> spoken(Words(" It left."))
    ' It left.'
    """
    marks = "".join(f"[{each.mark}]" for each in words.citations)
    return f"{words.text} {marks}" if marks else words.text


def spans(answer: Answer) -> Iterator[tuple[int, int, Citation]]:
    """Where each mark stands, in order: `answer.text[start:end] == "[1]"`."""
    cited = {each.mark: each for each in answer.citations}
    for sentence in answer.sentences:
        yield from spans_after(sentence.end, [cited[mark] for mark in sentence.citations])


def spans_after(end: int, citations: Sequence[Citation]) -> Iterator[tuple[int, int, Citation]]:
    """Where the marks of a sentence stand that ends at a place: after a space, without one between them."""
    start = end + 1
    for citation in citations:
        end = start + len(f"[{citation.mark}]")
        yield start, end, citation
        start = end


def url_citation(start: int, end: int, citation: Citation) -> dict[str, Any]:
    """A `url_citation` of the mark's span in characters, the end exclusive. The article's id is a field of ours, by
    which a mark is understood when the message is sent back."""
    return {
        "type": "url_citation",
        "start_index": start,
        "end_index": end,
        "title": citation.title,
        "url": url_of(citation),
        "article_id": citation.article_id,
    }


def url_citations(answer: Answer, length: int | None = None) -> list[dict[str, Any]]:
    """One for each mark in the text, or in as many characters of it."""
    return [url_citation(*each) for each in spans(answer) if length is None or each[1] <= length]


def url_of(citation: Citation) -> str:
    """The article's address; of one without, `byline:` and its id, which `/v1/articles/ID` shows.

    An address of this server would have to be taken from what a client says of it, and change with it.
    """
    return address(citation.url) or SCHEME + quote(citation.article_id, safe="")


def beside(answer: Answer, ignored: Sequence[str] = (), length: int | None = None) -> dict[str, Any]:
    """The fields beside an answer's text: `citations` are addresses, `sources` the quotes with their facts, both by
    mark; `byline` tells the status. Of a text that was cut to a length, those that are in it."""
    shown = {citation.mark: citation for _, end, citation in spans(answer) if length is None or end <= length}
    cited = [shown[mark] for mark in sorted(shown)]
    told = to_json(answer)
    told = {name: told[name] for name in _BESIDE}
    return {
        "citations": [url_of(each) for each in cited],
        "sources": [{**citation_json(each), "address": url_of(each)} for each in cited],
        "byline": {**told, "ignored": list(ignored)},
    }


def counted(usage: Usage | None, read: str, written: str) -> dict[str, Any] | None:
    """Tokens by OpenAI's names, which begin with what is `read` and what is `written`."""
    if usage is None:
        return None
    prompt = usage.read + usage.cached
    return {
        f"{read}_tokens": prompt,
        f"{read}_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": 0},
        f"{written}_tokens": usage.written,
        f"{written}_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": prompt + usage.written,
    }
