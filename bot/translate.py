"""A request in the languages of the articles, so that every article is searched whatever language a person asks in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from bot.condense import plain_line
from bot.config import shipped
from bot.model.chain import first_line
from bot.prompt import PromptFile, read
from bot.types import Prompt
from index.figures import figures
from index.types import Filters, Inventory
from index.words import chinese

Complete = Callable[[Prompt], Iterator[str]]

MOST = 3  # languages that one request is searched in: each but the first costs a call of the model


def languages(own: str, there: Inventory, filters: Filters) -> tuple[str, ...]:
    """The languages (ISO 639-1) to search in, in turn: that of most articles first, then the person's own, the others.

    Only those of the `filters`, where they name any. The person's own comes first where no article states another.

    >>> languages("en", Inventory(languages=(("en", 28), ("zh", 2))), Filters())
    ('en', 'zh')
    >>> languages("de", Inventory(languages=(("en", 28), ("zh", 2))), Filters())
    ('en', 'zh')
    """
    allowed = [each for each, _ in there.languages if each and (not filters.language or each in filters.language)]
    unstated = own if any(each is None for each, _ in there.languages) else None
    main = allowed[:1] or [own]
    held = [each for each in (own,) if each in allowed or each == unstated]
    return tuple(dict.fromkeys([*main, *held, *allowed]))[:MOST]


def translated(request: str, language: str, complete: Complete) -> str | None:
    """The request in a language (ISO 639-1), as a model translates it; None where code sees that it did not.

    A translation is one plain line in the script of the language, with the figures of the request.
    """
    written = first_line(complete(_file().fill({"language": _name(language), "request": request})))
    faithful = plain_line(written) and chinese(written) is (language == "zh") and figures(written) == figures(request)
    return written if faithful else None


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
