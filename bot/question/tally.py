"""What quotes count where it was asked how many: a part of it alone, something else, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

from bot.language.claim import read
from bot.language.figures import counting
from bot.language.wording import NAME, carried, carries, carries_all, light, stands
from bot.question.amount import SOME
from bot.question.figure_asked import how_many
from index.words import ORDINALS, content_terms, terms

# Of a country or a town, which is less than all of it.
_PART = (
    r"(?:[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est|[Cc]ent(?:er|re)|[Oo]utskirts|[Ss]uburbs|[Pp]arts?|[Hh]alf|[Aa]reas?) "
    r"(?:of )?|"
    r"(?:[Nn]orthern|[Ss]outhern|[Ee]astern|[Ww]estern|[Nn]orth-?\w+|[Ss]outh-?\w+|[Cc]entral|[Rr]ural|[Uu]rban|"
    r"[Uu]pper|[Ll]ower|[Ii]nner|[Oo]uter) "
)
_INSTALMENT = (
    rf"(?:{'|'.join(ORDINALS[:10])}|final|last|latest|opening|\d+(?:st|nd|rd|th)) "
    r"(?:season|series|volume|part|half|round|leg|phase|quarter) of (?:[\w’'-]+ ){0,5}[\"“‘']?"
)
_OF_THEM = re.compile(r" of (?:those|these|them)\b(?P<rest>[^.;,]{0,60})", re.IGNORECASE)  # right after a number
_WORDS = re.compile(r"(?:[ -][^\W\d_][\w'’]*){1,7}")
_INSIDE = frozenset(("of", "the"))  # between a number and what it counts
_ELSE = 2  # terms of a question, at least, beside what is counted, of which a sentence may have none
_PLURAL = re.compile(r"[a-z]+[^\Wsu]s")
_SAY_THE_SAME = (
    frozenset(("no", "none", "no one", "nobody", "nothing", "not", "never")),
    frozenset(("one", "once", "only", "single", "sole")),
    frozenset(("two", "both", "twice")),
)


def estimates(words: str, question: str, quotes: Sequence[str]) -> bool:
    """Whether it was asked how many, and the answer only says so in a word such as "several", which no quote has."""
    if not how_many(question) or counting(words):
        return False
    said = {found[0].lower() for found in SOME.finditer(words)} - {"a", "an"}
    said |= {other for alike in _SAY_THE_SAME if said & alike for other in alike}
    return bool(said) and not any(re.search(rf"\b{word}\b", quote, re.IGNORECASE) for word in said for quote in quotes)


def counts_a_part(question: str, quotes: Sequence[str]) -> bool:
    """Whether it was asked how many there are of something, and the quotes count it only in a part of what a name of
    the question stands for: as many live in the north of that country.

    >>> counts_a_part("How many people live in Northland?", ["In eastern Northland 40 million people live in caves."])
    True
    >>> counts_a_part("How many people live in eastern Northland?", ["In eastern Northland 40 million people live."])
    False
    >>> counts_a_part("How many episodes did “Tide” have?", ["The fourth season of the series “Tide” had 13 episodes."])
    True
    """
    asked = how_many(question)
    return asked is not None and tells_of_a_part(question, re.findall(NAME, question[asked.end() :]), quotes)


def tells_of_a_part(question: str, names: Iterable[str], quotes: Sequence[str]) -> bool:
    """Whether the quotes tell of no more than a part of what one of the names stands for, and the question does not ask
    for that part."""
    for name in names:
        whole, part = (
            rf"\b{before}{re.escape(name)}\b" for before in ("", f"(?:(?:{_PART})(?:the )?|(?i:{_INSTALMENT}))")
        )
        told = [quote for quote in quotes if re.search(whole, quote)] if not re.search(part, question) else []
        if told and all(len(re.findall(part, quote)) == len(re.findall(whole, quote)) for quote in told):
            return True
    return False


def counts_some_of_them(words: str, question: str, quotes: Sequence[str]) -> bool:
    """Whether it was asked how many there are of something, and wherever the quotes have the number of an answer, it is
    one of those that were counted before, which the question does not ask for.

    >>> quotes = ["Thirty of those are small boats."]
    >>> counts_some_of_them("Thirty boats will go.", "How many boats will go?", quotes)
    True
    >>> counts_some_of_them("Thirty boats will go.", "How many small boats will go?", quotes)
    False
    """
    if not how_many(question):
        return False
    asked = read(question).vocabulary
    found = [_OF_THEM.match(after) for _, after in _told(_numbers(words, question), quotes)]
    return bool(found) and all(each and not carries_all(asked, content_terms(each["rest"])[:1]) for each in found)


def counts_something_else(words: str, question: str, quotes: Sequence[str]) -> bool:
    """Whether it was asked how many there are of something, and wherever the quotes have the number that an answer has,
    it counts something else, in a sentence that has that thing uncounted, and no more of what was asked.

    Else what is counted may be that thing: submarines are boats, and whoever lives there is one of the people. By the
    plural alone 9 of 93 figures that answer a question of the benchmarks would be thrown away, and so none is.

    >>> quotes = ["It flew over two bays that the south regards as states."]
    >>> counts_something_else("Two states were.", "How many states were in the pact of 2010?", quotes)
    True
    >>> counts_something_else("Two bays were.", "How many bays were in the pact of 2010?", quotes)
    False
    """
    asked = how_many(question)
    counted = _run(question[asked.end() :]) if asked and asked["number"] else []
    thing = next(filter(_PLURAL.fullmatch, counted), "")
    numbers = _numbers(words, question)
    if not thing or len(numbers) != 1:
        return False
    sought = [term for word in counted for term in terms(word)]
    others = [term.text for term in read(question).terms if term.text not in light().union(sought)]
    told = _told(numbers, quotes)
    return bool(told and len(others) >= _ELSE) and all(
        _names(quote, thing) and _counts_another(after, sought) and not carried(read(quote).vocabulary, others)
        for quote, after in told
    )


def _numbers(words: str, question: str) -> frozenset[str]:
    """The numbers that an answer counts with, and the question has not."""
    return frozenset(term for figure in counting(words) for term in figure.terms) - read(question).vocabulary


def _told(numbers: frozenset[str], quotes: Sequence[str]) -> list[tuple[str, str]]:
    """Each quote with one of the numbers, and what it has after that."""
    return [(quote, quote[each.end :]) for quote in quotes for each in counting(quote) if numbers & {*each.terms}]


def _run(text: str) -> list[str]:
    """The words with which a text begins, up to the first one that is no part of what is counted.

    >>> _run(" of the small boats that sank"), _run(" boats, and 7 nets")
    (['of', 'the', 'small', 'boats'], ['boats'])
    """
    found = _WORDS.match(text)
    words = found[0].replace("-", " ").split() if found else []
    return list(takewhile(lambda word: word in _INSIDE or content_terms(word), words))


def _counts_another(after: str, sought: Sequence[str]) -> bool:
    """Whether right after a number there is a plural, and no term that is sought, nor one that may stand for it."""
    words = _run(after)
    present = frozenset(term for word in words for term in terms(word))
    plural = any(map(_PLURAL.fullmatch, takewhile(lambda word: word not in _INSIDE, words)))
    return plural and not any(stands(present, term) for term in sought)


def _names(quote: str, thing: str) -> bool:
    """Whether a quote has a noun, and not in a name."""
    plain = frozenset(term for word in re.findall(r"\b[a-z]+\b", quote) for term in terms(word))
    return any(carries(plain, term) for term in terms(thing))
