"""The earlier turns of a thread from Slack, for threads that the history does not have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from bot.history.conversations import TURNS
from bot.slack.delivery import attempt
from bot.slack.message import plain
from bot.slack.store import SlackJob
from bot.types import Turn

if TYPE_CHECKING:
    from slack_sdk import WebClient

MOST = 200  # first messages of a thread, at most; a throttled app gets 15


def earlier(client: WebClient, job: SlackJob) -> tuple[Turn, ...]:
    """The questions and replies of a job's thread, oldest first; none for a new thread.

    Empty also without the scope for a channel's history, or if Slack throttles the app.
    """
    if not job.root or job.root == job.ts:
        return ()
    response = attempt(client.conversations_replies, channel=job.channel, ts=job.root, limit=MOST)
    before = (each for each in (response or {}).get("messages", ()) if float(each["ts"]) < float(job.ts))
    return turns(before, job.bot)[-TURNS:]


def turns(messages: Iterable[Mapping[str, Any]], bot: str) -> tuple[Turn, ...]:
    """Each question with Byline's reply after it; `bot` is the id of Byline's own user.

    >>> said = [("U7", "<@U1> Who left?"), ("U1", "The United States."), ("U7", "And when?")]
    >>> turns([{"user": user, "text": text} for user, text in said], "U1")
    (Turn(question='Who left?', answer_text='The United States.', refused=False, request=None, cited=()),)
    """
    found: list[Turn] = []
    question = ""
    for message in messages:
        text = plain(str(message.get("text") or ""), bot)
        if message.get("user") != bot:
            question = text if not message.get("bot_id") else question
        elif question and text:
            found.append(Turn(question, text))
            question = ""
    return tuple(found)
