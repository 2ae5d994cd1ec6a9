"""Hits to evidence: the sentences of the passages, their scores, and the choice in reading order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from bot.answering.attribute import attribute
from bot.classifiers.injection import is_injection
from bot.errors import Cancelled
from bot.types import Cancellation, Evidence
from index.text.sentence import ended, in_heading, sentences
from index.text.words import SAYING, acronyms, chinese, content_terms, vocabulary
from index.types import Article, Hit, Kind

if TYPE_CHECKING:
    import numpy as np

    from bot.judge import Judge

Embed = Callable[[Sequence[str]], "np.ndarray"]
Rarity = Callable[[Sequence[str]], Sequence[float]]

NEAR = 600  # characters between neighbours, at most: about a passage
NEIGHBOUR = 0.4  # the weight of the best neighbour's score, added to the own score
SCORED_BY_MEANING = 32  # sentences that are embedded for a question, at most
JUDGED = 12  # sentences that the judge reads for a question, at most

# The least share of the best sentence's score: most headings are below it. It removes no answer from the evidence of
# 180 questions of SQuAD 2.0.
_LEAST = 0.28


@dataclass(frozen=True, slots=True)
class EvidenceWeights:
    """The weights of a sentence's score before the judge reads it. They sum to 1.

    `python -m tests.bench.constants` measures these and the other constants here: see docs/measured.md.
    """

    words: float = 0.30
    meaning: float = 0.45
    passage: float = 0.25

    def of(self, words: float, meaning: float, passage: float) -> float:
        return self.words * words + self.meaning * meaning + self.passage * passage


WEIGHTS = EvidenceWeights()
_OPENERS = "\"'“‘„‚«‹「『（("
_CLOSERS = "\"'“”’»›」』）)"
JUDGE = 0.5  # the weight of the judge's probability in the score of a sentence, in [0, 1]


def stoppable(embed: Embed, cancel: Cancellation | None) -> Embed:
    """An embedder that raises Cancelled once `cancel` is set. It embeds 32 texts at a time."""

    def embedded(texts: Sequence[str]) -> np.ndarray:
        import numpy as np

        parts = []
        for start in range(0, len(texts), SCORED_BY_MEANING):
            if cancel and cancel.is_set():
                raise Cancelled
            parts.append(embed(texts[start : start + SCORED_BY_MEANING]))
        return np.concatenate(parts)

    return embedded


def tokens(text: str) -> int:
    """An estimate of the tokens of `text`: one for 4 characters, 0.75 for a character of Chinese."""
    return ceil(len(text) * 0.75) if chinese(text) else ceil(len(text) / 4)


def heading(text: str) -> bool:
    """Whether a text has no end of a sentence: a heading, a caption, a row of a table.

    >>> heading("Size of the parade"), heading("He left.")
    (True, False)
    """
    return not ended(text)


def asserts(text: str) -> bool:
    """Whether a text may be a quote: it ends as a sentence does, and is no question, which asserts nothing.

    >>> asserts("He left."), asserts("Lantern: Do you regret it?"), asserts("“Why?” – “Why not?”")
    (True, False, False)
    >>> asserts("She asked: “Who left?”"), asserts("他走了吗？"), asserts("Size of the parade")
    (True, False, False)
    """
    quoted = text.rstrip()[-1:] in _CLOSERS and text.lstrip()[:1] not in _OPENERS  # a sentence that reports a question
    asks = text.rstrip(f"{_CLOSERS} \n*_").endswith(("?", "？", "؟"))
    return not heading(text) and (quoted or not asks)


def title(text: str, of_article: str) -> bool:
    """Whether a heading has only words of its article's title, and so proves nothing.

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
    """The sentences of a text that may be evidence; the text begins at `start` in its article.

    Sentences that give orders are left out. So are headings that read as sentences: a heading proves nothing.
    """
    before = ""
    for span in sentences(text):
        sentence = text[span.start : span.end]
        announced = in_heading(text, span.start) and not heading(sentence)
        if not announced and not is_injection(sentence, before):
            yield Evidence(article_id, start + span.start, start + span.end, sentence)
        before = sentence


def question_terms(question: str) -> tuple[str, ...]:
    """The content terms of a question, without words of saying."""
    return tuple(term for term in dict.fromkeys(content_terms(question)) if term not in SAYING)


def question_weights(question: str, rarity: Rarity) -> dict[str, float]:
    """The weights of the question's content terms, by rarity. They sum to 1; empty without content terms."""
    names = question_terms(question)
    weights = dict(zip(names, (max(weight, 0.1) for weight in rarity(names)), strict=True))
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def of_part(weights: Mapping[str, float], question: str) -> dict[str, float]:
    """The weights of the terms of one part of the question, scaled to sum to 1."""
    terms = set(content_terms(question))
    shares = {term: weight for term, weight in weights.items() if term in terms}
    total = sum(shares.values())
    return {term: weight / total for term, weight in shares.items()}


def coverage(weights: Mapping[str, float], text_terms: frozenset[str]) -> float:
    """The weight of the terms that a text has, in [0, 1]."""
    return sum(weight for term, weight in weights.items() if term in text_terms)


def scored(question: str, terms: Mapping[str, float], hits: Sequence[Hit], embed: Embed | None) -> list[Evidence]:
    """Every sentence of the hits with its score in [0, 1], in the hits' order.

    `terms` are the weights of the question's terms. `embed` is None where the embedder does not read the question's
    script; then the cosine counts as 0.
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
    question: str,
    found: Sequence[Evidence],
    articles: Mapping[str, Article],
    judge: Judge,
    cancel: Cancellation | None = None,
) -> tuple[list[Evidence], dict[Evidence, float]]:
    """All sentences, rescored; and the judge's probabilities of the likeliest. Raises Cancelled.

    A question is not read: one that is much like what was asked would count as its answer.
    """
    likeliest = sorted((each for each in found if asserts(each.text)), key=lambda each: -each.score)[:JUDGED]
    read = judge.answers(question, [told(each, articles) for each in likeliest], cancel)
    answers = dict(zip(likeliest, read, strict=True))
    rescored = {each: replace(each, score=(1 - JUDGE) * each.score + JUDGE * p) for each, p in answers.items()}
    unread = {each: replace(each, score=(1 - JUDGE) * each.score) for each in found if each not in answers}
    all_scored = rescored | unread
    return [all_scored[each] for each in found], {rescored[each]: p for each, p in answers.items()}


def told(sentence: Evidence, articles: Mapping[str, Article]) -> str:
    """A sentence as the judge reads it for a question: an opinion after its author, whom it does not name itself.

    The author of an interview is not who speaks in it.
    """
    article = articles[sentence.article_id]
    return sentence.text if article.kind is Kind.INTERVIEW else attribute(sentence.text, [article], again=True)


def choose(scored_sentences: Sequence[Evidence], budget: int) -> tuple[Evidence, ...]:
    """The best whole sentences within `budget` tokens, in reading order; the best sentence's article is first.

    A sentence near a better one is preferred, so that the choice reads as a context. With it, 200 tokens hold the
    answer to .97 of 254 questions of SQuAD 2.0; .95 without. Sentences with far lower scores are left out.
    """
    least = _LEAST * max((each.score for each in scored_sentences), default=0.0)
    relevant = [each for each in scored_sentences if each.score >= least]
    chosen: list[Evidence] = []
    spent = 0
    for sentence in sorted(relevant, key=_with_neighbour(scored_sentences), reverse=True):
        cost = tokens(sentence.text)
        if spent + cost <= budget or not chosen:
            chosen.append(sentence)
            spent += cost
    order = {article_id: place for place, article_id in enumerate(dict.fromkeys(each.article_id for each in chosen))}
    return tuple(sorted(chosen, key=lambda each: (order[each.article_id], each.start)))


def _with_neighbour(scored_sentences: Sequence[Evidence]) -> Callable[[Evidence], float]:
    """Gives the score of a sentence plus the weighted score of its best neighbour, itself included."""

    def score(sentence: Evidence) -> float:
        neighbours = (
            each.score
            for each in scored_sentences
            if each.article_id == sentence.article_id and abs(each.start - sentence.start) <= NEAR
        )
        return sentence.score + NEIGHBOUR * max(neighbours)

    return score


def _meaning(
    question: str, found: Sequence[tuple[Evidence, float]], words: Sequence[float], embed: Embed | None
) -> list[float]:
    """The cosines of the question and the likeliest sentences, in the order of `found`; 0 for the others."""
    likeliest = sorted(range(len(found)), key=lambda place: -(words[place] + found[place][1]))[:SCORED_BY_MEANING]
    cosines = [0.0] * len(found)
    if not likeliest or not embed:
        return cosines
    vectors = embed([question, *(found[place][0].text for place in likeliest)])
    for place, cosine in zip(likeliest, vectors[1:] @ vectors[0], strict=True):
        cosines[place] = float(cosine)
    return cosines
