"""What a conversation is about, in its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.follow_up.anaphora import points_back
from bot.follow_up.name import has_name, is_date, names
from bot.follow_up.phrase import AUXILIARY, adds, phrases, weight
from bot.follow_up.standalone import needs_history
from bot.language.wording import lands
from bot.types import Turn
from index.sentence import sentences
from index.words import CAPITAL, chinese, content_terms, tagged

# Such words that somebody's name stands for, or a body's.
_PERSONS = re.compile(r"\b(?:they|them|theirs?|he|him|his|she|hers?)\b|[他她]", re.IGNORECASE)
# He or she, one person.
_PERSON = re.compile(r"\b(?:he|him|his|she|hers?)\b|[他她](?!们)", re.IGNORECASE)
_ASKS_WHO = re.compile(r"\b(?:who|whom|whose|which)\b|[谁誰]|哪", re.IGNORECASE)
# Who somebody is, and not who is something: "Who is Ada Lovelace?", not "Who is the mayor?".
_WHO_IS = re.compile(
    r"^\W*who(?:'s| is| was| are| were) (?!(?:the|an?|in|on|at|to|behind)\b)|是[谁誰]\W*$", re.IGNORECASE
)
_HE = re.compile(r"^\W*(?:(?:yes|no)\W+)?(?:he|she|they)\b|^[他她]", re.IGNORECASE)
_NOBODY = frozenset("Yes Nobody None Nothing Everybody Everyone According".split())  # with a capital, and no name
# It asks which of several: "Which treaty did they sign?", and not how much, or when.
_ASKS_WHICH = re.compile(
    rf"^\W*(?:which|what) (?!{AUXILIARY}|(?:if|about|happen\w*|years?|months?|days?|dates?|times?|percentage|share|"
    r"numbers?|amount|age|kinds?|types?|sorts?|reasons?)\b)[a-z]",
    re.IGNORECASE,
)
_WHAT_IS_DONE = re.compile(r"^\W*what (?:do|does|did|has|have|had) ", re.IGNORECASE)
_IT = re.compile(r"\b(?:its?|itself)\b", re.IGNORECASE)
# Of when and whose what is told is: "As of 4 May 2020 (Gazette): ", "Ann argues (Gazette, 4 May 2020) that". Who was
# asked for is named after that.
_FRAME = re.compile(
    r"\A(?:As of \d{1,2} \w+ \d{4}(?: \([^()]{1,80}\))?: |[^()“”:]{2,120} \([^()]{2,120}\)(?: that |: )[“\"]?|"
    r"截至[^：（）]{1,20}(?:（[^（）]{1,40}）)?：|[^（）：，]{1,40}（[^（）]{2,80}）(?:认为|表示)[：，]“?)"
)
_SEVERAL = 3  # names that one word stands for, at most
_FULL_NAME = re.compile(rf"(?<![\w'’]){CAPITAL}[\w'’-]+ {CAPITAL}[\w'’-]+")


def subject(question: str, history: Sequence[Turn]) -> str:
    """What the conversation was about before `question`, in its own words; empty where they add nothing to it.

    That is the phrase with the most words, names counted twice, of the question that `topic` gives. He, she or they may
    be whom the last answer names first.

    >>> subject("Who was the enemy?", [Turn("What is the Great Wall of China made of?"), Turn("How long is it?")])
    'Great Wall of China'
    >>> subject("What did he do?", [Turn("Who led the movement?", "Mohandas Gandhi led it.")])
    'Mohandas Gandhi, movement'
    """
    history = _of_somebody(question, history)
    if new := _new_phrases(topic(question, history), question):
        in_chinese = chinese(question)
        # What it is about often stands first in Chinese.
        about = dict.fromkeys([*(new[:1] if in_chinese else []), max(new, key=weight)])
        comma = "，" if in_chinese else ", "
        return comma.join([*_answered(question, history[-1]), *(" ".join(phrase.split()) for phrase in about)])
    return ""


def topic(question: str, history: Sequence[Turn]) -> str:
    """The last question before `question` that stood alone, and names what it does not; empty where none does.

    For a question that points back it may also be one that went on to another name: "And China?".
    """
    back = points_back(question)
    for place, turn in reversed(list(enumerate(history))):
        begins = not place or not needs_history(turn.question) or (back and _goes_on_to_another(turn.question))
        if begins and _new_phrases(turn.question, question):
            return turn.question
    return ""


def _goes_on_to_another(question: str) -> bool:
    return has_name(question) and not points_back(question)


def _new_phrases(earlier: str, question: str) -> list[str]:
    return [phrase for phrase in phrases(earlier) if adds(phrase, question)]


def _answered(question: str, last: Turn) -> list[str]:
    """What the last answer names, and its question did not, where `question` points to that."""
    first = next((last.answer_text[span.start : span.end] for span in sentences(last.answer_text)), "")
    first = _FRAME.sub("", first) if _ASKS_WHO.search(last.question) else first
    named = [name for name in names(first) if not is_date(name) and name not in _NOBODY]
    named = [name for name in named if adds(name, question, last.question)]
    return _somebody(question, last.question, first, named) or _something(question, last.question, named)


def _somebody(question: str, asked: str, answer: str, named: list[str]) -> list[str]:
    """Who of the `named` is meant by he, she or they.

    Where the question that was `asked` names somebody, and does not ask who, what the answer says of them is no other:
    "Mandela was held on Robben Island."
    """
    asks_who = bool(_ASKS_WHO.search(asked)) and not _WHO_IS.search(asked)
    if not _PERSONS.search(question) or not (asks_who or _PERSON.search(question)):
        return []
    if _HE.search(answer) and not asks_who:
        return []
    if not asks_who and names(answer)[:1] != named[:1]:
        return []
    if _PERSON.search(question):
        named = [name for name in named if _may_be_somebody(name)]
    return named[:1] if _PERSON.search(question) or not _ASKS_WHICH.match(asked) else named[:_SEVERAL]


def _something(question: str, asked: str, named: list[str]) -> list[str]:
    """Which of the `named` may be "it", where it was `asked` which one, or what somebody did: "What did they sign?"."""
    if not _IT.search(question):
        return []
    if _ASKS_WHICH.match(asked):
        return named[:1]
    return named[:_SEVERAL] if _WHAT_IS_DONE.match(asked) else []


def _may_be_somebody(name: str) -> bool:
    """Whether a name is of no land, and in Chinese of no place, as the segmenter sorts it.

    >>> [_may_be_somebody(name) for name in ("约翰逊", "南非", "France", "Ann Example")]
    [True, False, False, True]
    """
    if chinese(name):
        return any(sort != "ns" for _, sort in tagged(name))
    return not lands().issuperset(content_terms(name))


def _of_somebody(question: str, history: Sequence[Turn]) -> Sequence[Turn]:
    """The history as far as the last turn that may name a person, where a question points to one; else all of it."""
    if not _PERSON.search(question) or not points_back(question):
        return history
    for place, turn in reversed(list(enumerate(history))):
        said = f"{turn.question} {turn.answer_text}"
        if _ASKS_WHO.search(turn.question) or _PERSON.search(turn.question) or _FULL_NAME.search(said) or chinese(said):
            return history[: place + 1]
    return history
