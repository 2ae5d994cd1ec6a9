"""What Slack tells and asks: each is acknowledged at once, and what takes long is put in line.

Nothing here waits for an answer, so a slow model never makes a command miss its three seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Self

from bot.bug import logged
from bot.errors import ShownError
from bot.history import Owner, Place, Record
from bot.history import feedback as said
from bot.history.feedback import Feedback
from bot.history.since import known_of
from bot.slack import blocks, check, choices, elements, modal
from bot.slack.answering import place_of, words_for
from bot.slack.blocks import Reply, help_text
from bot.slack.command import Command, Wanted, read
from bot.slack.delivery import TO_A_COMMAND, attempt, bounded, gone
from bot.slack.home import home
from bot.slack.message import asked, plain
from bot.slack.service import Service
from bot.slack.settings import Answering
from bot.slack.store import Job, Kind, Sent
from bot.slack.watches import watch_list
from bot.slack.words import SlackWords
from bot.sqlite import FileHeld
from bot.types import Citation
from index.errors import ArticleMissing

if TYPE_CHECKING:
    from slack_bolt import Ack, BoltContext, BoltResponse, Respond
    from slack_sdk import WebClient

Body = Mapping[str, Any]

RECENT = 20  # answers that the home looks at
PROMPTS = 4  # that Slack shows
RATED = {"+1": True, "thumbsup": True, "-1": False, "thumbsdown": False}  # reactions, without the tone of skin


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class At:
    """Who does something, and where; no channel where it is done outside of them."""

    team: str
    channel: str
    person: str
    enterprise: str = ""

    @classmethod
    def of(cls, body: Body, context: BoltContext) -> Self:
        """Of a button, a menu or a shortcut. The home is beside its person's direct messages."""
        home = (body.get("view") or {}).get("private_metadata") if not body.get("channel") else ""
        channel = (body.get("channel") or {}).get("id") or home or ""
        return cls(_team(context), channel, body["user"]["id"], context.enterprise_id or "")

    @property
    def place(self) -> Place:
        """Where its channel's standing questions are kept; the name says by which organisation the app is there."""
        return Place(Owner("slack", f"{self.team}/{self.channel}"), self.enterprise)


@dataclass(frozen=True, slots=True)
class Listeners:
    """Bolt gives each what it asks for by name."""

    service: Service
    wake: Callable[[], object]  # there is a new job
    look: Callable[[], object]  # a job is not wanted any more
    later: Callable[[Callable[[], object]], object]  # does something on another thread

    # Questions

    def take(self, body: dict[str, Any], context: BoltContext, next: Callable[[], BoltResponse]) -> BoltResponse:
        """Puts a message that asks something in line, before Slack is told that it arrived.

        A message that comes again, also after a restart, is known by its id.
        """
        from slack_bolt import BoltResponse

        event = body.get("event") or {}
        if body.get("type") != "event_callback" or event.get("type") not in ("app_mention", "message"):
            return next()
        if message := asked(event, context.bot_user_id):
            at = At(_team(context), message.channel, message.person, context.enterprise_id or "")
            job = Job(
                body["event_id"], Kind.QUESTION, at.team, at.channel, message.root, at.person, message.question,
                message.ts, at.enterprise, addressed=message.addressed, bot=context.bot_user_id or "",
            )  # fmt: skip
            self._asked(job, at)
        return BoltResponse(status=200)

    def _asked(self, job: Job, at: At) -> None:
        """Puts a question in line, or a sentence that says why not; nothing of what nobody asked Byline."""
        settings = self.service.settings(at.team, at.channel)
        allowed, asks = self.service.allowed.asks(at.person, at.channel), any(map(str.isalnum, job.text))
        if not job.addressed:
            if settings.answering is not Answering.MENTIONED and allowed and asks:
                self._in_line(job, self._words(at))
            return
        words = words_for(job.text, settings)
        refused = words("limit.not_allowed") if not allowed else self._in_line(job, words) if asks else help_text(words)
        if refused:
            self.service.store.put(job.notice(refused))
            self.wake()

    def _in_line(self, job: Job, words: SlackWords) -> str | None:
        """Why a job is not put in line; None where it is, or was before.

        What nobody asked Byline has a pace of its own, so that it takes no question from anybody.
        """
        if self.service.store.known(job.id):  # it is sent again, and counts once
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
        elif wanted.wanted is Wanted.SETTINGS:
            ack()
            client.views_open(trigger_id=command["trigger_id"], view=self._settings_view(at))
        elif wanted.wanted is Wanted.WATCH:
            ack()
            respond(**shown(self._watched(wanted, at, client)), response_type="ephemeral")
        else:
            first, *more = self._told(wanted, at, command)
            ack(**shown(first))
            for each in more:
                respond(**shown(each), response_type="ephemeral", replace_original=False)

    def _told(self, wanted: Command, at: At, command: Body) -> Sequence[Reply]:
        """What a command is acknowledged with."""
        words = self._words(at)
        match wanted.wanted:
            case Wanted.ANSWER:
                words = words_for(wanted.question, self.service.settings(at.team, at.channel))
                job = Job(
                    f"command {command['trigger_id']}", Kind.COMMAND, at.team, at.channel, "", at.person,
                    wanted.question, enterprise=at.enterprise, reply_to=command["response_url"],
                )  # fmt: skip
                refused = self._in_line(job, words)
                return (blocks.sentence(refused) if refused else blocks.searching(words),)
            case Wanted.WATCHES:
                return watch_list(self.service.watches.list(at.place), words)[:TO_A_COMMAND]
            case _:
                return (blocks.sentence(help_text(words)),)

    def _watched(self, wanted: Command, at: At, client: WebClient) -> Reply:
        """Begins to watch a question. The channel is told, which also shows whether news can be posted there."""
        settings = self.service.settings(at.team, at.channel)
        words, watches = words_for(wanted.question, settings), self.service.watches
        since = self.service.library.snapshot
        try:
            watch = watches.add(at.place, wanted.question, wanted.every, settings.filters, since)
        except ShownError as error:
            return blocks.error(error, words)
        added = blocks.sentence(words("watch.added", question=watch.question, every=words(f"watch.{watch.every}")))
        if attempt(client.chat_postMessage, channel=at.channel, unfurl_links=False, **shown(added)) is None:
            watches.remove(at.place, watch.id)
            return blocks.sentence(words("watch.not_here"))
        return watch_list(watches.list(at.place), words)[0]

    def check(self, ack: Ack, shortcut: Body, context: BoltContext, client: WebClient) -> None:
        """The shortcut of a message. Its view is opened first: Slack waits for three seconds."""
        ack()
        at = At.of(shortcut, context)
        words = self._words(at)
        view = client.views_open(trigger_id=shortcut["trigger_id"], view=check.begun_view(words))["view"]
        job = Job(
            f"check {shortcut['trigger_id']}", Kind.CHECK, at.team, at.channel, "", at.person,
            plain(shortcut["message"].get("text") or "", None), enterprise=at.enterprise, reply_to=view["id"],
        )  # fmt: skip
        allowed = self.service.allowed.asks(at.person, at.channel)
        refused = self._in_line(job, words) if allowed else words("limit.not_allowed")
        if refused:
            client.views_update(view_id=view["id"], view=check.said_view(refused, words))

    def stopped(self, event: Body, context: BoltContext) -> None:
        """The stop button of a direct message."""
        self.service.store.stop(_team(context), event["channel"], event["thread_ts"])
        self.look()

    # Answers that are there

    def quote(self, ack: Ack, body: Body, action: Body, context: BoltContext, client: WebClient) -> None:
        """A quote with the words around it."""
        ack()
        at = At.of(body, context)
        key, mark = action["selected_option"]["value"].split(":")
        record, words = self._record(at, key), self._words(at)
        cited = record.answer.citations if record and record.answer else ()
        found = next((each for each in cited if str(each.mark) == mark), None)
        view = self._quoted(found, words) if found else check.said_view(words("answer.not_kept"), words)
        client.views_open(trigger_id=body["trigger_id"], view=view)

    def _quoted(self, citation: Citation, words: SlackWords) -> dict[str, Any]:
        """The words around are those of the article as it is, where it still has the quote at its place."""
        since = known_of((citation,), self.service.library.article).since.get(citation.mark)
        before = after = ""
        with suppress(ArticleMissing):
            text = self.service.library.article(citation.article_id).text
            if text[citation.start : citation.end] == citation.quote:
                before, after = text[: citation.start], text[citation.end :]
        return modal.quote_view(citation, before, after, since, words)

    def feedback(self, ack: Ack, body: Body, action: Body, context: BoltContext, client: WebClient) -> None:
        """The buttons below an answer; one that is not helpful asks for the reasons."""
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
        """Why an answer is not helpful, from the form."""
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
        """An answer that one person saw, for the channel, with its question and who shares it."""
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
        told = blocks.replies(record.answer, words, key=shared.key, head=head)
        for each in bounded(told, TO_A_COMMAND - 1, words):
            respond(**shown(each), response_type="in_channel", replace_original=False)

    # The home, settings and standing questions

    def opened(self, event: Body, context: BoltContext, client: WebClient) -> None:
        """The home tab, or the messages tab, which begins with suggested questions.

        Both may take long: of an index that has changed, the questions are found anew.
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
        """A suggested question of the home: it is asked in the messages tab."""
        ack()
        at, question = At.of(body, context), action["value"]
        begun = blocks.sentence(self._words(at)("source.quote", quote=question))
        posted = client.chat_postMessage(channel=at.person, **shown(begun))
        job = Job(
            f"home {body['trigger_id']}", Kind.QUESTION, at.team, posted["channel"], posted["ts"], at.person, question,
            posted["ts"], at.enterprise,
        )  # fmt: skip
        self._asked(job, At(at.team, job.channel, at.person, at.enterprise))

    def settings(self, ack: Ack, body: Body, context: BoltContext, client: WebClient) -> None:
        """The button of the home, which asks for the channel first."""
        ack()
        view = choices.channel_view(self._words(At.of(body, context)))
        client.views_open(trigger_id=body["trigger_id"], view=view)

    def channel(self, ack: Ack, body: Body, view: Body, context: BoltContext) -> None:
        """The channel whose settings are meant."""
        at = At(_team(context), choices.channel_of(view["state"]["values"]), body["user"]["id"])
        ack(response_action="update", view=self._settings_view(at))

    def choose(self, ack: Ack, body: Body, view: Body, context: BoltContext) -> None:
        """The settings that a person chose. What the form does not offer stays as it was."""
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
        """The form; for whoever may not change the settings, what they are."""
        words, settings = self._words(at), self.service.settings(at.team, at.channel)
        if not self.service.allowed.changes(at.person):
            return check.said_view(choices.settings_summary(settings, words), words)
        there = self.service.library.inventory()
        return choices.settings_view(
            settings,
            at.channel,
            words,
            collections=[each.name for each in self.service.library.collections()],
            outlets=[name for name, _ in there.outlets if name],
            kinds=[kind for kind, _ in there.kinds if kind],
        )

    def watch(
        self, ack: Ack, body: Body, action: Body, context: BoltContext, client: WebClient, respond: Respond
    ) -> None:
        """The buttons of a standing question."""
        ack()
        at, watches = At.of(body, context), self.service.watches
        do = {"watch_pause": watches.pause, "watch_resume": watches.resume, "watch_delete": watches.remove}
        if self.service.allowed.asks(at.person, at.channel):
            with suppress(ShownError):  # somebody was quicker
                do[action["action_id"]](at.place, action["value"])
        if not body.get("channel"):
            self.later(lambda: attempt(client.views_publish, user_id=at.person, view=self._home(at)))
            return
        told = watch_list(watches.list(at.place), self._words(at))[: TO_A_COMMAND - 1]
        for place, each in enumerate(told):
            respond(**shown(each), replace_original=place == 0)

    def uninstalled(self, context: BoltContext) -> None:
        """A workspace has removed the app: nothing of it is kept."""
        forget(self.service, _team(context))
        self.look()

    def revoked(self, event: Body, context: BoltContext) -> None:
        """A workspace has taken tokens back: without the bot's, it is as if the app were removed."""
        if event.get("tokens", {}).get("bot"):
            self.uninstalled(context)

    def failed(self, error: Exception, body: Body, context: BoltContext, client: WebClient) -> None:
        """What goes wrong in a listener, in a sentence for the person; a bug goes to the log, too."""
        words = SlackWords()
        if gone(error):
            return
        told = words.error(error) if isinstance(error, ShownError) else ""
        told = told or words("error.mishap", reference=logged(_log, "A request in Slack", error))
        if context.channel_id and context.user_id and body.get("type") != "event_callback":
            said = blocks.sentence(told)
            attempt(client.chat_postEphemeral, channel=context.channel_id, user=context.user_id, **shown(said))

    # What they share

    def _words(self, at: At) -> SlackWords:
        """Those of the channel; there is no question whose language they could be in."""
        return SlackWords(self.service.settings(at.team, at.channel).language or "en")

    def _rate(self, at: At, key: str, given: Feedback) -> None:
        """Raises RecordMissing."""
        if sent := self._sent(at, key):
            said.give(self.service.history, _conversation(sent), sent.number, given, person=at.person)

    def _record(self, at: At, key: str) -> Record | None:
        sent = self._sent(at, key)
        return self._kept(sent) if sent else None

    def _sent(self, at: At, key: str) -> Sent | None:
        """Where an answer was posted, for whoever could see it there."""
        sent = self.service.store.answer(at.team, key)
        seen = sent and (sent.person == at.person or (sent.channel == at.channel and not sent.private))
        return sent if seen else None

    def _kept(self, sent: Sent) -> Record | None:
        records = self.service.history.records(_conversation(sent))
        return next((each for each in records if each.number == sent.number), None)


def forget(service: Service, team: str) -> None:
    """Everything of a workspace: its questions in line, conversations, settings and standing questions.

    An answer that is being made is stopped, and not kept.
    """
    left = service.store.forget(team)
    service.watches.forget("slack", f"{team}/")
    kept = (each.place for each in service.history.everybodys())
    of_team = {each for each in kept if each.owner.surface == "slack" and each.owner.key.startswith(f"{team}/")}
    for place in of_team | {place_of(job) for job in left}:
        with suppress(FileHeld):
            service.history.delete(place)


def shown(reply: Reply) -> dict[str, Any]:
    """A message as the arguments of a call."""
    return {"text": reply.text, "blocks": list(reply.blocks)}


def _conversation(sent: Sent) -> Place:
    return Place(Owner("slack", sent.owner), sent.name)


def _team(context: BoltContext) -> str:
    return context.team_id or context.enterprise_id or ""
