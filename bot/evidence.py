"""Hits to evidence: the sentences inside the passages that matter for the question, in reading order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from bot.orders import orders
from bot.types import Cancellation, Evidence
from index.sentence import ended, sentences
from index.types import Hit
from index.words import SAYING, acronyms, chinese, content_terms, vocabulary

if TYPE_CHECKING:
    import numpy as np

    from bot.judge import Judge

Embed = Callable[[Sequence[str]], "np.ndarray"]
Rarity = Callable[[Sequence[str]], Sequence[float]]

NEAR = 600  # characters: about a passage
BESIDE = 0.4  # what the best sentence near by counts beside a sentence's own score
SCORED_BY_MEANING = 32  # sentences that are embedded a question
JUDGED = 12  # sentences that the judge reads a question
# Of the best sentence's score, below which one has nothing to say to the question, such as most headings. Of 180
# questions of SQuAD 2.0 whose answer is in the evidence, it takes that from none.
_LEAST = 0.28


@dataclass(frozen=True, slots=True)
class Weights:
    """How the parts of a sentence's score add up before the judge reads it; they sum to 1."""

    words: float = 0.30
    meaning: float = 0.45
    passage: float = 0.25

    def of(self, words: float, meaning: float, passage: float) -> float:
        return self.words * words + self.meaning * meaning + self.passage * passage


WEIGHTS = Weights()
JUDGE = 0.5  # the share of the judge's probability in the score of a sentence that it has read


def tokens(text: str) -> int:
    """About how many tokens a model reads for `text`: 4 characters each, 0.75 a Chinese character."""
    return ceil(len(text) * 0.75) if chinese(text) else ceil(len(text) / 4)


def heading(text: str) -> bool:
    """Whether a text ends as no sentence does: a heading, a caption, a row of a table.

    >>> heading("Size of the parade"), heading("He left.")
    (True, False)
    """
    return not ended(text)


def title(text: str, of_article: str) -> bool:
    """Whether a line has nothing but words of the title of its article: it says nothing, and proves nothing.

    >>> title("The Old Ferry", "The Old Ferry (boat)"), title("The old ferry sank.", "The Old Ferry")
    (True, False)
    """
    return heading(text) and vocabulary(text) <= vocabulary(of_article)


def candidates(hits: Iterable[Hit]) -> list[tuple[Evidence, float]]:
    """Every sentence of the hits once, in the hits' order, with its passage's score."""
    found: dict[tuple[str, int], tuple[Evidence, float]] = {}
    for hit in hits:
        passage = hit.passage
        for sentence in stated(passage.article_id, passage.text, passage.start):
            found.setdefault((sentence.article_id, sentence.start), (sentence, hit.score))
    return list(found.values())


def stated(article_id: str, text: str, start: int = 0) -> Iterator[Evidence]:
    """The sentences of a text, which begins at `start` in its article, but for those that give orders."""
    before = ""
    for span in sentences(text):
        sentence = text[span.start : span.end]
        if not orders(sentence, before):
            yield Evidence(article_id, start + span.start, start + span.end, sentence)
        before = sentence


def question_weights(question: str, rarity: Rarity) -> dict[str, float]:
    """The question's content terms with their shares of its weight, which sum to 1; empty where it has none."""
    names = [term for term in dict.fromkeys(content_terms(question)) if term not in SAYING]
    weights = dict(zip(names, (max(weight, 0.1) for weight in rarity(names)), strict=True))
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def of_part(weights: Mapping[str, float], question: str) -> dict[str, float]:
    """Those of the terms that a part of the question has, which sum to 1."""
    terms = set(content_terms(question))
    own = {term: weight for term, weight in weights.items() if term in terms}
    total = sum(own.values())
    return {term: weight / total for term, weight in own.items()}


def coverage(weights: Mapping[str, float], there: frozenset[str]) -> float:
    """The share of the weighted terms that is there, in [0, 1]."""
    return sum(weight for term, weight in weights.items() if term in there)


def scored(question: str, terms: Mapping[str, float], hits: Sequence[Hit], embed: Embed | None) -> list[Evidence]:
    """Every sentence of the hits with its score, in the hits' order; `terms` are the question's, with their shares.

    `embed` is None where no vectors can be had for the question's language: meaning counts for nothing then.
    """
    found = candidates(hits)
    spelled = acronyms(question)
    words = [coverage(terms, vocabulary(sentence.text, spelled)) for sentence, _ in found]
    meaning = _meaning(question, found, words, embed)
    return [
        replace(sentence, score=min(1.0, WEIGHTS.of(word, max(cosine, 0.0), passage)))
        for (sentence, passage), word, cosine in zip(found, words, meaning, strict=True)
    ]


def judged(
    question: str, found: Sequence[Evidence], judge: Judge, cancel: Cancellation | None = None
) -> tuple[list[Evidence], dict[Evidence, float]]:
    """The sentences, the likeliest ones scored anew with the judge; and what it told of these. Raises Cancelled."""
    likeliest = sorted((each for each in found if not heading(each.text)), key=lambda each: -each.score)[:JUDGED]
    told = dict(zip(likeliest, judge.answers(question, [each.text for each in likeliest], cancel), strict=True))
    again = {each: replace(each, score=(1 - JUDGE) * each.score + JUDGE * share) for each, share in told.items()}
    rest = {each: replace(each, score=(1 - JUDGE) * each.score) for each in found if each not in told}
    anew = again | rest
    return [anew[each] for each in found], {again[each]: share for each, share in told.items()}


def choose(scored_sentences: Sequence[Evidence], budget: int) -> tuple[Evidence, ...]:
    """The best sentences within `budget` tokens, whole, in reading order: by article, the best one's first.

    A sentence near a better one is preferred to one that stands alone, so that what is chosen can be understood: on 254
    questions of SQuAD 2.0 the answer is among 200 tokens in .97 of them, .95 without. One that is far from the best one
    is left out.
    """
    least = _LEAST * max((each.score for each in scored_sentences), default=0.0)
    near = [each for each in scored_sentences if each.score >= least]
    chosen: list[Evidence] = []
    spent = 0
    for sentence in sorted(near, key=_beside(scored_sentences), reverse=True):
        cost = tokens(sentence.text)
        if spent + cost <= budget or not chosen:
            chosen.append(sentence)
            spent += cost
    order = {article_id: place for place, article_id in enumerate(dict.fromkeys(each.article_id for each in chosen))}
    return tuple(sorted(chosen, key=lambda each: (order[each.article_id], each.start)))


def _beside(scored_sentences: Sequence[Evidence]) -> Callable[[Evidence], float]:
    """A sentence's score with that of the best one near it, itself included."""

    def score(sentence: Evidence) -> float:
        near = (
            each.score
            for each in scored_sentences
            if each.article_id == sentence.article_id and abs(each.start - sentence.start) <= NEAR
        )
        return sentence.score + BESIDE * max(near)

    return score


def _meaning(
    question: str, found: Sequence[tuple[Evidence, float]], words: Sequence[float], embed: Embed | None
) -> list[float]:
    """The cosine of the question and each of the likeliest sentences; 0 for the rest."""
    likeliest = sorted(range(len(found)), key=lambda place: -(words[place] + found[place][1]))[:SCORED_BY_MEANING]
    cosines = [0.0] * len(found)
    if not likeliest or not embed:
        return cosines
    vectors = embed([question, *(found[place][0].text for place in likeliest)])
    for place, cosine in zip(likeliest, vectors[1:] @ vectors[0], strict=True):
        cosines[place] = float(cosine)
    return cosines
