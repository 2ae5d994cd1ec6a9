"""Ellipsis: what was asked before, asked again of what a question only names, as in "And China?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.follow_up.name import YEAR, is_date
from bot.follow_up.phrase import AUXILIARY, adds, names_alone, phrases
from bot.follow_up.standalone import QUESTION_WORD, needs_history, other
from bot.follow_up.subject import topic
from bot.types import Turn
from index.words import content_terms

_PREPOSITION = re.compile(r"\b(about|against|at|by|for|from|in|of|on|to|with)\s+(?:the\s+)?$", re.IGNORECASE)
_COUNTS = r"\W*(?:(?:and|but|or|then)\s+)?(how (?:many|much))\s+"
# What is counted, as far as the verb, where nothing else stands between.
_COUNTED = re.compile(
    rf"{_COUNTS}((?:(?!{AUXILIARY}|(?:of|in|at|on|from|by|for|and)\b)[\w'’-]+\s+){{1,3}})(?={AUXILIARY})",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(rf"{_COUNTS}(.*\w)\W*$", re.IGNORECASE | re.DOTALL)
_ASKS_MORE = re.compile(rf"\b{QUESTION_WORD}", re.IGNORECASE)


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
    earlier = asked_before(question, history)
    if years := YEAR.findall(rest):
        return _in_another_year(earlier, rest, years)
    return _of_another_name(earlier, question, rest)


def asked_before(question: str, history: Sequence[Turn]) -> str:
    """The question that `question` asks of another: the one it takes its topic from, or the last that names anything
    and stood alone, as "Where was COP27 held?" for "And COP28?"."""
    alone = (
        turn.question
        for place, turn in reversed(list(enumerate(history)))
        if phrases(turn.question) and not (place and needs_history(turn.question))
    )
    return (topic(question, history) or next(alone, "")).strip()


def _of_another_name(earlier: str, question: str, rest: str) -> str:
    """What was asked of one name, asked of another, where `rest` of the question names only that."""
    new, old = names_alone(question), names_alone(earlier)
    if len(new) != 1:
        return ""
    start, end = new[0]
    name = question[start:end]
    old = [span for span in old if is_date(earlier[slice(*span)]) is is_date(name)]
    if len(old) > 1:
        leads = _preposition(question[question.index(rest) : start])
        old = [span for span in old if leads and _preposition(earlier[: span[0]]) == leads]
    if len(old) != 1 or adds(rest, name):
        return ""
    start, end = old[0]
    return f"{earlier[:start]}{name}{earlier[end:]}"


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


def _preposition(before: str) -> str:
    """The preposition at the end of what stands before a name; empty where there is none."""
    found = _PREPOSITION.search(before)
    return found[1].lower() if found else ""
