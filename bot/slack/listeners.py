"""The listeners for Slack's events, commands and actions. Each acknowledges at once, and queues long work.

No listener waits for an answer. So a slow model never makes a command miss its limit of three seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Self

from bot.alerts.watch import WatchThere
from bot.errors import ShownError
from bot.history import Owner, Place, Record
from bot.history import feedback as ratings
from bot.history.feedback import Feedback
from bot.history.since import known_of
from bot.runtime.error_log import logged
from bot.slack import blocks, check, choices, elements, modal
from bot.slack.answering import place_of, words_for
from bot.slack.blocks import SlackMessage, help_text
from bot.slack.command import Command, WantedCommand, read
from bot.slack.delivery import TO_A_COMMAND, attempt, bounded, gone
from bot.slack.home import home
from bot.slack.message import asked, plain
from bot.slack.service import SlackService
from bot.slack.settings import Answering
from bot.slack.store import SentAnswer, SlackJob, SlackJobKind
from bot.slack.watches import watch_list
from bot.slack.words import SlackWords
from bot.tables.sqlite import FileHeld
from bot.types import Citation
from index.errors import ArticleMissing

if TYPE_CHECKING:
    from slack_bolt import Ack, BoltContext, BoltResponse, Respond
    from slack_sdk import WebClient

Body = Mapping[str, Any]

RECENT = 20  # answers on the home, at most
PROMPTS = 4  # suggested questions that Slack shows
RATED = {"+1": True, "thumbsup": True, "-1": False, "thumbsdown": False}  # reactions, without skin tone


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class At:
    """The person, the workspace and the channel of a request; the channel is '' outside of channels."""

    team: str
    channel: str
    person: str
    enterprise: str = ""

    @classmethod
    def of(cls, body: Body, context: BoltContext) -> Self:
        """The origin of a button, a menu or a shortcut. On the home, the channel is the direct messages."""
        home = (body.get("view") or {}).get("private_metadata") if not body.get("channel") else ""
        channel = (body.get("channel") or {}).get("id") or home or ""
        return cls(_team(context), channel, body["user"]["id"], context.enterprise_id or "")

    @property
    def place(self) -> Place:
        """The owner of the channel's standing questions; the name is the organisation of the app."""
        return Place(Owner("slack", f"{self.team}/{self.channel}"), self.enterprise)


@dataclass(frozen=True, slots=True)
class Listeners:
    """The listeners. Bolt passes arguments by their names."""

    service: SlackService
    wake: Callable[[], object]  # called after a new job
    look: Callable[[], object]  # called after a job is stopped
    later: Callable[[Callable[[], object]], object]  # runs a function on another thread

    # Questions

    def take(self, body: dict[str, Any], context: BoltContext, next: Callable[[], BoltResponse]) -> BoltResponse:
        """Queues the question of a message, before Slack gets the acknowledgement.

        The id of the event identifies a repeated message, also after a restart.
        """
        from slack_bolt import BoltResponse

        event = body.get("event") or {}
        if body.get("type") != "event_callback" or event.get("type") not in ("app_mention", "message"):
            return next()
        if message := asked(event, context.bot_user_id):
            at = At(_team(context), message.channel, message.person, context.enterprise_id or "")
            job = SlackJob(
                body["event_id"], SlackJobKind.QUESTION, at.team, at.channel, message.root, at.person, message.question,
                message.ts, at.enterprise, addressed=message.addressed, bot=context.bot_user_id or "",
            )  # fmt: skip
            self._take_question(job, at)
        return BoltResponse(status=200)

    def _take_question(self, job: SlackJob, at: At) -> None:
        """Queues a question, or a notice of the refusal. A message that is not addressed gets no notice."""
        settings = self.service.settings(at.team, at.channel)
        allowed, asks = self.service.allowed.asks(at.person, at.channel), any(map(str.isalnum, job.text))
        if not job.addressed:
            if settings.answering is not Answering.MENTIONED and allowed and asks:
                self._queued(job, self._words(at))
            return
        words = words_for(job.text, settings)
        refused = words("limit.not_allowed") if not allowed else self._queued(job, words) if asks else help_text(words)
        if refused:
            self.service.store.put(job.notice(refused))
            self.wake()

    def _queued(self, job: SlackJob, words: SlackWords) -> str | None:
        """Queues a job. Gives None, or the reason of a refusal; None also for a known job.

        Messages that are not addressed to Byline have a rate limit of their own.
        """
        if self.service.store.known(job.id):  # a repeated event counts once
            return None
        counted = (job.team, job.person) if job.addressed else (f"{job.team} unasked", job.channel)
        if wait := self.service.pace.wait(*counted):
            return words(f"limit.{'workspace' if wait.workspace else 'person'}", count=wait.seconds)
        if self.service.store.put(job) is None:
            return words("limit.busy")
        self.wake()
        return None

    def ask(self, ack: Ack, command: Body, context: BoltContext, client: WebClient, respond: Respond) -> None:
        """`/ask …`."""
        at = At(_team(context), command["channel_id"], command["user_id"], context.enterprise_id or "")
        wanted = read(plain(command.get("text") or "", None))
        if not self.service.allowed.asks(at.person, at.channel):
            ack(self._words(at)("limit.not_allowed"))
        elif wanted.wanted is WantedCommand.SETTINGS:
            ack()
            client.views_open(trigger_id=command["trigger_id"], view=self._settings_view(at))
        elif wanted.wanted is WantedCommand.WATCH:
            ack()
            respond(**shown(self._watched(wanted, at, client)), response_type="ephemeral")
        else:
            first, *more = self._acknowledgement(wanted, at, command)
            ack(**shown(first))
            for each in more:
                respond(**shown(each), response_type="ephemeral", replace_original=False)

    def _acknowledgement(self, wanted: Command, at: At, command: Body) -> Sequence[SlackMessage]:
        """The replies that acknowledge a command."""
        words = self._words(at)
        match wanted.wanted:
            case WantedCommand.ANSWER:
                words = words_for(wanted.question, self.service.settings(at.team, at.channel))
                job = SlackJob(
                    f"command {command['trigger_id']}", SlackJobKind.COMMAND, at.team, at.channel, "", at.person,
                    wanted.question, enterprise=at.enterprise, reply_to=command["response_url"],
                )  # fmt: skip
                refused = self._queued(job, words)
                return (blocks.sentence(refused) if refused else blocks.searching(words),)
            case WantedCommand.WATCHES:
                return watch_list(self.service.watches.list(at.place), words)[:TO_A_COMMAND]
            case _:
                return (blocks.sentence(help_text(words)),)

    def _watched(self, wanted: Command, at: At, client: WebClient) -> SlackMessage:
        """Adds a standing question. A message to the channel tests whether news can be posted there."""
        settings = self.service.settings(at.team, at.channel)
        words, watches = words_for(wanted.question, settings), self.service.watches
        since = self.service.library.snapshot
        try:
            watch = watches.add(at.place, wanted.question, wanted.every, settings.filters, since)
        except WatchThere:  # its own words name an id, which nothing in Slack shows
            return blocks.sentence(words("watch.there"))
        except ShownError as error:
            return blocks.error(error, words)
        added = blocks.sentence(words("watch.added", question=watch.question, every=words(f"watch.{watch.every}")))
        if attempt(client.chat_postMessage, channel=at.channel, unfurl_links=False, **shown(added)) is None:
            watches.remove(at.place, watch.id)
            return blocks.sentence(words("watch.not_here"))
        return watch_list(watches.list(at.place), words)[0]

    def check(self, ack: Ack, shortcut: Body, context: BoltContext, client: WebClient) -> None:
        """The shortcut of a message. Opens its view first, since Slack waits for three seconds."""
        ack()
        at = At.of(shortcut, context)
        words = self._words(at)
        if self._own_words(at, shortcut["message"]["ts"]):
            view = check.said_view(words("report.own_words"), words)
            client.views_open(trigger_id=shortcut["trigger_id"], view=view)
            return
        view = client.views_open(trigger_id=shortcut["trigger_id"], view=check.begun_view(words))["view"]
        job = SlackJob(
            f"check {shortcut['trigger_id']}", SlackJobKind.CHECK, at.team, at.channel, "", at.person,
            plain(shortcut["message"].get("text") or "", None), enterprise=at.enterprise, reply_to=view["id"],
        )  # fmt: skip
        allowed = self.service.allowed.asks(at.person, at.channel)
        refused = self._queued(job, words) if allowed else words("limit.not_allowed")
        if refused:
            client.views_update(view_id=view["id"], view=check.said_view(refused, words))

    def _own_words(self, at: At, ts: str) -> bool:
        """Whether a message is a kept answer without a sentence on articles: a refusal, a failure or talk."""
        sent = self.service.store.answer_in(at.team, at.channel, ts)
        record = self._kept(sent) if sent else None
        return bool(record and record.answer and not record.answer.sentences)

    def stopped(self, event: Body, context: BoltContext) -> None:
        """The stop button of a direct message."""
        self.service.store.stop(_team(context), event["channel"], event["thread_ts"])
        self.look()

    # Kept answers

    def quote(self, ack: Ack, body: Body, action: Body, context: BoltContext, client: WebClient) -> None:
        """Shows a quote in its context."""
        ack()
        at = At.of(body, context)
        key, mark = action["selected_option"]["value"].split(":")
        record, words = self._record(at, key), self._words(at)
        cited = record.answer.citations if record and record.answer else ()
        found = next((each for each in cited if str(each.mark) == mark), None)
        view = self._quoted(found, words) if found else check.said_view(words("answer.not_kept"), words)
        client.views_open(trigger_id=body["trigger_id"], view=view)

    def _quoted(self, citation: Citation, words: SlackWords) -> dict[str, Any]:
        """The view of a quote. Its context is of the present article, if the quote is still at its place."""
        since = known_of((citation,), self.service.library.article).since.get(citation.mark)
        before = after = ""
        with suppress(ArticleMissing):
            text = self.service.library.article(citation.article_id).text
            if text[citation.start : citation.end] == citation.quote:
                before, after = text[: citation.start], text[citation.end :]
        return modal.quote_view(citation, before, after, since, words)

    def feedback(self, ack: Ack, body: Body, action: Body, context: BoltContext, client: WebClient) -> None:
        """The buttons below an answer; “not helpful” opens the form of reasons."""
        ack()
        verdict, key = action["value"].split(":")
        at = At.of(body, context)
        self._rate(at, key, Feedback(verdict == "good"))
        if verdict == "good":
            thanks = self._words(at)("feedback.thanks")
            attempt(client.chat_postEphemeral, channel=at.channel, user=at.person, text=thanks)
        else:
            about = {"key": key, "channel": at.channel}
            client.views_open(trigger_id=body["trigger_id"], view=modal.feedback_view(about, self._words(at)))

    def reasons(self, ack: Ack, body: Body, view: Body, context: BoltContext) -> None:
        """The submitted form of reasons."""
        ack()
        about = modal.about(view)
        at = At(_team(context), str(about["channel"]), body["user"]["id"])
        self._rate(at, str(about["key"]), modal.feedback_of(view["state"]["values"]))

    def reaction(self, event: Body, context: BoltContext) -> None:
        """A thumb as a reaction to an answer."""
        item, good = event["item"], RATED.get(event["reaction"].split("::")[0])
        if good is None or item.get("type") != "message":
            return
        if sent := self.service.store.answer_in(_team(context), item["channel"], item["ts"]):
            self._rate(At(sent.team, sent.channel, event["user"]), sent.key, Feedback(good))

    def share(self, ack: Ack, body: Body, action: Body, context: BoltContext, respond: Respond) -> None:
        """Posts a private answer to the channel, with its question and the person who shares it."""
        ack()
        at, key = At.of(body, context), action["value"]
        sent, record, words = self._sent(at, key), self._record(at, key), self._words(at)
        if sent is None or record is None or record.answer is None:
            respond(text=words("answer.not_kept"), response_type="ephemeral", replace_original=False)
            return
        shared = replace(sent, key=token_hex(8), private=False)
        self.service.store.sent(shared)
        respond(delete_original=True)
        head = elements.context(elements.mrkdwn(f"<@{at.person}>:"), elements.plain(f"“{record.question}”"))
        messages = blocks.replies(record.answer, words, key=shared.key, head=head)
        for each in bounded(messages, TO_A_COMMAND - 1, words):
            respond(**shown(each), response_type="in_channel", replace_original=False)

    # The home, settings and standing questions

    def opened(self, event: Body, context: BoltContext, client: WebClient) -> None:
        """Opens the home tab, or the messages tab with its suggested questions.

        Both may take long, since a changed index needs new suggestions.
        """
        at = At(_team(context), event["channel"], event["user"], context.enterprise_id or "")
        if event.get("tab") == "home":
            self.later(lambda: attempt(client.views_publish, user_id=at.person, view=self._home(at)))
        elif event.get("tab") == "messages":
            self.later(lambda: self._suggest(at, client))

    def _suggest(self, at: At, client: WebClient) -> None:
        prompts = [{"title": each, "message": each} for each in self.service.openers()[:PROMPTS]]
        attempt(client.assistant_threads_setSuggestedPrompts, channel_id=at.channel, prompts=prompts)

    def _home(self, at: At) -> dict[str, Any]:
        view = home(
            self._words(at),
            articles=self.service.library.inventory().total,
            suggested=self.service.openers(),
            recent=list(self._recent(at)),
            watches=self.service.watches.list(at.place),
        )
        return {**view, "private_metadata": at.channel}

    def _recent(self, at: At) -> Iterator[Record]:
        for sent in self.service.store.answers_to(at.team, at.person, RECENT):
            if record := self._kept(sent):
                yield record

    def home_ask(self, ack: Ack, body: Body, action: Body, context: BoltContext, client: WebClient) -> None:
        """Asks a suggested question of the home in the messages tab."""
        ack()
        at, question = At.of(body, context), action["value"]
        begun = blocks.sentence(self._words(at)("source.quote", quote=question))
        posted = client.chat_postMessage(channel=at.person, **shown(begun))
        job = SlackJob(
            f"home {body['trigger_id']}", SlackJobKind.QUESTION, at.team, posted["channel"], posted["ts"], at.person,
            question,
            posted["ts"], at.enterprise,
        )  # fmt: skip
        self._take_question(job, At(at.team, job.channel, at.person, at.enterprise))

    def settings(self, ack: Ack, body: Body, context: BoltContext, client: WebClient) -> None:
        """The settings button of the home. Opens the form that asks for the channel."""
        ack()
        view = choices.channel_view(self._words(At.of(body, context)))
        client.views_open(trigger_id=body["trigger_id"], view=view)

    def channel(self, ack: Ack, body: Body, view: Body, context: BoltContext) -> None:
        """The submitted form of the channel. Opens its settings."""
        at = At(_team(context), choices.channel_of(view["state"]["values"]), body["user"]["id"])
        ack(response_action="update", view=self._settings_view(at))

    def choose(self, ack: Ack, body: Body, view: Body, context: BoltContext) -> None:
        """The submitted form of settings. Settings that the form does not offer stay."""
        at = At(_team(context), choices.channel_id(view), body["user"]["id"])
        words = self._words(at)
        if not self.service.allowed.changes(at.person):
            ack(response_action="update", view=check.said_view(words("limit.not_allowed"), words))
            return
        before = self.service.settings(at.team, at.channel)
        chosen = choices.settings_of(view["state"]["values"], before)
        self.service.store.choose(at.team, at.channel, chosen)
        words = self._words(at)
        saved = f"{words('settings.saved')}\n{choices.settings_summary(chosen, words)}"
        ack(response_action="update", view=check.said_view(saved, words))

    def _settings_view(self, at: At) -> dict[str, Any]:
        """The form of settings; a summary, if the person may not change them."""
        words, settings = self._words(at), self.service.settings(at.team, at.channel)
        if not self.service.allowed.changes(at.person):
            return check.said_view(choices.settings_summary(settings, words), words)
        inventory = self.service.library.inventory()
        return choices.settings_view(
            settings,
            at.channel,
            words,
            collections=[each.name for each in self.service.library.collections()],
            outlets=[name for name, _ in inventory.outlets if name],
            kinds=[kind for kind, _ in inventory.kinds if kind],
        )

    def watch(
        self, ack: Ack, body: Body, action: Body, context: BoltContext, client: WebClient, respond: Respond
    ) -> None:
        """The buttons of a standing question."""
        ack()
        at, watches = At.of(body, context), self.service.watches
        do = {"watch_pause": watches.pause, "watch_resume": watches.resume, "watch_delete": watches.remove}
        if self.service.allowed.asks(at.person, at.channel):
            with suppress(ShownError):  # changed by another person meanwhile
                do[action["action_id"]](at.place, action["value"])
        if not body.get("channel"):
            self.later(lambda: attempt(client.views_publish, user_id=at.person, view=self._home(at)))
            return
        messages = watch_list(watches.list(at.place), self._words(at))[: TO_A_COMMAND - 1]
        for place, each in enumerate(messages):
            respond(**shown(each), replace_original=place == 0)

    def uninstalled(self, context: BoltContext) -> None:
        """A workspace removed the app: deletes all its data."""
        forget(self.service, _team(context))
        self.look()

    def revoked(self, event: Body, context: BoltContext) -> None:
        """A workspace revoked tokens. Without the bot token, the app counts as removed."""
        if event.get("tokens", {}).get("bot"):
            self.uninstalled(context)

    def failed(self, error: Exception, body: Body, context: BoltContext, client: WebClient) -> None:
        """Shows the error of a listener to the person. Bugs are logged, too."""
        words = SlackWords()
        if gone(error):
            return
        text = words.error(error) if isinstance(error, ShownError) else ""
        text = text or words("error.mishap", reference=logged(_log, "A request in Slack", error))
        if context.channel_id and context.user_id and body.get("type") != "event_callback":
            reply = blocks.sentence(text)
            attempt(client.chat_postEphemeral, channel=context.channel_id, user=context.user_id, **shown(reply))

    # Shared

    def _words(self, at: At) -> SlackWords:
        """The wording in the language of the channel's settings, else English."""
        return SlackWords(self.service.settings(at.team, at.channel).language or "en")

    def _rate(self, at: At, key: str, given: Feedback) -> None:
        """Keeps feedback on an answer. Raises RecordMissing."""
        if sent := self._sent(at, key):
            ratings.give(self.service.history, _conversation(sent), sent.number, given, person=at.person)

    def _record(self, at: At, key: str) -> Record | None:
        sent = self._sent(at, key)
        return self._kept(sent) if sent else None

    def _sent(self, at: At, key: str) -> SentAnswer | None:
        """A posted answer by its key, if the person could see it; else None."""
        sent = self.service.store.answer(at.team, key)
        visible = sent and (sent.person == at.person or (sent.channel == at.channel and not sent.private))
        return sent if visible else None

    def _kept(self, sent: SentAnswer) -> Record | None:
        records = self.service.history.records(_conversation(sent))
        return next((each for each in records if each.number == sent.number), None)


def forget(service: SlackService, team: str) -> None:
    """Deletes all data of a workspace: its jobs, conversations, settings and standing questions.

    A running answer is stopped, and not kept.
    """
    left = service.store.forget(team)
    service.watches.forget("slack", f"{team}/")
    kept = (each.place for each in service.history.everybodys())
    of_team = {each for each in kept if each.owner.surface == "slack" and each.owner.key.startswith(f"{team}/")}
    for place in of_team | {place_of(job) for job in left}:
        with suppress(FileHeld):
            service.history.delete(place)


def shown(reply: SlackMessage) -> dict[str, Any]:
    """A message as arguments of an API call."""
    return {"text": reply.text, "blocks": list(reply.blocks)}


def _conversation(sent: SentAnswer) -> Place:
    return Place(Owner("slack", sent.owner), sent.name)


def _team(context: BoltContext) -> str:
    return context.team_id or context.enterprise_id or ""
