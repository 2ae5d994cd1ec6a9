"""The route of what people asked that the articles do not say."""

# No `from __future__ import annotations`: FastAPI reads the types of functions whose names are local.

from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bot.alerts.gaps import SHOWN, Gaps, gap_json
from bot.api.replies import answered
from bot.api.whole import administering
from bot.auth.users import Role
from bot.service.fields import KnownFields
from bot.service.service import Service

if TYPE_CHECKING:
    from fastapi import APIRouter


class GapsQuery(KnownFields):
    since: date | None = None
    limit: int = Field(SHOWN, ge=1, le=200)


def router(service: Service) -> "APIRouter":
    from fastapi import APIRouter, Query, Request, Response

    routes, found = APIRouter(tags=["Feedback"]), Gaps(service.history)

    @routes.get("/v1/gaps")
    def gaps(query: Annotated[GapsQuery, Query()], request: Request) -> Response:
        """What people asked that the articles do not say, grouped by meaning, the most asked first; for editors. Each
        group was asked again just now, without a language model. Nobody's name is told."""
        principal = administering(request, Role.EDITOR)
        with service.answering(principal):
            return answered({"gaps": [gap_json(each) for each in found.list(service.bot(), query.since, query.limit)]})

    return routes
