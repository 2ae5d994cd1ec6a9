"""Facts of articles, questions and checked texts, as a surface says them in the language of its reader."""

from __future__ import annotations

from datetime import date, timedelta

from bot.types import Citation, Near, Report, State
from bot.wording import ENGLISH, Wording, isolated
from index.types import Article, Effect, Kind, Listed, Understood

Facts = Article | Citation | Listed | Near  # with a title, an author, an outlet, days and a kind

# The names of the states for readers, in the order of a summary.
STATES = {State.SUPPORTED: "supported", State.CONTRADICTED: "contradicted", State.UNSUPPORTED: "not found"}


def byline(facts: Facts, words: Wording = ENGLISH, *, kind: bool = True) -> str:
    """The author, the outlet, the day, and the kind where it is an opinion or the like. A differing day of publication
    comes last. Without the kind, where that has a place of its own.

    >>> from datetime import date
    >>> from bot.types import Near
    >>> byline(Near("a", "A title", author="杨进", outlet="Global Times", published=date(2020, 7, 15)), Wording("zh"))
    '杨进，Global Times，2020年7月15日'
    """
    return words("facts.comma").join(filter(None, (lead(facts, words, kind=kind), published(facts, words))))


def lead(facts: Facts, words: Wording = ENGLISH, *, kind: bool = True) -> str:
    """Who wrote it, where, and of which day it tells: all of a byline but for `published`."""
    voice = facts.kind if kind and facts.kind not in (None, Kind.REPORT, Kind.ANALYSIS) else None
    day = words("facts.as_of", day=words.day(facts.as_of)) if facts.as_of else words.day(facts.published)
    named = [isolated(each or "") for each in (facts.author, facts.outlet)]
    return words("facts.comma").join(filter(None, (*named, day, words(f"kind.{voice}") if voice else "")))


def published(facts: Facts, words: Wording = ENGLISH) -> str:
    """The day of publication, where the text tells of another day; else empty."""
    return words("facts.published", day=words.day(facts.published)) if published_apart(facts) else ""


def published_apart(facts: Facts) -> bool:
    """Whether the days of publication and of `as_of` are known and differ."""
    return bool(facts.as_of and facts.published and facts.published.timetuple()[:3] != facts.as_of.timetuple()[:3])


def line(facts: Facts, words: Wording = ENGLISH) -> str:
    """An article on a line: its title, then its byline."""
    title, by = one_line(facts.title), byline(facts, words)
    if not by:
        return words("facts.alone", title=title.rstrip("."))
    return words("facts.line", title=ended(title, words("facts.stop")), byline=by)


def also(article: Article, words: Wording = ENGLISH) -> str:
    """Where else the same text stands; empty where it stands nowhere else."""
    places = [
        words("facts.comma").join(filter(None, (isolated(one.outlet or one.article_id), words.day(one.published))))
        for one in article.also
    ]
    return words("facts.also", places=words("facts.semicolon").join(places)) if places else ""


def understood(named: Understood, words: Wording = ENGLISH) -> str:
    """The fact that a question names, and what was made of it.

    >>> from datetime import date
    >>> from index.types import Filters
    >>> understood(Understood("since March", 5, 16, Filters(since=date(2020, 3, 1))), Wording("zh"))
    '“since March”：优先2020年3月1日起'
    """
    effect = "only" if named.effect is Effect.REQUIRED else "preferred"
    return words(
        "facts.understood",
        words=one_line(named.words),
        means=words(f"facts.{effect}", means=_means(named, words)),
    )


def counts(report: Report, words: Wording = ENGLISH) -> str:
    """How many sentences of a text are in which state, and where it was stopped."""
    counted = words("facts.comma").join(words(f"check.count_{each}", count=report.count(each)) for each in STATES)
    stopped = words("check.stopped", done=len(report.sentences), all=report.total)
    return counted if report.finished else words("chat.between").join((stopped, counted))


def period(since: date | None, until: date | None, words: Wording = ENGLISH) -> str:
    """The days from one to another: as a year or a month, where they are just that. Without either of them it is open,
    and without both empty.

    >>> period(date(2024, 1, 1), date(2024, 12, 31)), period(date(2023, 1, 1), date(2024, 12, 31))
    ('2024', '2023 to 2024')
    >>> period(date(2024, 2, 1), date(2024, 2, 29)), period(date(2024, 2, 1), None)
    ('February 2024', 'since 1 February 2024')
    """
    if not since or not until:
        if since:
            return words("facts.since", day=words.day(since))
        return words("facts.until", day=words.day(until)) if until else ""
    if since == until:
        return words.day(since)
    first, last = (words.year(each) for each in (since, until))
    whole_months = since.day == 1 and _is_last(until)
    if whole_months and (since.year, since.month) == (until.year, until.month):
        return words.month(since)
    if not (whole_months and (since.month, until.month) == (1, 12)):
        first, last = words.day(since), words.day(until)
    return first if first == last else words("facts.from_to", since=first, until=last)


def _is_last(day: date) -> bool:
    """Whether it is the last day of a month."""
    return day == date.max or (day + timedelta(1)).day == 1


def _means(named: Understood, words: Wording) -> str:
    if named.fact != "day":
        called = [words(f"kind.{each}") if named.fact == "kind" else one_line(each) for each in named.values]
        return words(f"facts.{named.fact}", names=words.either(called))
    return period(named.means.since, named.means.until, words)


def ended(text: str, stop: str = ".") -> str:
    """The text with `stop`, unless it has an end mark.

    >>> ended("Who left"), ended("Who left?")
    ('Who left.', 'Who left?')
    """
    return text if text.endswith((".", "?", "!", "…", "。", "？", "！")) else f"{text}{stop}"


def one_line(text: str) -> str:
    """`text` with each run of white space as one space."""
    return " ".join(text.split())
