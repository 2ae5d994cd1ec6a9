"""Everything that the page says, in each of its languages: `bot.wording`, and the sentences of the page's own.

A visitor's language is found out by `bot.web.language`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from bot import wording
from index.errors import ShownError

# With the tag that browsers know each by.
LANGUAGES = MappingProxyType({"en": "en", "zh": "zh-CN", "de": "de", "fr": "fr", "es": "es"})


class Wording(wording.Wording):
    """The words of the page in one of its languages.

    >>> Wording()("welcome.others", count=1), Wording()("welcome.others", count=2000)
    ('1 other', '2,000 others')
    """

    __slots__ = ()
    packages = ("bot.wording", "bot.html.words")

    def error(self, error: ShownError) -> str:
        """An error in this language; one that is not known is said to be in English."""
        return self(error.name, **error.values) if isinstance(error, Said) else super().error(error)

    def beginning(self, section: str) -> dict[str, str]:
        """The sentences of a section, by what their names go on with."""
        found = self.sentences.items()
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


ENGLISH = Wording()


class Said(ShownError):
    """An error of the page itself: a sentence by its name, so that it is said in the language of who reads it."""

    def __init__(self, name: str, /, **values: Any) -> None:
        super().__init__(ENGLISH(name, **values))
        self.name = name
        self.values = values
