"""The options by which several commands are limited to some of the articles."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from bot.wording.days import span
from index.types import Filters, Kind


def since(written: str) -> date:
    """The first day of a day, a month or a year."""
    return _span(written)[0]


def until(written: str) -> date:
    """The last day of a day, a month or a year."""
    return _span(written)[1]


def _span(written: str) -> tuple[date, date]:
    try:
        return span(written)
    except ValueError as error:
        raise typer.BadParameter(
            f"{written!r} is no day, month or year such as 2020-06-30, 2020-06 or 2020."
        ) from error


Since = Annotated[date | None, typer.Option(parser=since, metavar="DAY", help="From this day, month or year on.")]
Until = Annotated[date | None, typer.Option(parser=until, metavar="DAY", help="Up to this day, month or year.")]
Name = Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this one; may be repeated.")]
Code = Annotated[list[str] | None, typer.Option(metavar="CODE", help="Only this one, as en or zh; may be repeated.")]
Kinds = Annotated[
    list[Kind] | None, typer.Option(metavar="KIND", help=f"Only this one of {', '.join(Kind)}; may be repeated.")
]
Collections = Annotated[
    list[str] | None,
    typer.Option("--collection", metavar="NAME", help="Only the articles of this collection; may be repeated."),
]
Articles = Annotated[
    list[str] | None, typer.Option("--article", metavar="ID", help="Only this article; may be repeated.")
]


def filters_of(
    outlet: list[str] | None,
    author: list[str] | None,
    kind: list[Kind] | None,
    language: list[str] | None,
    since: date | None,
    until: date | None,
    article: list[str] | None = None,
    collection: list[str] | None = None,
) -> Filters:
    """The filters that options give."""
    return Filters(
        outlet=tuple(outlet or ()),
        author=tuple(author or ()),
        kind=tuple(kind or ()),
        language=tuple(language or ()),
        since=since,
        until=until,
        article=tuple(article or ()),
        collection=tuple(collection or ()),
    )
