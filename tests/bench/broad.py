"""Coverage of broad requests: `python -m tests.bench.broad [--model SPEC] [--show]`; `--fit` fits its weights.

`tests/data/broad.jsonl` has requests about the shipped articles with the facts that a good answer has, read from the
articles. A fact is covered when a supported sentence cites one of the sentences that state it. Beside it: the sentences
without support, the citations of articles that state none of the facts, the articles cited, and the facts in the four
passages that a stock chain gives its model, which is the most that its answer can state. With `--data DIR` the requests
are questions of multihop_rag that compare articles or times, asked as comparisons and timelines, with their evidence
for facts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import fmean
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

from bot import Bot
from bot.answering import retrieve as find
from bot.answering.flow import Found
from bot.answering.overview import survey as breadth
from bot.answering.overview.survey import Salience
from bot.classifiers.calibration import Calibration
from bot.config import shipped
from bot.model import open_model
from bot.types import Answer, Citation, Evidence, Length, Request, State
from index import Article, Index
from index.load import read
from tests.bench.sets import articles as articles_of
from tests.bench.sets import rows
from tests.bench.stock import Given, Passages
from tests.bench.table import table

Span = Citation | Evidence | Given  # of an article
MOST = breadth.SENTENCES[Length.USUAL]
DATA = Path(__file__).parents[1] / "data"
ROWS = DATA / "broad.jsonl"
PRESENT, ABSENT = DATA / "broad_present.jsonl", DATA / "broad_absent.jsonl"  # the articles tell of it, or do not


NUMBER, SEED = 60, 20261201  # questions of multihop_rag
AS = {"comparison_query": Request.COMPARISON, "temporal_query": Request.TIMELINE}


class Covered(NamedTuple):
    """A request, and what became of it."""

    asked: dict[str, Any]
    answer: Answer
    facts: list[bool]
    stock: list[bool]
    seconds: float


def covered(
    asked: dict[str, Any], answer: Answer, articles: dict[str, Article], stock: Sequence[Span], seconds: float
) -> Covered:
    supported = {mark for each in answer.sentences if each.state is State.SUPPORTED for mark in each.citations}
    quotes = [each for each in answer.citations if each.mark in supported]
    told, given = ([_stated(fact, some, articles) for fact in asked["facts"]] for some in (quotes, stock))
    return Covered(asked, answer, told, given, seconds)


def of_multihop_rag(data: Path) -> tuple[list[Article], list[dict[str, Any]]]:
    """Its articles, each of one fact, and questions in the form of `tests/data/broad.jsonl`."""
    found = list(articles_of(data, "multihop_rag"))
    by_text = {each.text: each.id for each in found}
    asked = [row for row in rows(data / "multihop_rag" / "queries.jsonl") if row["question_type"] in AS]
    return found, [_row(each, by_text) for each in Random(SEED).sample(asked, NUMBER)]


def _row(asked: dict[str, Any], by_text: dict[str, str]) -> dict[str, Any]:
    facts = [{"article": by_text[each["fact"]], "text": each["fact"]} for each in asked["evidence"]]
    return {
        "request": asked["text"],
        "kind": str(AS[asked["question_type"]]),
        "language": "en",
        "facts": [{"fact": each["text"], "quotes": [each]} for each in facts],
    }


def _stated(fact: dict[str, Any], quotes: Sequence[Span], articles: dict[str, Article]) -> bool:
    return any(_states(fact, quote, articles) for quote in quotes)


def _states(fact: dict[str, Any], quote: Span, articles: dict[str, Article]) -> bool:
    """Whether a quote shares characters with a sentence that states the fact."""
    for each in fact["quotes"]:
        article = articles[each["article"]]
        start = article.text.index(each["text"])
        if quote.article_id == article.id and quote.start < start + len(each["text"]) and start < quote.end:
            return True
    return False


def report(found: Sequence[Covered]) -> str:
    groups: dict[str, list[Covered]] = defaultdict(list)
    for each in found:
        for group in ("all", each.asked["kind"], each.asked["language"]):
            groups[group].append(each)
    head = [
        "requests",
        "number",
        "facts covered",
        "in a stock chain's passages",
        "unsupported",
        "of other articles",
        "sentences",
        "articles",
        "understood",
        "seconds",
    ]
    return table(head, [[name, *_figures(some)] for name, some in groups.items()])


def _figures(found: Sequence[Covered]) -> Iterator[object]:
    sentences = [one for each in found for one in each.answer.sentences]
    loose = sum(one.state is State.UNSUPPORTED for one in sentences)
    yield len(found)
    yield f"{fmean(sum(each.facts) / len(each.facts) for each in found):.3f}"
    yield f"{fmean(sum(each.stock) / len(each.stock) for each in found):.3f}"
    yield f"{loose / max(len(sentences), 1):.3f}"
    strange = [one.article_id not in _articles(each) for each in found for one in each.answer.citations]
    yield f"{fmean(strange) if strange else 0.0:.3f}"
    yield f"{fmean(len(each.answer.sentences) for each in found):.1f}"
    yield f"{fmean(len({one.article_id for one in each.answer.citations}) for each in found):.1f}"
    yield f"{fmean(each.answer.request == each.asked['kind'] for each in found):.2f}"
    yield f"{fmean(each.seconds for each in found):.1f}"


def _articles(found: Covered) -> frozenset[str]:
    """The articles that state a fact of the request, by their ids here."""
    return frozenset(quote["article"] for fact in found.asked["facts"] for quote in fact["quotes"])


# --- the fit ---------------------------------------------------------------------------------------------------------

FOLDS = 8


class Seen(NamedTuple):
    """A request, with the salience of each sentence and whether the sentence states one of its facts."""

    request: Request
    found: Found
    sentences: dict[Evidence, Salience]
    facts: list[set[Evidence]]


def see(index: Index, asked: dict[str, Any], articles: dict[str, Article]) -> Seen:
    question, request = asked["request"], Request(asked["kind"])
    hits, own = find.present(index, index.search(question, breadth.PASSAGES))
    weights = breadth.subject_weights(question, request)
    embed = index.embed if index.reads(question) else None
    sentences = breadth.salience(question, weights, hits, own, embed)
    facts = [{each for each in sentences if _states(fact, each, articles)} for fact in asked.get("facts", ())]
    elsewhere = breadth.foreign(question, own)
    found = Found(question, hits, weights=weights, articles=own, readable=embed is not None, foreign=elsewhere)
    return Seen(request, found, sentences, facts)


def fit(index: Index, articles: dict[str, Article]) -> dict[str, Any]:
    """Both regressions. Prints how much of the facts the first ones cover for requests that they were not fitted on."""
    seen = [see(index, row, articles) for row in rows(ROWS)]
    present, absent = ([see(index, row, articles) for row in rows(path)] for path in (PRESENT, ABSENT))
    shares = []
    for fold in range(FOLDS):
        others = [each for place, each in enumerate(seen) if place % FOLDS != fold]
        weighed = _salience(others)
        shares += [_share(each, weighed) for place, each in enumerate(seen) if place % FOLDS == fold]
    sys.stdout.write(f"facts among {MOST} sentences, by the other requests' fit: {fmean(shares):.3f}\n")
    weighed = _salience(seen)
    return {"salience": weighed} | {
        f"answerable-{name}": _answerable(_of_fit(name, [*seen, *present]), _of_fit(name, absent), weighed)
        for name in ("read", "foreign", "unread")
    }


def _of_fit(name: str, seen: Sequence[Seen]) -> list[Seen]:
    return [each for each in seen if breadth.fit_of(each.found) == name]


def _salience(seen: Sequence[Seen]) -> dict[str, Any]:
    found = [
        (one.named(some.request), any(each in fact for fact in some.facts))
        for some in seen
        for each, one in some.sentences.items()
    ]
    return _regression([named for named, _ in found], [right for _, right in found], 1.0)


def _answerable(seen: Sequence[Seen], absent: Sequence[Seen], weighed: dict[str, Any]) -> dict[str, Any]:
    signals = [breadth.signals(_chosen(each, weighed)) for each in (*seen, *absent)]
    fitted = _regression(signals, [True] * len(seen) + [False] * len(absent), 1.0)
    told = [Calibration(**fitted).confidence(each) for each in signals]
    answered, others = told[: len(seen)], told[len(seen) :]
    fitted["threshold"] = round(_threshold(answered, others), 3)
    shares = [fmean(each < fitted["threshold"] for each in some) for some in (answered, others)]
    sys.stdout.write(f"of {len(seen)} requests {shares[0]:.2f} are refused, of {len(absent)} others {shares[1]:.2f}\n")
    return fitted


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


def _chosen(seen: Seen, weighed: dict[str, Any]) -> Found:
    salience = Calibration(**weighed)
    scored = [replace(each, score=salience.confidence(one.named(seen.request))) for each, one in seen.sentences.items()]
    return replace(seen.found, chosen=breadth.chosen(scored, MOST))


def _share(seen: Seen, weighed: dict[str, Any]) -> float:
    places = {(each.article_id, each.start) for each in _chosen(seen, weighed).chosen}
    return fmean(any((each.article_id, each.start) in places for each in fact) for fact in seen.facts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.broad", description=__doc__)
    parser.add_argument("--model", default="extractive")
    parser.add_argument("--fit", action="store_true", help="fit bot/answering/overview/survey.json first")
    parser.add_argument("--data", type=Path, help="of the measuring sets: ask questions of multihop_rag")
    parser.add_argument("--show", action="store_true", help="print the answers, and the facts that they lack")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder, Index.open(Path(folder) / "store") as index:
        given, requests = of_multihop_rag(asked.data) if asked.data else (read([str(shipped("seeds"))]), rows(ROWS))
        index.add(given)
        articles = {each.id if asked.data else Path(each.id).stem: each for each in index.articles()}
        if asked.fit:
            breadth.FILE.write_text(f"{json.dumps(fit(index, articles), indent=1)}\n", encoding="utf-8")
        opened = open_model(asked.model)
        bot = Bot(index, *opened.models, quotes=opened.quotes)
        with closing(Passages(list(articles.values()))) as stock:
            found = [_asked(bot, row, articles, stock, wanted=asked.data is not None) for row in requests]
    if asked.show:
        sys.stdout.writelines(map(_shown, found))
    sys.stdout.write(f"{report(found)}\n")


def _asked(bot: Bot, row: dict[str, Any], articles: dict[str, Article], stock: Passages, *, wanted: bool) -> Covered:
    """What becomes of a request; its kind is given to the bot where it is `wanted`."""
    began = perf_counter()
    answer = bot.answer(row["request"], request=Request(row["kind"]) if wanted else None)
    seconds = perf_counter() - began
    return covered(row, answer, articles, stock.near(row["request"]), seconds)


def _shown(found: Covered) -> str:
    lacking = [fact["fact"] for fact, told in zip(found.asked["facts"], found.facts, strict=True) if not told]
    head = f"\n## {found.asked['request']} ({found.answer.request}, {sum(found.facts)} of {len(found.facts)})\n"
    return f"{head}{found.answer.text}\nlacking: {' | '.join(lacking)}\n"


if __name__ == "__main__":
    main()
