"""Questions to go on with, and to begin with. Each was asked beforehand, and its article answered it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from bot import evidence
from bot.condense import needs_history, plain_line
from bot.config import shipped
from bot.find import present
from bot.model.chain import first_line
from bot.prompt import PromptFile, read
from bot.types import Answer, Citation, Evidence, Prompt, Status
from index.types import Article
from index.words import chinese, content_terms, vocabulary

if TYPE_CHECKING:
    from index.index import Index

FOLLOW_UPS = 3
OPENERS = 4
TRIED = 6  # sentences of which a model writes a question, at most
TRIED_AT_FIRST = 16
LONGEST = 120  # characters of a question, or of a title: a button holds no more
ABOUT = 400  # characters of a question with its answer, to which others are near
SAME = 0.9  # the cosine from which on two texts say the same: of questions that differ in one name it is up to .87
SHARED = 0.8  # the share of words from which on they do, where the embedder does not read them

Answers = Callable[[str], Answer]  # without a language model
Write = Callable[[Prompt], Generator[str]]  # a language model, of which the first line is read


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence that was found and is not cited, and its article."""

    sentence: Evidence
    article: Article


def follow_ups(answer: Answer, asked: Sequence[str], index: Index, write: Write, answers: Answers) -> Iterator[str]:
    """At most three questions, as they are found, which a model writes of sentences that were found and are not cited.

    Each stands alone, is in the language of the question, and is none of those `asked`. Asked beforehand, it is
    answered with its sentence. Raises what `write` and `answers` raise.
    """
    return islice(_leading_on(answer, asked, index, write, answers), FOLLOW_UPS)


def sources(answer: Answer, index: Index) -> Iterator[Source]:
    """The sentences that were found and are not cited, of the articles of the evidence, those nearest to the question
    and its answer first. One that says what is cited is left out, and one that says what one before it says."""
    hits, articles = present(index, answer.hits)
    related = {each.article_id for each in answer.evidence}
    about = " ".join([answer.question, *(each.text for each in answer.sentences)])[:ABOUT]
    weights, readable = evidence.question_weights(about, index.rarity), index.reads(answer.question)
    near = [hit for hit in hits if hit.passage.article_id in related]
    found = evidence.scored(about, weights, near, index.embed if readable else None)
    told = _Told(index, answer.question)
    told.add(*(each.quote for each in answer.citations))
    for each in sorted(found, key=lambda one: -one.score):
        fits = not evidence.heading(each.text) and chinese(each.text) == chinese(answer.question)
        if fits and not _cited(each, answer.citations) and not told.says(each.text):
            told.add(each.text)
            yield Source(each, articles[each.article_id])


def request(source: Source) -> Prompt:
    """The prompt for a question that a sentence answers. Raises PromptInvalid."""
    return _file().fill({"title": " ".join(source.article.title.split()), "sentence": source.sentence.text})


def presentable(question: str, answered: str) -> bool:
    """Whether a model's words are one short question, in the language of one that was answered and understood without.

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


def openers(articles: Iterable[Article], answers: Answers) -> tuple[str, ...]:
    """Up to four questions, each about an article that answers it."""
    return tuple(islice(_answered(articles, answers), OPENERS))


def about(article: Article) -> str:
    """What to ask about an article.

    >>> about(Article("a", "Who left", "…")), about(Article("b", "两国签署条约", "…"))
    ('What does “Who left” say?', '《两国签署条约》说了什么？')
    """
    title = " ".join(article.title.split())
    return f"《{title}》说了什么？" if chinese(title) else f"What does “{title}” say?"


class _Told:
    """Texts in the language of one."""

    def __init__(self, index: Index, language_of: str) -> None:
        self._index, self._readable = index, index.reads(language_of)
        self._texts, self._vectors = list[str](), list[Any]()

    def says(self, text: str) -> bool:
        """Whether one of them says the same."""
        if not self._readable:
            return any(_shared(text, each) >= SHARED for each in self._texts)
        (vector,) = self._index.embed([text])
        return any(float(vector @ each) >= SAME for each in self._vectors)

    def add(self, *texts: str) -> None:
        self._texts += texts
        if self._readable and texts:
            self._vectors.extend(self._index.embed(texts))


def _leading_on(answer: Answer, asked: Sequence[str], index: Index, write: Write, answers: Answers) -> Iterator[str]:
    told = _Told(index, answer.question)
    told.add(*asked, answer.question)
    for source in islice(sources(answer, index), TRIED):
        with closing(write(request(source))) as words:
            question = first_line(words)
        if presentable(question, answer.question) and not told.says(question):
            found = answers(question)
            if found.status is Status.ANSWERED and _cited(source.sentence, found.citations):
                told.add(question)
                yield question


def _cited(words: Evidence, citations: Iterable[Citation]) -> bool:
    """Whether the words share characters with a citation."""
    return any(
        each.article_id == words.article_id and each.start < words.end and words.start < each.end for each in citations
    )


def _shared(one: str, other: str) -> float:
    """The share of their words that two texts have both."""
    words, others = vocabulary(one), vocabulary(other)
    return len(words & others) / max(len(words | others), 1)


def _answered(articles: Iterable[Article], answers: Answers) -> Iterator[str]:
    """The questions that are new and that their articles answer."""
    tried = set[str]()
    for article in articles:
        question = about(article)
        if not 0 < len(article.title) <= LONGEST or question.casefold() in tried:
            continue
        tried.add(question.casefold())
        if _cites(answers(question), article):
            yield question
        if len(tried) == TRIED_AT_FIRST:
            return


def _cites(answer: Answer, article: Article) -> bool:
    return answer.status is Status.ANSWERED and any(each.article_id == article.id for each in answer.citations)


@cache
def _file() -> PromptFile:
    return read(shipped("prompts") / "suggest.md", ("title", "sentence"))
