"""One person's conversation, and how it changes while a question is answered."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from time import sleep
from typing import TYPE_CHECKING

from bot.errors import ShownError, UsageError
from bot.types import Answer, Cancellation, EvidenceReady, Status, Turn, Words
from bot.web import chat, panel
from bot.web.mishap import Mishap
from bot.web.opening import Opening

if TYPE_CHECKING:
    from bot.answer import Bot

LOOK = 0.25  # seconds between two looks at whether the bot is open

NOTHING_ASKED = "Write a question first."
ONE_AT_A_TIME = "Wait until the answer is done, or stop it."


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what has come of it so far, as it is shown and as the next question needs it."""

    number: int
    question: str
    shown: str  # markup
    proof: str = ""  # markup
    said: str = ""  # the words so far, then the text of the answer; empty where there is none

    @property
    def turn(self) -> Turn:
        return Turn(self.question, self.said)

    def failed(self, reason: str) -> Exchange:
        return replace(self, shown=chat.failed(reason), said="")


@dataclass(frozen=True, slots=True)
class Conversation:
    exchanges: tuple[Exchange, ...] = ()
    answering: bool = False  # whether the last exchange is still being answered
    notice: str = ""  # a sentence about what the person did
    draft: str = ""  # a question that was not taken, to be mended

    def with_last(self, exchange: Exchange, *, answering: bool) -> Conversation:
        """With the exchange as the last one, in the place of an earlier state of it."""
        return Conversation((*self.exchanges[: exchange.number - 1], exchange), answering)

    def stopped(self) -> Conversation:
        """As it is when the person stops the answer."""
        if not self.answering:
            return self
        last = self.exchanges[-1]
        return self.with_last(replace(last, shown=chat.stopped(last.said), said=""), answering=False)

    def not_taken(self, question: str, why: str) -> Conversation:
        return replace(self, notice=why, draft=question)


def converse(
    opening: Opening, question: str, before: Conversation, cancel: Cancellation | None = None
) -> Generator[Conversation]:
    """The conversation after each step of answering a question. Closing it stops the work, and so does `cancel`.

    Always comes to an end in which the next question can be asked, whatever breaks.
    """
    if before.answering:
        yield before.not_taken(question, ONE_AT_A_TIME)
        return
    if not question.strip():
        yield before.not_taken("", NOTHING_ASKED)
        return
    exchange = Exchange(len(before.exchanges) + 1, question.strip(), chat.doing("Searching the articles…"))
    with Mishap() as mishap:
        try:
            with closing(_steps(opening, exchange, [each.turn for each in before.exchanges], cancel)) as steps:
                for exchange in steps:
                    yield before.with_last(exchange, answering=True)
        except UsageError as error:
            yield before.not_taken(question, str(error))
            return
        except ShownError as error:
            exchange = exchange.failed(str(error))
    if mishap.reference:
        exchange = exchange.failed(mishap.sentence)
    yield before.with_last(exchange, answering=False)


def _steps(
    opening: Opening, exchange: Exchange, history: Sequence[Turn], cancel: Cancellation | None
) -> Generator[Exchange]:
    while not opening.done:
        yield replace(exchange, shown=chat.doing("Opening the articles. Your question is next…"))
        sleep(LOOK)
    bot = opening.bot()
    yield exchange
    # A stream is a generator: closing it stops the model.
    with closing(bot.stream(exchange.question, history, cancel=cancel)) as events:
        for event in events:
            match event:
                case EvidenceReady():
                    exchange = _found(bot, exchange, event)
                case Words(text=text):
                    written = exchange.said + text
                    exchange = replace(exchange, shown=chat.writing(written), said=written)
                case Answer():
                    exchange = _finished(exchange, event)
            yield exchange


def _found(bot: Bot, exchange: Exchange, event: EvidenceReady) -> Exchange:
    articles = {each: bot.index.article(each) for each in {hit.passage.article_id for hit in event.hits}}
    reading = f"Reading {len(event.hits)} passages of {len(articles)} articles…"
    if ahead := bot.waiting():
        reading += f" Questions ahead of yours: {ahead}."
    return replace(exchange, shown=chat.doing(reading), proof=panel.found(event.hits, event.evidence, articles))


def _finished(exchange: Exchange, answer: Answer) -> Exchange:
    shown = chat.finished(exchange.number, answer)
    match answer.status:
        case Status.ANSWERED | Status.PARTIAL:
            return replace(exchange, shown=shown, proof=panel.proof(exchange.number, answer), said=answer.text)
        case Status.REFUSED:
            return replace(exchange, shown=shown, proof=panel.nearest(exchange.proof), said="")
        case Status.FAILED:
            return replace(exchange, shown=shown, said="")
