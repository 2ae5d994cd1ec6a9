"""Whose words they are: what rests on opinion alone is said, in the text, to be somebody's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.figures import figures
from index.types import Article, Kind
from index.words import CAPITAL, FUNCTION_WORDS, MONTHS, SAYING, chinese, content_terms

# Kinds that speak for somebody: the verb that says so in English and Chinese, and what a piece of it is called.
_VOICES = {
    Kind.OPINION: ("argue", "认为", "An opinion piece", "一篇评论"),
    Kind.EDITORIAL: ("argue", "认为", "An editorial", "一篇社论"),
    Kind.INTERVIEW: ("say", "表示", "An interview", "一篇访谈"),
    Kind.RELEASE: ("say", "表示", "A release", "一份声明"),
}
_FOR_OTHERS = (Kind.INTERVIEW, Kind.RELEASE)  # kinds whose author writes down what others say

_SAYS = (
    r"(?:(?:acknowledge|add|admit|advise|allege|argue|assert|believe|call|caution|claim|conclude|consider|contend|"
    r"criticise|criticize|demand|describe|emphasise|emphasize|expect|explain|fear|insist|maintain|note|predict|propose|"
    r"say|see|state|stress|suggest|view|voice|warn|think|write)(?:s|d|ed)?|said|saw|thought|wrote|point(?:s|ed) out)\b"
)
_PIECE = r"(?:article|(?:opinion )?piece|text|op-ed|editorial|interview|(?:press )?release|statement|commentary)"
_PERSON = r"(?:[Tt]he|[Tt]his) (?:author|writer|columnist)"
_PRONOUN = re.compile(rf"(?P<who>He|She|They|It)(?: also)? {_SAYS}")
_NAME = rf"{CAPITAL}[\w’'-]*(?: {CAPITAL}[\w’'-]*)*"
_REPLY = re.compile(r"(?:Yes|No)\b[,.:;]?\s+(?=\S)")
_CHINESE_SAYS = "(?:认为|表示|指出|称|说|写道|强调|主张|相信|预计|批评|警告)"
_CHINESE_PERSON, _CHINESE_PIECE = "(?:作者|笔者)", "(?:文章|该文|本文|评论|社论|声明|访谈)"


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


def days_of(articles: Mapping[str, Article]) -> dict[str, date]:
    """The days of the articles that have one, by id."""
    return {article_id: article.day for article_id, article in articles.items() if article.day}


def speaks_for_somebody(article: Article) -> bool:
    return article.kind in _VOICES


def attribute(sentence: str, articles: Sequence[Article], *, again: bool = False, placed: bool = False) -> str:
    """`sentence`, with whose words they are where all the articles that it rests on speak for somebody.

    A sentence that says by itself who speaks ("According to Yang Jin, …", "the author says …") is only told who that
    is, where and when. `again` says that the sentence before it was the same articles', and `placed` that where and
    when are told elsewhere: then they are not said twice.
    """
    if not articles or not all(map(speaks_for_somebody, articles)):
        return sentence
    names = (name for each in articles for name in (each.author, each.outlet) if name)
    words = _chinese if chinese(re.sub("|".join(map(re.escape, names)) or "$", "", sentence)) else _english
    return words(sentence, articles, again, again or placed)


def _english(sentence: str, articles: Sequence[Article], again: bool, placed: bool) -> str:
    if again and _PRONOUN.match(sentence):
        return sentence
    if reply := _REPLY.match(sentence):
        return f"{reply[0].rstrip(' ,.:;')}, {_english(sentence[reply.end() :], articles, again, placed)}"
    for pattern in _speakers(articles[0]):
        if found := re.search(pattern, sentence):
            told = "" if placed else _untold(sentence, articles[0], "en")
            named = _named(found, articles[0]) + sentence[found.end("who") : found.end()]
            return sentence[: found.start("who")] + named + (told and f" ({told})") + sentence[found.end() :]
    return _led(sentence, articles, again, placed)


def _speakers(article: Article) -> list[str]:
    """Patterns for the words that say that the article's author speaks; `who` is the author."""
    names = [re.escape(name) for name in (*_authors(article), *_parts(article), article.outlet) if name]
    who = rf"(?P<who>\b(?:{'|'.join([*names, _PERSON, f'(?:[Tt]he|[Tt]his) {_PIECE}'])}))"
    patterns = [
        rf"^(?:According to|For) {who}\b",
        rf"^As {who} (?:sees|puts) it\b",
        rf"{who}(?:['’]s? (?:view|opinion|words|eyes|account|argument|analysis)\b|(?: also)? {_SAYS})",
        rf"\b(?:{_SAYS}|according to) {who}\b",
        rf"^{_PRONOUN.pattern}",
    ]
    return [*patterns, rf"^(?P<who>{_NAME}) {_SAYS}"] if article.kind in _FOR_OTHERS else patterns


def _named(found: re.Match[str], article: Article) -> str:
    """Who speaks: the full name for a part of it, for "the author" and for a pronoun."""
    who = found["who"]
    short = who in (*_parts(article), "He", "She", "They", "It") or re.fullmatch(_PERSON, who)
    return article.author if article.author and short else who


def _led(sentence: str, articles: Sequence[Article], again: bool, placed: bool) -> str:
    """`sentence` after words that say whose it is."""
    article = articles[0]
    who = _listed([_voice(each, len(articles) > 1 and not placed) for each in articles])
    several = len(articles) > 1 or (len(_authors(article)) > 1 and article.kind not in _FOR_OTHERS)
    told = "" if placed or len(articles) > 1 else source(article)
    verb = _VOICES[article.kind or Kind.OPINION][0]
    if verb == "argue" and SAYING & {*content_terms(sentence)} - {"yes"}:
        verb = "write"  # of what somebody else said
    lead = f"{who}{' also' if again else ''} {verb if several else f'{verb}s'}" + (told and f" ({told})")
    core = sentence.strip().strip('"“”')
    if len(content_terms(sentence)) < 2:
        return f"{sentence.rstrip('.')}, {lead if article.author else lead[0].lower() + lead[1:]}."
    if any(core in each.text for each in articles):
        return f"{lead}: “{core}”"
    if article.author and article.author in sentence:
        return f"{sentence.rstrip('.')}, by {article.author}'s own account{told and f' ({told})'}."
    return f"{lead} that {_continued(sentence, article)}"


def _voice(article: Article, told: bool) -> str:
    """Who speaks in an article; also where and when, if that is to be `told`."""
    piece = _VOICES[article.kind or Kind.OPINION][2]
    who = _listed(_authors(article)) or piece
    if article.author and article.kind in _FOR_OTHERS:
        who = f"{piece} by {who}"
    return f"{who} ({source(article)})" if told and source(article) else who


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _chinese(sentence: str, articles: Sequence[Article], again: bool, placed: bool) -> str:
    article = articles[0]
    told = "" if placed else _untold(sentence, article, "zh")
    names = [re.escape(name) for name in (*_authors(article), article.outlet) if name]
    who = rf"(?P<who>{'|'.join([*names, _CHINESE_PERSON, _CHINESE_PIECE])})"
    for pattern in (rf"(?:据|根据|按照){who}", rf"在{who}(?=看来)", rf"{who}(?=.{{0,4}}{_CHINESE_SAYS})"):
        if found := re.search(pattern, sentence):
            named = (re.fullmatch(_CHINESE_PERSON, found["who"]) and article.author) or found["who"]
            return sentence[: found.start("who")] + named + (told and f"（{told}）") + sentence[found.end("who") :]
    _, verb, _, piece = _VOICES[article.kind or Kind.OPINION]
    who = "、".join(dict.fromkeys("、".join(_authors(each)) or piece for each in articles))
    lead = f"{who}还{verb}" if again else f"{who}{told and f'（{told}）'}{verb}"
    core = sentence.strip().strip('"“”')
    return f"{lead}：“{core}”" if any(core in each.text for each in articles) else f"{lead}，{sentence}"


def _untold(sentence: str, article: Article, language: str) -> str:
    """What of outlet and day a sentence does not say yet, as it is written between brackets."""
    outlet = article.outlet if article.outlet and article.outlet not in sentence else None
    said = {(each.year, each.month, each.day) for each in figures(sentence)}
    moment = article.day
    when = moment if moment and (moment.year, moment.month, moment.day) not in said else None
    return ("，" if language == "zh" else ", ").join(filter(None, (outlet, day(when, language))))


def _authors(article: Article) -> list[str]:
    """
    >>> _authors(Article("a", "", "", author="Ann Example, Ben Sample and Cy Pattern"))
    ['Ann Example', 'Ben Sample', 'Cy Pattern']
    """
    names = re.split(r"\s*(?:[,;、，；&/]|\band\b)\s*", article.author or "")
    return [name for name in names if name]


def _parts(article: Article) -> list[str]:
    """The first and the last name of a single author, by which a text may call him."""
    authors = _authors(article)
    return [part for part in authors[0].split() if len(part) > 1] if len(authors) == 1 and " " in authors[0] else []


def _continued(sentence: str, article: Article) -> str:
    """`sentence` as the rest of another: its first word loses its capital unless it may be a name."""
    first = sentence.split(" ", 1)[0]
    small = first.lower()
    acronym = first.isupper() and first != "A"  # "I" is none either, and keeps its capital
    common = small in FUNCTION_WORDS or small.endswith(("ing", "ly")) or f" {small} " in article.text
    return sentence[0].lower() + sentence[1:] if common and not acronym else sentence
