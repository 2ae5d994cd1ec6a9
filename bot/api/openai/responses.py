"""The routes of responses: asked, shown again, deleted."""

# No `from __future__ import annotations`: FastAPI reads the types of functions whose names are local.

import time
from collections.abc import AsyncGenerator, Generator, Iterable
from contextlib import aclosing, suppress
from dataclasses import replace
from secrets import token_hex
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from bot.answering.verify import LONGEST
from bot.api.ask import failure
from bot.api.errors import Problem, problem_of
from bot.api.examples import RESPONSE
from bot.api.openai.messages import Body, Message, Messages, instructs, question_of, within
from bot.api.openai.models import filters_of
from bot.api.openai.response import ResponseHead, Writer, completed, failed
from bot.api.openai.turns import turns_of
from bot.api.replies import DONE, answered, event, streamed
from bot.api.streams import begun, last
from bot.auth.principal import PRINCIPAL, Principal
from bot.errors import ShownError
from bot.history import Place, responses
from bot.history.conversations import TURNS
from bot.service.asking import Answered, Event, ProgramQuestion, asking, owner_of
from bot.service.service import Service, Surface
from bot.tables.sqlite import FileHeld
from bot.types import Answer, Cancellation, Reason, Status, Words, joined
from bot.wording import worded

if TYPE_CHECKING:
    from fastapi import APIRouter

MOST = 16  # pairs of metadata
Text = Annotated[str, Field(max_length=LONGEST)]
Pairs = Annotated[
    dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=512)]], Field(max_length=MOST)
]


def without_reasoning(items: Any) -> Any:
    """Input items without the thoughts of models, which programs send back with what they were given."""
    if not isinstance(items, list):
        return items
    return [each for each in items if not (isinstance(each, dict) and each.get("type") == "reasoning")]


def none_yet(conversation: Any) -> None:
    """Raises ValueError, so that no program takes its conversation for known here."""
    if conversation is not None:
        raise ValueError("conversations are not kept by this name; go on with previous_response_id")


class ResponseBody(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"model": "byline", "input": "When did the old bridge in Vellmar reopen?", "stream": False}]
        }
    )

    input: Text | Annotated[Messages, BeforeValidator(without_reasoning)]
    previous_response_id: Annotated[str, Field(max_length=100)] | None = None
    conversation: Annotated[None, BeforeValidator(none_yet)] = Field(
        default=None, description="There are none here: go on with `previous_response_id`."
    )
    background: Literal[False] | None = Field(default=False, description="Answers are waited for.")
    instructions: Text | None = Field(default=None, description="Has no effect: answers are what the articles say.")
    metadata: Pairs | None = None
    store: bool | None = True

    @property
    def messages(self) -> tuple[Message, ...]:
        return (Message(role="user", content=self.input),) if isinstance(self.input, str) else self.input

    @property
    def ignored(self) -> tuple[str, ...]:
        """The fields and messages that have no effect."""
        instructed = self.instructions or instructs(self.messages)
        return (*(["instructions"] if instructed else []), *self.without_effect)


def router(service: Service) -> "APIRouter":
    from fastapi import APIRouter, Request, Response

    routes = APIRouter(tags=["OpenAI"])

    @routes.post("/v1/responses", responses=RESPONSE)
    async def create(body: ResponseBody, request: Request) -> Response:
        """One answer. With `previous_response_id` it goes on from an earlier one; unless `store` is false, it is kept.
        Each mark `[1]` of the text has an annotation: its span in characters, the end exclusive."""
        principal: Principal = request.scope[PRINCIPAL]
        head = head_of(body)
        filters = within(body.byline.filters, filters_of(body.model))
        asked = body.byline.asked(question_of(body.messages), filters=filters)

        def work(cancel: Cancellation) -> Generator[Event]:
            return responding(service, principal, body, asked, head, cancel)

        source = service.making(principal, work)
        if body.stream:
            return streamed(_events(head, await begun(request, source)))
        ended = await last(request, source)
        assert isinstance(ended, Answered)
        if ended.answer.status is Status.FAILED:
            problem = failure(ended)
            return answered(problem.json(), problem.status, problem.headers)
        return answered(completed(head, ended.answer))

    @routes.get("/v1/responses/{response_id}", responses=RESPONSE)
    def show(response_id: str, request: Request) -> Response:
        """A response that is kept, as it was given; without what it had of articles that were removed since."""
        found = responses.find(service.history, owner_of(request.scope[PRINCIPAL]), response_id)
        return answered(kept_json(found))

    @routes.delete("/v1/responses/{response_id}", responses=RESPONSE)
    def delete(response_id: str, request: Request) -> Response:
        """Deletes a response. What goes on from it, goes on from the one before it."""
        with suppress(FileHeld):  # its last bytes go when the other program ends
            responses.delete(service.history, owner_of(request.scope[PRINCIPAL]), response_id)
        return answered({"id": response_id, "object": "response", "deleted": True})

    return routes


def head_of(body: ResponseBody) -> ResponseHead:
    return ResponseHead(
        id=f"resp_{token_hex(16)}",
        created_at=int(time.time()),
        model=body.model,
        previous_response_id=body.previous_response_id,
        instructions=body.instructions,
        metadata=body.metadata,
        store=body.store is not False,
        ignored=body.ignored,
    )


def responding(
    service: Service,
    principal: Principal,
    body: ResponseBody,
    asked: ProgramQuestion,
    head: ResponseHead,
    cancel: Cancellation,
) -> Generator[Event]:
    """The events of one response, which is kept at its end. Raises ResponseMissing, and what `asking` does."""
    placed = _placed(service, principal, body, asked, head)
    for each in asking(service, principal, placed, Surface.API, cancel):
        if isinstance(each, Answered) and each.number is not None:
            yield _kept(service, head, each, each.number)
        else:
            yield each


def _kept(service: Service, head: ResponseHead, ended: Answered, number: int) -> Answered:
    """Gives the answer its id; where that cannot be written, a notice: no answer is lost for it."""
    try:
        responses.keep(service.history, number, head.id, head.previous_response_id, head.json())
    except ShownError as error:
        lost = Reason(text=f"Nothing can go on from this response. {error}")
        return replace(ended, answer=replace(ended.answer, notice=joined(ended.answer.notice, lost)))
    return ended


def kept_json(kept: responses.KeptResponse) -> dict[str, Any]:
    """A response as it was given."""
    asked = {name: value for name, value in kept.asked.items() if name != "tokens"}  # which older responses have
    head = ResponseHead(**{**asked, "ignored": tuple(asked["ignored"])})
    answer = kept.record.answer
    if answer is None or answer.status is Status.FAILED:
        return failed(head, Problem(502, (answer and worded(answer.reason)) or "The answer failed."))
    return completed(head, answer)


def _placed(
    service: Service, principal: Principal, body: ResponseBody, asked: ProgramQuestion, head: ResponseHead
) -> ProgramQuestion:
    """The question after what it goes on from, in the conversation of that."""
    turns, owner, conversation = turns_of(service, principal, body.messages), owner_of(principal), head.id
    if before := body.previous_response_id:
        conversation = responses.find(service.history, owner, before).place.name
        turns = (*responses.turns(service.history, owner, before), *turns)[-TURNS:]
    return replace(asked, turns=turns, place=Place(owner, conversation) if head.store else None)


async def _events(head: ResponseHead, found: AsyncGenerator[Event]) -> AsyncGenerator[bytes]:
    writer = Writer(head)
    for told in writer.begin():
        yield event(told, told["type"])
    try:
        async with aclosing(found):
            async for each in found:
                for told in _told(writer, each):
                    yield event(told, told["type"])
    except Exception as error:  # headers are sent: an error has no other way
        for told in writer.fail(problem_of(error)):
            yield event(told, told["type"])
    yield DONE


def _told(writer: Writer, each: Event) -> Iterable[dict[str, Any]]:
    match each:
        case Words():
            return writer.say(each)
        case Answered(answer=Answer(status=Status.FAILED)):
            return writer.fail(failure(each))
        case Answered():
            return writer.end(each)
    return ()
