"""Routes of the server besides the chat: shared answers, for anybody with their link, and downloads."""

# No `from __future__ import annotations`: FastAPI looks at the types of its handlers, which are local names here.

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from secrets import token_urlsafe
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from bot.errors import ShownError
from bot.history import Conversation, ConversationMissing, History, Place, Record
from bot.history.export import Form, Look, answer_html, export
from bot.history.share import ShareMissing, shared
from bot.history.since import NOTHING, KnownChanges, known
from bot.render.html.sheet import fill, sheet
from bot.render.html.words import PageError
from bot.types import Answer
from bot.web.access import Visitor, visitor
from bot.web.head import head
from bot.web.opening import Opening

if TYPE_CHECKING:
    from fastapi import FastAPI

KEY = 24  # bytes: 192 bits, which nobody guesses
MOST = 10_000  # downloads that are remembered
SECONDS = 3_600.0  # for which one is

_HEADERS = {"x-robots-tag": "noindex, nofollow", "cache-control": "no-store"}


class DownloadOver(PageError):
    def __init__(self) -> None:
        super().__init__("shared.download_over")


@dataclass(frozen=True, slots=True)
class WantedExport:
    """A download that is asked for: a conversation, or one answer of it."""

    place: Place
    number: int | None = None  # of the record; None: all of them


class Downloads:
    """Keys to what somebody was shown and may download, for an hour and for as long as this process lives."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._wanted: OrderedDict[str, tuple[float, WantedExport]] = OrderedDict()
        self._lock = Lock()

    def offer(self, wanted: WantedExport) -> str:
        """A new key, which nobody guesses."""
        key = token_urlsafe(KEY)
        with self._lock:
            self._wanted[key] = (self._clock(), wanted)
            if len(self._wanted) > MOST:
                self._wanted.popitem(last=False)
        return key

    def wanted(self, key: str) -> WantedExport:
        """Raises DownloadOver."""
        with self._lock:
            at, wanted = self._wanted.get(key, (float("-inf"), None))
        if wanted is None or self._clock() - at > SECONDS:
            raise DownloadOver
        return wanted


def add_pages(app: "FastAPI", opening: Opening, history: History, downloads: Downloads) -> None:
    """`/share/{key}`, and `/download/{key}/{form}` for the keys of `downloads`."""
    from fastapi import Request
    from fastapi.responses import HTMLResponse, Response

    def told(error: ShownError, status: int, who: Visitor, base: str) -> HTMLResponse:
        words = who.words
        title = words("shared.nothing" if status == 404 else "shared.not_now")
        body = fill("told.html", words, sentence=words.error(error))
        page = sheet(title, body, words, head(who, base=base))
        return HTMLResponse(page, status_code=status, headers=_HEADERS)

    @app.get("/share/{key}")
    def share(key: str, request: Request) -> HTMLResponse:
        who = visitor(request)
        try:
            record = shared(history, key)
        except ShareMissing as error:
            return told(error, 404, who, "../")
        except ShownError as error:
            return told(error, 503, who, "../")
        return HTMLResponse(page_of(record, opening, who), headers=_HEADERS)

    @app.get("/download/{key}/{form}")
    def download(key: str, form: Form, request: Request) -> Response:
        who = visitor(request)
        try:
            wanted = downloads.wanted(key)
            conversation, records = found(history, wanted)
            text = export(form, conversation, records, known_of(opening), who.words)
        except (DownloadOver, ConversationMissing) as error:
            return told(error, 404, who, "../../")
        except ShownError as error:
            return told(error, 503, who, "../../")
        name = f"byline-{records[0].asked:%Y%m%d-%H%M}.{form.ending}"
        headers = {**_HEADERS, "content-disposition": f'attachment; filename="{name}"'}
        return Response(text, media_type=form.media_type, headers=headers)


def page_of(record: Record, opening: Opening, who: Visitor) -> str:
    """The page of a shared answer, for whoever has its link."""
    words = who.words
    answer = answer_html(record, known_of(opening), words, headed=False)
    body = fill("shared.html", words, answer=answer, compared=opening.done)
    return sheet(record.question, body, words, head(who, base="../"))


def found(history: History, wanted: WantedExport) -> tuple[Conversation, tuple[Record, ...]]:
    """The conversation and those of its records that are wanted. Raises ConversationMissing."""
    conversation = history.find(wanted.place.id)
    records = tuple(
        each for each in history.records(wanted.place) if wanted.number is None or each.number == wanted.number
    )
    if not records:
        raise ConversationMissing(wanted.place.name)
    return conversation, records


def known_of(opening: Opening) -> Look:
    """A look at what is known of the articles: nothing before they are open, or where they cannot be read."""

    def look(answer: Answer) -> KnownChanges:
        with suppress(ShownError):
            return known(answer, opening.bot().index.article) if opening.done else NOTHING
        return NOTHING

    return look
