"""The routes of jobs that bring articles in: how far they are, as events too, and to stop them."""

# No `from __future__ import annotations`: FastAPI reads the types of functions whose names are local.

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

from bot.api.errors import NotFound
from bot.api.replies import answered, event, streamed
from bot.api.whole import administering
from bot.auth.principal import Principal
from bot.auth.users import Role
from bot.runtime.error_log import public
from bot.service.jobs import COUNTED, Item, Job
from bot.service.service import Service

if TYPE_CHECKING:
    from fastapi import APIRouter

LOOK = 0.2  # seconds between two looks at a job


class JobMissing(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such job, or it is forgotten. What came in is listed by /v1/articles.")


def router(service: Service) -> "APIRouter":
    from fastapi import APIRouter, Request, Response

    routes = APIRouter(tags=["Articles"])

    @routes.get("/v1/jobs")
    def jobs(request: Request) -> Response:
        """Your jobs that are remembered, the newest first; for an administrator, everybody's."""
        principal = administering(request, Role.EDITOR)
        return answered({"jobs": [job_json(each) for each in service.jobs.all() if _holds(principal, each)]})

    @routes.get("/v1/jobs/{job_id}")
    def job(job_id: str, request: Request) -> Response:
        """How far a job is. Jobs are kept in memory: a server that was killed knows none, and its index is whole."""
        return answered(job_json(job_of(service, administering(request, Role.EDITOR), job_id)))

    @routes.delete("/v1/jobs/{job_id}", status_code=202)
    def cancel(job_id: str, request: Request) -> Response:
        """Stop a job. What came in before stays."""
        found = job_of(service, administering(request, Role.EDITOR), job_id)
        found.cancelled = True
        return answered(job_json(found), 202)

    @routes.get("/v1/jobs/{job_id}/events", responses={200: {"content": {"text/event-stream": {}}}})
    def events(job_id: str, request: Request) -> Response:
        """How far a job is, as server-sent events: `progress` whenever that changes, then `ended`. Each event is the
        whole job, so that a stream that broke is simply read again."""
        return streamed(progress(job_of(service, administering(request, Role.EDITOR), job_id)))

    return routes


def job_of(service: Service, principal: Principal, job_id: str) -> Job:
    """Raises JobMissing, also for somebody else's."""
    found = service.jobs.job(job_id)
    if found is None or not _holds(principal, found):
        raise JobMissing
    return found


async def progress(job: Job) -> AsyncGenerator[bytes]:
    """The events of a job, until it has ended."""
    number, before = 0, dict[str, Any]()
    while True:
        finished = job.finished  # before it is told: what ends meanwhile is told the next time
        now = job_json(job)
        if now != before or finished:
            number, before = number + 1, now
            yield event(now, "ended" if finished else "progress", str(number))
        if finished:
            return
        await asyncio.sleep(LOOK)


def job_json(job: Job) -> dict[str, Any]:
    """A job and what has come of each source."""
    items = tuple(job.items)
    report = Counter(dict.fromkeys(COUNTED, 0))
    for each in items:
        report.update(dict(each.counts))
    return {
        "id": job.id,
        "state": str(job.state),
        "done": job.done,
        "total": len(items),
        "articles": sum(each.articles for each in items),
        "report": dict(report),
        "sources": [_item_json(each) for each in items],
    }


def _item_json(item: Item) -> dict[str, Any]:
    return {
        "name": item.name,
        "state": str(item.state),
        "articles": item.articles,
        **dict(item.counts),
        "error": public(item.error).text if item.error else None,
        "reasons": list(item.reasons),
    }


def _holds(principal: Principal, job: Job) -> bool:
    return job.owner == principal.owner or principal.role.includes(Role.ADMIN)
