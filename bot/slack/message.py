"""Slack events to questions of people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MARKUP = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_BY_PEOPLE = (None, "file_share", "thread_broadcast")  # subtypes of a person's message; others are edits, joins, ...


@dataclass(frozen=True, slots=True)
class SlackQuestion:
    """A message that may be a question to Byline. `root` is the timestamp of its thread's first message."""

    channel: str
    root: str
    ts: str
    person: str
    question: str  # as the person sees it, without the mention of the bot; may be empty
    addressed: bool  # by a mention or a direct message; else to everybody in the channel


def asked(event: Mapping[str, Any], bot: str | None) -> SlackQuestion | None:
    """The question of an `app_mention` or `message` event; None unless it is a person's new message.

    A mention in a channel may arrive as both events; then the `message` is ignored.
    """
    mention, direct = event["type"] == "app_mention", event.get("channel_type") == "im"
    person, text = event.get("user"), event.get("text") or ""
    if not person or event.get("subtype") not in _BY_PEOPLE or event.get("bot_id") or "edited" in event:
        return None
    if not mention and not direct and (event.get("channel_type") not in ("channel", "group") or f"<@{bot}>" in text):
        return None
    root = event.get("thread_ts") or event["ts"]
    return SlackQuestion(event["channel"], root, event["ts"], person, plain(text, bot), mention or direct)


def plain(text: str, bot: str | None) -> str:
    """The text of Slack's markup as a person sees it, on one line, without mentions of `bot`.

    >>> plain("<@U1>: what does AT&amp;T say on <https://example.org|its page>?", "U1")
    'what does AT&T say on its page?'
    """
    rendered = _MARKUP.sub(lambda markup: _rendered(markup[1], markup[2], bot), text)
    unescaped = rendered.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(unescaped.split()).lstrip(",:; ")


def _rendered(target: str, label: str | None, bot: str | None) -> str:
    match target[:1]:
        case "@" if target[1:] == bot:
            return ""
        case "#":
            return f"#{label}" if label else ""
        case "@" | "!":  # a person, a group or everyone: only a label has words
            return label or ""
        case _:
            return label or target
