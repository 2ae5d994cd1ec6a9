"""The pages on which an editor brings articles in: what to send, and what came of it."""

from __future__ import annotations

import shutil
from functools import partial
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from bot.errors import ShownError
from bot.web.access import visitor
from bot.web.arrivals import Arrivals
from bot.web.door import BRING
from bot.web.library import page, shown, told
from bot.web.words import Said
from index.load import SUFFIXES, is_address, plain_name

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from bot.answer import Bot
    from bot.web.opening import Opening

MOST = 100  # addresses at a time
AGAIN = 1  # seconds until a page with something on its way looks again


class NothingToBring(Said):
    """What was sent cannot be brought in. It stays in the form, to be mended."""


def routes(opening: Opening, arrivals: Arrivals, largest: int) -> list[Route]:
    """For editors. `largest` is how many bytes may be sent at a time."""
    from starlette.routing import Route

    return [
        Route(BRING, page(opening, partial(_bring, arrivals, largest), editors=True), methods=["GET", "POST"]),
        Route(f"{BRING}/{{delivery}}", page(opening, partial(_delivery, arrivals), editors=True)),
    ]


def _bring(arrivals: Arrivals, largest: int, bot: Bot, request: Request, form: Any) -> Response:
    from starlette.responses import RedirectResponse

    written, notice = str(form.get("addresses", "")), ""
    words = visitor(request).words
    if request.method == "POST":
        try:
            addresses = _addresses(written)
            files = [_kept(each) for each in form.getlist("files") if getattr(each, "filename", "")]
            if not (files or addresses):
                raise NothingToBring("bring.nothing")
            return RedirectResponse(f"{BRING}/{arrivals.begin(bot.index, files, addresses).id}", 303)
        except ShownError as error:
            notice = words.error(error)
    response = shown(
        words,
        words("bring.title"),
        "bring.html",
        action=BRING,
        accepted=",".join(SUFFIXES),
        largest=largest // 1_000_000,
        written=written,
        notice=notice,
    )
    response.status_code = 400 if notice else 200
    return response


def _delivery(arrivals: Arrivals, _bot: Bot, request: Request, _form: Any) -> Response:
    delivery = arrivals.delivery(request.path_params["delivery"])
    words = visitor(request).words
    if delivery is None:
        return told(words, words("bring.forgotten"), 404)
    finished = delivery.finished  # before it is shown: what ends meanwhile is shown the next time
    response = shown(words, words("delivery.title"), "delivery.html", delivery=delivery, finished=finished, bring=BRING)
    if not finished:
        response.headers["refresh"] = str(AGAIN)
    return response


def _addresses(written: str) -> list[str]:
    """One a line, each once. Never a path: what is no address is not looked at. Raises NothingToBring."""
    lines = list(dict.fromkeys(line.strip() for line in written.splitlines() if line.strip()))
    for line in lines:
        if not is_address(line):
            raise NothingToBring("bring.no_address", line=line[:200])
    if len(lines) > MOST:
        raise NothingToBring("bring.too_many", most=MOST)
    return lines


def _kept(upload: Any) -> tuple[str, BinaryIO]:
    """A file as it is shown and read, in a place without a name, for as long as it is needed."""
    file = cast(BinaryIO, TemporaryFile())  # noqa: SIM115 - closed when it was read
    shutil.copyfileobj(upload.file, file)
    file.seek(0)
    return plain_name(upload.filename), file
