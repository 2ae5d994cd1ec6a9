"""One person's conversation: how it changes while a question is answered, is kept, and comes back after a reload."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from operator import attrgetter
from secrets import token_urlsafe
from time import sleep
from typing import TYPE_CHECKING

from bot.answering.bot import checked
from bot.classifiers.intent import TALK
from bot.errors import Cancelled, ShownError, UsageError
from bot.history import History, Owner, Place, Record
from bot.history.export import Look
from bot.history.feedback import of_conversation
from bot.history.recording import Recording, without_attempts
from bot.history.share import links
from bot.history.since import NOTHING
from bot.render.html.words import ENGLISH, PageWording
from bot.render.references import whole
from bot.service.errors import CaughtError
from bot.types import (
    OFFERED,
    Answer,
    Cancellation,
    EvidenceReady,
    Intent,
    Options,
    Proving,
    SearchedAgain,
    Status,
    Turn,
    Verifying,
    Words,
)
from bot.web import actions, chat, filtering, panel
from bot.web.access import Visitor
from bot.web.opening import Opening
from bot.web.shared import known_of
from index.types import Filters, Understood

if TYPE_CHECKING:
    from bot.answering.bot import Bot

LOOK = 0.25  # seconds between two looks at whether the bot is open


class GoodNews(str):
    """A notice that something was done, and no complaint."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what has come of it so far, as it is shown and as the next question needs it."""

    number: int
    question: str
    shown: str  # markup
    proof: str = ""  # markup
    said: str = ""  # the words so far, while it is being answered
    doing: str = ""  # what is being done, until there are words
    near: str = ""  # markup of the nearest passage, until there are words
    understood: tuple[Understood, ...] = ()  # days, outlets and authors that it names, as they are heeded
    ignored: tuple[Understood, ...] = ()  # those that the person does not want heeded
    record: int | None = None  # its number in the history, once an answer is kept
    good: bool | None = None  # what the person said of it
    key: str | None = None  # of the link to it, where it is shared; empty where that was made before
    options: Options = Options()  # as the person chose
    copied: str | None = None  # the answer as it is copied, empty for a refusal; None until it is shown
    answer: Answer | None = None  # None until it is there

    @property
    def request(self) -> Intent | None:
        """The kind of answer that was given; None where no article was read for it."""
        return self.answer.request if self.answer and (self.answer.hits or self.answer.evidence) else None

    @property
    def shown_as(self) -> Intent:
        """The kind of answer that the page shows as chosen."""
        return self.request if self.request in OFFERED else Intent.SHORT

    @property
    def talk(self) -> bool:
        """Whether it was a greeting or other talk, which asks nothing of the articles."""
        return self.answer is not None and self.answer.status is Status.ANSWERED and self.answer.request in TALK

    @property
    def turn(self) -> Turn:
        return Turn.of(self.question, self.answer)

    def failed(self, reason: str, words: PageWording) -> Exchange:
        return replace(self, shown=chat.failed(reason, words), said="")


@dataclass(frozen=True, slots=True)
class Queued:
    """A question that waits until those before it are answered."""

    number: int
    question: str


@dataclass(frozen=True, slots=True)
class ChatState:
    exchanges: tuple[Exchange, ...] = ()
    answering: bool = False  # whether the last exchange is still being answered
    notice: str = ""  # a sentence about what the person did
    draft: str = ""  # a question that was not taken, to be mended
    place: Place | None = None  # where it is kept; its owner is one browser
    editing: int | None = None  # the number of the question that is being edited
    words: PageWording = ENGLISH  # in the language that the person reads
    begun: Filters = filtering.NONE  # what it is limited to before anything is asked
    queue: tuple[Queued, ...] = ()  # what is asked next

    def with_last(self, exchange: Exchange, *, answering: bool) -> ChatState:
        """With the exchange as the last one, in the place of an earlier state of it."""
        exchanges = (*self.exchanges[: exchange.number - 1], exchange)
        return ChatState(exchanges, answering, place=self.place, words=self.words)

    def behind(self, ahead: int) -> ChatState:
        """With how many questions the model answers first, where it has not begun."""
        if not (self.answering and self.last and self.last.doing):
            return self
        told = [self.last.doing, self.words("chat.ahead", count=ahead)] if ahead else [self.last.doing]
        shown = chat.doing(self.words("chat.between").join(told)) + self.last.near
        return self.with_last(replace(self.last, shown=shown), answering=True)

    def stopped(self) -> ChatState:
        """The conversation when the person stops the answer."""
        if not self.answering:
            return self
        last = self.exchanges[-1]
        return self.with_last(replace(last, shown=chat.stopped(last.said, self.words), said=""), answering=False)

    def before(self, number: int) -> ChatState:
        """Without an exchange and what follows it."""
        return replace(self, exchanges=self.exchanges[: number - 1], editing=None, draft="", notice="")

    def edited(self, number: int) -> ChatState:
        """With a question taken up again, to be mended in the box."""
        if self.answering or not 0 < number <= len(self.exchanges):
            return replace(self, notice=self.words("page.one_at_a_time") if self.answering else "")
        asked = self.exchanges[number - 1].question
        return replace(self, editing=number, draft=asked, notice=GoodNews(self.words("page.editing", number=number)))

    def unedited(self) -> ChatState:
        return replace(self, editing=None, draft="", notice="")

    @property
    def settled(self) -> bool:
        """Whether something can be asked after the last answer."""
        return bool(self.exchanges) and not self.answering and self.editing is None

    @property
    def last(self) -> Exchange | None:
        return self.exchanges[-1] if self.exchanges else None

    @property
    def filters(self) -> Filters:
        """The filters of the last question."""
        return self.last.options.filters if self.last else self.begun

    def not_taken(self, question: str, why: str) -> ChatState:
        return replace(self, notice=why, draft=question)

    @property
    def named(self) -> tuple[Understood, ...]:
        """The facts that the last question names, heeded or not, in its order."""
        if not self.exchanges:
            return ()
        last = self.exchanges[-1]
        return tuple(sorted((*last.understood, *last.ignored), key=attrgetter("start")))

    def answer(self, turn: int) -> Answer | None:
        """The answer of a turn, counted from 1; None where there is none."""
        return self.exchanges[turn - 1].answer if 0 < turn <= len(self.exchanges) else None

    def again(self) -> ChatState:
        """A new one of the same person."""
        return ChatState(place=new_place(self.place.owner if self.place else None), words=self.words)


def new_place(owner: Owner | None = None) -> Place:
    """A place that nobody guesses."""
    return Place(owner or Owner("web", token_urlsafe(16)), token_urlsafe(8))


def owned(conversation: ChatState, visitor: Visitor) -> ChatState:
    """The conversation, where it is that of whoever asks; else a new one of theirs. In the language that they read."""
    if visitor.owner is None or (conversation.place and visitor.holds(conversation.place)):
        return replace(conversation, words=visitor.words)
    return ChatState(place=new_place(visitor.owner), words=visitor.words)


def recalled(history: History, place: Place, look: Look = lambda _: NOTHING, words: PageWording = ENGLISH) -> ChatState:
    """The conversation that is kept there, as shown, with what became of the quoted articles; empty where none is."""
    try:
        records, shared, said = history.records(place), links(history, place), of_conversation(history, place)
    except ShownError as error:
        return ChatState(notice=words.error(error), place=place, words=words)
    exchanges = (
        replace(
            _kept(number, each, look, words),
            record=each.number if each.answer else None,
            good=said[each.number].good if each.number in said else None,
            key="" if each.number in shared else None,
        )
        for number, each in enumerate(records, 1)
    )
    return ChatState(tuple(exchanges), place=place, words=words)


def compared(conversation: ChatState, look: Look) -> ChatState:
    """With what has become of the quoted articles by now said with each quote, also where it is copied."""
    exchanges = (_compared(each, look, conversation.words) for each in conversation.exchanges)
    return replace(conversation, exchanges=tuple(exchanges))


def deleted(history: History, conversation: ChatState) -> ChatState:
    """A new one, once nothing is left of this; else this one, and why."""
    try:
        if conversation.place and conversation.exchanges:
            history.delete(conversation.place)
    except ShownError as error:
        return replace(conversation.stopped(), notice=conversation.words.error(error))
    notice = GoodNews(conversation.words("page.deleted")) if conversation.exchanges else ""
    return replace(conversation.again(), notice=notice)


def reconsider(
    opening: Opening,
    history: History,
    ignored: Sequence[Understood],
    before: ChatState,
    cancel: Cancellation | None = None,
    options: Options = Options(),
) -> Generator[ChatState]:
    """Same as `converse`, with the last question once more, of which `ignored` is not heeded."""
    if not before.exchanges:
        return
    question = before.exchanges[-1].question
    yield from converse(opening, history, question, before, cancel, options, ignored=ignored)


def rewrite(
    opening: Opening,
    history: History,
    number: int,
    question: str,
    before: ChatState,
    cancel: Cancellation | None = None,
    options: Options = Options(),
) -> Generator[ChatState]:
    """Same as `converse`, with the question in place of an earlier one. What followed that goes, in the history too."""
    try:
        checked(question)
        if before.place:
            history.cut(before.place, number - 1)
    except ShownError as error:
        yield before.not_taken(question, before.words.error(error))
        return
    yield from converse(opening, history, question, before.before(number), cancel, options)


def converse(
    opening: Opening,
    history: History,
    question: str,
    before: ChatState,
    cancel: Cancellation | None = None,
    options: Options = Options(),
    *,
    ignored: Sequence[Understood] | None = None,
) -> Generator[ChatState]:
    """The conversation after each step of answering a question. Closing it stops the work, and so does `cancel`.

    Always comes to an end in which the next question can be asked, whatever breaks, and keeps what comes of it. With
    `ignored`, the question is the last one again, and refers to what was said before it. `options` are those that the
    person chose.
    """
    if not question.strip():
        yield before.not_taken("", before.words("page.nothing_asked"))
        return
    place, words = before.place or new_place(), before.words
    before = replace(before, place=place)
    exchange = Exchange(
        len(before.exchanges) + 1,
        question.strip(),
        chat.doing(words("chat.searching")),
        doing=words("chat.searching"),
        ignored=tuple(ignored or ()),
        options=options,
    )
    earlier = before.exchanges if ignored is None else before.exchanges[:-1]
    turns = without_attempts([each.turn for each in earlier], exchange.question)
    with CaughtError() as mishap:
        try:
            with (
                Recording(history, place, exchange.question, words.say) as kept,
                closing(_steps(opening, exchange, turns, kept.ended, cancel, words)) as steps,
            ):
                for exchange in steps:
                    yield before.with_last(exchange, answering=True)
                exchange = replace(exchange, record=kept.number)
        except UsageError as error:
            yield before.not_taken(question, before.words.error(error))
            return
        except ShownError as error:
            exchange = exchange.failed(words.error(error), words)
    if mishap.reference:
        exchange = exchange.failed(words.error(mishap.error), words)
    yield compared(before.with_last(exchange, answering=False), known_of(opening))


def _steps(
    opening: Opening,
    exchange: Exchange,
    turns: Sequence[Turn],
    ended: Callable[[Answer], Answer],
    cancel: Cancellation | None,
    words: PageWording,
) -> Generator[Exchange]:
    while not opening.done:
        yield replace(exchange, shown=chat.doing(words("chat.next")), doing="")
        sleep(LOOK)
        if cancel and cancel.is_set():
            raise Cancelled
    bot, options = opening.bot(), exchange.options
    yield exchange
    # A stream is a generator: closing it stops the model.
    options = replace(options, ignore=tuple(each.words for each in exchange.ignored))
    stream = bot.stream(exchange.question, turns, options=options, cancel=cancel, progress=True)
    loading = bot.loads and not options.quotes
    with closing(stream) as events:
        for event in events:
            match event:
                case EvidenceReady():
                    exchange = _found(bot, exchange, event, words, loading=loading and not opening.warm)
                case Proving():
                    near = "" if exchange.said else exchange.near
                    exchange = replace(exchange, shown=chat.writing(exchange.said, words, event) + near, doing="")
                case SearchedAgain(queries=queries):
                    again = chat.searched_again(queries, words)
                    exchange = replace(exchange, shown=chat.doing(again) + exchange.near, doing=again)
                case Verifying():
                    exchange = replace(exchange, shown=chat.writing(exchange.said, words, event), doing="")
                case Words(text=text):
                    written = exchange.said + text
                    exchange = replace(exchange, shown=chat.writing(written, words), said=written, doing="")
                case Answer():
                    exchange = _finished(exchange, ended(event), words)
            yield exchange


def _found(bot: Bot, exchange: Exchange, event: EvidenceReady, words: PageWording, *, loading: bool) -> Exchange:
    articles = {each: bot.index.article(each) for each in event.hits.article_ids}
    reading = words("chat.reading", passages=len(event.hits), articles=len(articles))
    if loading:
        reading += words("chat.between") + words("chat.loading")
    near = chat.nearest(event.evidence, articles, words)
    return replace(
        exchange,
        shown=chat.doing(reading) + near,
        doing=reading,
        near=near,
        proof=panel.found(exchange.number, event.hits, event.evidence, articles, words),
        understood=tuple(event.hits.understood),
    )


def _kept(number: int, record: Record, look: Look, words: PageWording) -> Exchange:
    exchange = Exchange(number, record.question, chat.stopped("", words))
    if not record.answer:
        return exchange
    options = Options(filtering.given(record.answer))
    known = replace(exchange, understood=record.answer.understood, options=options)
    return _compared(_finished(known, record.answer, words), look, words)


def _compared(exchange: Exchange, look: Look, words: PageWording) -> Exchange:
    answer = exchange.answer
    if answer is None:
        return exchange
    known = look(answer)
    said = chat.finished(exchange.number, answer, words, known)
    exchange = replace(exchange, shown=said + actions.limits(answer, exchange.options.filters, words), copied="")
    if answer.status not in (Status.ANSWERED, Status.PARTIAL):
        return exchange
    exchange = replace(exchange, copied=whole(answer, words, known.since))
    return replace(exchange, proof=panel.proof(exchange.number, answer, known, words))


def _finished(exchange: Exchange, answer: Answer, words: PageWording) -> Exchange:
    """With the answer, which `_compared` shows."""
    proof = panel.nearest(exchange.proof, words) if answer.status is Status.REFUSED else exchange.proof
    return replace(exchange, answer=answer, proof=proof, said="", doing="", near="")
