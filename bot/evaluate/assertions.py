"""The assertions: each type's name, what it expects, and whether an answer meets it. Pure.

`contains` to `regex` mean what they mean in promptfoo (https://www.promptfoo.dev/docs/configuration/expected-outputs/);
the others are Byline's own, and judge the proof beside the words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from bot.attribute import day
from bot.evaluate.types import Assertion, AssertionSet, Reply
from bot.types import Citation, Sentence, Status
from index.types import Kind
from index.words import chinese

Text = Annotated[str, StringConstraints(min_length=1)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Day = Annotated[
    str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")
]  # or a month, a year

# Words by which something is said to be somebody's: verbs, and the nouns of what was said.
_SAYS = re.compile(
    r"\b(?:accord(?:s|ing)|accus|allege|argu|assert|believ|blam|call(?:s|ed)\b|claim|conclud|consider|count|criticis"
    r"|criticiz|declar|denie|deny|describ|estimat|expect|figure|find|found|insist|judg|opinion|point|put(?:s)?\b|regard"
    r"|reject|report|said|say|see(?:s|n)?\b|state[sd]?\b|stating|suggest|tell|think|thought|told|view|warn|writ|wrote)"
    r"|说|称|表示|认为|指出|批评|强调|主张|据|看来",
    re.IGNORECASE,
)
_SPEAKING = {Kind.OPINION, Kind.EDITORIAL, Kind.INTERVIEW, Kind.RELEASE}


@dataclass(frozen=True, slots=True)
class Source:
    """Facts of a cited article; those that are given have to fit."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    article: str | None = None
    author: str | None = None
    outlet: str | None = None

    def __post_init__(self) -> None:
        if not (self.article or self.author or self.outlet):
            raise ValueError("name an article, an author or an outlet")


@dataclass(frozen=True, slots=True)
class Place:
    """An article, and among how many of the first ones it has to be found."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    article: Text
    first: Annotated[int, Field(ge=1)]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a type of assertion reads (the key of the file and the kind of its value), and the test of an answer."""

    holds: Callable[[Reply, Any], bool]
    expects: Any = None
    key: Literal["value", "threshold"] | None = "value"


def holds(assertion: Assertion | AssertionSet, reply: Reply) -> bool:
    if isinstance(assertion, AssertionSet):
        met = sum(holds(member, reply) for member in assertion.members)
        return met / len(assertion.members) >= assertion.threshold
    return RULES[assertion.type].holds(reply, assertion.expected) != assertion.negated


def contains(reply: Reply, text: str) -> bool:
    return text in reply.answer.text


def icontains(reply: Reply, text: str) -> bool:
    return text.lower() in reply.answer.text.lower()


def contains_any(reply: Reply, texts: tuple[str, ...]) -> bool:
    return any(contains(reply, text) for text in texts)


def icontains_any(reply: Reply, texts: tuple[str, ...]) -> bool:
    return any(icontains(reply, text) for text in texts)


def regex(reply: Reply, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.search(reply.answer.text))


def cites(reply: Reply, expected: str | Source | tuple[str | Source, ...]) -> bool:
    """One of the sources is among the citations. A text alone is the article's id."""
    sources = expected if isinstance(expected, tuple) else (expected,)
    return any(_is_of(citation, source) for citation in reply.answer.citations for source in sources)


def quote_valid(reply: Reply, _: None) -> bool:
    """Each quote is what its article says at its place. An answer without citations has none that is wrong."""
    return all(
        citation.quote and reply.texts.get(citation.article_id, "")[citation.start : citation.end] == citation.quote
        for citation in reply.answer.citations
    )


def cited_sentences(reply: Reply, least: float) -> bool:
    """At least this share of the sentences has a citation. A refusal has no sentences, and says nothing unproven."""
    sentences = reply.answer.sentences
    return not sentences or sum(bool(each.citations) for each in sentences) / len(sentences) >= least


def refuses(reply: Reply, _: None) -> bool:
    return reply.answer.status is Status.REFUSED


def attributes(reply: Reply, expected: str | tuple[str, ...]) -> bool:
    """The answer opens with whose words they are, and keeps to it: no sentence that rests only on pieces that speak
    for somebody is without a word of saying."""
    names = expected if isinstance(expected, tuple) else (expected,)
    sentences = reply.answer.sentences
    if not sentences or not any(name in sentences[0].text for name in names):
        return False
    kinds = {citation.mark: citation.kind for citation in reply.answer.citations}
    return bool(_SAYS.search(sentences[0].text)) and all(
        _SAYS.search(each.text) for each in sentences if _speaks_for_somebody(each, kinds)
    )


def both_sides(reply: Reply, sides: tuple[str | tuple[str, ...], ...]) -> bool:
    """Each side is told, in one of its wordings, by a sentence with a citation."""
    told = " ".join(each.text for each in reply.answer.sentences if each.citations).lower()
    wordings = [side if isinstance(side, tuple) else (side,) for side in sides]
    return all(any(wording.lower() in told for wording in side) for side in wordings)


def as_of(reply: Reply, expected: str | tuple[str, ...]) -> bool:
    """The answer names one of the days, months or years whose state of affairs it tells."""
    days = expected if isinstance(expected, tuple) else (expected,)
    return any(re.search(_forms(each), reply.answer.text) for each in days)


def language(reply: Reply, code: str) -> bool:
    return chinese(reply.answer.text) == (code == "zh")


def retrieves(reply: Reply, place: Place) -> bool:
    found = list(dict.fromkeys(hit.passage.article_id for hit in reply.answer.hits))
    return place.article in found[: place.first]


def no_leak(reply: Reply, texts: tuple[str, ...]) -> bool:
    """None of the texts is shown, neither in the answer nor in a quote."""
    shown = " ".join((reply.answer.text, *(each.quote for each in reply.answer.citations))).lower()
    return not any(text.lower() in shown for text in texts)


RULES: Mapping[str, Rule] = {
    "contains": Rule(contains, Text),
    "icontains": Rule(icontains, Text),
    "contains-any": Rule(contains_any, Texts),
    "icontains-any": Rule(icontains_any, Texts),
    "regex": Rule(regex, re.Pattern[str]),
    "cites": Rule(cites, Text | Source | Annotated[tuple[Text | Source, ...], Field(min_length=1)]),
    "quote-valid": Rule(quote_valid, key=None),
    "cited-sentences": Rule(cited_sentences, Share, "threshold"),
    "refuses": Rule(refuses, key=None),
    "attributes": Rule(attributes, Text | Texts),
    "both-sides": Rule(both_sides, Annotated[tuple[Text | Texts, ...], Field(min_length=2)]),
    "as-of": Rule(as_of, Day | Annotated[tuple[Day, ...], Field(min_length=1)]),
    "language": Rule(language, Literal["en", "zh"]),
    "retrieves": Rule(retrieves, Place),
    "no-leak": Rule(no_leak, Texts),
}


def _is_of(citation: Citation, source: str | Source) -> bool:
    wanted = Source(article=source) if isinstance(source, str) else source
    return (
        wanted.article in (None, citation.article_id)
        and wanted.author in (None, citation.author)
        and wanted.outlet in (None, citation.outlet)
    )


def _speaks_for_somebody(sentence: Sentence, kinds: Mapping[int, Kind | None]) -> bool:
    return bool(sentence.citations) and all(kinds.get(mark) in _SPEAKING for mark in sentence.citations)


def _forms(expected: str) -> str:
    """A pattern for the ways in which a day, a month or a year is written.

    >>> [bool(re.search(_forms("2020-06-15"), text)) for text in ("15 June 2020", "June 15, 2020", "2020年6月15日")]
    [True, True, True]
    >>> [bool(re.search(_forms("2020-06"), text)) for text in ("on 5 June 2020", "June 5, 2020", "June 2021")]
    [True, True, False]
    """
    parts = [int(part) for part in expected.split("-")]
    if len(parts) == 1:
        return rf"(?<!\d){parts[0]}(?!\d)"
    year, number = parts[:2]
    month = day(date(year, number, 1)).split()[1]
    if len(parts) == 2:
        return rf"{month}(?: \d{{1,2}},)? {year}|(?<!\d){expected}|{year}年{number}月"
    return (
        rf"(?<!\d){parts[2]} {month} {year}|{month} {parts[2]}, {year}|(?<!\d){expected}(?!\d)"
        rf"|{year}年{number}月{parts[2]}日"
    )
