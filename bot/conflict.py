"""A newer article that says otherwise: told beside an answer, both with their days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.stages import Found
from bot.types import Cancellation, Evidence, Judgement

if TYPE_CHECKING:
    from bot.judge import Judge

READ = 4  # newer sentences that the judge reads, at most


@dataclass(frozen=True, slots=True)
class Rival:
    """The newer sentence, None where there is none, and what was judged."""

    sentence: Evidence | None = None
    trace: tuple[Judgement, ...] = ()


def newer(
    claim: str, quotes: Sequence[Evidence], found: Found, judge: Judge, cancel: Cancellation | None = None
) -> Rival:
    """The likeliest answer among the sentences of newer articles that the judge finds to answer the question, too, and
    to contradict the claim. Raises Cancelled."""
    days = [found.articles[each.article_id].day for each in quotes]
    known = [each for each in days if each]
    if not known:
        return Rival()
    quoted = {each.article_id for each in quotes}
    limits = judge.thresholds
    later = [
        each
        for each, answers in found.answers.items()
        if each.article_id not in quoted
        and (day := found.articles[each.article_id].day)
        and day > max(known)
        and answers >= limits.answers
    ]
    likeliest = sorted(later, key=lambda each: -found.answers[each])[:READ]
    told = judge.entail_pairs([(each.text, claim) for each in likeliest], cancel)
    trace = tuple(
        Judgement("conflict", "contradicted", each.text, round(one.contradicted, 3), limits.contradicted)
        for each, one in zip(likeliest, told, strict=True)
    )
    return Rival(next((each for each, one in zip(likeliest, trace, strict=True) if one.passed), None), trace)
