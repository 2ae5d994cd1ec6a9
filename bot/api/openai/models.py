"""The models that may be asked: `byline` for all that may be read, `byline/NAME` for a collection."""

# No `from __future__ import annotations`: FastAPI reads the types of functions whose names are local.

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bot.api.errors import NotFound
from bot.api.examples import MODELS
from bot.api.replies import answered
from bot.auth.principal import PRINCIPAL, Principal, ScopeForbidden
from bot.service.service import Service
from index.types import Filters

if TYPE_CHECKING:
    from fastapi import APIRouter

BYLINE = "byline"
_PREFIX = f"{BYLINE}/"


class ModelNotFound(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is no model {name!r}. Ask {BYLINE!r}, or '{_PREFIX}NAME' for a collection.")


def router(service: Service) -> "APIRouter":
    from fastapi import APIRouter, Request, Response

    routes, created = APIRouter(tags=["OpenAI"]), int(time.time())

    @routes.get("/v1/models", responses=MODELS)
    def models(request: Request) -> Response:
        """`byline`, and `byline/NAME` for each collection that may be read."""
        names = names_for(service, request.scope[PRINCIPAL])
        return answered({"object": "list", "data": [_model(each, created) for each in names]})

    @routes.get("/v1/models/{name:path}", responses=MODELS)
    def model(name: str, request: Request) -> Response:
        """One of them."""
        if name not in names_for(service, request.scope[PRINCIPAL]):
            raise ModelNotFound(name)
        return answered(_model(name, created))

    return routes


def names_for(service: Service, principal: Principal) -> list[str]:
    """The names of the models that a principal may ask."""
    names = (each.name for each in service.bot().index.collections())
    return [BYLINE, *_readable(names, principal)]


def filters_of(model: str) -> Filters:
    """The filters of a model's name. Whether there is such a collection, the search says. Raises ModelNotFound."""
    name = model.removeprefix(_PREFIX)
    if model == BYLINE:
        return Filters()
    if name == model or not name:
        raise ModelNotFound(model)
    return Filters(collection=(name,))


def _readable(names: Iterator[str], principal: Principal) -> Iterator[str]:
    for name in names:
        try:
            principal.scoped(Filters(collection=(name,)))
        except ScopeForbidden:
            continue
        yield f"{_PREFIX}{name}"


def _model(name: str, created: int) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": created, "owned_by": BYLINE}
