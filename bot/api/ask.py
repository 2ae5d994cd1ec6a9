"""The route that answers a question, at once or event by event."""

# No `from __future__ import annotations`: FastAPI reads the types of functions whose names are local.

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any

from bot.api.bodies import AskBody
from bot.api.errors import UNREACHABLE, AnswerFailed, Problem, problem_of
from bot.api.replies import answered, event, streamed
from bot.api.streams import Streams, StreamUnread, begun, last
from bot.auth.principal import PRINCIPAL, Principal
from bot.history import Place
from bot.render.text import citation_json, evidence_json, passages_json, to_json
from bot.service.asking import Answered, Event, asking
from bot.service.service import Service, Surface
from bot.types import Cancellation, EvidenceReady, SearchedAgain, Status, Verifying, Words
from bot.wording import worded

if TYPE_CHECKING:
    from fastapi import APIRouter

Named = tuple[str, Any]  # an event's name and its data


def router(service: Service, streams: Streams) -> "APIRouter":
    from fastapi import APIRouter, Header, Request, Response
    from starlette.concurrency import run_in_threadpool

    from bot.api.examples import ANSWER

    routes = APIRouter(tags=["Byline"])

    @routes.post("/v1/ask", responses=ANSWER)
    async def ask(
        body: AskBody, request: Request, last_event_id: Annotated[str | None, Header(max_length=100)] = None
    ) -> Response:
        """One answer: the JSON of `byline ask --json`, with the name of its conversation. With `stream`, the events
        are `evidence`, `words` for each sentence, then `answer` or `error`. A stream that broke is taken up with the
        same request and the header `Last-Event-ID`."""
        principal: Principal = request.scope[PRINCIPAL]
        if last_event_id:
            return streamed(streams.taken_up(principal.owner, last_event_id))
        place = await run_in_threadpool(service.place, principal, body.conversation)
        asked = body.asked(body.question, place=place)

        def work(cancel: Cancellation) -> Generator[Event]:
            return asking(service, principal, asked, Surface.API, cancel)

        if not body.stream:
            ended = await last(request, service.making(principal, work))
            assert isinstance(ended, Answered)
            problem = failure(ended) if ended.answer.status is Status.FAILED else Problem(200, "")
            return answered(answer_json(ended, place), problem.status, problem.headers)
        found = await begun(request, service.making(principal, work))
        return streamed(streams.begin(principal.owner, lambda stream_id: numbered(stream_id, _named(found, place))))

    @routes.get("/v1/streams/{stream_id}", responses={200: {"content": {"text/event-stream": {}}}})
    async def stream(
        stream_id: str, request: Request, last_event_id: Annotated[str | None, Header(max_length=100)] = None
    ) -> Response:
        """A stream of `/v1/ask` or `/v1/verify` again, from its beginning or after `Last-Event-ID`."""
        principal: Principal = request.scope[PRINCIPAL]
        seen = last_event_id if last_event_id and last_event_id.startswith(f"{stream_id}:") else stream_id
        return streamed(streams.taken_up(principal.owner, seen))

    return routes


def answer_json(ended: Answered, place: Place) -> dict[str, Any]:
    """The answer and where it is kept; with its error, where it failed."""
    answer = ended.answer
    failed = failure(ended).json() if answer.status is Status.FAILED else {}
    return {**to_json(answer), "conversation": place.name, "number": ended.number, **failed}


def failure(ended: Answered) -> Problem:
    """The problem of an answer that failed: by its model, or by a database that is away."""
    error = ended.answer.error
    return problem_of(
        error if isinstance(error, UNREACHABLE) else AnswerFailed(worded(ended.answer.reason) or "The answer failed.")
    )


async def numbered(stream_id: str, found: AsyncGenerator[Named]) -> AsyncGenerator[bytes]:
    """Events with ids by which a stream is taken up; what breaks or stops them is the last one."""
    number = 0
    try:
        async with aclosing(found):
            async for name, data in found:
                number += 1
                yield event(data, name, f"{stream_id}:{number}")
    except Exception as error:  # headers are sent: an error has no other way
        yield event(problem_of(error).json(), "error", f"{stream_id}:{number + 1}")
    except asyncio.CancelledError:  # whoever takes the stream up has to learn that no answer comes
        yield event(problem_of(StreamUnread()).json(), "error", f"{stream_id}:{number + 1}")


async def _named(found: AsyncGenerator[Event], place: Place) -> AsyncGenerator[Named]:
    async with aclosing(found):
        async for each in found:
            match each:
                case EvidenceReady(hits=hits, evidence=evidence):
                    sentences = [evidence_json(one) for one in evidence]
                    yield "evidence", {"passages": passages_json(hits), "evidence": sentences}
                case SearchedAgain(queries=queries):
                    yield "searched_again", {"queries": list(queries)}
                case Verifying():
                    yield "verifying", {}
                case Words(text=text, citations=citations):
                    yield "words", {"text": text, "citations": [citation_json(one) for one in citations]}
                case Answered():
                    failed = each.answer.status is Status.FAILED
                    yield "error" if failed else "answer", answer_json(each, place)
