"""Reasons of Byline's own assertions: what an answer has and what it lacks, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.classifiers.intent import LANGUAGES
from bot.classifiers.intent import language as language_of
from bot.evaluate.types import JudgedReply
from bot.types import Citation, Sentence, State
from index.text.periods.dates import partial_dates

_LONGEST = 120  # characters of a sentence


def listed(name: str, entries: Iterable[str], most: int = 10) -> str:
    """The name and the first entries, each once.

    >>> listed("cited", ["pier", "ferry", "pier"]), listed("cited", "abc", 2), listed("cited", [])
    ('cited: pier, ferry', 'cited: a, b and 1 more', 'cited: none')
    """
    distinct = tuple(dict.fromkeys(entries))
    rest = f" and {len(distinct) - most} more" if len(distinct) > most else ""
    return f"{name}: {', '.join(distinct[:most]) or 'none'}{rest}"


def quoted(text: str) -> str:
    return f"“{text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}”"


def cited(reply: JudgedReply, *ids: str) -> str:
    """The cited articles, and which of the `ids` no article has."""
    sources = listed("cited", map(_source, reply.answer.citations))
    return "; ".join((sources, *_absent(reply, ids)))


def retrieved(reply: JudgedReply, *ids: str) -> str:
    """The articles that were found, best first, and which of the `ids` no article has."""
    return "; ".join((listed("found in order", reply.answer.hits.article_ids), *_absent(reply, ids)))


def misquoted(reply: JudgedReply) -> tuple[Citation, ...]:
    """The citations whose quote is not equal to its span of the article."""
    return tuple(
        each
        for each in reply.answer.citations
        if not each.quote or reply.texts.get(each.article_id, "")[each.start : each.end] != each.quote
    )


def misquotes(reply: JudgedReply) -> str:
    return listed("not as in its article", (f"[{each.mark}] of {each.article_id}" for each in misquoted(reply)))


def uncited(reply: JudgedReply) -> str:
    return _sentences("without a citation", (each for each in reply.answer.sentences if not each.citations))


def unsupported(reply: JudgedReply) -> str:
    found = (each for each in reply.answer.sentences if each.state is State.UNSUPPORTED)
    return _sentences("without support", found)


def days(reply: JudgedReply) -> str:
    """The days, months and years in the answer, as it writes them."""
    text = reply.answer.text
    return listed("days", (text[each.start : each.end] for each in partial_dates(text)))


def language(reply: JudgedReply) -> str:
    code = language_of(reply.answer.text)
    return f"language: {code if code in LANGUAGES else 'unknown'}"


def _source(citation: Citation) -> str:
    """The id, and the facts that an assertion can ask for."""
    published = citation.published.isoformat()[:10] if citation.published else None
    facts = ", ".join(filter(None, (citation.author, citation.outlet, published)))
    return f"{citation.article_id} ({facts})" if facts else citation.article_id


def _absent(reply: JudgedReply, ids: Iterable[str]) -> Iterator[str]:
    return (f"there is no article {each!r} here" for each in ids if not reply.has(each))


def _sentences(name: str, sentences: Iterable[Sentence]) -> str:
    return listed(name, (quoted(each.text) for each in sentences), 3)
