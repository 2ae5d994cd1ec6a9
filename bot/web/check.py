"""The pages on which a text is held against the articles: what to send, how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.answering.verify import text_of
from bot.auth.principal import Principal
from bot.errors import ShownError
from bot.history.export import Form, report_markdown, sources
from bot.history.since import known_of
from bot.render.html.markup import Marked, safe
from bot.render.html.sheet import Link
from bot.render.html.words import PageError, PageWording
from bot.types import Cancellation, Sentence, State
from bot.web.access import Visitor, visitor
from bot.web.checks import Checks, TextCheck
from bot.web.door import CHECK
from bot.web.library import article_address, page, shown
from bot.wording.facts import counts
from index.errors import Unreadable
from index.load import SUFFIXES, plain_name, uploaded

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from bot.answering.bot import Bot
    from bot.web.opening import Opening

Paced = Callable[[Principal], int]
AGAIN = 1  # seconds until a page of a check that goes on looks again
QUOTES = "text"  # what the addresses of the quotes begin with
_SIGNS = {State.SUPPORTED: "✓", State.CONTRADICTED: "✗", State.UNSUPPORTED: "?"}


def routes(opening: Opening, checks: Checks, pace: Paced) -> list[Route]:
    """For everybody who may ask; a check counts as a question."""
    from starlette.routing import Route

    one = f"{CHECK}/{{check}}"
    return [
        Route(CHECK, page(opening, partial(_check, checks, pace)), methods=["GET", "POST"]),
        Route(one, page(opening, partial(_of_check, checks, _checked))),
        Route(f"{one}/stop", page(opening, partial(_of_check, checks, _stop)), methods=["POST"]),
        Route(f"{one}/markdown", page(opening, partial(_of_check, checks, _markdown))),
    ]


def _check(checks: Checks, pace: Paced, bot: Bot, request: Request, form: Any) -> Response:
    from starlette.responses import RedirectResponse

    who, written = visitor(request), str(form.get("text", "")).replace("\r\n", "\n")
    if request.method != "POST":
        return _form(who)
    try:
        if seconds := pace(who.principal):
            raise PageError("page.too_fast", seconds=seconds)
        checks.ensure_free(who)
        file, cancel = form.get("file"), Cancellation()
        text = _of_file(file) if getattr(file, "filename", "") else written
        begun = checks.begin(bot.verify_stream(text, cancel=cancel), cancel, who)
    except ShownError as error:
        return _form(who, 400, who.words.error(error), written)
    return RedirectResponse(_address(begun), 303)


def _form(who: Visitor, status: int = 200, notice: str = "", written: str = "") -> Response:
    accepted = ",".join(SUFFIXES)
    values: dict[str, Any] = {"action": CHECK, "accepted": accepted, "notice": notice, "written": written}
    response = shown(who, who.words("check.title"), "check.html", here=CHECK, **values)
    response.status_code = status
    return response


def _of_check(checks: Checks, answer: Any, bot: Bot, request: Request, _form_sent: Any) -> Response:
    """The response of `answer` to the check that is asked for; the form where there is none."""
    who = visitor(request)
    check = checks.check(request.path_params["check"], who)
    if check is None:
        return _form(who, 404, who.words("check.forgotten"))
    response: Response = answer(check, bot, who)
    return response


def _checked(check: TextCheck, bot: Bot, who: Visitor) -> Response:
    finished, report = check.finished, check.report  # in this order: what ends meanwhile is shown the next time
    words, citations = who.words, report.citations if finished else ()
    response = shown(
        who,
        words("check.title"),
        "checked.html",
        back=Link(CHECK, words("check.another")),
        finished=finished,
        report=report,
        error=words.error(check.error) if check.error else "",
        counts=counts(report, words),
        ranges=[
            Marked(each.start, each.end, classes=each.state, after=_told(each, words)) for each in report.sentences
        ],
        sources=sources(citations),
        known=known_of(citations, bot.index.article),
        read=article_address,
        quotes=QUOTES,
        address=_address(check),
        check=CHECK,
    )
    if not finished:
        response.headers["refresh"] = str(AGAIN)
    return response


def _stop(check: TextCheck, _bot: Bot, _who: Visitor) -> Response:
    from starlette.responses import RedirectResponse

    check.cancel.set()
    return RedirectResponse(_address(check), 303)


def _markdown(check: TextCheck, _bot: Bot, who: Visitor) -> Response:
    from starlette.responses import Response

    form = Form.MARKDOWN
    headers = {"content-disposition": f'attachment; filename="byline-check.{form.ending}"', "cache-control": "no-store"}
    return Response(report_markdown(check.report, who.words), media_type=form.media_type, headers=headers)


def _told(sentence: Sentence, words: PageWording) -> str:
    """The state in a sign and in words, then the marks, then what the state does not say."""
    sign, said = _SIGNS[sentence.state], safe(words(f"check.{sentence.state}"))
    state = f'<span class="state {sentence.state}"><span aria-hidden="true">{sign}</span> {said}</span>'
    marks = (f'<a class="mark" href="#quote-{QUOTES}-{each}">[{each}]</a>' for each in sentence.citations)
    note = words("answer.note", note=words.reason(sentence.reason)) if sentence.reason else ""
    return "".join(f" {each}" for each in (state, *marks, f"<small>{safe(note)}</small>" if note else "") if each)


def _of_file(upload: Any) -> str:
    """The text of all articles of a file that was sent. Raises Said, TextTooLong."""
    name = plain_name(upload.filename)
    try:
        return text_of(uploaded(name, upload.file))
    except Unreadable as error:
        raise PageError("check.unreadable", name=name, reason=error.reason) from error


def _address(check: TextCheck) -> str:
    return f"{CHECK}/{check.id}"
