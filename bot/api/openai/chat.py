"""The route of chat completions. The program keeps the conversation and sends it whole."""

# No `from __future__ import annotations`: FastAPI reads the types of functions whose names are local.

import time
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from bot.api.ask import failure
from bot.api.bodies import several
from bot.api.errors import problem_of
from bot.api.examples import COMPLETION
from bot.api.openai.citing import beside, counted, spoken, url_citations
from bot.api.openai.messages import Body, Messages, instructs, question_of, within
from bot.api.openai.models import filters_of
from bot.api.openai.turns import turns_of
from bot.api.replies import DONE, answered, event, streamed
from bot.api.streams import begun, last
from bot.auth.principal import PRINCIPAL, Principal
from bot.history import Place
from bot.service.asking import Answered, Event, asking, owner_of
from bot.service.service import Service, Surface
from bot.types import Answer, Cancellation, Status, Words

if TYPE_CHECKING:
    from fastapi import APIRouter

Stops = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1, max_length=500)], ...],
    BeforeValidator(several),
    Field(max_length=4),
]


class StreamOptions(BaseModel):
    include_usage: bool | None = False


class ChatBody(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "model": "byline",
                    "messages": [{"role": "user", "content": "When did the old bridge in Vellmar reopen?"}],
                }
            ]
        }
    )

    messages: Messages
    n: Literal[1] | None = Field(default=1, description="Only one answer is given.")
    stop: Stops | None = Field(default=None, description="Texts; the answer ends before the one that ends first.")
    stream_options: StreamOptions | None = None
    store: bool | None = Field(default=False, description="Keep the answer as a conversation of its own.")

    @property
    def ignored(self) -> tuple[str, ...]:
        """The fields and messages that have no effect."""
        return (*(["instructions"] if instructs(self.messages) else []), *self.without_effect)


@dataclass(frozen=True, slots=True)
class Completion:
    """The parts of a completion that are known before its answer."""

    id: str
    created: int  # seconds since 1970
    model: str
    stops: tuple[str, ...]
    ignored: tuple[str, ...]  # fields that had no effect
    with_usage: bool  # whether a stream tells its tokens

    def text(self, answer: Answer) -> str:
        return before(self.stops, answer.text, whole=True)

    def json(self, ended: Answered) -> dict[str, Any]:
        """The whole completion."""
        text = self.text(ended.answer)
        nested = [_nested(each) for each in url_citations(ended.answer, len(text))]
        message = {"role": "assistant", "content": text, "refusal": None, "annotations": nested}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return {
            **self._named("chat.completion"),
            "choices": [choice],
            "usage": counted(ended.answer.usage, "prompt", "completion"),
            **beside(ended.answer, self.ignored, len(text)),
        }

    def chunk(self, delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return {**self._named("chat.completion.chunk"), "choices": [choice], **more}

    def ending(self, ended: Answered) -> Iterator[dict[str, Any]]:
        """The chunks after the text. All annotations are in one: of several, OpenAI's client makes none."""
        length = len(self.text(ended.answer))
        nested = [_nested(each) for each in url_citations(ended.answer, length)]
        yield self.chunk({"annotations": nested}, **beside(ended.answer, self.ignored, length))
        yield self.chunk({}, "stop")
        if self.with_usage:
            usage = counted(ended.answer.usage, "prompt", "completion")
            yield {**self._named("chat.completion.chunk"), "choices": [], "usage": usage}

    def _named(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


def router(service: Service) -> "APIRouter":
    from fastapi import APIRouter, Request, Response

    routes = APIRouter(tags=["OpenAI"])

    @routes.post("/v1/chat/completions", responses=COMPLETION)
    async def complete(body: ChatBody, request: Request) -> Response:
        """One answer to the last message. Each mark `[1]` of the text has an annotation: its span in characters, the
        end exclusive."""
        principal: Principal = request.scope[PRINCIPAL]
        completion = completion_of(body)
        asked = body.byline.asked(
            question_of(body.messages),
            filters=within(body.byline.filters, filters_of(body.model)),
            place=Place(owner_of(principal), completion.id) if body.store else None,
        )

        def work(cancel: Cancellation) -> Generator[Event]:
            before = turns_of(service, principal, body.messages)
            yield from asking(service, principal, replace(asked, turns=before), Surface.API, cancel)

        source = service.making(principal, work)
        if body.stream:
            return streamed(_chunks(completion, await begun(request, source)))
        ended = await last(request, source)
        assert isinstance(ended, Answered)
        if ended.answer.status is Status.FAILED:
            problem = failure(ended)
            return answered(problem.json(), problem.status, problem.headers)
        return answered(completion.json(ended))

    return routes


def completion_of(body: ChatBody) -> Completion:
    return Completion(
        id=f"chatcmpl-{token_hex(16)}",
        created=int(time.time()),
        model=body.model,
        stops=body.stop or (),
        ignored=body.ignored,
        with_usage=bool(body.stream_options and body.stream_options.include_usage),
    )


def before(stops: Sequence[str], text: str, *, whole: bool) -> str:
    """The text before the stop that ends first. Of one that goes on, without what may be the beginning of a stop.

    >>> before(["END"], "a EN", whole=False), before(["END"], "a EN", whole=True), before(["END"], "aEND", whole=True)
    ('a ', 'a EN', 'a')
    """
    if found := [(at + len(stop), at) for stop in stops if (at := text.find(stop)) >= 0]:
        return text[: min(found)[1]]
    if whole:
        return text
    first = max(0, len(text) - max(map(len, stops), default=0))
    begins = (at for at in range(first, len(text)) if any(stop.startswith(text[at:]) for stop in stops))
    return text[: next(begins, len(text))]


async def _chunks(completion: Completion, found: AsyncGenerator[Event]) -> AsyncGenerator[bytes]:
    yield event(completion.chunk({"role": "assistant", "content": ""}))
    written = shown = ""
    try:
        async with aclosing(found):
            async for each in found:
                if isinstance(each, Answered) and each.answer.status is Status.FAILED:
                    yield event(failure(each).json())
                    return
                if isinstance(each, Words):
                    written += spoken(each)
                    now = before(completion.stops, written, whole=False)
                elif isinstance(each, Answered):
                    now = completion.text(each.answer)
                else:
                    continue
                if more := now.removeprefix(shown):
                    yield event(completion.chunk({"content": more}))
                shown = now
                if isinstance(each, Answered):
                    for told in completion.ending(each):
                        yield event(told)
    except Exception as error:  # headers are sent: an error has no other way
        yield event(problem_of(error).json())
        return
    yield DONE


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    """An annotation as chat completions have it."""
    return {"type": flat["type"], flat["type"]: {name: value for name, value in flat.items() if name != "type"}}
