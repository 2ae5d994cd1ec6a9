"""A request translated to the languages of the articles."""

from __future__ import annotations

from functools import cache

from bot.answering.rewrite import Complete, plain_line
from bot.config import shipped
from bot.model.chain import first_line
from bot.model.prompt import PromptFile, read
from index.text.figures import values
from index.text.sentence import sentences
from index.types import Inventory

MOST = 3  # languages of one search, at most: a translation costs a call of the model
_DAY = 31  # greatest figure of a day or a month, which languages write in different ways


def languages(asked_in: str, inventory: Inventory) -> tuple[str, ...]:
    """The languages (ISO 639-1) to search in, in order: of most articles, of the question, then others.

    `inventory` counts the searched articles by language. If none states one, the question's language comes first.

    >>> languages("en", Inventory(languages=(("en", 28), ("zh", 2))))
    ('en', 'zh')
    >>> languages("de", Inventory(languages=(("en", 28), ("zh", 2))))
    ('en', 'zh')
    """
    allowed = [each for each, _ in inventory.languages if each]
    unstated = asked_in if any(each is None for each, _ in inventory.languages) else None
    main = allowed[:1] or [asked_in]
    searchable = [each for each in (asked_in,) if each in allowed or each == unstated]
    return tuple(dict.fromkeys([*main, *searchable, *allowed]))[:MOST]


def translated(request: str, language: str, complete: Complete) -> str | None:
    """The request in a language (ISO 639-1), translated by a model; None if the checks fail.

    A translation is one plain line in the script of the language. It has no more sentences than the request, and all
    its figures but days and months. Raises ModelFailed.
    """
    from index.byline import plausible  # loads the readers of pages

    written = first_line(complete(_file().fill({"language": _name(language), "request": request})))
    plain = plain_line(written, max(len(sentences(request)), 1)) and plausible(language, written)
    return written if plain and _telling(request) <= values(written) else None


def _telling(text: str) -> set[str]:
    """The figures that a translation keeps: years, and other figures greater than a day.

    >>> _telling("Wann schloss der Hafen am 4. April 2019?")
    {'2019'}
    """
    return {each for each in values(text) if each.isdecimal() and int(each) > _DAY}


def _name(language: str) -> str:
    """The English name of a language, for the prompt.

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
