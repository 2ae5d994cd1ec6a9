"""Fits the evidence for broad requests: `byline fit survey`.

The salience of a sentence is fitted on the facts of the requests of `tests/data/broad.jsonl`. The decision whether the
articles answer is fitted on these, and on requests that the shipped articles tell of or do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Protocol

from bot.answering import retrieve as find
from bot.answering.flow import EvidencePool
from bot.answering.overview import survey as breadth
from bot.answering.overview.survey import Salience
from bot.classifiers.calibration import Calibration
from bot.classifiers.fitted import Fitted, write
from bot.config import shipped
from bot.training.sets import DATA, rows
from bot.training.table import table
from bot.training.task import Task
from bot.types import Evidence, Intent, Length
from index import Article, Index
from index.load import read

MOST = breadth.SENTENCES[Length.USUAL]
ROWS = DATA / "broad.jsonl"
PRESENT, ABSENT = DATA / "broad_present.jsonl", DATA / "broad_absent.jsonl"  # the articles tell of it, or do not
HEAD = ("facts stated, by the fit of the others", "refused of the answered", "refused of the others")
# The least salience of a sentence: below it are articles that only share a word with the request. It costs one in
# eighty of the facts in tests/data/broad.jsonl.
LEAST = 0.03
FOLDS = 8


class ArticleSpan(Protocol):
    """A part of an article."""

    @property
    def article_id(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def states(fact: dict[str, Any], quote: ArticleSpan, articles: dict[str, Article]) -> bool:
    """Whether a quote shares characters with a sentence that states the fact."""
    for each in fact["quotes"]:
        article = articles[each["article"]]
        start = article.text.index(each["text"])
        if quote.article_id == article.id and quote.start < start + len(each["text"]) and start < quote.end:
            return True
    return False


class SeenRequest(NamedTuple):
    """A request, with the salience of each sentence and whether the sentence states one of its facts."""

    request: Intent
    found: EvidencePool
    sentences: dict[Evidence, Salience]
    facts: list[set[Evidence]]


def see(index: Index, asked: dict[str, Any], articles: dict[str, Article]) -> SeenRequest:
    question, request = asked["request"], Intent(asked["kind"])
    hits, own = find.present(index, index.search(question, breadth.PASSAGES))
    weights = breadth.subject_weights(question, request)
    embed = index.embed if index.reads(question) else None
    sentences = breadth.salience(question, weights, hits, own, embed)
    facts = [{each for each in sentences if states(fact, each, articles)} for fact in asked.get("facts", ())]
    elsewhere = breadth.foreign(question, own)
    found = EvidencePool(question, hits, weights=weights, articles=own, readable=embed is not None, foreign=elsewhere)
    return SeenRequest(request, found, sentences, facts)


def train(task: Task) -> str:
    """Fits both regressions, and reports how much of the facts the first one covers for requests of other folds."""
    with TemporaryDirectory() as folder, Index.open(Path(folder) / "store") as index:
        index.add(read([str(shipped("seeds"))]))
        articles = {Path(each.id).stem: each for each in index.articles()}
        seen, present, absent = ([see(index, row, articles) for row in rows(path)] for path in (ROWS, PRESENT, ABSENT))
    shares = []
    for fold in range(FOLDS):
        others = [each for place, each in enumerate(seen) if place % FOLDS != fold]
        weighed = _salience(others)
        shares += [_share(each, weighed) for place, each in enumerate(seen) if place % FOLDS == fold]
    weighed = _salience(seen)
    fits, figures = {"salience": weighed}, {"salience": {HEAD[0]: round(fmean(shares), 3)}}
    for name in ("read", "foreign", "unread"):
        key = f"answerable-{name}"
        fits[key], figures[key] = _answerable(_of_fit(name, [*seen, *present]), _of_fit(name, absent), weighed)
    thresholds = {name: each.pop("threshold") for name, each in fits.items()}
    data = "tests/data/broad.jsonl, broad_present.jsonl, broad_absent.jsonl, of seeds/"
    write(task.out, Fitted(task.manifest(data, figures, thresholds) | {"regressions": fits}, {}))
    return table(["fit", *HEAD], [[name, *(each.get(key, "") for key in HEAD)] for name, each in figures.items()])


def _of_fit(name: str, seen: Sequence[SeenRequest]) -> list[SeenRequest]:
    return [each for each in seen if breadth.fit_of(each.found) == name]


def _salience(seen: Sequence[SeenRequest]) -> dict[str, Any]:
    found = [
        (one.named(some.request), any(each in fact for fact in some.facts))
        for some in seen
        for each, one in some.sentences.items()
    ]
    return _regression([named for named, _ in found], [right for _, right in found], 1.0) | {"threshold": LEAST}


def _answerable(
    seen: Sequence[SeenRequest], absent: Sequence[SeenRequest], weighed: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, float]]:
    signals = [breadth.signals(_chosen(each, weighed)) for each in (*seen, *absent)]
    fitted = _regression(signals, [True] * len(seen) + [False] * len(absent), 1.0)
    told = [Calibration(**fitted).confidence(each) for each in signals]
    answered, others = told[: len(seen)], told[len(seen) :]
    fitted["threshold"] = round(_threshold(answered, others), 3)
    refused = [round(fmean(each < fitted["threshold"] for each in some), 2) for some in (answered, others)]
    return fitted, dict(zip(HEAD[1:], refused, strict=True))


def _threshold(answered: Sequence[float], others: Sequence[float]) -> float:
    """Where the share of the answered that is below and that of the others that is not have the least sum."""
    places = [fmean(pair) for pair in pairwise(sorted({0.0, *answered, *others}))]
    return min(
        places, key=lambda least: fmean(each < least for each in answered) - fmean(each < least for each in others)
    )


def _regression(named: Sequence[dict[str, float]], right: Sequence[bool], strength: float) -> dict[str, Any]:
    from sklearn.linear_model import LogisticRegression

    names = list(named[0])
    fitted = LogisticRegression(C=strength, max_iter=2000).fit(
        [[each[name] for name in names] for each in named], right
    )
    weights = {name: round(float(weight), 4) for name, weight in zip(names, fitted.coef_[0], strict=True)}
    return {"bias": round(float(fitted.intercept_[0]), 4), "weights": weights, "threshold": 0.0}


def _chosen(seen: SeenRequest, weighed: dict[str, Any]) -> EvidencePool:
    salience = Calibration(**weighed)
    scored = [replace(each, score=salience.confidence(one.named(seen.request))) for each, one in seen.sentences.items()]
    return replace(seen.found, chosen=breadth.chosen(scored, MOST))


def _share(seen: SeenRequest, weighed: dict[str, Any]) -> float:
    places = {(each.article_id, each.start) for each in _chosen(seen, weighed).chosen}
    return fmean(any((each.article_id, each.start) in places for each in fact) for fact in seen.facts)
