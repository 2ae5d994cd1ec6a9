"""The text after `/ask`: a question, or a command of a few words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.alerts.watch import Every


class WantedCommand(StrEnum):
    """The kinds of command."""

    ANSWER = "answer"
    HELP = "help"
    SETTINGS = "settings"
    WATCH = "watch"  # a standing question
    WATCHES = "watches"  # the channel's standing questions


@dataclass(frozen=True, slots=True)
class Command:
    """A parsed command."""

    wanted: WantedCommand
    question: str = ""
    every: Every = Every.DAILY  # of a standing question


def read(text: str) -> Command:
    """A command from the text after `/ask`.

    >>> read("Who left?")
    Command(wanted=<WantedCommand.ANSWER: 'answer'>, question='Who left?', every=<Every.DAILY: 'daily'>)
    >>> read("watch Who left? weekly")
    Command(wanted=<WantedCommand.WATCH: 'watch'>, question='Who left?', every=<Every.WEEKLY: 'weekly'>)
    >>> read("watch").wanted, read(" ").wanted, read("settings").wanted
    (<WantedCommand.WATCHES: 'watches'>, <WantedCommand.HELP: 'help'>, <WantedCommand.SETTINGS: 'settings'>)
    """
    first, *rest = text.split() or ["help"]
    match first.casefold():
        case "help" | "settings" if not rest:
            return Command(WantedCommand(first.casefold()))
        case "watch" | "watches" if not rest:
            return Command(WantedCommand.WATCHES)
        case "watch":
            return _watch(rest)
        case _:
            return Command(WantedCommand.ANSWER, " ".join(text.split()))


def _watch(words: list[str]) -> Command:
    last = words[-1].casefold()
    if last in tuple(Every):
        return Command(WantedCommand.WATCH if words[1:] else WantedCommand.WATCHES, " ".join(words[:-1]), Every(last))
    return Command(WantedCommand.WATCH, " ".join(words))
