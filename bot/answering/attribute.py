"""Whose words they are: from the metadata of the articles that a sentence rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from bot.types import Citation
from bot.wording import LANGUAGES, Wording, isolated
from index.text.words import MONTHS, content_terms
from index.types import Article, Kind

Voice = Article | Citation  # with an author, an outlet, a day and a kind

_SPEAKING = frozenset({Kind.OPINION, Kind.EDITORIAL, Kind.INTERVIEW, Kind.RELEASE})


def day(moment: datetime | date | None) -> str:
    """A date as English has it: `15 July 2020`; empty where it is unknown.

    >>> day(date(2020, 7, 15))
    '15 July 2020'
    """
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}" if moment else ""


def days_of(article: Article) -> tuple[date, ...]:
    """The days that an article says of itself: its own, that of its publication, and `as_of`; each once."""
    moments = filter(None, (article.day, article.published, article.as_of))
    return tuple(dict.fromkeys(each.date() if isinstance(each, datetime) else each for each in moments))


def facts_of(article: Article) -> str:
    """The statements of an article about itself beside its text: title, author, outlet and days."""
    return " . ".join(filter(None, (article.title, article.author, article.outlet, *map(day, days_of(article)))))


def speaks_for_somebody(voice: Voice) -> bool:
    return voice.kind in _SPEAKING


def attribute(sentence: str, voices: Sequence[Voice], language: str = "en", *, again: bool = False) -> str:
    """The sentence with its attribution before it, if all its articles are opinions, interviews or the like.

    `language` is one of `bot.wording.LANGUAGES`. With `again` it is short: for a sentence after one of the same voices.

    >>> opinion = Article("a", "Ties", "…", author="Yang Jin", outlet="Global Times", kind=Kind.OPINION)
    >>> attribute("The demand is unreasonable.", [opinion])
    'According to Yang Jin (opinion, Global Times): The demand is unreasonable.'
    >>> attribute("It is late.", [opinion], again=True)
    'Yang Jin: It is late.'
    """
    if not voices or not all(map(speaks_for_somebody, voices)):
        return sentence
    words = Wording(language)
    named = dict.fromkeys((_brief if again else _full)(each, words) for each in voices)
    return words("voice.again" if again else "voice.lead", voices=words.every(tuple(named))) + sentence


def names_speaker(sentence: str, voice: Voice) -> bool:
    """Whether a sentence has a word of the author's or the outlet's name.

    >>> opinion = Article("a", "Ties", "…", author="Yang Jin", outlet="Global Times", kind=Kind.OPINION)
    >>> names_speaker("Yang argues that the demand is unreasonable.", opinion), names_speaker("It is late.", opinion)
    (True, False)
    """
    said = frozenset(content_terms(sentence))
    return any(said.intersection(content_terms(name)) for name in (voice.author, voice.outlet) if name)


def dated(sentence: str, voice: Voice, language: str = "en") -> str:
    """`sentence` after the day and the outlet of its article, for one that another article contradicts.

    >>> dated("It has 320.", Article("a", "T", "…", outlet="Gazette", published=date(2020, 6, 15)))
    'As of 15 June 2020 (Gazette): It has 320.'
    """
    words = Wording(language)
    when = words.day(voice.day)
    lead = words("voice.dated_in", day=when, outlet=voice.outlet) if voice.outlet else words("voice.dated", day=when)
    return lead + sentence


def nearest(language: str = "en") -> str:
    """The lead of a sentence of which it is not sure that it answers."""
    return Wording(language)("voice.nearest")


def leads(voices: Sequence[Voice]) -> Iterator[str]:
    """Each attribution that `attribute` puts before a sentence of these voices, in each language; perhaps none."""
    every = (attribute("", voices, language, again=again) for language in LANGUAGES for again in (False, True))
    yield from filter(None, every)


def day_leads(voice: Voice) -> Iterator[str]:
    """Each lead that `dated` puts before a sentence, in each language."""
    yield from (dated("", voice, language) for language in LANGUAGES)


def all_leads(voices: Sequence[Voice]) -> Iterator[str]:
    """Each lead of a sentence of these voices: those of `leads`, of `day_leads` for the first, and each of them and
    none after `nearest`."""
    own = (*leads(voices), *day_leads(voices[0]))
    yield from own
    yield from (f"{nearest(language)}{lead}" for language in LANGUAGES for lead in ("", *own))


def _full(voice: Voice, words: Wording) -> str:
    """Who speaks, and between brackets the kind, where and when, as far as the name does not say so."""
    kind, outlet, when = words(f"kind.{voice.kind}"), isolated(voice.outlet or ""), words.day(voice.day)
    if voice.author and voice.kind is Kind.INTERVIEW:  # by its author, and of the words of somebody else
        return _bracketed(words("voice.interview_by", name=voice.author), (outlet, when), words)
    if voice.author:
        return _bracketed(isolated(voice.author), (kind, outlet, when), words)
    if outlet:
        return _bracketed(outlet, (kind, when), words)
    return _bracketed(words(f"voice.{voice.kind}"), (when,), words)


def _brief(voice: Voice, words: Wording) -> str:
    """Who speaks, without brackets."""
    if voice.author and voice.kind is Kind.INTERVIEW:
        return words("voice.again_interview_by", name=voice.author)
    kind = words(f"kind.{voice.kind}")
    return isolated(voice.author or voice.outlet or "") or kind[:1].upper() + kind[1:]


def _bracketed(name: str, facts: Sequence[str], words: Wording) -> str:
    known = words("facts.comma").join(filter(None, facts))
    return words("voice.bracketed", name=name, facts=known) if known else name
