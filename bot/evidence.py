"""Hits to evidence: the sentences inside the passages that matter for the question, in reading order."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from bot.language.figures import counting
from bot.orders import orders
from bot.question.define import introduces, name_asked
from bot.types import Evidence
from index.sentence import ended, sentences
from index.types import Hit
from index.words import SAYING, acronyms, chinese, content_terms, vocabulary

if TYPE_CHECKING:
    import numpy as np

Embed = Callable[[Sequence[str]], "np.ndarray"]
Rarity = Callable[[Sequence[str]], Sequence[float]]

FIGURE = "#"  # among terms: a number that counts something
_BACK = 3  # sentences before one, in which that may be named which it goes on about
NEAR = 600  # characters: about a passage
BESIDE = 0.4  # what the best sentence near by counts beside a sentence's own score
INTRODUCES = 0.3  # what counts more in a sentence that says who or what the one is whom that is asked of
SCORED_BY_MEANING = 32  # sentences that are embedded a question; about 0.2 s on two cores
# Of the best sentence's score, below which one has nothing to say to the question, such as most headings. Of 180
# questions of SQuAD 2.0 whose answer is in the evidence, it takes that from none.
_LEAST = 0.28
_COUNT = re.compile(r"\bhow (?:many|much)\b(?=(?P<thing>(?: \w+)?))", re.IGNORECASE)
_IN_WORDS = re.compile(
    r"\b(?:free|none|nobody|nothing|half|(?:dozen|hundred|thousand|million|billion)s)\b", re.IGNORECASE
)
_COUNTED, _READ = 3, 60  # words after a figure, among which may stand what it counts, and characters they take
_LEANS_BACK = re.compile(
    r"^(?:It|Its|They|Their|He|His|She|Her|This|These|That|Those|Such|Both|In kind|"
    r"The (?:former|latter))\b|^(?:这|该|此|其|他|她|它)|"
    r"^(?:The|A) \w+ (?:before|after|under|behind|of|to|for|with) (?:him|her|it|them|this|that) (?:is|are|was|were)\b"
)


@dataclass(frozen=True, slots=True)
class Weights:
    """How the parts of a sentence's score add up; they sum to 1."""

    words: float = 0.30
    meaning: float = 0.45
    passage: float = 0.25

    def of(self, words: float, meaning: float, passage: float) -> float:
        return self.words * words + self.meaning * meaning + self.passage * passage


def tokens(text: str) -> int:
    """About how many tokens a model reads for `text`: 4 characters each, 1.5 tokens a Chinese character's pair."""
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


def leans_back(sentence: str) -> bool:
    """Whether a sentence opens so that it says little without the one before it."""
    return bool(_LEANS_BACK.match(sentence))


def named_before(
    quotes: Sequence[Evidence],
    names: Collection[str],
    spelled: Mapping[str, tuple[str, ...]],
    among: Iterable[Evidence],
) -> Evidence | None:
    """The sentence before the first of the quotes, at most the third one of its article, that has one of the `names`
    which they lack: of which consulate they are told there. None where there is no such sentence.

    >>> text = ("The Vellmar mill opened.", "It was old.", "The mill had 200 hands.")
    >>> one, two, three = (Evidence("a", place * 30, place * 30 + 25, each) for place, each in enumerate(text))
    >>> named_before([three], {"vellmar"}, {}, (one, two)).text
    'The Vellmar mill opened.'
    """
    first = quotes[0]
    lacking = frozenset(names).difference(*(vocabulary(each.text, spelled) for each in quotes))
    before = [each for each in among if each.article_id == first.article_id and each.end <= first.start]
    near = sorted((each for each in before if not heading(each.text)), key=lambda each: -each.start)[:_BACK]
    return next((each for each in near if lacking & vocabulary(each.text, spelled)), None)


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
    for span in sentences(text):
        sentence = text[span.start : span.end]
        if not orders(sentence):
            yield Evidence(article_id, start + span.start, start + span.end, sentence)


def question_weights(question: str, rarity: Rarity) -> dict[str, float]:
    """The question's content terms with their shares of its weight, which sum to 1; empty where it has none. Where it
    is asked how many, a `FIGURE` is one of them, and one that counts what was asked for is another; each weighs as much
    as the others do on average."""
    rest = _COUNT.sub(" ", question)
    names = [term for term in dict.fromkeys(content_terms(rest)) if term not in SAYING]
    weights = dict(zip(names, (max(weight, 0.1) for weight in rarity(names)), strict=True))
    things = [term for found in _COUNT.finditer(question) for term in ("", *content_terms(found["thing"]))]
    weights |= dict.fromkeys((FIGURE + term for term in things), sum(weights.values()) / max(len(weights), 1))
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()} if names else {}


def present(text: str, spelled: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """The vocabulary of a text; where it counts something, in words too, with a `FIGURE`, and one before each word that
    may be what is counted.

    >>> sorted(present("It had 59 old boats.", {}))
    ['#', '#boat', '#old', '59', 'boat', 'old']
    """
    things = {f"{FIGURE}{term}" for figure in counting(text) for term in ("", *_after(text, figure.end))}
    return vocabulary(text, spelled) | things | ({FIGURE} if _IN_WORDS.search(text) else set())


def _after(text: str, place: int) -> list[str]:
    return content_terms(" ".join(text[place : place + _READ].split()[:_COUNTED]))


def coverage(weights: Mapping[str, float], there: frozenset[str]) -> float:
    """The share of the weighted terms that is there, in [0, 1]."""
    return sum(weight for term, weight in weights.items() if term in there)


def scored(
    question: str, terms: Mapping[str, float], hits: Sequence[Hit], embed: Embed | None, weights: Weights = Weights()
) -> list[Evidence]:
    """Every sentence of the hits with its score, in the hits' order; `terms` are the question's, with their shares.

    `embed` is None where no vectors can be had for the question's language: meaning counts for nothing then.
    """
    found = candidates(hits)
    spelled, name = acronyms(question), name_asked(question)
    words = [coverage(terms, present(sentence.text, spelled)) for sentence, _ in found]
    meaning = _meaning(question, found, words, embed)
    said = [INTRODUCES * introduces(sentence.text, name) if name else 0.0 for sentence, _ in found]
    return [
        replace(sentence, score=min(1.0, weights.of(word, max(cosine, 0.0), passage) + more))
        for (sentence, passage), word, cosine, more in zip(found, words, meaning, said, strict=True)
    ]


def choose(sentences_scored: Sequence[Evidence], budget: int) -> tuple[Evidence, ...]:
    """The best sentences within `budget` tokens, whole, in reading order: by article, the best one's first.

    A sentence near a better one is preferred to one that stands alone, so that what is chosen can be understood: on 254
    questions of SQuAD 2.0 the answer is among 200 tokens in .97 of them, .95 without. A sentence that leans on the one
    before it brings that one along. One that is far from the best one is left out.
    """
    before = {
        (later.article_id, later.start): earlier
        for earlier, later in pairwise(sentences_scored)
        if earlier.article_id == later.article_id and earlier.end <= later.start
    }
    least = _LEAST * max((each.score for each in sentences_scored), default=0.0)
    near = [each for each in sentences_scored if each.score >= least]
    chosen: dict[tuple[str, int], Evidence] = {}
    spent = 0
    for sentence in sorted(near, key=_beside(sentences_scored), reverse=True):
        group = [sentence]
        if leans_back(sentence.text) and (earlier := before.get((sentence.article_id, sentence.start))):
            group.insert(0, earlier)
        new = [each for each in group if (each.article_id, each.start) not in chosen]
        cost = sum(tokens(each.text) for each in new)
        if spent + cost > budget and chosen:
            continue
        chosen.update({(each.article_id, each.start): each for each in new})
        spent += cost
    order = {article_id: place for place, article_id in enumerate(dict.fromkeys(key[0] for key in chosen))}
    return tuple(sorted(chosen.values(), key=lambda each: (order[each.article_id], each.start)))


def _beside(sentences_scored: Sequence[Evidence]) -> Callable[[Evidence], float]:
    """A sentence's score with that of the best one near it, itself included."""

    def score(sentence: Evidence) -> float:
        near = (
            each.score
            for each in sentences_scored
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
