"""Follow-ups: what is found for a question as it was put, as Byline makes it whole, and as people did.

`python -m tests.bench.condense --data DIR [--cache DIR]`. The conversations hold the questions without their answers.
The row of the local model needs its file and its engine, and is left out where they are missing. A part is of the gap
in nDCG between the question as it was put and as people rewrote it. Whether a question needs the history was learnt
from the fit half, among others (`bot.training.follow_up`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean

from bot.answering.rewrite import condense
from bot.classifiers.follow_up import needs_history
from bot.errors import ModelMissing
from bot.training.sets import Queries, in_fitting_half, queries
from bot.training.table import table
from bot.types import Prompt, Turn
from index import Index
from index.text.words import content_terms
from tests.bench.retrieval import DEPTH, arguments, default_cache, ndcg, opened

Texts = Mapping[str, str]  # a turn's id -> a question
Complete = Callable[[Prompt], Iterator[str]]

SET = "clapnq"
RAW, BY_PEOPLE, BY_MODEL = "as put", "rewritten by people", "with the local model"
ALONE, BY_WORDS = "without a model", "only the words of the earlier question before it"


def report(data: Path, cache: Path | None = None) -> str:
    asked, rewritten = (queries(data, SET, f"queries_{file}.jsonl") for file in ("questions", "rewrite"))
    turns = {turn: [text.strip() for text in texts.split("\n")] for turn, texts in asked.texts.items()}
    put = queries(data, SET, "queries_lastturn.jsonl").texts
    ways, calls = _ways(turns)
    ways = {RAW: put, **ways, BY_PEOPLE: rewritten.texts}
    with opened(data, SET, cache or default_cache()) as index:
        scores = {way: _scores(index, asked, texts) for way, texts in ways.items()}
    groups = _groups(turns, put, rewritten.texts)
    head = ["nDCG@10", *(f"{name} ({len(members)})" for name, members in groups.items()), "model calls"]
    rows = [[way, *_cells(scores, way, groups.values()), calls.get(way, 0)] for way in ways]
    return f"## Follow-ups, nDCG@10 and the part of the gap that is closed\n\n{table(head, rows)}"


def _ways(turns: Mapping[str, Sequence[str]]) -> tuple[dict[str, Texts], dict[str, int]]:
    """The questions made whole in each way that can be had here, and how often a model was asked for them."""
    ways: dict[str, Texts] = {
        BY_WORDS: {turn: _by_words(texts) for turn, texts in turns.items()},
        ALONE: {turn: _whole(texts) for turn, texts in turns.items()},
    }
    asked: list[Prompt] = []
    if complete := _local():

        def counted(prompt: Prompt) -> Iterator[str]:
            asked.append(prompt)
            return complete(prompt)

        ways[BY_MODEL] = {turn: _whole(texts, counted) for turn, texts in turns.items()}
    return ways, {BY_MODEL: len(asked)}


def _whole(texts: Sequence[str], complete: Complete | None = None) -> str:
    return condense(texts[-1], [Turn(text) for text in texts[:-1]], complete)


def _by_words(texts: Sequence[str]) -> str:
    """The words of the earlier question that carry meaning before the follow-up, where it needs them."""
    last, whole = texts[-1], _whole(texts)
    words = [word for word in whole.removesuffix(last).split() if content_terms(word)]
    return last if whole == last else f"{' '.join(words)}: {last}"


def _local() -> Complete | None:
    from bot.model import open_model

    try:
        return open_model("local").models[0].complete
    except ModelMissing as missing:
        sys.stderr.write(f"{missing}\n")
        return None


def _groups(turns: Mapping[str, Sequence[str]], put: Texts, rewritten: Texts) -> dict[str, list[str]]:
    differ = [turn for turn in turns if put[turn] != rewritten[turn]]
    return {
        "all": list(turns),
        "people changed it": differ,
        "people did not": [turn for turn in turns if put[turn] == rewritten[turn]],
        "said to stand alone": [turn for turn, texts in turns.items() if not needs_history(texts[-1], texts[:-1])],
        "fit half": [turn for turn in turns if in_fitting_half(turn)],
        "other half": [turn for turn in turns if not in_fitting_half(turn)],
        "fit half, changed": [turn for turn in differ if in_fitting_half(turn)],
        "other half, changed": [turn for turn in differ if not in_fitting_half(turn)],
    }


def _scores(index: Index, asked: Queries, texts: Texts) -> dict[str, float]:
    found: dict[str, Sequence[str]] = {
        turn: [hit.passage.article_id for hit in index.search(text, DEPTH)] for turn, text in texts.items()
    }
    return ndcg(asked.relevant, found)


def _cells(scores: Mapping[str, Mapping[str, float]], way: str, groups: Iterable[Sequence[str]]) -> Iterator[str]:
    """The nDCG of each group, and the part of its gap, where what people wrote does better than what was put."""
    for members in groups:
        least, here, most = (mean(scores[each][turn] for turn in members) for each in (RAW, way, BY_PEOPLE))
        part = f" ({(here - least) / (most - least):.2f})" if most > least and way not in (RAW, BY_PEOPLE) else ""
        yield f"{here:.4f}{part}"


if __name__ == "__main__":
    given = arguments(__doc__)
    sys.stdout.write(f"{report(given.data, given.cache)}\n")
