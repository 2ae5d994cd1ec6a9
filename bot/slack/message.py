"""What comes in: from a Slack event to the question that a person asked, or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MARKUP = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_SPOKEN = (None, "file_share", "thread_broadcast")  # subtypes of a person's message; an edit, a join, ... are others


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that may be a question to Byline. `root` is the timestamp of its thread's first message."""

    channel: str
    root: str
    ts: str
    person: str
    question: str  # as the person sees it, without the bot's mention; may be empty
    addressed: bool  # a mention or a direct message; else it was said to everybody in the channel


def asked(event: Mapping[str, Any], bot: str | None) -> Asked | None:
    """The question in an `app_mention` or `message` event, or None for what is not a person's new message.

    A mention in a channel whose messages the app receives arrives as both; the `message` is left alone.
    """
    mention, direct = event["type"] == "app_mention", event.get("channel_type") == "im"
    person, text = event.get("user"), event.get("text") or ""
    if not person or event.get("subtype") not in _SPOKEN or event.get("bot_id") or "edited" in event:
        return None
    if not mention and not direct and (event.get("channel_type") not in ("channel", "group") or f"<@{bot}>" in text):
        return None
    root = event.get("thread_ts") or event["ts"]
    return Asked(event["channel"], root, event["ts"], person, plain(text, bot), mention or direct)


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
