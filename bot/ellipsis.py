"""Ellipsis: what was asked before, asked again of what a question only names, as in "And China?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.name import YEAR, is_date
from bot.phrase import adds, names_alone, phrases
from bot.standalone import needs_history, other
from bot.subject import topic
from bot.types import Turn
from index.words import content_terms

_PREPOSITION = re.compile(r"\b(about|against|at|by|for|from|in|of|on|to|with)\s+(?:the\s+)?$", re.IGNORECASE)
_AUXILIARY = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would)\b"
_COUNTS = r"\W*(?:(?:and|but|or|then)\s+)?(how (?:many|much))\s+"
# What is counted, as far as the verb, where nothing else stands between.
_COUNTED = re.compile(
    rf"{_COUNTS}((?:(?!{_AUXILIARY}|(?:of|in|at|on|from|by|for|and)\b)[\w'’-]+\s+){{1,3}})(?={_AUXILIARY})",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(rf"{_COUNTS}(.+?)\W*$", re.IGNORECASE | re.DOTALL)
_ASKS_MORE = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)


def asked_again(question: str, history: Sequence[Turn]) -> str:
    """What was asked before, asked of another, where `question` only names the other; empty where it is not so.

    One name takes the place of the only name, or of the only one that follows the same preposition.

    >>> asked_again("And China?", [Turn("How many warheads does Russia have?")])
    'How many warheads does China have?'
    >>> asked_again("And in India?", [Turn("How many warheads did SIPRI count in Russia?")])
    'How many warheads did SIPRI count in India?'
    >>> asked_again("And how many trains?", [Turn("How many cars are on the island?")])
    'How many trains are on the island?'
    """
    if counted := _counted_again(question, history):
        return counted
    rest = other(question)
    if not rest:
        return ""
    earlier, begins = asked_before(question, history), question.index(rest)
    if years := YEAR.findall(rest):
        return _in_another_year(earlier, rest, years)
    new, old = names_alone(question), names_alone(earlier)
    if len(new) != 1:
        return ""
    name = question[slice(*new[0])]
    timely = is_date(name)
    old = [span for span in old if is_date(earlier[slice(*span)]) is timely]
    if len(old) > 1:
        leads = _PREPOSITION.search(question[begins : new[0][0]])
        old = [span for span in old if leads and _led(earlier[: span[0]], leads[1])]
    if len(old) != 1 or adds(rest, name):
        return ""
    start, end = old[0]
    return f"{earlier[:start]}{name}{earlier[end:]}"


def asked_before(question: str, history: Sequence[Turn]) -> str:
    """The question that `question` asks of another: the one it takes its topic from, or the last that names anything
    and stood alone, as "Where was COP27 held?" for "And COP28?"."""
    alone = (
        turn.question
        for place, turn in reversed(list(enumerate(history)))
        if phrases(turn.question) and not (place and needs_history(turn.question))
    )
    return (topic(question, history) or next(alone, "")).strip()


def _in_another_year(earlier: str, rest: str, years: Sequence[str]) -> str:
    """What was asked of one year, asked of another, where `rest` names only that."""
    asked = list(YEAR.finditer(earlier))
    if len(asked) != 1 or len(years) != 1 or set(content_terms(rest)) - {years[0], "年"}:
        return ""
    return f"{earlier[: asked[0].start()]}{years[0]}{earlier[asked[0].end() :]}"


def _counted_again(question: str, history: Sequence[Turn]) -> str:
    """How many were counted before, asked of what `question` names alone; empty where it asks something else, or where
    what was asked before needs its own history."""
    earlier = history[-1].question
    new, old = _HOW_MANY.match(question), _COUNTED.match(earlier)
    if not new or not old or phrases(question) != [new[2]] or old[1].lower() != new[1].lower():
        return ""
    if _ASKS_MORE.search(earlier, old.end()) or (len(history) > 1 and needs_history(earlier)):
        return ""
    return f"{earlier[: old.start(2)]}{new[2]} {earlier[old.end(2) :]}"


def _led(before: str, preposition: str) -> bool:
    found = _PREPOSITION.search(before)
    return found is not None and found[1].lower() == preposition.lower()
