"""Facts that a question names: days, and the outlets and authors of the articles that are to answer it.

By code, against the names that are in the index: one of several words as it stands, one of a single word where it is
written as a name. No word around a name counts. A wrong guess must not hide the answer. So what is understood is
preferred, and only what stands beside "only" is required. Of the evidence of MultiHop-RAG's questions, a filter on the
days that they name would hide 29 %, and on the outlets 2 %.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from index.text.names import names
from index.text.periods import periods
from index.text.words import chinese_names
from index.types import Effect, Filters, Understood

Meant = Callable[[str, str], Sequence[str]]  # a fact and a name with case folded -> the values that it may mean

LONGEST = 12  # words, or Chinese characters, of a name that is looked for
NARROWER = 3  # searches within what is understood, at most
_SHORT_CHINESE = 2  # characters of a name that may be a part of other words

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CHINESE = re.compile(rf"[{_HAN}]")
_WORD = re.compile(rf"[{_HAN}]|[^\s{_HAN}]+")
_EDGE = "?!.,;:()[]{}\"'“”‘’«»、，。？！；：（）《》「」…"
_QUOTE = r"[\"'“”‘’«»《》「」]?"

# The one list of words: it carries out an order of the person, and no question of the measuring sets gives one.
_ONLY_AHEAD = re.compile(
    r"(?:\b(?:only|solely|exclusively)(?:\s(?:the|articles?|reports?|stories|pieces|coverage|from|in|by|of|on|published|"
    rf"written))*\s|[只仅][^，。？！]{{0,4}}){_QUOTE}$",
    re.IGNORECASE,
)
_ONLY_BEHIND = re.compile(rf"{_QUOTE}\s(?:only|alone)\b", re.IGNORECASE)


def understand(question: str, today: date, meant: Meant) -> tuple[Understood, ...]:
    """The facts that a question names, in its order. `meant` knows the names in the index.

    >>> known = {("outlet", "the verge"): ["The Verge"]}
    >>> asked = "What did The Verge report in July 2020?"
    >>> for each in understand(asked, date(2021, 1, 1), lambda *name: known.get(name, [])):
    ...     print(each.fact, each.words, each.values)
    outlet The Verge ('The Verge',)
    day July 2020 ('2020-07-01', '2020-07-31')
    """
    found = [
        *_names(question, meant),
        *((each.start, each.end, Filters(since=each.since, until=each.until)) for each in periods(question, today)),
    ]
    return tuple(_understood(question, *each) for each in _apart(found))


def heeded(understood: Iterable[Understood], filters: Filters, ignore: Collection[str] = ()) -> tuple[Understood, ...]:
    """Without what a person does not want understood, by its words or its value, and without facts that are given."""
    ignored = {_folded(each) for each in ignore}
    return tuple(
        each
        for each in understood
        if not _given(each.fact, filters) and not ignored & {_folded(each.words), *map(_folded, each.values)}
    )


def in_force(filters: Filters, understood: Iterable[Understood]) -> Filters:
    """The filters that are given, and those that are required by what was understood."""
    for each in understood:
        if each.effect is Effect.REQUIRED:
            filters = _both(filters, each.means)
    return filters


def narrower(filters: Filters, understood: Sequence[Understood]) -> tuple[Filters, ...]:
    """The filters worth looking within as well: each period, or all periods, of what is preferred."""
    preferred = [each for each in understood if not _given(each.fact, filters)]
    names = Filters()
    for each in preferred:
        if each.fact != "day":
            names = _both(names, each.means)
    days = [each.means for each in preferred if each.fact == "day"]
    within = [_both(names, each) for each in days] or ([names] if names else [])
    return tuple(_both(each, filters) for each in within[:NARROWER])


# Names


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    folded: str


def _names(question: str, meant: Meant) -> Iterator[tuple[int, int, Filters]]:
    """The outlets and authors, the longest names first."""
    words = list(_words(question))
    place = 0
    while place < len(words):
        some, found = words[place : place + LONGEST], None
        for count, name in reversed(list(enumerate(_joined(some), 1))):
            if found := _name(question, name, some[0].start, some[count - 1].end, meant):
                yield found
                place += count
                break
        place += not found


def _name(question: str, name: str, start: int, end: int, meant: Meant) -> tuple[int, int, Filters] | None:
    if (outlets := meant("outlet", name)) and _meant(question, start, end, single=True):
        return start, end, Filters(outlet=tuple(outlets))
    if (authors := meant("author", name)) and _meant(question, start, end, single=False):
        return start, end, Filters(author=tuple(authors))
    return None


def _words(question: str) -> Iterator[_Word]:
    for match in _WORD.finditer(question):
        written = match[0]
        core = written.strip(_EDGE)
        start = match.start() + written.find(core) if core else match.start()
        core = re.sub(r"['’]s$", "", core)
        if core:
            yield _Word(start, start + len(core), core.casefold())


def _joined(words: Sequence[_Word]) -> Iterator[str]:
    """The first word, the first two, and so on, as a name is written: Chinese ones without spaces."""
    name = words[0].folded
    yield name
    for before, word in pairwise(words):
        name += word.folded if before.end == word.start else " " + word.folded
        yield name


def _meant(question: str, start: int, end: int, *, single: bool) -> bool:
    """Whether words are meant that are a name in the index. A `single` word is often a word like any other."""
    written = question[start:end]
    if _CHINESE.search(written):
        quoted = question[:start].endswith(("《", "「", "“"))
        return len(written) > _SHORT_CHINESE or quoted or written in chinese_names(question)
    if " " in _bare(written):
        return True
    return single and _bare(written) in map(_bare, names(_CHINESE.sub(" ", question)))


def _bare(name: str) -> str:
    return name.casefold().removeprefix("the ")


# What is common to names and days


def _understood(question: str, start: int, end: int, means: Filters) -> Understood:
    only = _ONLY_AHEAD.search(question[:start]) or _ONLY_BEHIND.match(question[end:])
    return Understood(question[start:end], start, end, means, Effect.REQUIRED if only else Effect.PREFERRED)


def _apart(found: Iterable[tuple[int, int, Filters]]) -> list[tuple[int, int, Filters]]:
    """In the order of the question; of those that overlap the first that was given."""
    kept: list[tuple[int, int, Filters]] = []
    for each in found:
        if not any(each[0] < end and start < each[1] for start, end, _ in kept):
            kept.append(each)
    return sorted(kept, key=lambda each: each[0])


def _both(filters: Filters, other: Filters) -> Filters:
    """The filters of both; of days those of the first that has any."""
    days = filters if filters.since or filters.until else other
    return replace(
        filters,
        outlet=(*filters.outlet, *other.outlet),
        author=(*filters.author, *other.author),
        kind=(*filters.kind, *other.kind),
        since=days.since,
        until=days.until,
        language=(*filters.language, *other.language),
        article=(*filters.article, *other.article),
        collection=(*filters.collection, *other.collection),
    )


def _given(fact: str, filters: Filters) -> bool:
    if fact == "day":
        return filters.since is not None or filters.until is not None
    return bool(getattr(filters, fact))


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
