"""Everything that the page says, in each of its languages: `bot.wording`, and the sentences of the page's own.

A visitor's language is found out by `bot.web.language`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from bot import wording
from bot.runtime import error_log as bug
from index.errors import Reason, ShownError

# With the tag that browsers know each by.
LANGUAGES = MappingProxyType({"en": "en", "zh": "zh-CN", "de": "de", "fr": "fr", "es": "es"})


@dataclass(frozen=True, slots=True)
class PageWording(wording.Wording):
    """The words of the page in one of its languages. They are `plain` for whoever only reads there: without the reasons
    that concern those who run Byline, which the log has.

    >>> PageWording()("welcome.others", count=1), PageWording()("welcome.others", count=2000)
    ('1 other', '2,000 others')
    """

    packages: ClassVar[tuple[str, ...]] = ("bot.wording", "bot.render.html.words")
    plain: bool = False

    def error(self, error: ShownError, say: Callable[[ShownError], Reason] | None = None) -> str:
        """An error in this language; one that is not known is said to be in English."""
        if isinstance(error, PageError):
            return self(error.name, **error.values)
        return wording.Wording.error(self, error, say or self.say)

    @property
    def say(self) -> Callable[[ShownError], Reason]:
        """The reason that an error is for this reader."""
        return bug.plain if self.plain else bug.public

    def _name(self, reason: Reason) -> str:
        """The name of the sentence of a reason.

        >>> PageWording(plain=True).reason(Reason.of("no_language_model", reason="its file is missing"))
        'Answers are quoted sentences, without a language model.'
        """
        plain = f"plain.{reason.name}"
        return plain if self.plain and plain in self.sentences else wording.Wording._name(self, reason)

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
        """The tag of the language for HTML's `lang`."""
        return LANGUAGES[self.language]

    @property
    def others(self) -> tuple[PageWording, ...]:
        return tuple(PageWording(each) for each in LANGUAGES if each != self.language)


ENGLISH = PageWording()


class PageError(ShownError):
    """An error of the page itself: a sentence by its name, so that it is said in the language of who reads it."""

    def __init__(self, name: str, /, **values: Any) -> None:
        super().__init__(ENGLISH(name, **values))
        self.name = name
        self.values = values
