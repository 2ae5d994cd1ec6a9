"""The route that finds passages."""

# No `from __future__ import annotations`: FastAPI reads the types of functions whose names are local.

from typing import TYPE_CHECKING, Annotated, Any

from bot.api.bodies import SearchBody
from bot.api.replies import answered
from bot.auth.principal import PRINCIPAL, Principal
from bot.render.text import found_json
from bot.service.asking import searching
from bot.service.service import Service

if TYPE_CHECKING:
    from fastapi import APIRouter


def router(service: Service) -> "APIRouter":
    from fastapi import APIRouter, Query, Request, Response

    from bot.api.examples import PASSAGES

    routes = APIRouter(tags=["Byline"])

    @routes.get("/v1/search", responses=PASSAGES)
    def search(body: Annotated[SearchBody, Query()], request: Request) -> Response:
        """The passages that a question finds, best first, and the facts of their articles. A search counts as a
        question."""
        return answered(found(service, request.scope[PRINCIPAL], body))

    @routes.post("/v1/search", responses=PASSAGES)
    def search_by_body(body: SearchBody, request: Request) -> Response:
        """As `GET /v1/search`."""
        return answered(found(service, request.scope[PRINCIPAL], body))

    return routes


def found(service: Service, principal: Principal, body: SearchBody) -> dict[str, Any]:
    """The reply to a search. Raises TooOften, Busy, Stopping, and what `searching` raises."""
    with service.answering(principal):
        hits, articles = searching(service, principal, body.searched)
    return found_json(body.query, hits, articles.values())
