"""The options by which several commands are limited to some of the articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

import typer

from bot.cli.options import taking
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


def rule_of(
    outlet: Name = None,
    author: Name = None,
    kind: Kinds = None,
    language: Code = None,
    since: Since = None,
    until: Until = None,
) -> Filters:
    """The filters by the facts of articles."""
    return Filters(
        outlet=tuple(outlet or ()),
        author=tuple(author or ()),
        kind=tuple(kind or ()),
        language=tuple(language or ()),
        since=since,
        until=until,
    )


def filters_of(
    outlet: Name = None,
    author: Name = None,
    kind: Kinds = None,
    language: Code = None,
    since: Since = None,
    until: Until = None,
    article: Articles = None,
    collection: Collections = None,
) -> Filters:
    """The filters that options give."""
    rule = rule_of(outlet, author, kind, language, since, until)
    return replace(rule, article=tuple(article or ()), collection=tuple(collection or ()))


limited = taking(filters_of, "filters")  # a command with these options for its parameter `filters`
