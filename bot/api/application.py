"""The API as one app, with its OpenAPI document and a page that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.api import articles, ask, collections, feedback, gaps, jobs, search, verify
from bot.api.errors import add_handlers
from bot.api.openai import chat, models, responses
from bot.api.page import page
from bot.api.streams import Streams

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.service.service import Service

ABOUT = """Answers to questions about a body of articles, each sentence proved by exact quotes.

Send a key as `Authorization: Bearer byl_…`. Errors have OpenAI's form."""


def app(service: Service) -> FastAPI:
    """The application that answers under `/v1`. Whoever serves it puts the principal of a request into its scope."""
    from fastapi import Depends, FastAPI
    from fastapi.responses import HTMLResponse
    from fastapi.security import HTTPBearer

    # It only describes the key: the gate in front has checked it, and lets in others without one.
    key = HTTPBearer(bearerFormat="byl_…", scheme_name="key", description="A key of Byline.", auto_error=False)
    made = FastAPI(
        title="Byline",
        version="1",
        description=ABOUT,
        openapi_url="/v1/openapi.json",
        docs_url=None,  # FastAPI's own page loads scripts from elsewhere
        redoc_url=None,
        dependencies=[Depends(key)],
    )
    streams = Streams()
    for routes in (
        responses.router(service),
        chat.router(service),
        models.router(service),
        ask.router(service, streams),
        search.router(service),
        verify.router(service, streams),
        articles.router(service),
        jobs.router(service),
        collections.router(service),
        feedback.router(service),
        gaps.router(service),
    ):
        made.include_router(routes)
    add_handlers(made)

    @made.get("/v1/docs", include_in_schema=False, response_class=HTMLResponse)
    def docs() -> HTMLResponse:
        return HTMLResponse(page(made.openapi()))

    return made
