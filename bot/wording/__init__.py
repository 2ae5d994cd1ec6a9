"""Sentences of Byline beside its answers, in the language of who reads it.

Each language is a file in which each sentence has a name, and all have the same names. What is put into a sentence
stands in braces; where a count decides between forms, the sentence has each of them. The files here hold what every
surface says; a surface adds its own sentences in a class of its own.

    words = Wording("zh")
    words("facts.since", day=words.day(date(2020, 7, 15)))  # '2020年7月15日起'

A value of this kind is all that knows of languages: what is made for a person is given theirs, and without one it is
English. Days, numbers and lists are written as CLDR has them. The language of answers is that of their questions: a
`Reason` of an answer names it, and every other `Reason` is said in the reader's.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, ClassVar, overload

from bot.runtime.error_log import public
from index.errors import Parameter, Reason, ShownError

# That write days as people here do.
_LOCALES = MappingProxyType({"en": "en_GB", "zh": "zh_Hans_CN", "de": "de_DE", "fr": "fr_FR", "es": "es_ES"})
LANGUAGES = tuple(_LOCALES)
_TOLD = "told."  # before the names of the sentences of reasons

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

    def reason(self, reason: Reason) -> str:
        """A reason in this language; one with a language of its own in that, and one without a name as its text.

        >>> Wording("zh").reason(Reason("unsupported")), Wording("zh").reason(Reason(text="It broke."))
        ('没有文章这样说。', 'It broke.')
        """
        if reason.language or not reason.name or (reason.text and self.language == ENGLISH.language):
            return worded(reason)
        return self(self._name(reason), **{name: self._put(value) for name, value in reason.parameters})

    def error(self, error: ShownError, say: Callable[[ShownError], Reason] = public) -> str:
        """An error in this language, as `say` says it; one without a name is said to be in English."""
        reason = say(error)
        if reason.name or self.language == ENGLISH.language:
            return self.reason(reason)
        return self("error.english", sentence=reason.text)

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

    def _name(self, reason: Reason) -> str:
        """The name of the sentence of a reason."""
        return f"{_TOLD}{reason.name}"

    def _put(self, value: Parameter) -> str | int | float:
        """The values for the sentence of a reason: reasons in this language, several of them one after another."""
        if isinstance(value, Reason):
            return self.reason(value)
        if isinstance(value, tuple):
            said = [str(self._put(each)) for each in value]
            return self("chat.between" if isinstance(value[0], Reason) else "talk.comma").join(said)
        return value

    def _value(self, value: Any) -> str:
        return self.number(value) if isinstance(value, int) else isolated(str(value))

    def _plural(self, count: int) -> str:
        from babel import Locale

        category: str = Locale.parse(_LOCALES[self.language]).plural_form(count)
        return category


ENGLISH = Wording()


class _Plain(Wording):
    """Words without marks of direction: for JSON, and for what stands in an answer."""

    __slots__ = ()

    def reason(self, reason: Reason) -> str:
        return worded(reason)

    def _value(self, value: Any) -> str:
        return self.number(value) if isinstance(value, int) else str(value)


@overload
def worded(reason: Reason) -> str: ...
@overload
def worded(reason: Reason | None) -> str | None: ...
def worded(reason: Reason | None) -> str | None:
    """A reason in its own language, else in English, for programs and the terminal; None without one.

    >>> worded(Reason.of("absent", language="de", names=("Ann", "Ben")))
    'In den nächstliegenden Artikeln nicht gefunden: Ann, Ben.'
    """
    if reason is None:
        return None
    if reason.text or not reason.name:
        return reason.text
    words = _Plain(reason.language or ENGLISH.language)
    return words(f"{_TOLD}{reason.name}", **{name: words._put(value) for name, value in reason.parameters})


def reply(name: str, language: str) -> str:
    """The sentence of a name in the section `talk`, to be filled: a kind of talk, or of the library's facts.

    >>> reply("outside", "zh")[:6]
    '这个我做不到'
    """
    sentence = Wording(language).sentences[f"talk.{name}"]
    assert isinstance(sentence, str)
    return sentence


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
