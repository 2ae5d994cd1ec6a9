"""Which numbers of a search hold on a set that they were not fitted on: nDCG@10, each of four sets left out in turn.

`python -m tests.bench.fit_search --data DIR [--cache DIR]`. A table is of one number of `index.search` or
`index.store.lexicon`. For each set it has the choice that is best on the mean of the three others and what that gives,
the plain choice, for which nothing was fitted, and one that was fitted before. A number is fitted only where that wins.
The last two are of the judge, where it is there, that reads the first passages again: its share of their scores.

What the questions name counts for nothing here. In three sets what is right are articles; in chunking_eval, which has
five long ones, the passages with a span that answers. BM25 is written down here, over all passages, so that no index
need be made for a choice.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2, sqrt
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from bot.judge import Judge
from bot.training.sets import CORPORA
from bot.training.table import table
from index import Article, Filters, Index, Passage
from index.search.fusion import LEAST
from index.store import lexicon
from index.store.lexicon import query_terms
from index.text.words import terms
from tests.bench.chunking import Range, _corpora, _questions
from tests.bench.retrieval import BEST, arguments, asked_of, opened

Scores = Any  # one for each passage of a pool: (n,)
Gains = Any  # one for each question of a set: (n,)

POOL = 50  # passages that the words find, and the vectors, as in a search for ten
SHARES = (0.0, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)
FURTHER = (0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.2)
K1, B = 1.2, 0.75  # of tantivy
OWN_WORDS = (1, 0, 1, 0.0)
FOUND_BY = (  # own words, those of neighbours, of title, outlet and author, and the power of a term's rarity
    *(OWN_WORDS, (1, 0, 0, 0.0), (1, 1, 1, 0.0), (2, 1, 1, 0.0), (3, 1, 1, 0.0), (2, 0, 1, 0.0)),
    *((1, 0, 1, 0.5), (1, 1, 1, 0.5), (2, 1, 1, 0.5), (3, 1, 1, 0.5), (2, 1, 2, 0.5), (2, 1, 0, 0.5), (2, 1, 1, 1.0)),
)
READ = (5, 10)  # passages that the judge reads


@dataclass(frozen=True)
class Asked:
    """A question, and what is right: articles with how relevant each is, or places in them."""

    text: str
    right: Mapping[str, int] | Sequence[Range]

    def gain(self, found: Iterable[Passage]) -> float:
        """nDCG@10 of passages, best first; a place that is wanted counts once."""
        if isinstance(self.right, Mapping):
            names = list(dict.fromkeys(each.article_id for each in found))[:BEST]
            gains, ideal = [self.right.get(name, 0) for name in names], sorted(self.right.values(), reverse=True)
        else:
            left, gains = list(self.right), []
            for each in list(found)[:BEST]:
                met = [one for one in left if one[0] == each.article_id and one[1] < each.end and each.start < one[2]]
                gains.append(int(bool(met)))
                left = [one for one in left if one not in met]
            ideal = [1] * len(self.right)
        return _discounted(gains) / _discounted(ideal[:BEST])


def _discounted(gains: Iterable[int]) -> float:
    return sum(gain / log2(rank + 2) for rank, gain in enumerate(gains))


# What is found


@dataclass(frozen=True)
class Pool:
    """What a question finds."""

    asked: Asked
    passages: Sequence[Passage]
    words: Scores
    meaning: Scores

    def fused(self, share: float, normalised: Callable[[Scores], Scores]) -> Scores:
        return share * _by_best(self.words) + (1 - share) * normalised(self.meaning)

    @property
    def scores(self) -> Scores:
        """Those of `index.search`."""
        return self.fused(0.5, _by_range) * self.meaning.max(initial=LEAST)

    def lowered(self, by: float) -> Scores:
        """The scores when an article's further passages lose so much."""
        lower, seen = self.scores, set()
        for place in _order(lower.copy()):
            article = self.passages[place].article_id
            lower[place] -= by if article in seen else 0
            seen.add(article)
        return lower

    def gain(self, scores: Scores, depth: int | None = None) -> float:
        return self.asked.gain(self.passages[place] for place in _order(scores)[:depth])


def _order(scores: Scores) -> Any:
    return np.argsort(-scores, kind="stable")


def _by_best(values: Scores) -> Scores:
    return values / (values.max(initial=0.0) or 1.0)


def _by_range(values: Scores) -> Scores:
    return 1 - (values.max() - values) / max(np.ptp(values), LEAST) if len(values) else values


NORMALISED: dict[str, Callable[[Scores], Scores]] = {  # the cosines of a pool
    "as they are": lambda meaning: np.maximum(meaning, 0),
    "by the best": lambda meaning: _by_best(np.maximum(meaning, 0)),
    "by their range": _by_range,
}


class Corpus:
    """The passages of an index, and questions with what they find there."""

    def __init__(self, index: Index, asked: Sequence[Asked]) -> None:
        self._passages = [passage for article in index.articles() for passage in index.passages(article.id)]
        self._vocabulary: dict[str, int] = {}
        texts = [passage.text for passage in self._passages]
        self._own = self._counts(texts)
        self._beside = _neighbours([passage.article_id for passage in self._passages]) @ self._own
        about = {each.id: " ".join(filter(None, (each.title, each.outlet, each.author))) for each in index.articles()}
        self._about = self._counts([about[passage.article_id] for passage in self._passages])
        vectors = index.embed([each.text for each in asked])
        self._cosines = vectors @ self._vectors(index).T
        self.pools = [_pool(index, *each) for each in zip(asked, vectors, strict=True)]

    def found_by(self, own: int, neighbours: int, about: int, power: float) -> Gains:
        """What is found where passages are found by so much of each."""
        counts = self._wide((own, self._own), (neighbours, self._beside), (about, self._about))
        held = np.bincount(counts.indices, minlength=len(self._vocabulary))
        rarity = np.log(1 + (counts.shape[0] - held + 0.5) / (held + 0.5))
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        norms = K1 * (1 - B + B * lengths / lengths.mean())
        counts.data *= (K1 + 1) / (counts.data + np.repeat(norms, np.diff(counts.indptr)))
        weights = rarity ** (1 + power)
        found = zip(self.pools, self._cosines, strict=True)
        return np.array([self._gain(pool.asked, counts, weights, cosines) for pool, cosines in found])

    def _gain(self, asked: Asked, counts: Any, weights: Any, cosines: Scores) -> float:
        question = np.zeros(len(self._vocabulary), dtype=np.float32)
        known = [self._vocabulary[term] for term in query_terms(asked.text) if term in self._vocabulary]
        question[known] = weights[known]
        words = counts @ question
        places = np.unique(np.concatenate([np.argsort(-words)[:POOL], np.argsort(-cosines)[:POOL]]))
        pool = Pool(asked, [self._passages[place] for place in places], words[places], cosines[places])
        return pool.gain(pool.scores)

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
        total.eliminate_zeros()  # type: ignore[union-attr]
        return total.tocsr()  # type: ignore[union-attr]

    def _vectors(self, index: Index) -> Any:
        ledger = index._store.ledger
        now = ledger.published()
        vectors = {
            (each.passage.article_id, each.passage.start): each.vector
            for each in ledger.found(ledger.keys(now), now.generation, now.edition)
        }
        rows = [np.frombuffer(vectors[each.article_id, each.start], dtype="<f2") for each in self._passages]
        return np.stack(rows).astype(np.float32)


def _neighbours(articles: Sequence[str]) -> Any:
    """Which passage stands beside which: those of an article come one after the other."""
    from scipy.sparse import csr_matrix

    beside = [place for place, pair in enumerate(pairwise(articles)) if pair[0] == pair[1]]
    rows, columns = [*beside, *(place + 1 for place in beside)], [*(place + 1 for place in beside), *beside]
    return csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), (len(articles), len(articles)))


def _pool(index: Index, asked: Asked, vector: Any) -> Pool:
    found = index._store.candidates(vector, query_terms(asked.text), POOL, Filters())
    words, meaning = (np.array([getattr(each, part) for each in found]) for part in ("words", "meaning"))
    return Pool(asked, [each.found.passage for each in found], words, meaning)


# A set left out


def tables(corpora: Mapping[str, Corpus]) -> Iterator[str]:
    def of(score: Callable[[Pool, Any], float], choices: Iterable[Any]) -> dict[Any, dict[str, Gains]]:
        return {
            choice: {name: np.array([score(pool, choice) for pool in each.pools]) for name, each in corpora.items()}
            for choice in choices
        }

    for how, normalised in NORMALISED.items():
        gains = of(lambda pool, share, how=normalised: pool.gain(pool.fused(share, how)), SHARES)  # type: ignore[misc]
        yield left_out(f"share of BM25, the cosines {how}", 0.5, 0.25, gains)
    lowered = of(lambda pool, by: pool.gain(pool.lowered(by), BEST), FURTHER)
    yield left_out("what an article's further passages lose, of ten passages", 0.0, 0.08, lowered)
    found = {choice: {name: each.found_by(*choice) for name, each in corpora.items()} for choice in FOUND_BY}
    in_force = (lexicon.OWN, lexicon.NEIGHBOURS, lexicon.ABOUT, 0.5)
    yield left_out("own words, neighbours, about, rarity", OWN_WORDS, in_force, found)


def of_judge(corpora: Mapping[str, Corpus], judge: Judge) -> Iterator[str]:
    for count in READ:
        gains: dict[Any, dict[str, list[float]]] = {share: {} for share in SHARES}
        taken: list[float] = []
        for name, each in corpora.items():
            for pool in each.pools:
                scores = pool.scores
                best = _order(scores)[:count]
                began = perf_counter()
                told = judge.answers(pool.asked.text, [pool.passages[place].text for place in best])
                taken.append(1000 * (perf_counter() - began))
                for share in SHARES:
                    again = scores.copy()
                    again[best] = 1 + (1 - share) * scores[best] + share * np.array(told)  # before all others
                    gains[share].setdefault(name, []).append(pool.gain(again))
        number = f"share of the judge that reads {count} ({median(taken):.0f} ms a question)"
        choices = {share: {name: np.array(each) for name, each in found.items()} for share, found in gains.items()}
        yield left_out(number, 0.0, 0.5, choices)


def left_out(number: str, plain: Any, before: Any, choices: Mapping[Any, Mapping[str, Gains]]) -> str:
    """A table of a number, from the gains of each choice on each set, with the standard errors of what is won."""
    names, rows = list(choices[plain]), []
    for name in names:
        fitted = max(choices, key=lambda choice: _mean(choices[choice], [each for each in names if each != name]))
        won = choices[fitted][name] - choices[plain][name]
        gains = [_mean(choices[choice], [name]) for choice in (fitted, plain, before)]
        rows.append([name, fitted, *gains, won.mean(), won.std() / sqrt(len(won))])
    means = np.mean([row[2:6] for row in rows], axis=0)
    rows.append(["mean", "", *means, sqrt(sum(row[6] ** 2 for row in rows)) / len(rows)])
    cells = [[*row[:2], *(f"{each:.4f}" for each in row[2:5]), f"{row[5]:+.4f} ± {row[6]:.4f}"] for row in rows]
    return table([number, "fitted on the others", "gives", f"plain: {plain}", f"{before}", "fitted − plain"], cells)


def _mean(gains: Mapping[str, Gains], names: Sequence[str]) -> float:
    return float(np.mean([gains[name].mean() for name in names]))


# The sets


def sets(data: Path, cache: Path) -> Iterator[tuple[str, Index, list[Asked]]]:
    for name in CORPORA:
        asked = asked_of(data, name)
        yield name, opened(data, name, cache), [Asked(text, asked.relevant[key]) for key, text in asked.texts.items()]
    folder, index = data / "chunking_eval", Index.open(cache / "chunking_eval")
    index.add(Article(path.stem, "", path.read_text(encoding="utf-8")) for path in _corpora(folder))
    yield folder.name, index, [Asked(each.text, each.answers) for each in _questions(folder)]


def main() -> None:
    given = arguments(__doc__)
    corpora = {name: Corpus(index, asked) for name, index, asked in sets(given.data, given.cache)}
    for part in tables(corpora):
        _say(part)
    judge = Judge.load()
    if judge.name != "coverage":
        for part in of_judge(corpora, judge):
            _say(part)


def _say(part: str) -> None:
    sys.stdout.write(f"\n{part}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
