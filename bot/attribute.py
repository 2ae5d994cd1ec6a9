"""Whose words they are: what rests on opinion alone is said, in the text, to be somebody's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from index.types import Article, Kind
from index.words import FUNCTION_WORDS, chinese, content_terms

# Kinds that speak for somebody, with the verb that says so, in English and Chinese.
_VOICES = {
    Kind.OPINION: ("argues", "认为"),
    Kind.EDITORIAL: ("argues", "认为"),
    Kind.INTERVIEW: ("says", "表示"),
    Kind.RELEASE: ("says", "表示"),
}
_UNNAMED = {
    Kind.OPINION: "An opinion piece",
    Kind.EDITORIAL: "An editorial",
    Kind.INTERVIEW: "An interview",
    Kind.RELEASE: "A release",
}
_SAYS = "(?:argues|believes|claims|concludes|expects|insists|says|states|suggests|thinks|warns|writes)"
_MONTHS = "January February March April May June July August September October November December".split()


def day(moment: datetime | date | None, language: str = "en") -> str:
    """A date as people read it: `15 July 2020`, or `2020年7月15日`; empty where it is unknown.

    >>> day(date(2020, 7, 15))
    '15 July 2020'
    """
    if moment is None:
        return ""
    if language == "zh":
        return f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def speaks_for_somebody(article: Article) -> bool:
    return article.kind in _VOICES


def attribute(sentence: str, articles: Sequence[Article], *, again: bool = False) -> str:
    """`sentence`, with whose words they are where all the articles that it rests on speak for somebody.

    A sentence that already names the author (or, where none is known, the outlet) is only told where and when, after
    its "Yang Jin argues". `again` says that the sentence before it was the same article's, so that where and when
    need not be said twice.
    """
    if not articles or not all(speaks_for_somebody(article) for article in articles):
        return sentence
    article = articles[0]
    if _names(sentence, article):
        return sentence if again or _where(article) in sentence else _placed(sentence, article)
    verbatim = any(_core(sentence) in article.text for article in articles)
    words = _chinese if chinese(sentence) else _english
    return words(sentence, article, verbatim, again)


def _names(sentence: str, article: Article) -> bool:
    said = set(content_terms(sentence))
    who = set(content_terms(article.author or article.outlet or ""))
    return bool(who) and who <= said


def _where(article: Article) -> str:
    return ", ".join(part for part in (article.outlet, day(article.published)) if part)


def _placed(sentence: str, article: Article) -> str:
    """`sentence` with where and when after the author and the verb that it opens with; else as it is."""
    opening = re.match(rf"{re.escape(article.author or '')} (?:also )?{_SAYS}\b", sentence)
    if not article.author or not opening:
        return sentence
    return f"{opening[0]} ({_where(article)}){sentence[opening.end() :]}"


def _core(sentence: str) -> str:
    return sentence.strip().strip('"“”')


def _english(sentence: str, article: Article, verbatim: bool, again: bool) -> str:
    verb = _VOICES[article.kind or Kind.OPINION][0]
    who = article.author or _UNNAMED[article.kind or Kind.OPINION]
    where = _where(article)
    lead = f"{who} also {verb}" if again else f"{who} {verb}" + (f" ({where})" if where else "")
    return f"{lead}: “{_core(sentence)}”" if verbatim else f"{lead} that {_continued(sentence, article)}"


def _chinese(sentence: str, article: Article, verbatim: bool, again: bool) -> str:
    verb = _VOICES[article.kind or Kind.OPINION][1]
    where = "，".join(part for part in (article.outlet, day(article.published, "zh")) if part)
    who = article.author or "一篇文章"
    lead = f"{who}还{verb}" if again else who + (f"（{where}）" if where else "") + verb
    return f"{lead}：“{_core(sentence)}”" if verbatim else f"{lead}，{sentence}"


def _continued(sentence: str, article: Article) -> str:
    """`sentence` as the rest of another: its first word loses its capital unless it may be a name."""
    first = sentence.split(" ", 1)[0]
    small = first.lower()
    acronym = first.isupper() and first != "A"  # "I" is none either, and keeps its capital
    common = small in FUNCTION_WORDS or small.endswith(("ing", "ly")) or f" {small} " in article.text
    return sentence[0].lower() + sentence[1:] if common and not acronym else sentence
