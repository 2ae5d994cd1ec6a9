"""The routes of collections: named scopes of articles."""

# No `from __future__ import annotations`: FastAPI reads the types of functions whose names are local.

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ConfigDict, Field

from bot.api.bodies import Name, Names, Within
from bot.api.replies import answered
from bot.api.whole import administering
from bot.auth.principal import PRINCIPAL, Principal
from bot.auth.users import Role, normal
from bot.errors import UsageError
from bot.render.text import collection_json
from bot.service.fields import KnownFields
from bot.service.service import Service
from index.errors import CollectionMissing
from index.types import ArticleCollection

if TYPE_CHECKING:
    from fastapi import APIRouter

    from index.index import Index


class NothingToCollect(UsageError):
    def __init__(self, name: str) -> None:
        super().__init__(f"Nothing is put into {name!r}. Name articles, or rules such as an outlet.")


class CollectBody(KnownFields):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Bridges", "articles": ["bridge"], "rules": [{"outlet": "Courier"}]}]}
    )

    name: Name
    articles: Names = Field((), description="Ids of articles.")
    rules: list[Within] = Field([], max_length=100, description="What is within one of them belongs to it, later too.")


class CollectionRemoval(KnownFields):
    article: Annotated[tuple[str, ...], Field(max_length=100)] = ()


def router(service: Service) -> "APIRouter":
    from fastapi import APIRouter, Query, Request, Response

    routes = APIRouter(tags=["Articles"])

    @routes.get("/v1/collections")
    def collections(request: Request) -> Response:
        """The collections that may be read, by name."""
        index, principal = service.bot().index, request.scope[PRINCIPAL]
        return answered({"collections": list(_readable(index, principal))})

    @routes.post("/v1/collections")
    def collect(body: CollectBody, request: Request) -> Response:
        """Put articles and rules into a collection, which is made where there is none; for editors."""
        administering(request, Role.EDITOR)
        rules = [each.filters for each in body.rules]
        if not body.articles and not any(rules):
            raise NothingToCollect(body.name)
        index = service.bot().index
        return answered(_json(index, index.add_to_collection(body.name, body.articles, rules)))

    @routes.delete("/v1/collections/{name:path}")
    def remove(name: str, query: Annotated[CollectionRemoval, Query()], request: Request) -> Response:
        """Take articles out of a collection, for editors; without any, remove it. The articles themselves stay."""
        administering(request, Role.EDITOR)
        index = service.bot().index
        if query.article:
            return answered(_json(index, index.remove_from_collection(name, query.article)))
        index.remove_collection(name)
        return answered({"name": name, "removed": True})

    return routes


def _readable(index: "Index", principal: Principal) -> "list[dict[str, Any]]":
    own = {normal(each) for each in principal.collections}
    found = []
    for each in index.collections():
        if not own or normal(each.name) in own:
            with suppress(CollectionMissing):  # somebody took it out a moment ago
                found.append(_json(index, each))
    return found


def _json(index: "Index", collection: ArticleCollection) -> dict[str, Any]:
    return collection_json(collection, index.collected(collection.name))
