"""Whose words they are: from the metadata of the articles that a sentence rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from index.types import Article, Kind
from index.words import MONTHS, chinese

# Kinds that speak for somebody, as they are named in English and in Chinese.
_VOICES = {
    Kind.OPINION: ("opinion", "评论"),
    Kind.EDITORIAL: ("editorial", "社论"),
    Kind.INTERVIEW: ("interview", "访谈"),
    Kind.RELEASE: ("release", "声明"),
}


def day(moment: datetime | date | None, language: str = "en") -> str:
    """A date as people read it: `15 July 2020`, or `2020年7月15日`; empty where it is unknown.

    >>> day(date(2020, 7, 15))
    '15 July 2020'
    """
    if moment is None:
        return ""
    if language == "zh":
        return f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def source(article: Article, language: str = "en") -> str:
    """Where an article stands, and of when it is: `Global Times, 15 July 2020`; empty where neither is known."""
    return ("，" if language == "zh" else ", ").join(filter(None, (article.outlet, day(article.day, language))))


def facts_of(article: Article) -> str:
    """What an article says of itself beside its text: title, author, outlet and days."""
    days = (day(each) for each in (article.day, article.published, article.as_of))
    return " . ".join(filter(None, (article.title, article.author, article.outlet, *dict.fromkeys(days))))


def speaks_for_somebody(article: Article) -> bool:
    return article.kind in _VOICES


def attribute(sentence: str, articles: Sequence[Article]) -> str:
    """The sentence with its attribution before it, if all its articles are opinions, interviews or the like.

    >>> opinion = Article("a", "Ties", "…", author="Yang Jin", outlet="Global Times", kind=Kind.OPINION)
    >>> attribute("The demand is unreasonable.", [opinion])
    'According to Yang Jin (opinion, Global Times): The demand is unreasonable.'
    """
    if not articles or not all(map(speaks_for_somebody, articles)):
        return sentence
    language = "zh" if chinese(sentence) else "en"
    voices = dict.fromkeys(_voice(each, language) for each in articles)
    return (
        f"据{'、'.join(voices)}：{sentence}" if language == "zh" else f"According to {' and '.join(voices)}: {sentence}"
    )


def dated(sentence: str, article: Article) -> str:
    """`sentence` after the day and the outlet of its article, for one that another article contradicts.

    >>> dated("It has 320.", Article("a", "T", "…", outlet="Gazette", published=date(2020, 6, 15)))
    'As of 15 June 2020 (Gazette): It has 320.'
    """
    if chinese(sentence):
        outlet = f"（{article.outlet}）" if article.outlet else ""
        return f"{day(article.day, 'zh')}{outlet}：{sentence}"
    outlet = f" ({article.outlet})" if article.outlet else ""
    return f"As of {day(article.day)}{outlet}: {sentence}"


def _voice(article: Article, language: str) -> str:
    """Who speaks in an article, and between brackets its kind, where and when."""
    kind = _VOICES[article.kind or Kind.OPINION][language == "zh"]
    told = [each for each in (article.outlet, day(article.day, language)) if each]
    if article.author and article.kind is Kind.INTERVIEW:  # by its author, and of the words of somebody else
        by = f"{article.author}的{kind}" if language == "zh" else f"an {kind} by {article.author}"
        return _bracketed(by, told, language)
    if article.author:
        return _bracketed(article.author, [kind, *told], language)
    if article.outlet:
        return _bracketed(article.outlet, [kind, *told[1:]], language)
    return _bracketed(kind if language == "zh" else f"an {kind}" if kind[0] in "aeiou" else f"a {kind}", told, language)


def _bracketed(name: str, told: Sequence[str], language: str) -> str:
    if not told:
        return name
    return f"{name}（{'，'.join(told)}）" if language == "zh" else f"{name} ({', '.join(told)})"
