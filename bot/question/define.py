"""Who somebody is and what something is: the sentences that say it, for questions that ask no more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from bot.language.wording import ROLE, carries_all
from index.words import CAPITAL, content_terms, vocabulary

WHO = re.compile(r"\W*who\b", re.IGNORECASE)  # begins a question
_WORD = rf"(?:{CAPITAL}|\d)[\w.’'/-]*"
_LINK = r"(?:of|the|for|and|on|de|da|del|della|di|van|von|der|den|al|bin|ibn)"
_ASKED = re.compile(
    rf"\W*(?i:(?:who|what)(?: (?:is|was|are|were)|[’']s)|define) (?i:the |an? )?"
    rf"(?P<name>{_WORD}(?: (?:{_LINK} )*{_WORD})*)\W*"
)
# A question that is typed without capitals: a thing of at most three words, none of which joins two.
_TYPED = re.compile(
    r"\W*(?:(?:who|what)(?: (?:is|was|are|were)|[’']s)|define) (?:the |an? )?"
    r"(?P<name>(?!(?:it|that|this|he|she|they|you|your|my)\b)[\w-]+"
    r"(?: (?!(?:of|in|on|for|to|at|by|with|from)\b)[\w-]+){0,2})\W*"
)
_STANDS_FOR = re.compile(
    rf"\W*(?i:what (?:does|is)|what[’']s) (?i:the (?:abbreviation|acronym) )?(?P<name>{_WORD}) "
    r"(?i:stand for|short for|mean|an abbreviation of)\W*"
)
_BESIDE = r"(?: \([^()]*\))?"  # in brackets, right after a name
_VERB = (
    r"(?:is|was|are|were|became|remains?|remained|ceased to be|(?:has|have|had) been) "
    r"(?:also |still |now |then |originally )?(?:an?|the|one of|part of|another|[\w.]+[’']s) |"
    r"as (?:an?|the) |(?:refers to|stands for|means|consists of) "
)
_CLAUSE = r"(?:who|which) |(?:also |better |commonly )?known as |short for |formerly |now |then "
# What stands after a name, and before it, and tells who or what it is.
_SAID = re.compile(rf"{_BESIDE}(?:(?:, [^,]{{1,20}},)? (?:{_VERB})|, (?:{_CLAUSE}))")
_APPOSED = re.compile(
    rf"{_BESIDE}, (?:(?:an?|the|one of|part of) [a-z“\"]|"
    rf"(?:the )?(?:{CAPITAL}[\w’'-]+ ){{0,3}}(?:[a-z]+ )?(?i:{ROLE})\b)"
)
_RANKED = re.compile(rf"\b(?i:{ROLE})(?: {CAPITAL}[\w.’'-]*)* \Z")
_INTRODUCED = re.compile(rf"\b(?i:{ROLE})\b[^,.;:]*, \Z")
_CALLED = re.compile(r"(?:\(|, or |\b(?:known|called|abbreviated)(?: as)? )(?:the )?\Z")
_SPELLED = re.compile(rf" \((?:the )?{CAPITAL}|, or ")
_MORE = re.compile(rf"\A(?: {CAPITAL}[\w.’'-]*)*")  # of a name, after a part of it
_FIRST = re.compile(rf"(?:{CAPITAL}[\w.’'-]* )*\Z")  # of a name, before a part of it
_LONGEST = 12  # words before an abbreviation in brackets, among which are those that it stands for
_AROUND, _TIMES = 160, 20  # characters on either side of a name that are read, and the first times that it stands there
# What opens a sentence and ends in a name: what follows is no apposition.
_OPENING = re.compile(
    r"(?:^|[;:,] )(?:Under|In|At|By|After|Before|On|With|For|During|According|Since|From|To|As|Of|Like|Unlike)\b"
    r"(?: [^ ,]+){0,3} ?$"
)


_LONG = re.compile(
    r"\b(?P<short>[A-Z][A-Za-z\d]*[A-Z\d])(?: \([^()]*\))? "
    r"(?:stands for|is short for|is an? (?:abbreviation|acronym) (?:of|for)) (?P<long>[^.;()]{3,160})"
)


def name_asked(question: str) -> str:
    """The name of whom or what it is asked who or what that is; empty where more is asked, or something else.

    >>> name_asked("Who is Ann Example?"), name_asked("What is the WHO?"), name_asked("what is new start")
    ('Ann Example', 'WHO', 'new start')
    >>> name_asked("What does WHO stand for?")
    'WHO'
    >>> name_asked("Who is the mayor of Vellmar?"), name_asked("What is the length of the Rhine?")
    ('', '')
    """
    found = (
        _ASKED.fullmatch(question)
        or _STANDS_FOR.fullmatch(question)
        or (_TYPED.fullmatch(question) if question.islower() else None)
    )
    return found["name"].rstrip(".") if found and not re.fullmatch(ROLE, found["name"], re.IGNORECASE) else ""


def introduces(text: str, name: str) -> float:
    """How well a text says who or what the named one is, in [0, 1]: with a verb or in a clause beside the name, by what
    stands before it, or by another name for it.

    >>> introduces("Ann Example is a judge in Vellmar.", "Ann Example"), introduces("Ann Example left.", "Ann Example")
    (1.0, 0.0)
    >>> introduces("The mayor, Ann Example, left.", "Example"), introduces("Judge Ann Example left.", "Example")
    (0.8, 0.8)
    >>> introduces("The Vellmar Water Board (VWB) met.", "VWB"), introduces("The VWB, which runs wells, met.", "VWB")
    (0.5, 1.0)
    >>> introduces("Under the Vellmar Pact, the towns met.", "Vellmar Pact")
    0.0
    """
    spelled = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE if name.islower() else 0)
    return max((_well(text, *found.span()) for found in islice(spelled.finditer(text), _TIMES)), default=0.0)


def _well(text: str, start: int, end: int) -> float:
    """The same, of a name at its place in a text."""
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    later, first = _MORE.sub("", after, count=1), _FIRST.sub("", before)
    if _SAID.match(later) or (_APPOSED.match(later) and not _OPENING.search(before)):
        return 1.0
    if _RANKED.search(before) or (later[:1] in ",." and _INTRODUCED.search(first)):
        return 0.8
    return 0.5 if _CALLED.search(before) or _SPELLED.match(after) else 0.0


def otherwise_spelled_out(claim: str, quotes: Iterable[str]) -> bool:
    """Whether a claim tells what an abbreviation stands for, and the quotes spell it out in other words.

    >>> quotes = ["The annual lengthening of tides (ALT) is maintained by Ann."]
    >>> otherwise_spelled_out("ALT stands for annual tide maintenance.", quotes)
    True
    >>> otherwise_spelled_out("ALT stands for the annual lengthening of tides.", quotes)
    False
    """
    found = _LONG.search(claim)
    runs = [run for quote in quotes for run in _spelled_out(found["short"], quote)] if found else []
    told = vocabulary(found["long"]) if found else frozenset[str]()
    return bool(runs) and not any(carries_all(told, content_terms(run)) for run in runs)


def _spelled_out(short: str, text: str) -> Iterator[str]:
    """The fewest words before an abbreviation in brackets that begin with its letters, in their order."""
    for found in re.finditer(rf"\({re.escape(short)}\)", text):
        words = text[max(0, found.start() - _AROUND) : found.start()].split()[-_LONGEST:]
        runs = (words[-size:] for size in range(2, len(words) + 1))
        yield from islice((" ".join(run) for run in runs if _has_initials(run, short)), 1)


def _has_initials(run: Sequence[str], short: str) -> bool:
    """Whether words begin with the letters of an abbreviation, one after the other, the first one with the first."""
    initials = iter(part[0].lower() for word in run for part in re.split(r"[-’']", word) if part)
    letters = [letter for letter in short.lower().removesuffix("s") if letter.isalpha()]
    return run[0][0].lower() == letters[0] and all(letter in initials for letter in letters)
