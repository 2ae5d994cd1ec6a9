"""The routes of the articles: to list, show, bring in and remove them."""

# No `from __future__ import annotations`: FastAPI reads the types of functions whose names are local.

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ConfigDict, Field, ValidationError, model_validator

from bot.api.bodies import Within
from bot.api.jobs import job_json
from bot.api.replies import answered
from bot.api.whole import administering
from bot.auth.principal import PRINCIPAL, Principal
from bot.auth.users import Role
from bot.errors import UsageError
from bot.render.text import article_json, listed_json, revision_json
from bot.service import paging
from bot.service.fields import KnownFields
from bot.service.jobs import Job, Jobs, JobSource, TooMany, of_address, of_articles, of_upload
from bot.service.service import Service, TooManyRequests
from index.errors import ArticleMissing
from index.fingerprint import version
from index.load import given, is_address
from index.types import Article, Position, Sought

if TYPE_CHECKING:
    from fastapi import APIRouter, Request
    from starlette.datastructures import FormData

MOST = 100  # addresses at a time
FILES = 1_000  # at a time
AGAIN = 10  # seconds after which a job may have ended
FORM, JSON = "multipart/form-data", "application/json"
_REMEDY = "Send articles, addresses or files."


class NothingToAdd(UsageError):
    def __init__(self) -> None:
        super().__init__(f"There is nothing to bring in. {_REMEDY}")


class ArticleUnusable(UsageError):
    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"Nothing was brought in: article {number} {reason}.")


class SourceAddressUnusable(UsageError):
    def __init__(self, address: str) -> None:
        super().__init__(f"{address[:200]!r} is no address of the web. Write it with https:// or http://.")


class PlaceUnknown(UsageError):
    def __init__(self) -> None:
        super().__init__("`after` is no place in a list. Take the `next` of the page before, as it is.")


class JobsWaiting(TooManyRequests):
    def __init__(self, error: TooMany) -> None:
        super().__init__(str(error), AGAIN)


class ListQuery(Within):
    q: str = Field("", max_length=200, description="Words of a title, an outlet or an author.")
    limit: int = Field(50, ge=1, le=500, description="Articles on one page.")
    after: str = Field("", max_length=40, description="The `next` of the page before.")


class ArticleRemoval(KnownFields):
    purge: bool = False


class Sent(KnownFields):
    """Articles with their facts, and addresses of pages, feeds and sitemaps. A body with a `text`, or with neither of
    these, is one article."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"id": "bridge", "title": "The bridge", "text": "The bridge reopened.", "published": "2021-05-03"},
                {"articles": [{"text": "The tram runs again.", "outlet": "Courier"}]},
                {"addresses": ["https://news.example/feed.xml"]},
            ]
        }
    )

    articles: list[dict[Any, Any]] = Field([], description="Each with a `text`; the facts are those of JSON Lines.")
    addresses: list[str] = Field([], max_length=MOST)

    @model_validator(mode="before")
    @classmethod
    def _one(cls, body: Any) -> Any:
        if isinstance(body, dict) and body and ("text" in body or body.keys().isdisjoint(cls.model_fields)):
            return {"articles": [body]}
        return body


def router(service: Service) -> "APIRouter":
    from fastapi import APIRouter, Query, Request, Response
    from starlette.concurrency import run_in_threadpool

    routes = APIRouter(tags=["Articles"])

    @routes.get("/v1/articles")
    def articles(query: Annotated[ListQuery, Query()], request: Request) -> Response:
        """The articles that are searched, the newest first. A page begins where the one before it ended, whatever came
        or went meanwhile."""
        return answered(listed(service, request.scope[PRINCIPAL], query))

    @routes.get("/v1/articles/{article_id:path}")
    def article(article_id: str, request: Request) -> Response:
        """One article with its text, its facts and its history. An id is written percent-encoded."""
        found = service.article(request.scope[PRINCIPAL], article_id)
        history = service.bot().index.history(article_id)
        return answered({**article_json(found, text=True), "history": [revision_json(each) for each in history]})

    @routes.post("/v1/articles", status_code=202, openapi_extra={"requestBody": _request_body()})
    async def add(request: Request) -> Response:
        """Bring articles in, for editors: JSON, or files of any format that Byline reads. It goes on as a job."""
        principal = administering(request, Role.EDITOR)
        check_size(request, service.largest)
        sources = await _sources(request, service.jobs)
        job = await run_in_threadpool(_begun, service, principal, sources)
        return answered(job_json(job), 202, {"location": f"/v1/jobs/{job.id}"})

    @routes.delete("/v1/articles/{article_id:path}")
    def remove(article_id: str, query: Annotated[ArticleRemoval, Query()], request: Request) -> Response:
        """Take an article out, for editors. With `purge`, its words leave kept conversations and notes, too;
        also those of an article that is no longer there."""
        administering(request, Role.EDITOR)
        # Where it is gone already, its words may have stayed when the history was held.
        with suppress(*((ArticleMissing,) if query.purge else ())):
            service.bot().index.remove(article_id)
        purged = service.history.purge([article_id]) if query.purge else None
        return answered({"id": article_id, "removed": True, "purged": purged})

    return routes


def listed(service: Service, principal: Principal, query: ListQuery) -> dict[str, Any]:
    """One page of a list. Raises ScopeForbidden, ArticleMissing, CollectionMissing, PlaceUnknown."""
    sought = Sought(query.q, within=service.filters(principal, query.filters))
    found = service.bot().index.listing(sought, count=query.limit, after=_place(query.after))
    return {
        "articles": [listed_json(each) for each in found.articles],
        "total": found.total,
        "next": paging.written(found.next),
    }


def check_size(request: "Request", largest: int) -> None:
    """Raises HTTPException where a body states no length, or one beyond `largest` bytes. No server reads more."""
    from fastapi import HTTPException

    stated = request.headers.get("content-length", "")
    if not (stated.isascii() and stated.isdigit()):
        raise HTTPException(411, "State the length of what is sent: Content-Length is missing.")
    if len(stated) > 18 or int(stated) > largest:
        raise HTTPException(413, f"At most {largest:,} bytes are read at a time. Send it in parts.")


def _begun(service: Service, principal: Principal, sources: Sequence[JobSource]) -> Job:
    """Raises JobsWaiting."""
    try:
        return service.jobs.begin(service.bot().index, sources, principal.owner)
    except TooMany as error:
        raise JobsWaiting(error) from error


async def _sources(request: "Request", jobs: Jobs) -> list[JobSource]:
    """The sources to bring in. Raises NothingToAdd, ArticleUnusable, AddressUnusable, RequestValidationError."""
    from fastapi import HTTPException
    from fastapi.exceptions import RequestValidationError
    from starlette.concurrency import run_in_threadpool

    sent_as = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent_as == FORM:
        async with request.form(max_files=FILES, max_fields=MOST) as form:
            return await run_in_threadpool(_of_form, form, jobs)
    if sent_as != JSON:
        raise HTTPException(415, f"What is sent as {sent_as or 'nothing'!r} is not read. Send {JSON} or {FORM}.")
    try:
        sent = Sent.model_validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in error.errors()]) from error
    return await run_in_threadpool(_of_json, sent, jobs)


def _of_form(form: "FormData", jobs: Jobs) -> list[JobSource]:
    files = [each for _, each in form.multi_items() if not isinstance(each, str) and each.filename]
    addresses = _addresses([str(each) for each in form.getlist("addresses")], jobs)
    return _some([*(of_upload(each.filename or "", each.file) for each in files), *addresses])


def _of_json(sent: Sent, jobs: Jobs) -> list[JobSource]:
    articles = [_article(number, each) for number, each in enumerate(sent.articles, 1)]
    return _some([*([of_articles("articles", articles)] if articles else ()), *_addresses(sent.addresses, jobs)])


def _some(sources: list[JobSource]) -> list[JobSource]:
    if not sources:
        raise NothingToAdd
    return sources


def _article(number: int, values: dict[Any, Any]) -> Article:
    """One without an id and an address is named by its text: sent again, it is the same."""
    text = values.get("text")
    found = given(values, f"text:{version(text)}" if isinstance(text, str) else "")
    if isinstance(found, str):
        raise ArticleUnusable(number, found)
    return found


def _addresses(written: Sequence[str], jobs: Jobs) -> list[JobSource]:
    """Each once. Never a path: what is no address is not looked at."""
    addresses = list(dict.fromkeys(each.strip() for each in written))
    for each in addresses:
        if not is_address(each):
            raise SourceAddressUnusable(each)
    return [of_address(each, jobs.read) for each in addresses]


def _place(written: str) -> Position | None:
    found = paging.read(written)
    if written and found is None:
        raise PlaceUnknown
    return found


def _request_body() -> dict[str, Any]:
    """The body that may be sent, as OpenAPI describes it."""
    files = {"type": "array", "items": {"type": "string", "format": "binary"}}
    addresses = {"type": "array", "items": {"type": "string"}}
    form = {"type": "object", "properties": {"files": files, "addresses": addresses}}
    return {"required": True, "content": {JSON: {"schema": Sent.model_json_schema()}, FORM: {"schema": form}}}
