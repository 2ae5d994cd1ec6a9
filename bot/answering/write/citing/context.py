"""Hits to the text that a citing model reads: whole passages under their bylines, each sentence with a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.answering.attribute import day
from bot.answering.evidence import stated, tokens
from bot.answering.write.draft import unless_injection
from bot.types import Evidence, Excerpt
from index.text.words import chinese
from index.types import Article, Hit

Span = tuple[int, int]

NUMBER = 3  # tokens of a number and its brackets
_GAP = "[…]"  # between passages of one article that do not touch
_COPIED = 0.8  # the share of a passage's word sequences in another article from which on it is a near-copy
_SEQUENCE = 5  # words
_OWN_MARK = re.compile(r"\[(\d[\d\s,;–-]*)\]")  # an article's own reference would read as a number of ours
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Context:
    """The text for a citing model. The number n stands for `sentences[n - 1]`."""

    text: str = ""
    sentences: tuple[Evidence, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()  # the same by article, for models that take them apart

    def numbered(self, number: int) -> Evidence | None:
        """The sentence with a number, counted from 1; None where there is none."""
        return self.sentences[number - 1] if 0 < number <= len(self.sentences) else None


@dataclass(slots=True)
class _Text:
    """The sentences that stand already, and the lines with their numbers."""

    seen: dict[str, str] = field(default_factory=dict)  # the articles of sentences, by what these say
    sentences: list[Evidence] = field(default_factory=list)

    def line(self, found: Iterable[Evidence]) -> tuple[str, list[Evidence]]:
        """Sentences with their numbers, without those that an earlier article has word for word."""
        kept = [each for each in found if self.seen.setdefault(_said(each.text), each.article_id) == each.article_id]
        first = len(self.sentences) + 1
        self.sentences += kept
        return " ".join(f"[{number}] {_plain(each.text)}" for number, each in enumerate(kept, first)), kept


def context(hits: Sequence[Hit], articles: Mapping[str, Article], budget: int) -> Context:
    """The passages of the best hits within `budget` tokens, by article, best article first.

    Passages that touch are joined. A near-copy of a passage of another article is left out, and so is a sentence that
    another article has in the same words, as boilerplate of a site: each is there once.
    """
    written, parts, excerpts = _Text(), [], []
    for article_id, spans in _joined(_within(hits, budget), articles).items():
        article, lines = articles[article_id], []
        told: list[Evidence] = []
        for start, end in spans:
            line, kept = written.line(stated(article_id, article.text[start:end], start))
            told += kept
            lines += [line] if line else []
        if told:
            byline = byline_of(article)
            parts.append("\n".join([f"Article: {byline}", f"\n{_GAP}\n".join(lines)]))
            excerpts.append(Excerpt(byline, article.url or article_id, tuple(told)))
    return Context("\n\n".join(parts), tuple(written.sentences), tuple(excerpts))


def byline_of(article: Article) -> str:
    """Title, kind, author, outlet and day, as far as they are known. A fact that gives an order is left out.

    >>> from datetime import date
    >>> byline_of(Article("a", "Ties", "…", author="Yang Jin", outlet="Global Times", published=date(2020, 7, 15)))
    '“Ties” | Yang Jin | Global Times | 15 July 2020'
    """
    title, author, outlet = (unless_injection(each) for each in (article.title, article.author, article.outlet))
    state = f"as of {day(article.as_of)}" if article.as_of else ""
    facts = (f"“{title}”" if title else "", article.kind or "", author, outlet, day(article.published), state)
    return " | ".join(" ".join(each.split()) for each in facts if each)


def _within(hits: Iterable[Hit], budget: int) -> Iterator[Hit]:
    """The best hits within the budget, without near-copies; the first one in any case."""
    spent, sequences = 0, dict[tuple[str, ...], str]()
    for hit in hits:
        passage = hit.passage
        own = set(_sequences(passage.text))
        copied = sum(sequences.get(each, passage.article_id) != passage.article_id for each in own)
        if own and copied >= _COPIED * len(own):
            continue
        cost = tokens(passage.text) + NUMBER * (1 + passage.text.count(". "))
        if spent and spent + cost > budget:
            return
        spent += cost
        for each in own:
            sequences.setdefault(each, passage.article_id)
        yield hit


def _joined(hits: Iterable[Hit], articles: Mapping[str, Article]) -> dict[str, list[Span]]:
    """The spans of the passages by article, in reading order; those with nothing but white space between as one."""
    by_article: dict[str, list[Span]] = {}
    for hit in hits:
        passage = hit.passage
        by_article.setdefault(passage.article_id, []).append((passage.start, passage.end))
    joined: dict[str, list[Span]] = {}
    for article_id, spans in by_article.items():
        text, kept = articles[article_id].text, list[Span]()
        for start, end in sorted(spans):
            if kept and not text[kept[-1][1] : start].strip():
                start, end = kept[-1][0], max(end, kept.pop()[1])
            kept.append((start, end))
        joined[article_id] = kept
    return joined


def _sequences(text: str) -> Iterator[tuple[str, ...]]:
    words = list(text) if chinese(text) else _WORD.findall(text.casefold())
    yield from (tuple(words[place : place + _SEQUENCE]) for place in range(len(words) - _SEQUENCE + 1))


def _said(text: str) -> str:
    """A sentence without capitals, spaces and punctuation."""
    return " ".join(_WORD.findall(text.casefold()))


def _plain(text: str) -> str:
    """A sentence on one line, its own references in round brackets.

    >>> _plain("It left [3].")
    'It left (3).'
    """
    return _OWN_MARK.sub(r"(\1)", " ".join(text.split()))
