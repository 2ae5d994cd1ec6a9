"""Suggested follow-up questions. Each is asked beforehand, and its article answers it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from bot.answering import evidence
from bot.answering.retrieve import present
from bot.answering.rewrite import plain_line
from bot.classifiers.follow_up import needs_history
from bot.config import shipped
from bot.model.chain import first_line
from bot.model.prompt import PromptFile, read
from bot.suggestions.openers import LONGEST, Answers
from bot.types import Answer, Citation, Evidence, Prompt, Status
from index.text.words import chinese, content_terms, vocabulary
from index.types import Article

if TYPE_CHECKING:
    from index.index import Index

FOLLOW_UPS = 3
TRIED = 6  # sentences for which a model writes a question, at most
ABOUT = 400  # characters of a question with its answer, as the search query
SAME = 0.9  # the least cosine of two texts that say the same; questions that differ in a name reach .87
SHARED = 0.8  # the least share of common words (Jaccard) for the same, where the embedder does not read the script

Write = Callable[[Prompt], Generator[str]]  # asks a language model; its first line is read


@dataclass(frozen=True, slots=True)
class UncitedSentence:
    """A sentence of the hits that is not cited, and its article."""

    sentence: Evidence
    article: Article


def follow_ups(answer: Answer, asked: Sequence[str], index: Index, write: Write, answers: Answers) -> Iterator[str]:
    """At most three questions, each given once it is found. A model writes them for sentences that are not cited.

    Each stands alone, is in the language of the question, and is new to the `asked` questions. Asked beforehand, it is
    answered with its sentence. Raises the errors of `write` and `answers`.
    """
    return islice(_answerable(answer, asked, index, write, answers), FOLLOW_UPS)


def sources(answer: Answer, index: Index) -> Iterator[UncitedSentence]:
    """The sentences of the evidence's articles that are not cited, nearest to question and answer first.

    A sentence that repeats a citation or an earlier sentence is left out.
    """
    hits, articles = present(index, answer.hits)
    related = {each.article_id for each in answer.evidence}
    about = " ".join([answer.question, *(each.text for each in answer.sentences)])[:ABOUT]
    weights, readable = evidence.question_weights(about, index.rarity), index.reads(answer.question)
    near = [hit for hit in hits if hit.passage.article_id in related]
    scored = evidence.scored(about, weights, near, index.embed if readable else None)
    known = _Known(index, answer.question)
    known.add(*(each.quote for each in answer.citations))
    for each in sorted(scored, key=lambda one: -one.score):
        fits = not evidence.heading(each.text) and chinese(each.text) == chinese(answer.question)
        if fits and not _cited(each, answer.citations) and not known.says(each.text):
            known.add(each.text)
            yield UncitedSentence(each, articles[each.article_id])


def request(source: UncitedSentence) -> Prompt:
    """The prompt for a question that a sentence answers. Raises PromptInvalid."""
    return _file().fill({"title": " ".join(source.article.title.split()), "sentence": source.sentence.text})


def presentable(question: str, answered: str) -> bool:
    """Whether a model's words are one short question that stands alone, in the language of the answered one.

    >>> presentable("Who built the bridge of Vellmar?", "When did the ferry sink?")
    True
    >>> presentable("Who built it?", "When did the ferry sink?"), presentable("Ada built it.", "Who built it?")
    (False, False)
    """
    return (
        len(question) <= LONGEST
        and plain_line(question)
        and question.endswith(("?", "？"))
        and chinese(question) == chinese(answered)
        and bool(content_terms(question))
        and not needs_history(question, [answered])
    )


class _Known:
    """A set of texts, by meaning. `language_of` is a text in their language."""

    def __init__(self, index: Index, language_of: str) -> None:
        self._index, self._readable = index, index.reads(language_of)
        self._texts, self._vectors = list[str](), list[Any]()

    def says(self, text: str) -> bool:
        """Whether a text of the set says the same."""
        if not self._readable:
            return any(_shared(text, each) >= SHARED for each in self._texts)
        (vector,) = self._index.embed([text])
        return any(float(vector @ each) >= SAME for each in self._vectors)

    def add(self, *texts: str) -> None:
        self._texts += texts
        if self._readable and texts:
            self._vectors.extend(self._index.embed(texts))


def _answerable(answer: Answer, asked: Sequence[str], index: Index, write: Write, answers: Answers) -> Iterator[str]:
    known = _Known(index, answer.question)
    known.add(*asked, answer.question)
    for source in islice(sources(answer, index), TRIED):
        with closing(write(request(source))) as words:
            question = first_line(words)
        if presentable(question, answer.question) and not known.says(question):
            found = answers(question)
            if found.status is Status.ANSWERED and _cited(source.sentence, found.citations):
                known.add(question)
                yield question


def _cited(words: Evidence, citations: Iterable[Citation]) -> bool:
    """Whether the words share characters with a citation."""
    return any(
        each.article_id == words.article_id and each.start < words.end and words.start < each.end for each in citations
    )


def _shared(one: str, other: str) -> float:
    """The share of common words of two texts (Jaccard), in [0, 1]."""
    words, others = vocabulary(one), vocabulary(other)
    return len(words & others) / max(len(words | others), 1)


@cache
def _file() -> PromptFile:
    return read(shipped("prompts") / "suggest.md", ("title", "sentence"))
