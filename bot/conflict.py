"""The sentence of a newer article that contradicts a sentence of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.evidence import asserts
from bot.stages import Found
from bot.types import Cancellation, Evidence, Judgement

if TYPE_CHECKING:
    from bot.judge import Judge

READ = 4  # newer sentences that the judge reads, at most


@dataclass(frozen=True, slots=True)
class Rival:
    """The newer sentence, or None; and the judgements made for it."""

    sentence: Evidence | None = None
    trace: tuple[Judgement, ...] = ()


def newer(
    claim: str, quotes: Sequence[Evidence], found: Found, judge: Judge, cancel: Cancellation | None = None
) -> Rival:
    """The likeliest answer among the sentences of newer articles that contradict the claim.

    Such a sentence has to answer the question, by the judge. Raises Cancelled.
    """
    days = [found.articles[each.article_id].day for each in quotes]
    dated = [each for each in days if each]
    if not dated:
        return Rival()
    quoted = {each.article_id for each in quotes}
    limits = judge.thresholds
    later = [
        each
        for each, answers in found.answers.items()
        if each.article_id not in quoted
        and (day := found.articles[each.article_id].day)
        and day > max(dated)
        and answers >= limits.answers
        and asserts(each.text)
    ]
    likeliest = sorted(later, key=lambda each: -found.answers[each])[:READ]
    entailments = judge.entail_pairs([(each.text, claim) for each in likeliest], cancel)
    trace = tuple(
        Judgement("conflict", "contradicted", each.text, round(one.contradicted, 3), limits.contradicted)
        for each, one in zip(likeliest, entailments, strict=True)
    )
    return Rival(next((each for each, one in zip(likeliest, trace, strict=True) if one.passed), None), trace)
