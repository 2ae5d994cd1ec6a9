"""Everything that the page says, in English and in Chinese.

Each language is a file beside this module in which each sentence has a name, and the two have the same names. What is
put into a sentence stands in braces; where a count decides between two forms, the sentence has both.

    words = Wording("zh")
    words("chat.passages", count=3)  # '3 段原文'
    words.day(date(2020, 7, 15))  # '2020年7月15日'

A value of this kind is all that knows of languages: what is made into markup for a visitor is given theirs, which
`bot.web.language` finds out, and without one it is English. Days, numbers and lists are written as CLDR has them. The
language of answers is that of their questions, and none of this concerns it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from index.errors import ShownError

LANGUAGES = MappingProxyType({"en": "en", "zh": "zh-CN"})  # with the tag that browsers know each by
_LOCALES = MappingProxyType({"en": "en_GB", "zh": "zh_Hans_CN"})  # that write days as this page does
_TOLD = "told."  # before the names of sentences that come from the pipeline in English
_VALUE = re.compile(r"\\\{\w+\\\}")

Forms = str | Mapping[str, str]  # a sentence; or by the plural category of its count


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language; any text that is put into them keeps its own direction."""

    language: str = "en"

    def __call__(self, name: str, /, **values: Any) -> str:
        """A sentence as text. A whole number is written as people write it, and `count` chooses the form.

        >>> Wording()("welcome.others", count=1), Wording()("welcome.others", count=2000)
        ('1 other', '2,000 others')
        """
        forms = catalogue(self.language)[name]
        text = forms if isinstance(forms, str) else forms[_plural(self.language, values["count"])]
        return text.format_map({key: self._value(value) for key, value in values.items()})

    def told(self, sentence: str) -> str:
        """What the pipeline says in English, in this language where it is known; else as it is.

        >>> Wording("zh").told("This answer is not kept, or no longer. Ask again.")
        '这个回答没有保存，或者已经不在了。请重新提问。'
        """
        return self._known(sentence) or sentence

    def error(self, error: ShownError) -> str:
        """An error in this language; one that is not known is said to be in English."""
        if isinstance(error, Said):
            return self(error.name, **error.values)
        return self._known(str(error)) or self("page.english", sentence=str(error))

    def beginning(self, section: str) -> dict[str, str]:
        """The sentences of a section, by what their names go on with."""
        found = catalogue(self.language).items()
        return {
            name.removeprefix(f"{section}."): text
            for name, text in found
            if name.startswith(f"{section}.") and isinstance(text, str)
        }

    @property
    def tag(self) -> str:
        """As HTML's `lang` has it."""
        return LANGUAGES[self.language]

    @property
    def others(self) -> tuple[Wording, ...]:
        return tuple(Wording(each) for each in LANGUAGES if each != self.language)

    def day(self, moment: date | datetime | None) -> str:
        """A date as people read it: `15 July 2020`, or `2020年7月15日`; empty where it is unknown."""
        from babel.dates import format_date

        return format_date(moment, "long", _LOCALES[self.language]) if moment else ""

    def month(self, moment: date) -> str:
        """`July 2020`, or `2020年7月`."""
        from babel.dates import format_skeleton

        return format_skeleton("yMMMM", moment, locale=_LOCALES[self.language])

    def number(self, number: int) -> str:
        from babel.numbers import format_decimal

        return format_decimal(number, locale=_LOCALES[self.language])

    def every(self, items: Sequence[str]) -> str:
        """A list of all: `Courier, Gazette and Herald`, or `Courier、Gazette和Herald`."""
        from babel.lists import format_list

        return format_list([isolated(each) for each in items], "standard", _LOCALES[self.language])

    def either(self, items: Sequence[str]) -> str:
        """A list to choose from: `Courier or Gazette`."""
        from babel.lists import format_list

        return format_list([isolated(each) for each in items], "or", _LOCALES[self.language])

    def name_of(self, language: str) -> str:
        """What a language is called, by its code; the code itself where it has no name.

        >>> Wording().name_of("ar"), Wording("zh").name_of("ar"), Wording().name_of("xx")
        ('Arabic', '阿拉伯语', 'xx')
        """
        from babel import Locale

        name: str = Locale.parse(_LOCALES[self.language]).languages.get(language, language)
        return name

    def _known(self, sentence: str) -> str | None:
        if self == ENGLISH:
            return sentence
        known = ((name, pattern.fullmatch(sentence)) for name, pattern in _patterns())
        return next((self(name, **found.groupdict()) for name, found in known if found), None)

    def _value(self, value: Any) -> str:
        return self.number(value) if isinstance(value, int) else isolated(str(value))


ENGLISH = Wording()


class Said(ShownError):
    """An error of the page itself: a sentence by its name, so that it is said in the language of who reads it."""

    def __init__(self, name: str, /, **values: Any) -> None:
        super().__init__(ENGLISH(name, **values))
        self.name = name
        self.values = values


def isolated(text: str) -> str:
    """`text` so that its direction changes nothing around it: with marks that nobody sees, where it runs to the left.

    Without them the date after an Arabic name would be read as a part of the name (Unicode Annex 9, isolates).
    """
    leftward = any(unicodedata.bidirectional(each) in ("R", "AL", "RLE", "RLO", "RLI") for each in text)
    return f"\u2068{text}\u2069" if leftward else text


@cache
def catalogue(language: str) -> Mapping[str, Forms]:
    """The sentences of a language by their names, `section.name`."""
    text = files("bot.web.words").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    read: dict[str, dict[str, Forms]] = tomllib.loads(text)
    return MappingProxyType(
        {f"{section}.{name}": forms for section, sentences in read.items() for name, forms in sentences.items()}
    )


@cache
def _patterns() -> Sequence[tuple[str, re.Pattern[str]]]:
    """What the pipeline says, as its English sentences are to be known by."""
    return tuple(_told(catalogue("en").items()))


def _told(sentences: Iterable[tuple[str, Forms]]) -> Iterator[tuple[str, re.Pattern[str]]]:
    for name, text in sentences:
        if name.startswith(_TOLD) and isinstance(text, str):
            named = _VALUE.sub(lambda found: f"(?P<{found[0][2:-2]}>.+)", re.escape(text))
            yield name, re.compile(named, re.DOTALL)


def _plural(language: str, count: int) -> str:
    from babel import Locale

    category: str = Locale.parse(_LOCALES[language]).plural_form(count)
    return category
