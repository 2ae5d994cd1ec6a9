"""The options by which several commands are limited to some of the articles."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from index.types import Filters, Kind

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="A day, included.")]
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
    since: datetime | None,
    until: datetime | None,
    article: list[str] | None = None,
    collection: list[str] | None = None,
) -> Filters:
    """The filters that options give."""
    return Filters(
        outlet=tuple(outlet or ()),
        author=tuple(author or ()),
        kind=tuple(kind or ()),
        language=tuple(language or ()),
        since=since.date() if since else None,
        until=until.date() if until else None,
        article=tuple(article or ()),
        collection=tuple(collection or ()),
    )
