"""Cases to results: each question is asked as a person would ask it, after those that come before it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from time import perf_counter

from bot.answer import Bot
from bot.errors import ShownError
from bot.evaluate.assertions import judge
from bot.evaluate.types import Case, Reply, Result, Suite
from bot.types import Answer, Status, Turn
from index.errors import ArticleMissing

_log = logging.getLogger(__name__)


def run(case: Case, bot: Bot) -> Result:
    """Never raises for what happens while the question is answered or judged: that is the case's result."""
    answer, started = None, perf_counter()
    try:
        answer = _last_answer(case, bot)
        seconds = perf_counter() - started
        result = _judged(case, answer, bot)
    except Exception as error:  # a bug ends its own case only; it is counted, and its traceback is in the log
        _log.exception("%s %r broke", "Judging the answer to" if answer else "Answering", case.question)
        seconds = perf_counter() - started
        name = "" if isinstance(error, ShownError) else f"{type(error).__name__}: "
        result = Result(case, answer, obstacle=f"{name}{error}")
    return replace(result, seconds=seconds)


def skip(suite: Suite) -> Iterator[Result]:
    """The results of a suite whose articles are not here."""
    for case in suite.cases:
        yield Result(case, obstacle=f"There is no {suite.missing[0]}. {suite.optional}", skipped=True)


def not_asked(case: Case) -> Result:
    """The result of a case that a person did not wait for."""
    return Result(case, obstacle="The run was stopped before this case was asked.", skipped=True)


def unreached(case: Case, error: ShownError) -> Result:
    """The result of a case whose articles or model could not be opened."""
    return Result(case, obstacle=str(error))


def _judged(case: Case, answer: Answer, bot: Bot) -> Result:
    if answer.status is Status.FAILED:
        return Result(case, answer, obstacle=answer.reason or "The answer failed.")
    reply = Reply(answer, _texts(answer, bot), bot.index.embed)
    return Result(case, answer, tuple(judge(each, reply) for each in case.assertions))


def _last_answer(case: Case, bot: Bot) -> Answer:
    """The answer to the case's question, or the one before it that failed."""
    turns: list[Turn] = []
    for question in case.history:
        answer = bot.answer(question, turns)
        if answer.status is Status.FAILED:
            return answer
        turns.append(Turn(question, answer.text))
    return bot.answer(case.question, turns)


def _texts(answer: Answer, bot: Bot) -> dict[str, str]:
    """The texts of the cited articles that are still there, by id."""
    found: dict[str, str] = {}
    for citation in answer.citations:
        with suppress(ArticleMissing):
            found[citation.article_id] = bot.index.article(citation.article_id).text
    return found
