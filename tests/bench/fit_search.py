"""The numbers of `index.search` and `index.store.lexicon`, fitted again: nDCG@10 for each choice, on the fit halves.

`python -m tests.bench.fit_search --data DIR [--cache DIR]`. One choice is varied at a time, the others as they are. For
each set the first figure is of the half on which settings are fitted, the second of all queries. What a passage is
found by is scored by BM25 as written down here, over all passages, so that no index need be made for a choice. In
SQuAD 2.0, whose articles are its 40 paragraphs in a row, what counts is the passage and not the article.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from math import log2
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from index import Article, Filters, Index
from index.search import Weights, fuse, varied
from index.store import lexicon
from index.store.lexicon import query_terms
from index.store.retrieval import Candidate
from index.types import Understood
from index.understand import narrower
from index.words import terms
from tests.bench.retrieval import BEST, DEPTH, arguments, asked_of, fitted, opened
from tests.bench.sets import CORPORA
from tests.bench.table import table

POOL = 50
K1, B = 1.2, 0.75  # of tantivy
FOUND_BY = [  # own words, those of neighbours, of title, outlet and author, and the power of a term's rarity
    *((1, 0, 0, 0.0), (1, 0, 1, 0.0), (1, 1, 1, 0.0), (2, 1, 1, 0.0), (2, 1, 1, 0.5), (2, 1, 1, 1.0)),
    *((1, 1, 1, 0.5), (3, 1, 1, 0.5), (2, 1, 2, 0.5), (2, 1, 0, 0.5), (1, 0, 1, 0.5)),
]
WORDS = (0.0, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 1.0)
NAMED = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6)
FURTHER = (0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 1.0)


@dataclass(frozen=True)
class Asked:
    """A question with what it finds, and what is right: articles, or places in them."""

    id: str
    text: str
    right: dict[str, int] | list[tuple[str, int, int]]
    candidates: Sequence[Candidate] = ()
    understood: Sequence[Understood] = ()

    def gain(self, found: Iterable[tuple[str, int, int]]) -> float:
        """nDCG@10 of passages, by article, start and end, best first; a place that is wanted counts once."""
        if isinstance(self.right, dict):
            names = list(dict.fromkeys(article for article, _, _ in found))[:BEST]
            gains, ideal = [self.right.get(name, 0) for name in names], sorted(self.right.values(), reverse=True)
        else:
            left, gains = list(self.right), []
            for article, start, end in list(found)[:BEST]:
                met = [one for one in left if one[0] == article and one[1] < end and start < one[2]]
                gains.append(int(bool(met)))
                left = [one for one in left if one not in met]
            ideal = [1] * len(self.right)
        return _discounted(gains) / _discounted(ideal[:BEST])


def _discounted(gains: Iterable[int]) -> float:
    return sum(gain / log2(rank + 2) for rank, gain in enumerate(gains))


def tables(data: Path, cache: Path) -> Iterator[str]:
    sets = {name: _corpus(opened(data, name, cache), _questions(data, name)) for name in CORPORA}
    sets["squad2"] = _corpus(_paragraphs_index(data, cache), list(_paragraph_questions(data)))
    head = [*sets]
    parts = [
        ("own, neighbours, about, rarity", FOUND_BY, lambda each, choice: each.found_by(*choice)),
        ("words", WORDS, lambda each, choice: each.ranked(Weights(choice, 1 - choice), DEPTH)),
        ("named", NAMED, lambda each, choice: each.ranked(replace(Weights(), named=choice), DEPTH)),
        ("further, lists of 10", FURTHER, lambda each, choice: each.ranked(replace(Weights(), further=choice), BEST)),
    ]
    for name, choices, score in parts:
        yield _table(name, choices, sets.values(), score, head)


def _table(
    name: str,
    choices: Sequence[Any],
    sets: Iterable[Corpus],
    score: Callable[[Corpus, Any], list[float]],
    head: list[str],
) -> str:
    rows = []
    for choice in choices:
        scores = [(each, score(each, choice)) for each in sets]
        cells = [f"{each.of_fit_half(gains):.4f} / {mean(gains):.4f}" for each, gains in scores]
        rows.append([choice, f"{mean(each.of_fit_half(gains) for each, gains in scores[:3]):.4f}", *cells])
    return table([name, "fit halves of the first three", *head], rows)


class Corpus:
    """The passages of an index, and questions with what they find there."""

    def __init__(self, index: Index, asked: Sequence[Asked]) -> None:
        self.asked = asked
        self._index = index
        self._passages = [passage for article in index.articles() for passage in index.passages(article.id)]
        self._vocabulary: dict[str, int] = {}
        texts = [passage.text for passage in self._passages]
        self._own = self._counts(texts)
        self._beside = _neighbours([passage.article_id for passage in self._passages]) @ self._own
        about = {each.id: " ".join(filter(None, (each.title, each.outlet, each.author))) for each in index.articles()}
        self._about = self._counts([about[passage.article_id] for passage in self._passages])
        self._cosines = index.embed([each.text for each in asked]) @ self._vectors().T

    def of_fit_half(self, gains: Sequence[float]) -> float:
        return mean(gain for each, gain in zip(self.asked, gains, strict=True) if fitted(each.id))

    def ranked(self, weights: Weights, k: int) -> list[float]:
        """What `index.search` finds with these weights."""
        return [
            each.gain(
                (hit.passage.article_id, hit.passage.start, hit.passage.end)
                for hit in varied(fuse(each.candidates, each.understood, weights=weights), k, weights)
            )
            for each in self.asked
        ]

    def found_by(self, own: int, neighbours: int, about: int, power: float) -> list[float]:
        """What is found where passages are found by so much of each."""
        counts = self._wide((own, self._own), (neighbours, self._beside), (about, self._about))
        held = np.bincount(counts.indices, minlength=len(self._vocabulary))
        rarity = np.log(1 + (counts.shape[0] - held + 0.5) / (held + 0.5))
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        norms = K1 * (1 - B + B * lengths / lengths.mean())
        counts.data *= (K1 + 1) / (counts.data + np.repeat(norms, np.diff(counts.indptr)))
        return [self._gain(number, counts, rarity ** (1 + power)) for number in range(len(self.asked))]

    def _gain(self, number: int, counts: Any, weights: Any) -> float:
        each, cosines = self.asked[number], self._cosines[number]
        question = np.zeros(len(self._vocabulary), dtype=np.float32)
        known = [self._vocabulary[term] for term in query_terms(each.text) if term in self._vocabulary]
        question[known] = weights[known]
        words = counts @ question
        pool = np.unique(np.concatenate([np.argsort(-words)[:POOL], np.argsort(-cosines)[:POOL]]))
        best, scale = words[pool].max() or 1.0, Weights()
        scores = scale.words * words[pool] / best + scale.meaning * np.maximum(cosines[pool], 0)
        order = (self._passages[place] for place in pool[np.argsort(-scores, kind="stable")])
        return each.gain((passage.article_id, passage.start, passage.end) for passage in order)

    def _counts(self, texts: Sequence[str]) -> Any:
        from scipy.sparse import csr_matrix

        places = [
            (row, self._vocabulary.setdefault(term, len(self._vocabulary)))
            for row, text in enumerate(texts)
            for term in terms(text)
        ]
        rows, columns = zip(*places, strict=True) if places else ((), ())
        return csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), (len(texts), len(self._vocabulary)))

    def _wide(self, *parts: tuple[int, Any]) -> Any:
        """The weighted sum of counts, of which the earlier ones know fewer terms."""
        total = None
        for weight, counts in parts:
            part = counts.copy()
            part.resize(counts.shape[0], len(self._vocabulary))
            total = part * weight if total is None else total + part * weight
        total.eliminate_zeros()
        return total.tocsr()

    def _vectors(self) -> Any:
        ledger = self._index._store.ledger
        now = ledger.published()
        vectors = {
            (each.passage.article_id, each.passage.start): each.vector
            for each in ledger.found(ledger.keys(), now.generation, now.edition)
        }
        rows = [np.frombuffer(vectors[each.article_id, each.start], dtype="<f2") for each in self._passages]
        return np.stack(rows).astype(np.float32)


def _neighbours(articles: Sequence[str]) -> Any:
    """Which passage stands beside which: those of an article come one after the other."""
    from scipy.sparse import csr_matrix

    beside = [place for place, pair in enumerate(pairwise(articles)) if pair[0] == pair[1]]
    rows, columns = [*beside, *(place + 1 for place in beside)], [*(place + 1 for place in beside), *beside]
    return csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), (len(articles), len(articles)))


def _corpus(index: Index, asked: Iterable[Asked]) -> Corpus:
    from datetime import date

    found = []
    for each in asked:
        understood = index._understand(each.text, date.today())
        within = narrower(Filters(), understood)
        vector, wanted = index.embed([each.text])[0], query_terms(each.text)
        candidates = index._store.candidates(vector, wanted, 5 * DEPTH, Filters(), within)
        found.append(replace(each, candidates=candidates, understood=understood))
    return Corpus(index, found)


def _questions(data: Path, name: str) -> Iterator[Asked]:
    asked = asked_of(data, name)
    return (Asked(query, text, asked.relevant[query]) for query, text in asked.texts.items())


def _paragraphs(data: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    lines = (data / "squad2" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    for title, rows in groupby(map(json.loads, lines), lambda row: str(row["title"])):
        yield title, list(rows)


def _paragraphs_index(data: Path, cache: Path) -> Index:
    index = Index.open(cache / "squad2")
    index.add(Article(title, title, "\n\n".join(row["text"] for row in rows)) for title, rows in _paragraphs(data))
    return index


def _paragraph_questions(data: Path) -> Iterator[Asked]:
    places: dict[str, tuple[str, int, int]] = {}
    for title, rows in _paragraphs(data):
        start = 0
        for row in rows:
            places[row["_id"]] = title, start, start + len(row["text"])
            start += len(row["text"]) + 2
    for line in (data / "squad2" / "questions.jsonl").read_text(encoding="utf-8").splitlines()[::4]:
        row = json.loads(line)
        if row["answerable"]:
            yield Asked(row["_id"], row["text"], [places[row["paragraph"]]])


if __name__ == "__main__":
    given = arguments(__doc__)
    sys.stdout.write(f"In force: {lexicon.OWN}, {lexicon.NEIGHBOURS}, {lexicon.ABOUT}, 0.5; {Weights()}\n")
    for part in tables(given.data, given.cache):
        sys.stdout.write(f"\n{part}\n")
        sys.stdout.flush()
