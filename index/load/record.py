"""The facts that somebody writes beside a text, as front matter or in a line of JSON, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from index import byline
from index.byline import PageFacts
from index.invalid import place, reason
from index.types import Article, Kind, Source

_TITLE = 80  # characters
_HALF = re.compile(r"[\ud800-\udfff]")


def _blank_as_none(value: object) -> object:
    """A key without a value says nothing."""
    return None if isinstance(value, str) and not value.strip() else value


def _id(value: object) -> object:
    """Ids are often numbers."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _moment(value: object) -> datetime | date | None:
    if value is None or isinstance(value, date):
        return value
    moment = byline.when(value) if isinstance(value, str) else None
    if moment is None:
        raise ValueError("is no day that reads one way only: write it as 2020-07-15 or 2020-07-15 13:03:40")
    return moment


def _day(value: object) -> date | None:
    moment = _moment(value)
    return moment.date() if isinstance(moment, datetime) else moment


def _kind(value: object) -> Kind | None:
    if value is None:
        return None
    if not isinstance(value, str) or value.lower() not in set(Kind):
        raise ValueError(f"has to be one of {', '.join(Kind)}")
    return Kind(value.lower())


def _names(value: object) -> object:
    if not isinstance(value, list):
        return value
    names = [name.strip() for name in value if isinstance(name, str) and name.strip()]
    if len(names) != len(value):
        raise ValueError("has to be a name or a list of names")
    return byline.joined(names) if names else None


def _language(value: object) -> object:
    if value is None or (isinstance(value, str) and re.fullmatch(r"[a-z]{2}(?:[-_]\w+)?", value, re.IGNORECASE)):
        return value and str(value)[:2].lower()
    raise ValueError("has to be a code of two letters, such as en or zh")


def _url(value: object) -> object:
    if value is None or (isinstance(value, str) and re.match(r"https?://\S+\Z", value)):
        return value
    raise ValueError("has to be a web address that begins with http:// or https://")


Text = Annotated[str | None, BeforeValidator(_blank_as_none)]
Moment = Annotated[datetime | date | None, BeforeValidator(_moment), BeforeValidator(_blank_as_none)]


class _Source(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True)

    issuer: str
    title: str
    date: Text = None


class RecordKeys(BaseModel):
    """The keys that are read; others are let be."""

    model_config = ConfigDict(str_strip_whitespace=True)

    id: Annotated[Text, BeforeValidator(_id), Field(validation_alias=AliasChoices("_id", "id"))] = None
    title: Text = None
    url: Annotated[str | None, BeforeValidator(_url), BeforeValidator(_blank_as_none)] = None
    author: Annotated[str | None, BeforeValidator(_names), BeforeValidator(_blank_as_none)] = None
    outlet: Annotated[Text, Field(validation_alias=AliasChoices("outlet", "source"))] = None
    published: Annotated[Moment, Field(validation_alias=AliasChoices("published", "date"))] = None
    modified: Moment = None
    as_of: Annotated[date | None, BeforeValidator(_day), BeforeValidator(_blank_as_none)] = None
    kind: Annotated[Kind | None, BeforeValidator(_kind), BeforeValidator(_blank_as_none)] = None
    section: Text = None
    language: Annotated[str | None, BeforeValidator(_language), BeforeValidator(_blank_as_none)] = None
    sources: Annotated[tuple[_Source, ...], BeforeValidator(lambda value: _blank_as_none(value) or ())] = ()

    def beside(self, known: PageFacts) -> RecordKeys:
        """This record, and where it says nothing what is known from outside."""
        names = ("url", "author", "outlet", "published", "modified", "kind", "section", "language")
        return self.model_copy(update={name: getattr(known, name) for name in names if getattr(self, name) is None})

    def parted(self) -> RecordKeys:
        """This record with its author's names alone: without "By", and without an outlet beside them."""
        credit = byline.signed([self.author or ""])
        names = byline.joined(credit.people)
        if not names or not (credit.agency or (self.author or "").endswith(names)):
            return self
        return self.model_copy(update={"author": names, "outlet": self.outlet or credit.agency})

    def article(self, text: str, fallback_id: str, title: str) -> Article:
        """The article with these facts. Its id is the one given, else its address, `fallback_id` the last choice."""
        return Article(
            self.id or self.url or fallback_id,
            self.title or title,
            text,
            url=self.url,
            author=self.author,
            outlet=self.outlet,
            published=self.published,
            modified=self.modified,
            as_of=self.as_of,
            kind=self.kind,
            section=self.section,
            language=self.language or byline.language(text),
            sources=tuple(Source(each.issuer, each.title, each.date) for each in self.sources),
        )


def checked(values: Mapping[object, object]) -> RecordKeys | str:
    """The record that `values` make, or what is wrong with them: "`kind` has to be one of report, analysis, …"."""
    try:
        return RecordKeys.model_validate(values).parted()
    except ValidationError as error:
        first = error.errors()[0]
        return f"`{place(first)}` {reason(first)}"


def given(values: Mapping[object, object], fallback_id: str) -> Article | str:
    """The article that `values` and their `text` make, or what is wrong with them: "has no `text`. …". `fallback_id`
    names an article without an id and an address."""
    text = values.get("text")
    if not isinstance(text, str) or not text.strip():
        return "has no `text`. Put the article there"
    if _HALF.search(text):
        return "has half a letter (a lone surrogate), which is no Unicode. Write it whole"
    record = checked(values)
    return f"cannot be used: {record}" if isinstance(record, str) else record.article(text, fallback_id, _opening(text))


def _opening(text: str) -> str:
    """The first line of a text as its title, cut at a word where it is long.

    >>> _opening("The port closed. " * 9)
    'The port closed. The port closed. The port closed. The port closed. The port …'
    """
    line = text.strip().split("\n", 1)[0].strip()
    return line if len(line) <= _TITLE else re.sub(r"\s+\S*\Z", "", line[: _TITLE - 1]) + " …"
