"""The route that holds a text against the articles, at once or sentence by sentence."""

# No `from __future__ import annotations`: FastAPI reads the types of functions whose names are local.

from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any

from bot.api.ask import Named, numbered
from bot.api.bodies import VerifyBody
from bot.api.replies import answered, streamed
from bot.api.streams import Streams, begun, last
from bot.auth.principal import PRINCIPAL, Principal
from bot.render.text import report_json
from bot.service.asking import within
from bot.service.service import Service
from bot.types import Cancellation, Report

if TYPE_CHECKING:
    from fastapi import APIRouter


def router(service: Service, streams: Streams) -> "APIRouter":
    from fastapi import APIRouter, Header, Request, Response

    from bot.api.examples import REPORT

    routes = APIRouter(tags=["Byline"])

    @routes.post("/v1/verify", responses=REPORT)
    async def verify(
        body: VerifyBody, request: Request, last_event_id: Annotated[str | None, Header(max_length=100)] = None
    ) -> Response:
        """Whether the articles support, contradict or do not state each sentence of a text, with quotes: the JSON of
        `byline verify --json`. With `stream`, the events are `sentence` for each, then `report` or `error`."""
        principal: Principal = request.scope[PRINCIPAL]
        if last_event_id:
            return streamed(streams.taken_up(principal.owner, last_event_id))

        def work(cancel: Cancellation) -> Generator[Report]:
            return verifying(service, principal, body, cancel)

        if not body.stream:
            report = await last(request, service.making(principal, work))
            return answered(report_json(report))
        found = await begun(request, service.making(principal, work))
        return streamed(streams.begin(principal.owner, lambda stream_id: numbered(stream_id, _named(found))))

    return routes


def verifying(service: Service, principal: Principal, body: VerifyBody, cancel: Cancellation) -> Generator[Report]:
    """The report as it grows. Raises what `within` and `Bot.verify_stream` raise."""
    filters = within(service, principal, body.filters)
    yield from service.bot().verify_stream(body.text, filters, cancel=cancel)


async def _named(found: AsyncGenerator[Report]) -> AsyncGenerator[Named]:
    report = None
    async with aclosing(found):
        async for report in found:
            if report.sentences:
                yield "sentence", _last(report)
    if report:
        yield "report", report_json(report)


def _last(report: Report) -> dict[str, Any]:
    """The sentence that was judged last, what it cites, and how far the check is."""
    told = report_json(report)
    sentence = told["sentences"][-1]
    cited = [each for each in told["citations"] if each["mark"] in sentence["citations"]]
    return {"sentence": sentence, "citations": cited, "done": len(report.sentences), "total": report.total}
