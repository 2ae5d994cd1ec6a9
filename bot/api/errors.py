"""Errors in OpenAI's form, which every route of the API gives."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.auth.principal import RoleForbidden, ScopeForbidden
from bot.errors import Cancelled, ModelFailed, ShownError, UsageError
from bot.history.conversations import ConversationMissing, RecordMissing
from bot.history.responses import ResponseMissing
from bot.runtime.error_log import logged, public
from bot.runtime.threads import ClientGone, TookTooLong
from bot.service.limits import NothingWithin
from bot.service.service import Stopping, TooManyRequests
from bot.tables.sqlite import FileHeld
from index.errors import ArticleMissing, CollectionMissing, DatabaseUnreachable, StoreFollowing, StoreUnreachable
from index.invalid import told

if TYPE_CHECKING:
    from fastapi import FastAPI

_log = logging.getLogger(__name__)

GONE = 499  # nobody is there to read it; nginx writes the same into its log
MISSING = (
    ArticleMissing, CollectionMissing, ConversationMissing, NothingWithin, RecordMissing, ResponseMissing,
)  # fmt: skip
UNREACHABLE = (DatabaseUnreachable, StoreFollowing, StoreUnreachable)
AWAY = 5  # seconds after which a database that is away may be asked again
# The first that fits.
STATUSES: tuple[tuple[type[ShownError] | tuple[type[ShownError], ...], int], ...] = (
    (Stopping, 503),
    (TooManyRequests, 429),
    ((RoleForbidden, ScopeForbidden), 403),
    (MISSING, 404),
    (UsageError, 400),
    (Cancelled, GONE),
    (TookTooLong, 504),
    (ModelFailed, 502),
    (ShownError, 503),
)
_ROUTES = {
    404: "There is nothing at this address. `/v1/docs` shows the routes.",
    405: "This address takes another method. `/v1/docs` shows the routes.",
}
_HELD = (
    "It is taken out, and nobody is shown it any more. Its words stay on the server's disk while another program holds "
    "the conversations open. Send this again to have them gone."
)
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


HELD_FOR = 60  # seconds after which another program may have closed the history


class NotFound(UsageError):
    """Something that only the API has: a model, a stream."""


class AnswerFailed(ModelFailed):
    """The reason of an answer with the status `failed`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """The error that a request gets instead of an answer."""

    status: int  # HTTP's
    message: str
    code: str | None = None
    param: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        if self.status == 429:
            return "rate_limit_error"
        return "server_error" if self.status >= 500 else "invalid_request_error"

    def json(self) -> dict[str, Any]:
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


def problem_of(error: Exception) -> Problem:
    """The problem that an error is for whoever asked. A bug is told by a reference to its place in the log."""
    if not isinstance(error, ShownError):
        reference = logged(_log, "A request to the API", error)
        return Problem(500, f"Something broke. The server's log has it as {reference}.", "bug")
    if isinstance(error, FileHeld):  # its sentence names a file of this machine
        return Problem(503, _HELD, _code(error), headers={"retry-after": str(HELD_FOR)})
    if isinstance(error, NotFound):
        return Problem(404, str(error), _code(error))
    status = GONE if isinstance(error, ClientGone) else next(code for kind, code in STATUSES if isinstance(error, kind))
    seconds = error.seconds if isinstance(error, TooManyRequests) else AWAY if isinstance(error, UNREACHABLE) else None
    headers = {} if seconds is None else {"retry-after": str(seconds)}
    return Problem(status, public(error).text, _code(error), headers=headers)


def invalid(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """The error that pydantic finds in a body or a query, as one sentence about one error."""
    first = max(errors, key=lambda error: len(error["loc"]))  # of several forms, the one that fits best
    where = ".".join(each for each in map(str, first["loc"][1:]) if each.isidentifier() or each.isdigit())
    return Problem(400, f"The request cannot be read: {told(first, where)}.", "invalid_value", where or None)


def add_handlers(app: FastAPI) -> None:
    """Has the app answer with problems whatever is raised in it."""
    from fastapi import Request, Response
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException

    from bot.api.replies import answered

    async def shown(_: Request, error: Exception) -> Response:
        problem = problem_of(error)
        return answered(problem.json(), problem.status, problem.headers)

    async def unreadable(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        problem = invalid(error.errors())
        return answered(problem.json(), problem.status)

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        problem = Problem(error.status_code, _ROUTES.get(error.status_code, str(error.detail)))
        return answered(problem.json(), problem.status, error.headers)

    app.add_exception_handler(ShownError, shown)
    app.add_exception_handler(Exception, shown)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(HTTPException, refused)


def _code(error: Exception) -> str:
    """The name of an error as a program reads it.

    >>> _code(CollectionMissing("a"))
    'collection_missing'
    """
    return _WORD.sub("_", type(error).__name__).lower()
