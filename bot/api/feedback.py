"""The routes of feedback: what is said of an answer, and all of it."""

# No `from __future__ import annotations`: FastAPI reads the types of functions whose names are local.

from typing import TYPE_CHECKING, Annotated

from pydantic import ConfigDict, Field

from bot.api.replies import answered
from bot.api.whole import administering
from bot.auth.principal import PRINCIPAL, Principal
from bot.auth.users import Role
from bot.history import Place, RecordMissing, responses
from bot.history import feedback as said
from bot.history.feedback import Feedback, Flaw
from bot.service.asking import owner_of
from bot.service.fields import KnownFields
from bot.service.service import Service

if TYPE_CHECKING:
    from fastapi import APIRouter


class FeedbackBody(KnownFields):
    """What is said of an answer: of a `response` by its id, or of a `number` in a `conversation`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"conversation": "bridges", "number": 7, "good": True},
                {"response": "resp_1", "good": False, "reasons": ["wrong source"], "note": "Another bridge."},
            ]
        }
    )

    response: str | None = Field(None, max_length=200)
    conversation: str | None = Field(None, max_length=200, description="As `/v1/ask` named it.")
    number: int | None = Field(None, ge=0, le=2**63 - 1, description="As `/v1/ask` counted the answer.")
    good: bool
    reasons: list[Flaw] = Field([], max_length=len(Flaw), description="What is wrong with it.")
    note: str = Field("", max_length=10 * said.LONGEST)


class FeedbackQuery(KnownFields):
    start: int = Field(0, ge=0)
    limit: int = Field(50, ge=1, le=500)


def router(service: Service) -> "APIRouter":
    from fastapi import APIRouter, Query, Request, Response

    routes = APIRouter(tags=["Feedback"])

    @routes.post("/v1/feedback")
    def give(body: FeedbackBody, request: Request) -> Response:
        """Say what you think of one of your answers, in the place of what you said before."""
        place, number = _answer(service, request.scope[PRINCIPAL], body)
        said.give(service.history, place, number, Feedback(body.good, tuple(body.reasons), body.note))
        return answered({"kept": True})

    @routes.get("/v1/feedback")
    def everybodys(query: Annotated[FeedbackQuery, Query()], request: Request) -> Response:
        """What everybody said of answers, the newest first; for administrators."""
        administering(request, Role.ADMIN)
        given = said.everybodys(service.history)
        page = [said.given_json(each) for each in given[query.start : query.start + query.limit]]
        return answered({"feedback": page, "total": len(given)})

    return routes


def _answer(service: Service, principal: Principal, body: FeedbackBody) -> tuple[Place, int]:
    """Where an answer of theirs is kept. Raises ResponseMissing, RecordMissing."""
    owner = owner_of(principal)
    if body.response is not None:
        kept = responses.find(service.history, owner, body.response)
        return kept.place, kept.record.number
    if body.conversation is None or body.number is None:
        raise RecordMissing
    return Place(owner, body.conversation), body.number
