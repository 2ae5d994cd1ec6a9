"""The route of what people asked that the articles do not say."""

# No `from __future__ import annotations`: FastAPI reads the types of functions whose names are local.

from datetime import date
from typing import TYPE_CHECKING, Annotated

from bot.api.replies import answered
from bot.api.whole import administering
from bot.gaps import SHOWN, Gaps, gap_json
from bot.service import Service
from bot.users import Role

if TYPE_CHECKING:
    from fastapi import APIRouter


def router(service: Service) -> "APIRouter":
    from fastapi import APIRouter, Query, Request, Response

    routes, found = APIRouter(tags=["Feedback"]), Gaps(service.history)

    @routes.get("/v1/gaps")
    def gaps(
        request: Request, since: date | None = None, limit: Annotated[int, Query(ge=1, le=200)] = SHOWN
    ) -> Response:
        """What people asked that the articles do not say, grouped by meaning, the most asked first; for editors. Each
        group was asked again just now, without a language model. Nobody's name is told."""
        principal = administering(request, Role.EDITOR)
        with service.answering(principal):
            return answered({"gaps": [gap_json(each) for each in found.list(service.bot(), since, limit)]})

    return routes
