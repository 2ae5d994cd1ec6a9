"""The figures by which two sides of an answer contradict each other, as far as one unit measures both."""

from __future__ import annotations

from dataclasses import dataclass

from bot.types import Answer, Citation, Sentence
from index.text.figures import Quantity, differing


@dataclass(frozen=True, slots=True)
class Side:
    """One article's side of a disagreement."""

    quantity: Quantity
    citation: Citation


def disagreements(answer: Answer) -> tuple[tuple[Side, Side], ...]:
    """The two sides of each conflict that was found, the newer first. A conflict that is not of one pair of
    figures in one unit has none."""
    told = {each.text for each in answer.trace if each.step == "conflict" and each.passed}
    citations = {each.mark: each for each in answer.citations}
    pairs = zip(answer.sentences, answer.sentences[1:], strict=False)
    found = (
        _sides(newer, older)
        for newer, older in ((_dated(one, citations), _dated(other, citations)) for one, other in pairs)
        if newer and older and {newer.quote, older.quote} & told and newer.article_id != older.article_id
    )
    return tuple(filter(None, found))


def _dated(sentence: Sentence, citations: dict[int, Citation]) -> Citation | None:
    """The first quote of a sentence that is given with its day, as both sides of a conflict are; else None."""
    quote = citations[sentence.citations[0]] if sentence.citations else None
    return quote if quote and sentence.text != quote.quote else None


def _sides(newer: Citation, older: Citation) -> tuple[Side, Side] | None:
    pair = differing(newer.quote, older.quote)
    return (Side(pair[0], newer), Side(pair[1], older)) if pair else None
