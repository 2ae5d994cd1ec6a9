"""A follow-up to a question that stands alone, only where it needs the history.

`bot.classifiers.follow_up` tells whether it does. A model writes the two questions as one. Its rewrite is kept if code
finds it faithful. Otherwise the earlier question is put before the follow-up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, reduce

from bot.classifiers.follow_up import names_of, needs_history
from bot.config import shipped
from bot.model.chain import first_line
from bot.model.prompt import PromptFile, read
from bot.types import Prompt, Turn
from index.text.sentence import sentences
from index.text.words import chinese, content_terms, terms

Complete = Callable[[Prompt], Iterator[str]]

LONGEST = 300  # characters of a question that a model wrote
ANSWER = 200  # characters of the last answer in the prompt
INVENTED = 1  # words of the rewrite alone, at most: "league" for "How many teams?"
MARKUP = frozenset("<>{}[]`|\\")
_MARK = re.compile(r"\[(\d{1,3})\]")
EARLIER = 3  # questions put together, at most, the follow-up included: the judge reads a limited length


def condense(
    question: str, history: Sequence[Turn], complete: Complete | None = None, *, corrects: bool = False
) -> str:
    """The question, rewritten with `history` if it needs it.

    Turns may lack an answer. A question that `corrects` the last one always needs it. Without a model (`complete`
    None), or if its rewrite is not faithful, the earlier question is put before the question.

    >>> condense("How long is it?", [Turn("What is the Great Wall of China made of?")])
    'What is the Great Wall of China made of? How long is it?'
    """
    turns = [turn for turn in history if content_terms(turn.question)]
    asked = [turn.question for turn in turns]
    if not asked or not (corrects or needs_history(question, asked)):
        return question
    earlier = _with_earlier(asked)
    if complete is not None:
        last_answer = turns[-1].answer_text[:ANSWER]
        written = first_line(complete(_prompt(earlier, last_answer, question)))
        if faithful(written, question, earlier, last_answer):
            return written
    return _concatenated(earlier, question)


def marks(question: str, turns: Sequence[Turn]) -> dict[str, str]:
    """The marks in a question, such as `[2]`, and the article ids that they cite in the last cited answer.

    >>> marks("What does [2] say of it?", [Turn("Who left?", "Two did. [1][2]", cited=((1, "a"), (2, "b")))])
    {'[2]': 'b'}
    """
    cited = dict(next((turn.cited for turn in reversed(turns) if turn.cited), ()))
    found = ((mark[0], int(mark[1])) for mark in _MARK.finditer(question))
    return {written: cited[number] for written, number in found if number in cited}


def with_titles(question: str, titles: Mapping[str, str]) -> str:
    """The question with titles in place of its marks.

    >>> with_titles("Compare [2] and [3].", {"[2]": "The port"})
    'Compare “The port” and [3].'
    """
    return _MARK.sub(lambda mark: f"“{titles[mark[0]]}”" if mark[0] in titles else mark[0], question)


def faithful(written: str, question: str, earlier: str, last_answer: str = "") -> bool:
    """Whether a model's rewrite joins the follow-up and the earlier question, and adds nothing else.

    It has to add terms of the earlier question, or names of `last_answer`. It has to keep two thirds of the
    follow-up's content terms. If the follow-up has none, it keeps half of its words, and two thirds of the earlier
    question's content terms.

    >>> faithful("How long is the Great Wall of China?", "How long is it?", "What is the Great Wall of China made of?")
    True
    >>> faithful("The Great Wall of China is long.", "How long is it?", "What is the Great Wall of China made of?")
    False
    """
    of_rewrite, of_question, of_earlier = (set(content_terms(text)) for text in (written, question, earlier))
    invented = of_rewrite - of_question - of_earlier - names_of(last_answer)
    bare = not of_question and len(set(terms(question)) - set(terms(written))) > len(set(terms(question))) // 2
    return (
        plain_line(written)
        and written.endswith(("?", "？"))
        and chinese(written) == chinese(question)
        and bool(of_rewrite - of_question - invented)
        and len((of_question or of_earlier) - of_rewrite) <= len(of_question or of_earlier) // 3
        and not bare
        and len(invented) <= INVENTED
        and not any(term[0].isdigit() for term in invented)
    )


def plain_line(written: str, most: int = 1) -> bool:
    """Whether a model's line is short: one to `most` sentences, without markup and addresses."""
    short = len(written) <= LONGEST and 0 < len(sentences(written)) <= most
    return short and not MARKUP.intersection(written) and "://" not in written


def _with_earlier(asked: Sequence[str]) -> str:
    """The last question, after the questions that it needs; at most `EARLIER` together."""
    begin = len(asked) - 1
    while begin and len(asked) - begin < EARLIER and needs_history(asked[begin], asked[:begin]):
        begin -= 1
    return reduce(_concatenated, asked[begin:])


def _concatenated(earlier: str, question: str) -> str:
    return f"{earlier}{question}" if earlier.endswith("？") else f"{earlier} {question}"


def _prompt(earlier: str, told: str, question: str) -> Prompt:
    """The prompt for a rewrite. Raises PromptInvalid."""
    return _file().fill({"earlier": earlier, "answer": " ".join(told.split()), "question": question})


@cache
def _file() -> PromptFile:
    return read(shipped("prompts") / "condense.md", ("earlier", "answer", "question"))
