"""What answers are worth, counted: pure functions over answers in the form of `byline ask --json`.

An answer is right when one of the gold spans stands in its first 25 words, marks aside, after the normalisation of
SQuAD (https://rajpurkar.github.io/SQuAD-explorer/): lower case, no punctuation, no articles. Where a set has no gold
spans, every answer to an answerable question counts as right for what its citations are asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import sqrt
from statistics import fmean, median
from typing import Any, NamedTuple

from bot.training.asked import GoldQuestion
from bot.training.spans import holds

FIRST = 25  # words of an answer in which the gold span is looked for

_MARK = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")


class Reply(NamedTuple):
    """One system's answer to a question."""

    asked: GoldQuestion
    given: Mapping[str, Any]  # as `byline ask --json`, with `tokens` beside

    @property
    def status(self) -> str:
        return str(self.given["status"])

    @property
    def answered(self) -> bool:
        return self.status in ("answered", "partial")

    @property
    def words(self) -> list[str]:
        """Those of an answer, without its marks."""
        return bare(self.given["text"]).split() if self.answered else []

    @property
    def found(self) -> bool:
        """Whether a gold span stands anywhere in the answer."""
        return holds(" ".join(self.words), self.asked.spans)

    @property
    def right(self) -> bool:
        if not self.asked.spans:
            return self.asked.answerable and self.answered
        return holds(" ".join(self.words[:FIRST]), self.asked.spans)

    @property
    def sentences(self) -> Sequence[Mapping[str, Any]]:
        return self.given["sentences"] if self.answered else ()

    @property
    def unmarked(self) -> Sequence[Mapping[str, Any]]:
        """The sentences that a reader is told without a warning."""
        return [each for each in self.sentences if each["state"] != "unsupported"]

    @property
    def citations(self) -> Sequence[Mapping[str, Any]]:
        return self.given["citations"] if self.answered else ()

    @property
    def proven(self) -> bool:
        """Whether a quote from the gold article holds a gold span."""
        return any(holds(each["quote"], self.asked.spans) for each in self.citations if self.into_gold(each))

    def into_gold(self, citation: Mapping[str, Any]) -> bool:
        return bool(citation["article_id"] == self.asked.gold)


Replies = Sequence[Reply]
Texts = Mapping[str, str]  # of the articles, by id


# Words


def bare(text: str) -> str:
    """
    >>> bare("It began in 1973 [1][2]. So they say [3, 4].")
    'It began in 1973. So they say.'
    """
    return _MARK.sub("", text)


# Figures


class Share(NamedTuple):
    """How many of how many."""

    count: int  # type: ignore[assignment]
    of: int

    def __str__(self) -> str:
        if not self.of:
            return "–"
        low, high = wilson(self.count, self.of)
        return f"{self.count}/{self.of} = {self.count / self.of:.3f} ({low:.2f}–{high:.2f})"


def wilson(count: int, of: int, z: float = 1.959964) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, 1927, https://doi.org/10.2307/2276774).

    >>> [round(each, 3) for each in wilson(8, 10)]
    [0.49, 0.943]
    """
    share, extra = count / of, z * z / of
    middle = (share + extra / 2) / (1 + extra)
    half = z * sqrt(share * (1 - share) / of + extra / (4 * of)) / (1 + extra)
    return max(0.0, middle - half), min(1.0, middle + half)


def share(checks: Iterable[bool]) -> Share:
    found = list(checks)
    return Share(sum(found), len(found))


def median_of(values: Iterable[float | None]) -> float | None:
    """The median of what there is, or None where there is nothing."""
    there = [each for each in values if each is not None]
    return median(there) if there else None


def mean_of(values: Iterable[float | None]) -> float | None:
    """As `median_of`."""
    there = [each for each in values if each is not None]
    return fmean(there) if there else None


# The table


def rows(replies: Mapping[str, Replies], texts: Texts, stock: str = "stock") -> Iterator[list[str]]:
    """What was counted, and a cell for each system."""
    for what, count in COUNTED.items():
        yield [what, *(str(count(each)) for each in replies.values())]
    yield [
        "quotes that are the article's words, of all citations",
        *(str(share(exact(one, texts) for reply in each for one in reply.citations)) for each in replies.values()),
    ]
    for name, average, values in (("median", median_of, MEDIANS), ("mean", mean_of, MEANS)):
        for what, value in values.items():
            found = {
                system: average(value(one) for one in each if one.status != "failed")
                for system, each in replies.items()
            }
            yield [f"{what}, {name}", *(_beside(each, found.get(stock)) for each in found.values())]


def exact(citation: Mapping[str, Any], texts: Texts) -> bool:
    return bool(texts[citation["article_id"]][citation["start"] : citation["end"]] == citation["quote"])


def passed_off(replies: Replies) -> Share:
    """Unmarked sentences of answers to questions that have no answer, of all sentences."""
    bad = sum(len(each.unmarked) for each in replies if not each.asked.answerable)
    return Share(bad, sum(len(each.sentences) for each in replies))


def unmarked_and_wrong(replies: Replies) -> Share:
    """Unmarked sentences of answers that do not hold the gold span anywhere, of all answers where there is one."""
    spanned = [each for each in replies if each.asked.spans]
    bad = sum(len(each.unmarked) for each in spanned if not each.found)
    return Share(bad, sum(len(each.sentences) for each in spanned))


def _answerable(replies: Replies, answerable: bool = True) -> list[Reply]:
    return [each for each in replies if each.asked.answerable is answerable]


def _spanned(replies: Replies) -> list[Reply]:
    return [each for each in replies if each.asked.spans]


def _right(replies: Replies) -> list[Reply]:
    return [each for each in replies if each.right and each.asked.gold]


def _sentences(replies: Replies) -> Iterator[Mapping[str, Any]]:
    return (sentence for each in replies for sentence in each.sentences)


def _valid(reply: Reply, sentence: Mapping[str, Any]) -> bool:
    """Whether a sentence has citations, and each of its marks is one of the answer's."""
    marks = {each["mark"] for each in reply.citations}
    return bool(sentence["citations"]) and marks.issuperset(sentence["citations"])


COUNTED: dict[str, Callable[[Replies], object]] = {
    "failures, of all questions": lambda replies: share(each.status == "failed" for each in replies),
    f"gold span in the first {FIRST} words, of all answerable": lambda replies: share(
        each.right for each in _spanned(replies)
    ),
    "gold span anywhere in the answer": lambda replies: share(each.found for each in _spanned(replies)),
    "words of an answer, median": lambda replies: (
        median_of(len(each.words) for each in replies if each.answered) or "–"
    ),
    "refuses, of the unanswerable": lambda replies: share(
        each.status == "refused" for each in _answerable(replies, False)
    ),
    "refuses, of the answerable": lambda replies: share(each.status == "refused" for each in _answerable(replies)),
    "answers (partial ones too), of the unanswerable": lambda replies: share(
        each.answered for each in _answerable(replies, False)
    ),
    "answers (partial ones too), of the answerable": lambda replies: share(
        each.answered for each in _answerable(replies)
    ),
    "partial, of all answers": lambda replies: share(each.status == "partial" for each in replies if each.answered),
    "sentences cited or marked unsupported": lambda replies: share(
        bool(each["citations"]) or each["state"] == "unsupported" for each in _sentences(replies)
    ),
    "sentences with citations, all of them valid": lambda replies: share(
        _valid(each, sentence) for each in replies for sentence in each.sentences
    ),
    "sentences marked unsupported": lambda replies: share(
        each["state"] == "unsupported" for each in _sentences(replies)
    ),
    "most citations of a sentence": lambda replies: max(
        (len(each["citations"]) for each in _sentences(replies)), default="–"
    ),
    "cites the gold article, of right answers": lambda replies: share(
        any(map(each.into_gold, each.citations)) for each in _right(replies)
    ),
    "with a quote that holds the gold span": lambda replies: share(
        each.proven for each in _right(replies) if each.asked.spans
    ),
    "citations into the gold article, of those of right answers": lambda replies: share(
        each.into_gold(one) for each in _right(replies) for one in each.citations
    ),
    "let through: unmarked sentences of answers to the unanswerable, of all sentences": passed_off,
    "let through: unmarked sentences of answers without the gold span, of those to the answerable": unmarked_and_wrong,
}

MEDIANS: dict[str, Callable[[Reply], float | None]] = {
    "seconds to the evidence": lambda reply: _part(reply, "seconds", "evidence"),
    "seconds to the first word": lambda reply: _part(reply, "seconds", "first_token") if reply.answered else None,
    "seconds to the finished answer": lambda reply: _part(reply, "seconds", "total"),
    "seconds to the finished answer, where it answers": lambda reply: (
        _part(reply, "seconds", "total") if reply.answered else None
    ),
    "tokens of the longest prompt": lambda reply: _part(reply, "tokens", "prompt"),
    "tokens read, of all its prompts, without those kept from before": lambda reply: _part(reply, "tokens", "read"),
    "tokens written": lambda reply: _part(reply, "tokens", "written") if reply.answered else None,
}

# What a question costs, whether it is answered or not.
MEANS: dict[str, Callable[[Reply], float | None]] = {
    "tokens read a question, without those from the cache": lambda reply: _part(reply, "tokens", "read"),
    "tokens from the cache a question": lambda reply: _part(reply, "tokens", "cached"),
    "tokens written a question": lambda reply: _part(reply, "tokens", "written"),
}


def _part(reply: Reply, group: str, name: str) -> float | None:
    found = reply.given.get(group, {}).get(name)
    return None if found is None else float(found)


def _beside(value: float | None, stock: float | None) -> str:
    """A figure, and its ratio to that of the stock chain."""
    if value is None:
        return "–"
    told = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return told + (f" ({value / stock:.2f} ×)" if stock else "")
