"""Cases to results: each question is asked as a person would ask it, after those that come before it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress

from bot.answer import Bot
from bot.evaluate.assertions import holds
from bot.evaluate.types import Case, Check, Reply, Result, Suite
from bot.types import Answer, Status, Turn
from index.errors import ArticleMissing

_log = logging.getLogger(__name__)


def run(case: Case, bot: Bot) -> Result:
    """Never raises for what happens while the question is answered: that is the case's result."""
    try:
        answer = _last_answer(case, bot)
        texts = _texts(answer, bot)
    except Exception as error:  # a bug ends its own case only; it is counted, and its traceback is in the log
        _log.exception("Answering %r broke", case.question)
        return Result(case, obstacle=f"{type(error).__name__}: {error}")
    if answer.status is Status.FAILED:
        return Result(case, answer, obstacle=answer.reason or "The answer failed.")
    reply = Reply(answer, texts)
    return Result(case, answer, tuple(Check(each.written, holds(each, reply)) for each in case.assertions))


def skip(suite: Suite) -> Iterator[Result]:
    """The results of a suite whose articles are not here."""
    for case in suite.cases:
        yield Result(case, obstacle=f"There is no {suite.missing[0]}. {suite.optional}", skipped=True)


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
