"""The route that finds passages."""

# No `from __future__ import annotations`: FastAPI reads the types of functions whose names are local.

from typing import TYPE_CHECKING, Annotated, Any

from bot.api.bodies import SearchBody
from bot.api.replies import answered
from bot.principal import PRINCIPAL, Principal
from bot.render import article_json, filters_json, passages_json, understood_json
from bot.service import Service
from index.errors import ArticleMissing

if TYPE_CHECKING:
    from fastapi import APIRouter

    from bot.answer import Bot


def router(service: Service) -> "APIRouter":
    from fastapi import APIRouter, Query, Request, Response

    from bot.api.examples import PASSAGES

    routes = APIRouter(tags=["Byline"])

    @routes.get("/v1/search", responses=PASSAGES)
    def search(body: Annotated[SearchBody, Query()], request: Request) -> Response:
        """The passages that a question finds, best first, and the facts of their articles."""
        return answered(found(service, request.scope[PRINCIPAL], body))

    @routes.post("/v1/search", responses=PASSAGES)
    def search_by_body(body: SearchBody, request: Request) -> Response:
        """As `GET /v1/search`."""
        return answered(found(service, request.scope[PRINCIPAL], body))

    return routes


def found(service: Service, principal: Principal, body: SearchBody) -> dict[str, Any]:
    """What a search finds. Raises ScopeForbidden, Busy, Stopping, ArticleMissing, CollectionMissing."""
    with service.slots.slot():
        filters = service.filters(principal, body.filters)
        bot = service.bot()
        hits = bot.index.search(body.query, body.k, filters, ignore=body.ignore, understand=not body.as_asked)
        ids = dict.fromkeys(hit.passage.article_id for hit in hits)
        return {
            "query": body.query,
            "passages": passages_json(hits),
            "articles": [facts for each in ids if (facts := _facts(bot, each))],
            "filters": filters_json(hits.filters),
            "understood": [understood_json(each) for each in hits.understood],
        }


def _facts(bot: "Bot", article_id: str) -> dict[str, Any] | None:
    """None for an article that was removed since."""
    try:
        return article_json(bot.index.article(article_id))
    except ArticleMissing:
        return None
