"""A writer for measurements: what a person answered, cited by the words that it shares with the sources of a prompt.

It is one function of the prompt's text, whichever program made the prompt. It reads the sources and the question there,
and knows the person's sentences by question. Where there are none, it says what that prompt asks for.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from time import perf_counter
from typing import NamedTuple

from bot.answering.decide import REFUSAL
from bot.answering.evidence import tokens
from bot.types import Cancellation, Prompt
from index.text.words import content_terms
from tests.bench.writer import ANSWER, LOOK

MOST = 3  # sources of a sentence, as Byline's prompt asks
LEAST = 0.5  # the share of a sentence's terms that an article has to have, for the sentence to be written
_CLAIM = re.compile(r"^(\d+)\. (.*)$", re.MULTILINE)  # of a second look
_NO_QUOTE = "(no quote)"
_STOP = re.compile(r"[.!?]?\Z")
_ARTICLE = "\nArticle: "  # before the sentences of one article


class Source(NamedTuple):
    """A numbered sentence or passage, and the article that it is of."""

    number: int
    text: str
    article: int

    @property
    def terms(self) -> frozenset[str]:
        return frozenset(content_terms(self.text))


class Form(NamedTuple):
    """The way in which a program writes its prompt."""

    known: str  # words that no other program's prompt has
    before: str  # the sources
    after: str  # the sources, and before the question
    mark: re.Pattern[str]
    refusal: str  # as the prompt asks for one
    by_sentence: bool = False  # whether a source is a sentence on one line, below a line for its article


FORMS = (
    Form(ANSWER, "\nPassages:\n", "\n\nQuestion: ", re.compile(r"\[(\d+)\] "), REFUSAL, True),
    Form(
        "Answer the question using only the passages below.",
        "Passages:\n",
        "\n\nQuestion: ",
        re.compile(r"^\[(\d+)\] ", re.MULTILINE),
        "I don't know.",
    ),
    Form(
        "Please provide an answer based solely on the provided sources.",
        "numbered sources of information:\n------\n",
        "\n------\nQuery: ",
        re.compile(r"^Source (\d+):\n", re.MULTILINE),
        "The sources do not answer the question.",
    ),
)


@dataclass(slots=True)
class Writer:
    """The person of a data set as a model, and what it has read."""

    answers: Mapping[str, Sequence[str]]  # the sentences by question
    least: float = LEAST
    prompts: list[Prompt] = field(default_factory=list)
    read: int = 0  # tokens of all prompts
    seconds: float = 0.0  # of its own

    def __call__(self, text: str) -> str:
        """The reply to a prompt."""
        began = perf_counter()
        self.read += tokens(text)
        said = second_look(text) if text.startswith(LOOK) else reply(text, self.answers, self.least)
        self.seconds += perf_counter() - began
        return said

    def complete(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:
        """The reply as a model of Byline gives it."""
        del cancel
        self.prompts.append(prompt)
        yield from re.findall(r"\S+\s*", self(f"{prompt.system}\n{prompt.user}"))

    def clear(self) -> None:
        """Forgets what it has read."""
        self.prompts, self.read, self.seconds = [], 0, 0.0


def reply(text: str, answers: Mapping[str, Sequence[str]], least: float = LEAST) -> str:
    """The person's sentences, each with the numbers of its sources; the refusal of the prompt without any.

    A sentence is left out if no article in the prompt has the share `least` of its terms.
    """
    form = form_of(text)
    found = sources(text, form)
    said = answers[question(text, form)]
    written = [marked(each, cited(each, found, " ".join(said))) for each in said if covered(each, found) >= least]
    return " ".join(written) or form.refusal


def form_of(text: str) -> Form:
    return next(each for each in FORMS if each.known in text)


def question(text: str, form: Form) -> str:
    return text.rpartition(form.after)[2].removesuffix("\nAnswer: ").strip()


def sources(text: str, form: Form) -> tuple[Source, ...]:
    """The numbered sources of a prompt, in order."""
    body = text.partition(form.before)[2].rpartition(form.after)[0]
    marks = list(_counting(form.mark.finditer(body)))
    bounds = [*((each.end(), each.start()) for each in marks), (len(body), len(body))]
    parts = [body[start:end] for (start, _), (_, end) in pairwise(bounds)]
    return tuple(
        Source(number, part.split("\n")[0].strip(), body.count(_ARTICLE, 0, mark.start()))
        if form.by_sentence
        else Source(number, part.strip(), number)
        for number, (mark, part) in enumerate(zip(marks, parts, strict=True), 1)
    )


def _counting(marks: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    """The marks that count from 1: a passage may have others."""
    number = 1
    for mark in marks:
        if int(mark[1]) == number:
            yield mark
            number += 1


def covered(sentence: str, found: Sequence[Source]) -> float:
    """The greatest share of the terms of a sentence that one article has. All of it, if it has no terms."""
    wanted = frozenset(content_terms(sentence))
    there = [len(wanted & terms) / len(wanted) for terms in _articles(found).values()] if wanted else [1.0]
    return max(there, default=0.0)


def _articles(found: Sequence[Source]) -> dict[int, frozenset[str]]:
    """The terms of each article."""
    terms: dict[int, frozenset[str]] = {}
    for each in found:
        terms[each.article] = terms.get(each.article, frozenset()) | each.terms
    return terms


def cited(sentence: str, found: Sequence[Source], whole: str = "") -> tuple[Source, ...]:
    """The source that shares most terms with a sentence, and others of its article while each adds some.

    Of sources with as many terms, that of the article comes first which shares most with the `whole` answer.
    """
    wanted, chosen = frozenset(content_terms(sentence)), list[Source]()
    told = frozenset(content_terms(whole))
    shared = {article: len(terms & told) for article, terms in _articles(found).items()}
    left = list(found)
    while left and len(chosen) < MOST:
        best = max(left, key=lambda each: (len(wanted & each.terms), shared[each.article], -each.number))
        if not wanted & best.terms:
            break
        chosen.append(best)
        wanted -= best.terms
        left = [each for each in found if each.article == best.article and each not in chosen]
    return tuple(sorted(chosen, key=lambda each: each.number))


def marked(sentence: str, found: Sequence[Source]) -> str:
    """A sentence with the numbers of its sources before its stop.

    >>> marked("It left.", [Source(3, "", 1), Source(4, "", 1)])
    'It left [3][4].'
    """
    numbers = "".join(f"[{each.number}]" for each in found)
    return _STOP.sub(lambda stop: f" {numbers}{stop[0]}", sentence, count=1) if found else sentence


def second_look(text: str) -> str:
    """The verdicts on cited sentences, by the share of their terms that stand in their quotes."""
    claims = list(_CLAIM.finditer(text))
    ends = [*(each.start() for each in claims[1:]), len(text)]
    return "\n".join(
        f"{claim[1]} {_verdict(claim[2], text[claim.end() : end])}" for claim, end in zip(claims, ends, strict=True)
    )


def _verdict(claim: str, quotes: str) -> str:
    wanted = frozenset(content_terms(claim))
    shared = len(wanted & frozenset(content_terms(quotes)))
    if _NO_QUOTE in quotes or (wanted and not shared):
        return "not"
    return "supported" if shared >= LEAST * len(wanted) else "part"
