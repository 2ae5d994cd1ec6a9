"""A request in the languages of the articles, so that every article is searched whatever language a person asks in."""

from __future__ import annotations

from functools import cache

from bot.condense import Complete, plain_line
from bot.config import shipped
from bot.model.chain import first_line
from bot.prompt import PromptFile, read
from index.figures import figures
from index.sentence import sentences
from index.types import Inventory

MOST = 3  # languages that one request is searched in: each but the person's own costs a call of the model
_DAY = 31  # figures up to this one may be days and months, which languages write in different ways


def languages(own: str, there: Inventory) -> tuple[str, ...]:
    """The languages (ISO 639-1) to search in, in turn: that of most articles first, then the person's own, the others.

    `there` are the articles that are searched. The person's own comes first where none of them states another.

    >>> languages("en", Inventory(languages=(("en", 28), ("zh", 2))))
    ('en', 'zh')
    >>> languages("de", Inventory(languages=(("en", 28), ("zh", 2))))
    ('en', 'zh')
    """
    allowed = [each for each, _ in there.languages if each]
    unstated = own if any(each is None for each, _ in there.languages) else None
    main = allowed[:1] or [own]
    held = [each for each in (own,) if each in allowed or each == unstated]
    return tuple(dict.fromkeys([*main, *held, *allowed]))[:MOST]


def translated(request: str, language: str, complete: Complete) -> str | None:
    """The request in a language (ISO 639-1), as a model translates it; None where code sees that it did not.

    A translation is one plain line in the script of the language, of no more sentences than the request, with its
    figures.
    """
    from index.byline import plausible  # what reads pages is loaded by whoever needs it

    written = first_line(complete(_file().fill({"language": _name(language), "request": request})))
    plain = plain_line(written, max(len(sentences(request)), 1)) and plausible(language, written)
    return written if plain and _telling(request) <= figures(written) else None


def _telling(text: str) -> set[str]:
    """The figures that no language writes in words: years, and what else is no day and no month.

    >>> _telling("Wann schloss der Hafen am 4. April 2019?")
    {'2019'}
    """
    return {each for each in figures(text) if each.isdecimal() and int(each) > _DAY}


def _name(language: str) -> str:
    """In English, as a model is told it.

    >>> _name("zh"), _name("xx")
    ('Chinese', 'xx')
    """
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language).get_language_name("en") or language
    except (UnknownLocaleError, ValueError):
        return language


@cache
def _file() -> PromptFile:
    return read(shipped("prompts") / "translate.md", ("language", "request"))
