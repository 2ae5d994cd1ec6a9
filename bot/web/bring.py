"""The pages on which an editor adds articles: what to send, and what came of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bot.errors import ShownError
from bot.render.html.words import PageError, PageWording
from bot.service.jobs import Item, Jobs, JobState, of_address, of_upload
from bot.web.access import visitor
from bot.web.door import BRING
from bot.web.library import page, shown, to_library, told
from index.load import SUFFIXES, is_address
from index.load.addresses import MEANT

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from bot.answering.bot import Bot
    from bot.web.opening import Opening

MOST = 100  # addresses at a time
SCRIPT = "bring.js"
AGAIN = 1  # seconds until a page with something on its way looks again


class NothingToBring(PageError):
    """Nothing that was sent can be brought in. It stays in the form, to be mended."""


def routes(opening: Opening, jobs: Jobs, largest: int) -> list[Route]:
    """For editors. `largest` is how many bytes may be sent at a time."""
    from starlette.routing import Route

    return [
        Route(BRING, page(opening, partial(_bring, jobs, largest), editors=True), methods=["GET", "POST"]),
        Route(f"{BRING}/{{job}}", page(opening, partial(_job, jobs), editors=True)),
    ]


def _bring(jobs: Jobs, largest: int, bot: Bot, request: Request, form: Any) -> Response:
    from starlette.responses import RedirectResponse

    written, notice = str(form.get("addresses", "")), ""
    who = visitor(request)
    words = who.words
    if request.method == "POST":
        try:
            addresses = [of_address(each, jobs.read) for each in _addresses(written)]
            files = [
                of_upload(each.filename, each.file) for each in form.getlist("files") if getattr(each, "filename", "")
            ]
            if not (files or addresses):
                raise NothingToBring("bring.nothing")
            return RedirectResponse(f"{BRING}/{jobs.begin(bot.index, [*files, *addresses]).id}", 303)
        except ShownError as error:
            notice = words.error(error)
    response = shown(
        who,
        words("bring.title"),
        "bring.html",
        back=to_library(words),
        scripts=(SCRIPT,),
        action=BRING,
        accepted=",".join(SUFFIXES),
        largest=largest // 1_000_000,
        most=largest,
        written=written,
        notice=notice,
    )
    response.status_code = 400 if notice else 200
    return response


def _job(jobs: Jobs, _bot: Bot, request: Request, _form: Any) -> Response:
    job = jobs.job(request.path_params["job"])
    who = visitor(request)
    words = who.words
    if job is None:
        return told(who, words("bring.forgotten"), 404)
    finished = job.finished  # before it is shown: what ends meanwhile is shown the next time
    response = shown(
        who,
        words("delivery.outcome" if finished else "delivery.title"),
        "job.html",
        back=to_library(words),
        job=job,
        finished=finished,
        came=sum(came_in(each) for each in job.items),
        outcomes=[(each, look(each), outcome(each, words), why(each, words)) for each in job.items],
        bring=BRING,
    )
    if not finished:
        response.headers["refresh"] = str(AGAIN)
    return response


def came_in(item: Item) -> bool:
    """Whether something of it is in the library by now."""
    return any(count for _, count in item.counts)


def look(item: Item) -> str:
    """The class in the markup: whether it came in whole, in part or not at all; empty as long as it is not done."""
    if not item.finished:
        return ""
    if not came_in(item):
        return "alarm"
    return "partial" if item.reasons or item.state is JobState.CANCELLED else "good"


def outcome(item: Item, words: PageWording) -> str:
    """The outcome of a source so far; empty where all that there is to say are the reasons."""
    if not item.finished:
        state = words(f"delivery.{item.state}")
        return words("delivery.read", state=state, count=item.articles) if item.articles else state
    if item.error:
        return words.error(item.error)
    counts = [words(f"delivery.{name}", count=count) for name, count in item.counts]
    if item.state is JobState.CANCELLED:
        return words("facts.comma").join([words("delivery.cancelled"), *counts])
    return words("facts.comma").join(counts) or ("" if item.reasons else words("delivery.empty"))


def why(item: Item, words: PageWording) -> list[str]:
    """The reasons, with a way that a page has in the place of an option that none has."""
    return [each.replace(MEANT, words("bring.not_here")) for each in item.reasons]


def _addresses(written: str) -> list[str]:
    """One a line, each once. Never a path: what is no address is not looked at. Raises NothingToBring."""
    lines = list(dict.fromkeys(line.strip() for line in written.splitlines() if line.strip()))
    for line in lines:
        if not is_address(line):
            raise NothingToBring("bring.no_address", line=line[:200])
    if len(lines) > MOST:
        raise NothingToBring("bring.too_many", most=MOST)
    return lines
