"""The list of standing questions, with the buttons of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.slack.blocks import SlackMessage, messages, sentence
from bot.slack.elements import Block, actions, button, line, note, plain, rich, run
from bot.slack.pages import CitationBlocks, MessagePart, pages
from bot.slack.text import shortened
from bot.slack.words import SlackWords
from bot.types import Reason
from bot.wording.facts import one_line

QUESTION_CHARACTERS = 1_000


class Watched(Protocol):
    """A standing question, as `bot.alerts.watch` keeps it."""

    @property
    def id(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def every(self) -> str: ...  # daily or weekly
    @property
    def made(self) -> datetime: ...
    @property
    def paused(self) -> bool: ...
    @property
    def failure(self) -> Reason | None: ...  # why the last look failed


def watch_list(watches: Sequence[Watched], words: SlackWords) -> tuple[SlackMessage, ...]:
    """The standing questions of a channel, each with its buttons; the help, if there are none."""
    if not watches:
        return (sentence(words("watch.none")),)
    parts = [MessagePart(each) for watch in watches for each in watched(watch, words)]
    return messages(pages(parts, CitationBlocks.of((), None, words)), words)


def watched(watch: Watched, words: SlackWords) -> tuple[Block, ...]:
    """A standing question with its interval, its first day, its last failure, and its buttons."""
    facts = words("watch.since", every=words(f"watch.{watch.every}"), day=words.day(watch.made))
    state = words("watch.paused", facts=facts) if watch.paused else facts
    failed = (note(words("watch.failed", reason=words.reason(watch.failure))),) if watch.failure else ()
    change = "resume" if watch.paused else "pause"
    question = shortened(one_line(watch.question), QUESTION_CHARACTERS)
    buttons = [button(words(f"watch.{change}"), f"watch_{change}", watch.id), _delete(watch, words)]
    return rich([line([run(question, bold=True)])]), note(state), *failed, actions(buttons)


def _delete(watch: Watched, words: SlackWords) -> Block:
    question = shortened(one_line(watch.question), 200)
    sure = {
        "title": plain(words("watch.sure"), 100),
        "text": plain(words("watch.gone", question=question), 300),
        "confirm": plain(words("watch.delete"), 30),
        "deny": plain(words("watch.keep"), 30),
        "style": "danger",
    }
    return {**button(words("watch.delete"), "watch_delete", watch.id, "danger"), "confirm": sure}
