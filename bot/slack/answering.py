"""Does the jobs of the Slack bot: asks the question, shows the answer as it grows, and keeps it."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from secrets import token_hex

from bot.classifiers.intent import UNREAD, language
from bot.errors import Cancelled, ShownError
from bot.history import Owner, Place
from bot.history.recording import Recording
from bot.runtime.error_log import logged
from bot.slack import blocks
from bot.slack.check import report_view, said_view
from bot.slack.delivery import (
    Delivery,
    Ephemeral,
    Posted,
    Responded,
    Streamed,
    Throttle,
    To,
    Updated,
    attempt,
    gone,
    settle,
)
from bot.slack.service import SlackService
from bot.slack.settings import LANGUAGES, Answering, ChannelSettings
from bot.slack.store import SentAnswer, SlackJob, SlackJobKind
from bot.slack.thread import earlier
from bot.slack.words import SlackWords
from bot.types import Answer, Cancellation, Event, EvidenceReady, Intent, Report, Turn, Words

UNASKED = UNREAD | {Intent.OTHER, Intent.CORRECTION}  # kinds that get no answer unless Byline is addressed
UPDATE = 2.0  # seconds between two updates of a check

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answerer:
    """Does the jobs of a service."""

    service: SlackService

    def do(self, job: SlackJob, cancel: Cancellation) -> None:
        """Does a job. Errors are shown to the person, bugs are logged; raises nothing."""
        try:
            settings = self.service.settings(job.team, job.channel)
            to = self._to(job, settings)
            if to is None:
                _log.info("A question came from a workspace in which the app is no longer installed.")
            elif job.kind is SlackJobKind.NOTICE:
                (Posted if job.direct else Ephemeral)(to).show_message(blocks.sentence(job.text))
            elif job.kind is SlackJobKind.CHECK:
                self._check(job, to, settings, cancel)
            elif job.addressed:
                self._question(job, to, settings, cancel)
            elif self.service.classify(job.text).request not in UNASKED:
                (self._if_cited if settings.answering is Answering.CITED else self._question)(job, to, settings, cancel)
        except Exception as error:
            if gone(error):
                _log.warning("An answer found no channel, or the app is no longer installed.")
            else:
                _log.exception("A job of the Slack bot broke: %s", job.kind)

    def _to(self, job: SlackJob, settings: ChannelSettings) -> To | None:
        client, no_retry = (self.service.client(job.team, job.enterprise, retry) for retry in (True, False))
        if client is None or no_retry is None:
            return None
        words, in_thread = words_for(job.text, settings), job.root not in ("", job.ts)
        return To(client, no_retry, job.channel, job.root, in_thread, job.person, words, self.service.library.article)

    def _question(self, job: SlackJob, to: To, settings: ChannelSettings, cancel: Cancellation) -> None:
        place, delivery = place_of(job), self._delivery(job, to, settings)
        with errors_shown(delivery, to.words):
            if job.given_up:
                raise RuntimeError("The process died each time that this question was answered.")
            delivery.begin()
            with Recording(self.service.history, place, job.text) as recording:
                turns = recording.turns() or earlier(to.no_retry, job)
                answer = recording.ended(self._answer(job, turns, settings, delivery, cancel))
            self._deliver(job, place, answer, recording.number, delivery)

    def _if_cited(self, job: SlackJob, to: To, settings: ChannelSettings, cancel: Cancellation) -> None:
        """For channels that want only answers with citations: other answers are neither shown nor kept."""
        place, delivery = place_of(job), (Ephemeral if settings.ephemeral else Posted)(to)
        asked, number = self.service.history.clock(), None
        try:
            answer = self._answer(job, self.service.history.turns(place), settings, delivery, cancel)
        except ShownError as error:
            _log.info("A question in a channel was not answered: %s", error)
            return
        if answer.citations:
            try:
                number = self.service.history.keep(place, job.text, answer, asked)
            except ShownError as error:
                _log.error("An answer could not be kept: %s", error)
            self._deliver(job, place, answer, number, delivery)

    def _answer(
        self, job: SlackJob, turns: Sequence[Turn], settings: ChannelSettings, delivery: Delivery, cancel: Cancellation
    ) -> Answer:
        """The answer at the end of the stream; the delivery shows it as it grows. Raises Cancelled, ShownError."""
        if cancel.is_set():
            raise Cancelled
        with closing(self.service.stream(job.text, turns, settings.filters, cancel=cancel)) as events:
            answer = shown(events, delivery)
        self.service.observe(answer)
        return answer

    def _delivery(self, job: SlackJob, to: To, settings: ChannelSettings) -> Delivery:
        def on_begin(ts: str) -> None:
            self.service.store.shown(job.id, ts)

        if job.kind is SlackJobKind.COMMAND:
            return Responded(to, job.reply_to)
        if settings.ephemeral and not job.direct:
            return Ephemeral(to)
        if job.message and job.direct:  # of an earlier try in a process that died: perhaps an open stream
            settle(to, job.message)
        elif job.direct:
            return Streamed(to, on_begin)
        return Updated(to, on_begin, job.message)

    def _deliver(self, job: SlackJob, place: Place, answer: Answer, number: int | None, delivery: Delivery) -> None:
        """Shows an answer, with buttons if it is kept. Its key is kept first, for a quick press of a button."""
        if number is None or not self.service.store.known(job.id):  # the workspace was forgotten meanwhile
            delivery.finish(answer, None)
            return
        private = isinstance(delivery, Ephemeral | Responded)
        owner, name = place.owner.key, place.name
        sent = SentAnswer(token_hex(8), number, job.team, job.channel, delivery.ts, job.person, private, owner, name)
        self.service.store.sent(sent)
        self.service.store.sent(replace(sent, ts=delivery.finish(answer, sent.key)))

    def _check(self, job: SlackJob, to: To, settings: ChannelSettings, cancel: Cancellation) -> None:
        """Checks each sentence of a message by the articles, in the modal that the person has open."""
        throttle = Throttle(UPDATE)

        def show(report: Report) -> None:
            attempt(to.client.views_update, view_id=job.reply_to, view=report_view(report, to.words))

        def say(text: str) -> None:
            throttle.close()
            attempt(to.client.views_update, view_id=job.reply_to, view=said_view(text, to.words))

        try:
            for report in self.service.verify(job.text, settings.filters, cancel):
                throttle(lambda report=report: show(report))  # type: ignore[misc]
            throttle.close()
            show(report)
        except ShownError as error:
            say(to.words.error(error))
        except Exception as error:
            say(to.words("error.mishap", reference=logged(_log, "Checking a message in Slack", error)))


def words_for(text: str, settings: ChannelSettings) -> SlackWords:
    """Byline's wording in the language of the channel's settings, else of the text."""
    chosen = settings.language or language(text)
    return SlackWords(chosen if chosen in LANGUAGES else "en")


def place_of(job: SlackJob) -> Place:
    """The conversation of a job: shared by the channel, but of the person alone for `/ask`."""
    if job.kind is SlackJobKind.COMMAND:
        return Place(Owner("slack", f"{job.team}/{job.channel}/{job.person}"), job.id)
    return Place(Owner("slack", f"{job.team}/{job.channel}"), job.root)


def shown(events: Generator[Event], delivery: Delivery) -> Answer:
    """The answer at the end of `events`; the delivery shows each event."""
    answer: Answer | None = None
    for event in events:
        match event:
            case EvidenceReady():
                delivery.show_evidence(event)
            case Words():
                delivery.show_sentence(event)
            case Answer():
                answer = event
    if answer is None:
        raise RuntimeError("The stream ended without an answer.")
    return answer


@contextmanager
def errors_shown(delivery: Delivery, words: SlackWords) -> Iterator[None]:
    """Shows errors in place of the answer. A bug is logged, and the person gets its reference."""
    try:
        yield
    except Cancelled:
        delivery.show_message(blocks.sentence(words("limit.stopped")))
    except ShownError as error:
        delivery.show_message(blocks.error(error, words))
    except Exception as error:
        if gone(error):
            raise
        delivery.show_message(blocks.mishap(logged(_log, "Answering in Slack", error), words))
