"""The articles as resources, a page of the list at a time, and the page of the quote card."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from bot.auth.principal import Principal
from bot.errors import UsageError
from bot.service import paging
from bot.service.service import Service
from bot.wording import facts
from index.types import Filters, Listed, Sought

if TYPE_CHECKING:
    from mcp_types import ListResourcesResult, ListResourceTemplatesResult, Resource

PAGE = 100  # articles of one page of the list
ARTICLES = "byline://article/"
PLAIN = "text/plain"


class PageMissing(UsageError):
    def __init__(self, cursor: str) -> None:
        super().__init__(f"The list of articles has no page {cursor!r}. Begin again without a cursor.")


class ResourceMissing(UsageError):
    def __init__(self, uri: str) -> None:
        super().__init__(f"There is no resource {uri!r} here. Articles are at {ARTICLES}ID.")


def address_of(article_id: str) -> str:
    """The address of an article as a resource.

    >>> address_of("https://example.org/a?b")
    'byline://article/https%3A%2F%2Fexample.org%2Fa%3Fb'
    """
    return ARTICLES + quote(article_id, safe="")


def id_of(uri: str) -> str:
    """The id of the article at an address. Raises ResourceMissing.

    >>> id_of("byline://article/https%3A%2F%2Fexample.org%2Fa%3Fb")
    'https://example.org/a?b'
    """
    if not uri.startswith(ARTICLES):
        raise ResourceMissing(uri)
    return unquote(uri.removeprefix(ARTICLES))


def listed(service: Service, principal: Principal, cursor: str | None) -> ListResourcesResult:
    """A page of the articles that a principal may read, the newest first. It begins where the one before it ended,
    whatever came or went meanwhile. Raises PageMissing."""
    from mcp_types import ListResourcesResult

    after = paging.read(cursor) if cursor is not None else None
    if cursor is not None and after is None:
        raise PageMissing(cursor)
    within = Sought(within=principal.scoped(Filters()))
    page = service.bot().index.listing(within, count=PAGE, after=after)
    return ListResourcesResult(
        resources=[_resource(each) for each in page.articles], next_cursor=paging.written(page.next)
    )


def templates() -> ListResourceTemplatesResult:
    from mcp_types import ListResourceTemplatesResult, ResourceTemplate

    article = ResourceTemplate(
        name="article",
        title="An article",
        description="The text of an article with its title and byline, by its id.",
        uri_template=ARTICLES + "{id}",
        mime_type=PLAIN,
    )
    return ListResourceTemplatesResult(resource_templates=[article])


def _resource(found: Listed) -> Resource:
    from mcp_types import Resource

    return Resource(
        uri=address_of(found.article_id),
        name=found.article_id,
        title=found.title,
        description=facts.byline(found) or None,
        mime_type=PLAIN,
    )
