"""The sentence of another article that says otherwise than a sentence of an answer: by its figure, or by the judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answering.evidence import asserts, coverage
from bot.answering.flow import EvidencePool
from bot.types import Cancellation, Evidence, Judgement
from index.text.figures import differing, read
from index.text.words import acronyms, vocabulary
from index.types import Article

if TYPE_CHECKING:
    from bot.judge import Judge

READ = 4  # newer sentences that the judge reads, at most


@dataclass(frozen=True, slots=True)
class Rival:
    """The newer sentence, or None; and the judgements made for it."""

    sentence: Evidence | None = None
    trace: tuple[Judgement, ...] = ()


def otherwise(
    claim: str, quotes: Sequence[Evidence], found: EvidencePool, judge: Judge, cancel: Cancellation | None = None
) -> Rival:
    """The sentence of another article that says otherwise: by its figure, else the newer one by the judge. Raises
    Cancelled."""
    other = by_figures(claim, quotes, found, judge.thresholds.answers)
    return other if other.sentence else newer(claim, quotes, found, judge, cancel)


def by_figures(claim: str, quotes: Sequence[Evidence], found: EvidencePool, least: float) -> Rival:
    """The likeliest answer among the sentences of other articles that give another value for the figure of a claim.

    It is as much about the question as the quotes are, by its weighted terms and with the titles, and answers it with
    the `least` probability or more. Where both state years, they share one. Either may be the newer one.
    """
    quoted = {each.article_id for each in quotes}
    told, years = _about(quotes, found), _years(quotes)
    others = {
        each: _about([each], found)
        for each, answers in found.answers.items()
        if each.article_id not in quoted
        and answers >= least
        and asserts(each.text)
        and not (years and (own := _years([each])) and not years & own)
        and differing(claim, each.text)
    }
    about = {each: share for each, share in others.items() if share >= told}
    rival = max(about, key=lambda each: found.answers[each], default=None)
    if not rival:
        return Rival()
    return Rival(rival, (Judgement("conflict", "figures", rival.text, round(about[rival], 3), round(told, 3)),))


def later(other: Evidence, quotes: Sequence[Evidence], articles: Mapping[str, Article]) -> bool:
    """Whether a sentence is of a later day than some quotes; an undated one is not."""
    days = [day for each in quotes if (day := articles[each.article_id].day)]
    day = articles[other.article_id].day
    return bool(day and days and day > max(days))


def of_a_day(quotes: Sequence[Evidence], articles: Mapping[str, Article]) -> bool:
    """Whether quotes state a figure and no date, of an article that tells the state of affairs of a day."""
    stated = [read(each.text) for each in quotes]
    figures = any(each.quantities for each in stated) and not any(each.dates for each in stated)
    return figures and any(articles[each.article_id].as_of for each in quotes)


def _about(sentences: Sequence[Evidence], found: EvidencePool) -> float:
    """The share of the question's weighted terms that sentences have with the titles of their articles, in [0, 1]."""
    text = " . ".join(part for each in sentences for part in (found.articles[each.article_id].title, each.text))
    return coverage(found.weights, vocabulary(text, acronyms(found.question)))


def _years(sentences: Sequence[Evidence]) -> frozenset[int]:
    return frozenset(day.year for each in sentences for day in read(each.text).dates if day.year)


def newer(
    claim: str, quotes: Sequence[Evidence], found: EvidencePool, judge: Judge, cancel: Cancellation | None = None
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
