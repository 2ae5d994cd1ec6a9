"""What a small Slack knows: workspaces, messages, streams, views and rates, and what each method of its API does."""

from __future__ import annotations

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.fake_slack_limits import REQUIRED, Refusal, markdown_of, refusal

TRIGGER_SECONDS = 3.0  # docs.slack.dev/interactivity/handling-user-interaction
STREAM_SECONDS = 300.0  # github.com/slackapi/python-slack-sdk/issues/1859
RESPONSE_SECONDS, RESPONSE_USES = 1800.0, 5  # docs.slack.dev/interactivity/handling-user-interaction
CODE_SECONDS = 600.0  # docs.slack.dev/authentication/installing-with-oauth
VIEWS_DEEP = 3

# Calls a minute and workspace: docs.slack.dev/apis/web-api/rate-limits and the methods' own pages. The tiers of
# chat.startStream and of the assistant's methods are not documented as surely as the others. The rest is tier 3.
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
TIER = {
    "apps.connections.open": 1,
    "chat.startStream": 2,
    "chat.stopStream": 2,
    "chat.appendStream": 4,
    "chat.postEphemeral": 4,
    "users.info": 4,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
    "oauth.v2.access": 4,
    "assistant.threads.setStatus": 4,
    "assistant.threads.setSuggestedPrompts": 4,
}
POST_BURST, POST_RATE = 5, 60  # chat.postMessage: about one a second and channel, and short bursts

SCOPES = {
    "agents.sessions.rename": "assistant:write",
    "agents.sessions.setStatus": "assistant:write",
    "assistant.threads.setStatus": "assistant:write",
    "assistant.threads.setSuggestedPrompts": "assistant:write",
    "chat.appendStream": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.startStream": "chat:write",
    "chat.stopStream": "chat:write",
    "chat.update": "chat:write",
    "reactions.add": "reactions:write",
    "users.info": "users:read",
}
BY_CHANNEL = {"conversations.history": "history", "conversations.replies": "history", "conversations.info": "read"}
PLACES = {"D": "im", "G": "groups", "C": "channels"}
ALL_SCOPES = frozenset(SCOPES.values()) | {
    f"{place}:{what}" for place in PLACES.values() for what in ("history", "read")
}
IN_CHANNEL = {"chat.postMessage", "chat.postEphemeral", "chat.startStream", "conversations.history", "reactions.add"}

BEGINNING = 1_700_000_000  # the second from which timestamps count


@dataclass(slots=True)
class Workspace:
    """A workspace that the app is, or was, installed in."""

    team: str
    token: str
    bot: str
    bot_id: str
    scopes: frozenset[str] = ALL_SCOPES
    error: str | None = None  # of every call with its token: account_inactive, token_revoked

    @property
    def name(self) -> str:
        return "Newsroom" if self.team == "TTEAM" else self.team.title()


@dataclass(slots=True)
class Message:
    """A message as Slack keeps it."""

    team: str
    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    only: str | None = None  # the one person who sees it: an ephemeral message
    edits: int = 0
    started: float | None = None  # a stream: when it began
    streaming: bool = False
    recipient: str | None = None  # of a stream in a channel
    first: str = ""  # a stream's first text, which others see in a channel until it stops
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    reactions: set[tuple[str, str]] = field(default_factory=set)  # name, user
    metadata: Any = None

    def seen_by(self, viewer: str | None) -> dict[str, Any] | None:
        """The message as a person sees it now, or None where it is another person's alone; None sees everything."""
        if self.only is not None and viewer not in (None, self.only):
            return None
        seen = self.payload()
        if self.streaming and not self.channel.startswith("D") and viewer not in (None, self.recipient):
            seen |= {"text": self.first, "tasks": {}}
        return seen

    def payload(self) -> dict[str, Any]:
        """The message as the API gives it, with its tasks and its viewer beside it."""
        shown: dict[str, Any] = {
            "type": "message",
            "ts": self.ts,
            "user": self.user,
            "text": self.text,
            "channel": self.channel,
        }
        shown |= {"blocks": deepcopy(self.blocks), "team": self.team, "tasks": deepcopy(self.tasks), "only": self.only}
        shown |= {"streaming": self.streaming, "edits": self.edits, "metadata": self.metadata}
        shown["streamed"] = self.started is not None  # then the text stands above the blocks, and repeats none of them
        return shown | ({"thread_ts": self.thread_ts} if self.thread_ts else {})


@dataclass(slots=True)
class OpenView:
    """A modal on a person's screen, or the person's App Home."""

    id: str
    hash: str
    user: str
    team: str
    view: dict[str, Any]

    def payload(self) -> dict[str, Any]:
        facts = {"id": self.id, "hash": self.hash, "team_id": self.team, "app_id": "AFAKE", "bot_id": "BBOT"}
        return deepcopy(self.view) | facts | {"root_view_id": self.id, "state": {"values": {}}}


@dataclass(slots=True)
class Reply:
    """Where a response_url leads: a place, and the message of the interaction, if there is one."""

    team: str
    channel: str
    user: str
    expires: float
    original: str | None = None
    uses: int = RESPONSE_USES


@dataclass(slots=True)
class Trigger:
    user: str
    team: str
    expires: float
    used: bool = False


@dataclass(slots=True)
class Code:
    """A code of the OAuth page, which is good once."""

    team: str
    redirect_uri: str | None
    scopes: frozenset[str]
    expires: float
    used: bool = False


class State:
    """Everything that Slack remembers. One thread at a time uses it; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float], client_id: str, client_secret: str, first: int = 1) -> None:
        self.clock = clock
        self.client = (client_id, client_secret)
        self.workspaces: dict[str, Workspace] = {}
        self.away: set[tuple[str, str]] = set()  # team, channel: known, and the bot is no member
        self.channels: set[tuple[str, str]] = set()
        self.messages: list[Message] = []
        self.views: list[OpenView] = []
        self.homes: dict[tuple[str, str], OpenView] = {}
        self.triggers: dict[str, Trigger] = {}
        self.replies: dict[str, Reply] = {}
        self.codes: dict[str, Code] = {}
        self.sessions: dict[tuple[str, str, str], str] = {}  # team, channel, thread
        self.titles: dict[tuple[str, str, str], str] = {}
        self.status: dict[tuple[str, str, str], str] = {}
        self.prompts: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.locales: dict[str, str] = defaultdict(lambda: "en-US")
        self.numbers = itertools.count(first)
        self._buckets: dict[tuple[str, ...], tuple[float, float]] = {}

    def number(self, prefix: str) -> str:
        return f"{prefix}{next(self.numbers)}"

    def now_ts(self) -> str:
        """The next timestamp, later than all before it, whoever writes."""
        seconds, micros = divmod(next(self.numbers), 1_000_000)
        return f"{BEGINNING + seconds}.{micros:06}"

    def install(self, team: str, token: str, bot: str, scopes: Iterable[str] | None = None) -> Workspace:
        held = ALL_SCOPES if scopes is None else frozenset(scopes)
        self.workspaces[team] = Workspace(team, token, bot, f"B{bot.removeprefix('U')}", held)
        return self.workspaces[team]

    def workspace_of(self, token: str) -> Workspace | None:
        return next((each for each in self.workspaces.values() if each.token == token), None)

    # What every call goes through

    def refused(self, method: str, args: dict[str, Any], workspace: Workspace | None) -> Refusal | None:
        """Slack's refusal before a method does anything: unknown method, token, scope, arguments, channel."""
        if method not in REQUIRED:
            return Refusal("unknown_method")
        if method != "oauth.v2.access":
            if workspace is None:
                return Refusal("invalid_auth")
            if workspace.error:
                return Refusal(workspace.error)
            if needed := self._missing_scope(method, args, workspace):
                return Refusal("missing_scope", needed)
        return refusal(method, args) or (self._no_channel(method, args, workspace) if workspace else None)

    def _missing_scope(self, method: str, args: dict[str, Any], workspace: Workspace) -> str | None:
        needed = SCOPES.get(method)
        if method in BY_CHANNEL:
            needed = f"{PLACES.get(str(args.get('channel'))[:1], 'channels')}:{BY_CHANNEL[method]}"
        return needed if needed and needed not in workspace.scopes else None

    def _no_channel(self, method: str, args: dict[str, Any], workspace: Workspace) -> Refusal | None:
        channel = args.get("channel") or args.get("channel_id")
        if channel is None:
            return None
        if method == "chat.postMessage" and channel.startswith("U"):
            args["channel"] = channel = f"D{channel[1:]}"
            self.channels.add((workspace.team, channel))
        place = (workspace.team, channel)
        if place in self.away:
            return Refusal("not_in_channel") if method in IN_CHANNEL or method.startswith("conv") else None
        return None if place in self.channels else Refusal("channel_not_found")

    def wait_for(self, method: str, args: dict[str, Any], team: str) -> float:
        """Seconds that Slack tells the app to wait; 0.0 where the call is within its rate, which it then uses up."""
        if method == "auth.test":
            return 0.0
        key: tuple[str, ...] = (method, team)
        rate, burst = TIERS[TIER.get(method, 3)], TIERS[TIER.get(method, 3)]
        if method == "chat.postMessage":
            key, rate, burst = (method, team, str(args.get("channel"))), POST_RATE, POST_BURST
        left, since = self._buckets.get(key, (float(burst), self.clock()))
        left = min(burst, left + (self.clock() - since) * rate / 60)
        self._buckets[key] = (max(left - 1, 0.0) if left >= 1 else left, self.clock())
        return 0.0 if left >= 1 else (1 - left) * 60 / rate

    def call(self, method: str, args: dict[str, Any], workspace: Workspace | None) -> dict[str, Any] | Refusal:
        """What a method that was not refused answers, after it did its work."""
        if workspace is None:
            return self._access(args)
        effect = getattr(self, _effect_of(method), None)
        return {} if effect is None else effect(args, workspace)

    # Messages

    def heard(self, team: str, event: dict[str, Any]) -> None:
        """A person's message, which an event tells the app of."""
        self.channels.add((team, event["channel"]))
        if self.find(team, event["channel"], event["ts"]) is None:
            message = Message(team, event["channel"], event["ts"], event["user"] or "", event.get("text", ""))
            message.thread_ts = event.get("thread_ts")
            self.messages.append(message)

    def find(self, team: str, channel: str, ts: str) -> Message | None:
        matching = (m for m in self.messages if (m.team, m.channel, m.ts) == (team, channel, str(ts)))
        return next(matching, None)

    def post(self, workspace: Workspace, args: dict[str, Any], only: str | None = None) -> Message:
        ts = self.now_ts()
        text = args.get("text") or args.get("markdown_text") or ""
        message = Message(workspace.team, args["channel"], ts, workspace.bot, text, thread_ts=args.get("thread_ts"))
        message.blocks, message.only, message.metadata = (
            self._identified(args.get("blocks")),
            only,
            args.get("metadata"),
        )
        self.messages.append(message)
        if only is None and message.thread_ts:
            self.status.pop((workspace.team, message.channel, message.thread_ts), None)
        return message

    def _identified(self, blocks: Iterable[dict[str, Any]] | None) -> list[dict[str, Any]]:
        return [{"block_id": self.number("b")} | deepcopy(block) for block in blocks or ()]

    def _auth_test(self, _args: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
        facts = {"user": "byline", "user_id": workspace.bot, "bot_id": workspace.bot_id, "is_enterprise_install": False}
        return facts | {"team": workspace.name, "team_id": workspace.team, "url": "https://newsroom.slack.com/"}

    def _auth_revoke(self, _args: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
        workspace.error = "token_revoked"
        return {"revoked": True}

    def _chat_post_message(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
        message = self.post(workspace, args)
        return {"channel": message.channel, "ts": message.ts, "message": message.payload()}

    def _chat_post_ephemeral(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
        return {"message_ts": self.post(workspace, args, only=args["user"]).ts}

    def _own(self, args: dict[str, Any], workspace: Workspace, not_own: str) -> Message | Refusal:
        message = self.find(workspace.team, args["channel"], args["ts"])
        if message is None or message.only is not None:
            return Refusal("message_not_found")
        return message if message.user == workspace.bot else Refusal(not_own)

    def _streams_now(self, message: Message) -> bool:
        return message.streaming and self.clock() - (message.started or 0.0) < self.stream_seconds

    stream_seconds = STREAM_SECONDS

    def _chat_update(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any] | Refusal:
        message = self._own(args, workspace, "cant_update_message")
        if isinstance(message, Refusal):
            return message
        if self._streams_now(message):
            return Refusal("streaming_state_conflict")
        message.streaming, message.started, message.edits = False, None, message.edits + 1
        message.text = args.get("text") or args.get("markdown_text") or message.text
        if args.get("blocks") is not None:
            message.blocks, message.tasks = self._identified(args["blocks"]), {}
        return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": message.payload()}

    def _chat_delete(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any] | Refusal:
        message = self._own(args, workspace, "cant_delete_message")
        if isinstance(message, Refusal):
            return message
        self.messages.remove(message)
        return {"channel": message.channel, "ts": message.ts}

    def _chat_get_permalink(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any] | Refusal:
        if self.find(workspace.team, args["channel"], args["message_ts"]) is None:
            return Refusal("message_not_found")
        path = f"{args['channel']}/p{args['message_ts'].replace('.', '')}"
        return {"channel": args["channel"], "permalink": f"https://newsroom.slack.com/archives/{path}"}

    def _reactions_add(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any] | Refusal:
        message = self.find(workspace.team, args["channel"], args["timestamp"])
        if message is None:
            return Refusal("message_not_found")
        if (args["name"], workspace.bot) in message.reactions:
            return Refusal("already_reacted")
        message.reactions.add((args["name"], workspace.bot))
        return {}

    # Streams

    def _chat_start_stream(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
        message = self.post(workspace, {"channel": args["channel"], "thread_ts": args.get("thread_ts")})
        message.started, message.streaming = self.clock(), True
        message.recipient = args.get("recipient_user_id")
        self._grow(message, args)
        message.first = message.text
        self.sessions[(workspace.team, message.channel, message.thread_ts or message.ts)] = "processing"
        return {"channel": message.channel, "ts": message.ts}

    def _grow(self, message: Message, args: dict[str, Any]) -> None:
        message.text += markdown_of(args)
        for chunk in args.get("chunks") or ():
            if chunk["type"] == "task_update":
                message.tasks[chunk["id"]] = chunk
            elif chunk["type"] == "blocks":
                message.blocks += self._identified(chunk["blocks"])

    def _streamed(self, args: dict[str, Any], workspace: Workspace) -> Message | Refusal:
        message = self._own(args, workspace, "message_not_owned_by_app")
        if isinstance(message, Refusal) or self._streams_now(message):
            return message
        return Refusal("message_not_in_streaming_state")

    def _chat_append_stream(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any] | Refusal:
        message = self._streamed(args, workspace)
        if isinstance(message, Refusal):
            return message
        self._grow(message, args)
        return {"channel": message.channel, "ts": message.ts}

    def _chat_stop_stream(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any] | Refusal:
        message = self._streamed(args, workspace)
        if isinstance(message, Refusal):
            return message
        self._grow(message, args)
        message.blocks += self._identified(args.get("blocks"))
        message.streaming, message.metadata = False, args.get("metadata")
        if args.get("session_status"):
            place = (workspace.team, message.channel, message.thread_ts or message.ts)
            self.sessions[place] = args["session_status"]
        return {"channel": message.channel, "ts": message.ts, "message": message.payload()}

    # What an assistant shows

    def _place(self, args: dict[str, Any], workspace: Workspace) -> tuple[str, str, str]:
        return workspace.team, args["channel_id"], args.get("thread_ts") or ""

    def _agents_sessions_set_status(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
        place = self._place(args, workspace)
        if place not in self.sessions and args.get("title"):
            self.titles[place] = args["title"]
        self.sessions[place] = args["status"]
        return {}

    def _agents_sessions_rename(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any] | Refusal:
        if self._place(args, workspace) not in self.sessions:
            return Refusal("session_not_found")
        self.titles[self._place(args, workspace)] = args["title"]
        return {}

    def _assistant_threads_set_status(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
        self.status[self._place(args, workspace)] = args["status"]
        return {}

    def _assistant_threads_set_suggested_prompts(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
        self.prompts[(workspace.team, args["channel_id"])] = args["prompts"]
        return {}

    # Reading

    def _conversations_replies(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any] | Refusal:
        found = [m for m in self._public(args, workspace) if str(args["ts"]) in (m.ts, m.thread_ts)]
        return self._page(found, args) if found else Refusal("thread_not_found")

    def _conversations_history(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
        found = [m for m in self._public(args, workspace) if m.thread_ts in (None, m.ts)]
        return self._page(found[::-1], args)

    def _public(self, args: dict[str, Any], workspace: Workspace) -> list[Message]:
        place, since, until = (workspace.team, args["channel"]), args.get("oldest") or "0", args.get("latest") or "9e9"
        inclusive = args.get("inclusive") in (True, "1", "true")
        found = [m for m in self.messages if (m.team, m.channel) == place and m.only is None]
        within = [
            m for m in found if float(since) < float(m.ts) < float(until) or (inclusive and m.ts in (since, until))
        ]
        return sorted(within, key=lambda m: float(m.ts))

    def _page(self, found: list[Message], args: dict[str, Any]) -> dict[str, Any]:
        start, limit = int(args.get("cursor") or 0), min(int(args.get("limit") or 100), 999)
        more = len(found) > start + limit
        page = [self.sent(message.payload()) for message in found[start : start + limit]]
        cursor = {"next_cursor": str(start + limit)} if more else {"next_cursor": ""}
        return {"messages": page, "has_more": more, "response_metadata": cursor}

    def sent(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """A message of `payload` as Slack sends it to an app."""
        keep = ("type", "ts", "user", "text", "blocks", "team", "thread_ts", "metadata")
        bot = next((each for each in self.workspaces.values() if each.bot == message["user"]), None)
        return {name: message[name] for name in keep if name in message} | ({"bot_id": bot.bot_id} if bot else {})

    def _conversations_info(self, args: dict[str, Any], _workspace: Workspace) -> dict[str, Any]:
        channel = args["channel"]
        facts = {"id": channel, "name": channel.lower(), "is_im": channel.startswith("D"), "is_member": True}
        return {"channel": facts | {"is_channel": channel.startswith("C"), "is_private": channel.startswith("G")}}

    def _users_info(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any] | Refusal:
        user = args["user"]
        if not user.startswith(("U", "W")):
            return Refusal("user_not_found")
        locale = {"locale": self.locales[user]} if args.get("include_locale") not in (None, "0", "false") else {}
        person = {"id": user, "team_id": workspace.team, "name": user.lower(), "is_bot": user == workspace.bot}
        return {"user": person | {"tz": "Europe/Berlin", "profile": {"display_name": user.title()}} | locale}

    # Views

    def trigger(self, user: str, team: str, seconds: float) -> str:
        name = self.number("trigger.")
        self.triggers[name] = Trigger(user, team, self.clock() + seconds)
        return name

    def _triggered(self, args: dict[str, Any]) -> Trigger | Refusal:
        trigger = self.triggers.get(args["trigger_id"])
        if trigger is None:
            return Refusal("invalid_trigger_id")
        if trigger.used:
            return Refusal("exchanged_trigger_id")
        if self.clock() >= trigger.expires:
            return Refusal("expired_trigger_id")
        trigger.used = True
        return trigger

    def _opened(self, user: str, team: str, view: dict[str, Any]) -> OpenView:
        shown = deepcopy(view) | {"blocks": self._identified(view["blocks"])}
        return OpenView(self.number("V"), self.number("hash."), user, team, shown)

    def show(self, user: str, team: str, view: dict[str, Any]) -> OpenView:
        self.views.append(self._opened(user, team, view))
        return self.views[-1]

    def _views_open(self, args: dict[str, Any], _workspace: Workspace) -> dict[str, Any] | Refusal:
        trigger = self._triggered(args)
        if isinstance(trigger, Refusal):
            return trigger
        self.views = [each for each in self.views if each.user != trigger.user]
        return {"view": self.show(trigger.user, trigger.team, args["view"]).payload()}

    def _views_push(self, args: dict[str, Any], _workspace: Workspace) -> dict[str, Any] | Refusal:
        trigger = self._triggered(args)
        if isinstance(trigger, Refusal):
            return trigger
        if sum(each.user == trigger.user for each in self.views) >= VIEWS_DEEP:
            return Refusal("push_limit_reached")
        return {"view": self.show(trigger.user, trigger.team, args["view"]).payload()}

    def _views_update(self, args: dict[str, Any], _workspace: Workspace) -> dict[str, Any] | Refusal:
        key, name = ("external_id", args.get("external_id")) if args.get("external_id") else ("id", args.get("view_id"))
        found = next((each for each in self.views if each.payload().get(key) == name), None)
        return Refusal("not_found") if found is None else self.replace(found, args["view"], args.get("hash"))

    def replace(self, found: OpenView, view: dict[str, Any], known: str | None = None) -> dict[str, Any] | Refusal:
        if known is not None and known != found.hash:
            return Refusal("hash_conflict")
        fresh = self._opened(found.user, found.team, view)
        found.view, found.hash = fresh.view, fresh.hash
        return {"view": found.payload()}

    def _views_publish(self, args: dict[str, Any], workspace: Workspace) -> dict[str, Any] | Refusal:
        place = (workspace.team, args["user_id"])
        if place in self.homes:
            return self.replace(self.homes[place], args["view"], args.get("hash"))
        self.homes[place] = self._opened(args["user_id"], workspace.team, args["view"])
        return {"view": self.homes[place].payload()}

    # Response addresses

    def reply_address(self, team: str, channel: str, user: str, original: str | None = None) -> str:
        name = self.number("response")
        self.replies[name] = Reply(team, channel, user, self.clock() + RESPONSE_SECONDS, original)
        return name

    def respond(self, name: str, payload: dict[str, Any], refused: Refusal | None) -> Refusal | None:
        """What a payload for a response_url does; gives Slack's refusal, or None."""
        reply = self.replies.get(name)
        if reply is None or self.clock() >= reply.expires:
            return Refusal("expired_url")
        if reply.uses == 0:
            return Refusal("used_url")
        if refused:
            return refused
        reply.uses -= 1
        original = self.find(reply.team, reply.channel, reply.original) if reply.original else None
        if payload.get("delete_original") and original:
            self.messages.remove(original)
        elif payload.get("replace_original") and original:
            original.text, original.edits = payload.get("text") or "", original.edits + 1
            original.blocks = self._identified(payload.get("blocks"))
        else:
            only = None if payload.get("response_type") == "in_channel" else reply.user
            self.post(self.workspaces[reply.team], {"channel": reply.channel} | payload, only)
        return None

    # Installing

    def code(self, team: str, redirect_uri: str | None, scopes: frozenset[str]) -> str:
        name = self.number("code.")
        self.codes[name] = Code(team, redirect_uri, scopes, self.clock() + CODE_SECONDS)
        return name

    def _access(self, args: dict[str, Any]) -> dict[str, Any] | Refusal:
        code = self.codes.get(args["code"])
        if args["client_id"] != self.client[0]:
            return Refusal("invalid_client_id")
        if args["client_secret"] != self.client[1]:
            return Refusal("bad_client_secret")
        if code is None or self.clock() >= code.expires:
            return Refusal("invalid_code")
        if code.used:
            return Refusal("code_already_used")
        if code.redirect_uri != args.get("redirect_uri"):
            return Refusal("bad_redirect_uri")
        code.used = True
        token, bot = self.number(f"xoxb-fake-{code.team}-"), f"UBOT{code.team}"
        workspace = self.install(code.team, token, bot, code.scopes)
        facts = {"access_token": token, "token_type": "bot", "scope": ",".join(sorted(code.scopes)), "app_id": "AFAKE"}
        team = {"id": workspace.team, "name": workspace.name}
        person = {"authed_user": {"id": "UPERSON"}, "enterprise": None, "is_enterprise_install": False}
        return facts | {"bot_user_id": bot, "team": team} | person


def _effect_of(method: str) -> str:
    """The name of the function for a method: chat.postMessage has _chat_post_message."""
    return "_" + re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", method.replace(".", "_"))


def retry_after(seconds: float, speed: float) -> str:
    """The header Retry-After, in whole real seconds, for a wait in Slack's seconds."""
    return str(max(1, math.ceil(seconds / speed)))
