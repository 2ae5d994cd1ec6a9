"""Sentences of Byline beside its answers, in the language of who reads it.

Each language is a file in which each sentence has a name, and all have the same names. What is put into a sentence
stands in braces; where a count decides between forms, the sentence has each of them. The files here hold what every
surface says; a surface adds its own sentences in a class of its own.

    words = Wording("zh")
    words("facts.since", day=words.day(date(2020, 7, 15)))  # '2020年7月15日起'

A value of this kind is all that knows of languages: what is made for a person is given theirs, and without one it is
English. Days, numbers and lists are written as CLDR has them. The language of answers is that of their questions, and
none of this concerns it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, ClassVar

from bot.runtime.error_log import public
from index.errors import ShownError

# That write days as people here do.
_LOCALES = MappingProxyType({"en": "en_GB", "zh": "zh_Hans_CN", "de": "de_DE", "fr": "fr_FR", "es": "es_ES"})
LANGUAGES = tuple(_LOCALES)
_TOLD = "told."  # before the names of sentences that come from the pipeline in English
_VALUE = re.compile(r"\\\{\w+\\\}")

Forms = str | Mapping[str, str]  # a sentence; or by the plural category of its count


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language; any text that is put into them keeps its own direction."""

    packages: ClassVar[tuple[str, ...]] = ("bot.wording",)  # whose files hold its sentences
    language: str = "en"

    def __call__(self, name: str, /, **values: Any) -> str:
        """A sentence as text. A whole number is written as people write it, and `count` chooses the form.

        >>> Wording()("check.count_supported", count=2000), Wording("zh")("check.count_supported", count=1)
        ('2,000 supported', '1 句有依据')
        """
        forms = self.sentences[name]
        text = forms if isinstance(forms, str) else forms.get(self._plural(values["count"]), forms["other"])
        return text.format_map({key: self._value(value) for key, value in values.items()})

    @property
    def sentences(self) -> Mapping[str, Forms]:
        """All of this language by their names, `section.name`."""
        return _catalogue(self.language, self.packages)

    def told(self, sentence: str) -> str:
        """The translation of what the pipeline says in English, where it is known; else the English.

        >>> Wording("zh").told("This answer is not kept, or no longer. Ask again.")
        '这个回答没有保存，或者已经不在了。请重新提问。'
        """
        return self._known(sentence) or sentence

    def error(self, error: ShownError, say: Callable[[ShownError], str] = public) -> str:
        """An error in this language, as `say` says it; one that is not known is said to be in English."""
        sentence = say(error)
        return self._known(sentence) or self("error.english", sentence=sentence)

    def day(self, moment: date | datetime | None) -> str:
        """A date as people read it: `15 July 2020`, or `2020年7月15日`; empty where it is unknown."""
        from babel.dates import format_date

        return format_date(moment, "long", _LOCALES[self.language]) if moment else ""

    def month(self, moment: date) -> str:
        """`July 2020`, or `2020年7月`."""
        from babel.dates import format_skeleton

        return format_skeleton("yMMMM", moment, locale=_LOCALES[self.language])

    def year(self, moment: date) -> str:
        """`2020`, or `2020年`."""
        from babel.dates import format_skeleton

        return format_skeleton("y", moment, locale=_LOCALES[self.language])

    def number(self, number: float) -> str:
        from babel.numbers import format_decimal

        # None of its digits is left out.
        return format_decimal(number, locale=_LOCALES[self.language], decimal_quantization=False)

    def every(self, items: Sequence[str]) -> str:
        """A list of all: `Courier, Gazette and Herald`, or `Courier、Gazette和Herald`."""
        from babel.lists import format_list

        return format_list([isolated(each) for each in items], "standard", _LOCALES[self.language])

    def either(self, items: Sequence[str]) -> str:
        """A list to choose from: `Courier or Gazette`."""
        from babel.lists import format_list

        return format_list([isolated(each) for each in items], "or", _LOCALES[self.language])

    def name_of(self, language: str) -> str:
        """The name of a language, by its code; the code itself where it has no name.

        >>> Wording().name_of("ar"), Wording("zh").name_of("ar"), Wording().name_of("xx")
        ('Arabic', '阿拉伯语', 'xx')
        """
        from babel import Locale

        name: str = Locale.parse(_LOCALES[self.language]).languages.get(language, language)
        return name

    def _known(self, sentence: str) -> str | None:
        if self.language == ENGLISH.language:
            return sentence
        name, values = recognized(sentence)
        return self(f"{_TOLD}{name}", **{key: self.told(value) for key, value in values.items()}) if name else None

    def _value(self, value: Any) -> str:
        return self.number(value) if isinstance(value, int) else isolated(str(value))

    def _plural(self, count: int) -> str:
        from babel import Locale

        category: str = Locale.parse(_LOCALES[self.language]).plural_form(count)
        return category


ENGLISH = Wording()


def recognized(sentence: str) -> tuple[str, Mapping[str, str]]:
    """The name of a sentence of the pipeline, and what is put into it; no name where it is none.

    >>> recognized("This answer is not kept, or no longer. Ask again."), recognized("No article.")
    (('record_missing', {}), ('', {}))
    """
    known = ((name, pattern.fullmatch(sentence)) for name, pattern in _patterns())
    return next(((name.removeprefix(_TOLD), found.groupdict()) for name, found in known if found), ("", {}))


def isolated(text: str) -> str:
    """`text` so that its direction changes nothing around it: with marks that nobody sees, where it runs to the left.

    Without them the date after an Arabic name would be read as a part of the name (Unicode Annex 9, isolates).
    """
    leftward = any(unicodedata.bidirectional(each) in ("R", "AL", "RLE", "RLO", "RLI") for each in text)
    return f"\u2068{text}\u2069" if leftward else text


@cache
def _catalogue(language: str, packages: tuple[str, ...]) -> Mapping[str, Forms]:
    return MappingProxyType({name: forms for package in packages for name, forms in _read(package, language)})


def _read(package: str, language: str) -> Iterator[tuple[str, Forms]]:
    text = files(package).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    read: dict[str, dict[str, Forms]] = tomllib.loads(text)
    for section, sentences in read.items():
        yield from ((f"{section}.{name}", forms) for name, forms in sentences.items())


@cache
def _patterns() -> Sequence[tuple[str, re.Pattern[str]]]:
    """Patterns by which the English sentences of the pipeline are to be known."""
    return tuple(_told(ENGLISH.sentences.items()))


def _told(sentences: Iterable[tuple[str, Forms]]) -> Iterator[tuple[str, re.Pattern[str]]]:
    for name, text in sentences:
        if name.startswith(_TOLD) and isinstance(text, str):
            named = _VALUE.sub(lambda found: f"(?P<{found[0][2:-2]}>.+)", re.escape(text))
            yield name, re.compile(named, re.DOTALL)
