"""The routes of the models as a service. Embeddings and errors have OpenAI's form."""

from __future__ import annotations

import base64
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from hmac import compare_digest
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from bot.errors import ShownError, UsageError
from bot.inference.batching import AGAIN, QueueFull
from bot.inference.models import Models, Task
from bot.runtime.error_log import logged
from bot.runtime.threads import ClientGone, unless_gone
from index.invalid import place, reason
from index.remote import LONGEST
from index.text.surrogates import without_surrogates

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

MOST = 2_048  # texts or pairs of a request
LARGEST = 16_000_000  # bytes of a body
OPEN = ("/healthz",)  # what takes no key
GONE = 499  # nobody is there to read it; nginx writes the same into its log

_log = logging.getLogger(__name__)

Body = TypeVar("Body", bound=BaseModel)
Handler = Callable[["Request"], Awaitable["Response"]]


def many(given: object) -> object:
    """A text alone as a list of it, so that what is wrong is told of one form, not of two."""
    return [given] if isinstance(given, str) else given


Text = Annotated[str, Field(max_length=LONGEST)]


class Embed(BaseModel):
    """The body of `/v1/embeddings`. What OpenAI's has beside these changes nothing here."""

    model: str
    input: Annotated[list[Text], Field(max_length=MOST), BeforeValidator(many)]
    encoding_format: Literal["float", "base64"] = "float"


class JudgeBody(BaseModel):
    """The body of `/v1/judge`: pairs of a text and a claim, or of a question and a text."""

    task: Task
    pairs: Annotated[list[tuple[Text, Text]], Field(max_length=MOST)]


class Tokenize(BaseModel):
    """The body of `/tokenize`, as vLLM has it."""

    model: str
    prompt: Text


class KeyRefused(ShownError):
    def __init__(self) -> None:
        super().__init__(
            "This takes the key of the service, as `Authorization: Bearer ...`. "
            "A replica has it in BYLINE_EMBEDDER_KEY and BYLINE_JUDGE_KEY."
        )


class BatchTooLarge(UsageError):
    def __init__(self) -> None:
        super().__init__(f"A body has at most {LARGEST:,} bytes. Send fewer texts at a time.")


class BodyInvalid(UsageError):
    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"The request cannot be read: {f'{where}: ' if where else ''}{reason}.")


class JudgeNotServed(UsageError):
    def __init__(self) -> None:
        super().__init__("There is no judge here: coverage needs no model. Leave out `judge_url`.")


def _computed(models: Models) -> dict[str, Handler]:
    """Handlers that take the time of a model, by their paths."""
    from starlette.responses import JSONResponse

    async def embeddings(request: Request) -> Response:
        body = await _body(request, Embed)
        precision = models.embedder(body.model).precision
        found = await unless_gone(
            request.receive, models.queues[body.model].ask([without_surrogates(text) for text in body.input])
        )
        read = sum(pieces for _, pieces in found)
        data = [
            {"object": "embedding", "index": place, "embedding": _told(vector, body.encoding_format)}
            for place, (vector, _) in enumerate(found)
        ]
        usage = {"prompt_tokens": read, "total_tokens": read}
        return JSONResponse(
            {"object": "list", "data": data, "model": body.model, "usage": usage, "precision": precision}
        )

    async def judge(request: Request) -> Response:
        body = await _body(request, JudgeBody)
        if models.judge is None or models.pairs is None:
            raise JudgeNotServed
        pairs = [(body.task, without_surrogates(one), without_surrogates(two)) for one, two in body.pairs]
        told = await unless_gone(request.receive, models.pairs.ask(pairs))
        names = ("answers",) if body.task == "answers" else ("supported", "contradicted")
        logits = [each and {name: getattr(each, name) for name in names} for each in told]
        return JSONResponse({"object": "judgement", "model": models.judge.name, "logits": logits})

    async def tokenize(request: Request) -> Response:
        body = await _body(request, Tokenize)
        embedder = models.embedder(body.model)
        (count,) = await unless_gone(request.receive, models.counts[body.model].ask([without_surrogates(body.prompt)]))
        return JSONResponse({"count": count, "max_model_len": embedder.limit + 2})

    return {"/v1/embeddings": embeddings, "/v1/judge": judge, "/tokenize": tokenize}


def app(models: Models, key: str | None = None) -> Starlette:
    """The routes; with a `key` only for those who send it."""
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse, PlainTextResponse
    from starlette.routing import Route

    async def listed(_: Request) -> Response:
        return JSONResponse({"object": "list", "data": models.listed()})

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ready"})

    async def metrics(_: Request) -> Response:
        return PlainTextResponse(figures(models), media_type="text/plain; version=0.0.4")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await models.close()

    routes = {
        **{("POST", path): handle for path, handle in _computed(models).items()},
        ("GET", "/v1/models"): listed,
        ("GET", "/healthz"): healthz,
        ("GET", "/metrics"): metrics,
    }
    made = Starlette(
        routes=[
            Route(path, handle if path in OPEN else _guarded(handle, key), methods=[method])
            for (method, path), handle in routes.items()
        ],
        lifespan=lifespan,
    )
    made.add_exception_handler(Exception, _refused)
    made.add_exception_handler(ShownError, _refused)
    return made


def figures(models: Models) -> str:
    """The metrics that `/metrics` shows, in Prometheus's text format."""
    kinds = {"runs": "counter", "items": "counter", "joined": "counter", "refused": "counter", "dropped": "counter"}
    lines = []
    for name, kind in {**kinds, "waiting": "gauge"}.items():
        shown = f"byline_models_{name}" + "_total" * (kind == "counter")
        lines.append(f"# TYPE {shown} {kind}")
        for model, queue in models.batchers().items():
            value = queue.waiting if name == "waiting" else getattr(queue.counts, name)
            label = model.replace("\\", r"\\").replace('"', r"\"")
            lines.append(f'{shown}{{model="{label}"}} {value}')
    return "\n".join(lines) + "\n"


def _guarded(handle: Handler, key: str | None) -> Handler:
    async def guarded(request: Request) -> Response:
        if key is not None:
            scheme, _, secret = request.headers.get("authorization", "").partition(" ")
            if scheme.casefold() != "bearer" or not compare_digest(secret.strip().encode(), key.encode()):
                raise KeyRefused
        return await handle(request)

    return guarded


async def _body(request: Request, kind: type[Body]) -> Body:
    """Raises BodyInvalid, TooLarge."""
    sent = bytearray()
    async for part in request.stream():
        sent += part
        if len(sent) > LARGEST:
            raise BatchTooLarge
    try:
        return kind.model_validate_json(bytes(sent))
    except ValidationError as error:
        first = error.errors()[0]
        raise BodyInvalid(place(first), f"it {reason(first)}") from error


async def _refused(_: Request, error: Exception) -> Response:
    from starlette.responses import JSONResponse

    status, sentence, headers = _problem(error)
    kinds = {401: "authentication_error", 429: "rate_limit_error"}
    kind = kinds.get(status, "server_error" if status >= 500 else "invalid_request_error")
    body = {"message": sentence, "type": kind, "param": None, "code": None}
    return JSONResponse({"error": body}, status, headers)


def _problem(error: Exception) -> tuple[int, str, Mapping[str, str]]:
    """The status, the sentence and the headers of an error. A bug is told by a reference to its place in the log."""
    if isinstance(error, KeyRefused):
        return 401, str(error), {"www-authenticate": 'Bearer realm="Byline"'}
    if isinstance(error, QueueFull):
        return 429, str(error), {"retry-after": str(AGAIN)}
    if isinstance(error, ClientGone):
        return GONE, str(error), {}
    if isinstance(error, ShownError):
        return 400 if isinstance(error, UsageError) else 503, str(error), {}
    reference = logged(_log, "A request to the models", error)
    return 500, f"Something broke. The service's log has it as {reference}.", {}


def _told(vector: NDArray[np.float32], form: Literal["float", "base64"]) -> str | list[float]:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode() if form == "base64" else vector.tolist()
