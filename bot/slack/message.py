"""What comes in: from a Slack event to the question that a person asked, or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MARKUP = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a conversation is held. `root` is the timestamp of its first message, which names it in Slack."""

    team: str
    channel: str
    root: str


@dataclass(frozen=True, slots=True)
class Asked:
    thread: Thread
    question: str  # as the person sees it, without the bot's mention; may be empty


def asked(event: Mapping[str, Any], team: str, bot: str | None) -> Asked | None:
    """The question in an `app_mention` or `message` event, or None for what is not a person's new message to the bot.

    Where an app subscribes to a channel's messages, a mention arrives as both; so only direct messages count as
    a `message`.
    """
    direct = event["type"] == "app_mention" or event.get("channel_type") == "im"
    if not direct or event.get("subtype") or event.get("bot_id") or "edited" in event:
        return None
    root = event.get("thread_ts") or event["ts"]
    return Asked(Thread(team, event["channel"], root), plain(event.get("text") or "", bot))


def plain(text: str, bot: str | None) -> str:
    """Slack's markup as a person sees it on one line, without mentions of `bot`.

    >>> plain("<@U1>: what does AT&amp;T say on <https://example.org|its page>?", "U1")
    'what does AT&T say on its page?'
    """
    seen = _MARKUP.sub(lambda markup: _seen(markup[1], markup[2], bot), text)
    unescaped = seen.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(unescaped.split()).lstrip(",:; ")


def _seen(target: str, label: str | None, bot: str | None) -> str:
    match target[:1]:
        case "@" if target[1:] == bot:
            return ""
        case "#":
            return f"#{label}" if label else ""
        case "@" | "!":  # a person, a group of people, or everyone, of whom only the label says anything
            return label or ""
        case _:
            return label or target
