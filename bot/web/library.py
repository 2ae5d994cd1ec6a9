"""The library: which articles there are, each by itself, and taking them out. Plain pages that run no script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from bot.errors import ShownError
from bot.render import also
from bot.web.access import Visitor, visitor
from bot.web.door import BRING
from bot.web.sheet import fill, sheet
from bot.web.timeline import HEIGHT, WIDTH, timeline
from index.errors import ArticleMissing
from index.types import Article, Kind, Sought

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from bot.answer import Bot
    from bot.history import History
    from bot.web.opening import Opening
    from index.index import Index

LIBRARY = "/library"
ARTICLE = "/library/article"
REMOVE = "/library/remove"
PAGE = 50  # articles
NAMED = 12  # outlets that are counted by name
LONGEST = 200  # characters of what is looked for
LAST_PAGE = 1_000_000

OPENING = "The articles are being opened. This page looks again by itself."
EDITORS_ONLY = "Only an editor can do that. Ask whoever runs Byline to make you one."
UNREADABLE = "What was sent cannot be read. Send fewer files, with shorter names."
GONE = "Removed: {}."
PURGED = "Kept answers that had something of it: {}. They have nothing of it any more."
NOT_PURGED = "Its words are still in kept answers: {} Then `byline articles remove ID --purge` takes them out."


class NotAllowed(ShownError):
    def __init__(self) -> None:
        super().__init__(EDITORS_ONLY)


def routes(opening: Opening, history: History) -> list[Route]:
    from starlette.routing import Route

    return [
        Route(LIBRARY, page(opening, _library)),
        Route(ARTICLE, page(opening, _article)),
        Route(REMOVE, page(opening, partial(_remove, history)), methods=["GET", "POST"]),
    ]


def page(
    opening: Opening, answer: Callable[[Bot, Request, Any], Response], editors: bool = False
) -> Callable[[Request], Any]:
    """A page about an open index: `answer` is called by a thread, with the form that was sent.

    What cannot be is said on a page of its own.
    """

    async def respond(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool
        from starlette.exceptions import HTTPException

        if editors and not visitor(request).edits:
            return told(EDITORS_ONLY, 403)
        if not opening.done:
            response = told(OPENING, 503)
            response.headers["refresh"] = "2"
            return response
        try:
            async with request.form(max_files=1000, max_fields=100) as form:
                return await run_in_threadpool(lambda: answer(opening.bot(), request, form))
        except HTTPException as error:  # of the form: it is too large, or none
            return told(error.detail if error.status_code == 413 else UNREADABLE, error.status_code)
        except NotAllowed as error:
            return told(str(error), 403)
        except ArticleMissing as error:
            return told(str(error), 404)
        except ShownError as error:
            return told(str(error), 503)

    return respond


def told(words: str, status: int) -> Response:
    """A page that says one thing."""
    from starlette.responses import HTMLResponse

    return HTMLResponse(sheet("Library", fill("library_told.html", words=words, library=LIBRARY), home="/"), status)


def shown(title: str, template: str, **values: Any) -> Response:
    from starlette.responses import HTMLResponse

    return HTMLResponse(sheet(title, fill(template, library=LIBRARY, **values), home="/"))


def article_address(article_id: str) -> str:
    """The address of an article's page. An id may be anything, a path or an address, so that it is no part of ours."""
    return f"{ARTICLE}?{urlencode({'id': article_id}, quote_via=quote)}"


def _library(bot: Bot, request: Request, _form: Any) -> Response:
    query = request.query_params
    sought, number = _sought(query), _number(query.get("page", ""))
    listing = bot.index.listing(sought, (number - 1) * PAGE, PAGE)
    inventory = bot.index.inventory()
    pages = max(1, -(-listing.total // PAGE))
    kept = {name: query[name] for name in ("q", "outlet", "kind", "since", "until") if query.get(name)}
    return shown(
        "Library",
        "library.html",
        visitor=visitor(request),
        bring=BRING,
        sought=sought,
        listing=listing,
        first=(number - 1) * PAGE + 1,
        page=number,
        pages=pages,
        at=lambda **changed: _at({**kept, **changed}),
        article_address=article_address,
        inventory=inventory,
        outlets=inventory.outlets[:NAMED],
        others=inventory.outlets[NAMED:],
        kinds=tuple(Kind),
        bars=timeline(inventory.days),
        undated=inventory.total - sum(count for _, count in inventory.days),
        width=WIDTH,
        height=HEIGHT,
    )


def _article(bot: Bot, request: Request, _form: Any) -> Response:
    article = bot.index.article(request.query_params.get("id", ""))
    return shown(
        article.title,
        "article.html",
        article=article,
        also=also(article),
        revisions=len(bot.index.history(article.id)),
        remove=_remove_address(article, visitor(request)),
    )


def _remove_address(article: Article, who: Visitor) -> str:
    return f"{REMOVE}?{urlencode({'id': article.id}, quote_via=quote)}" if who.edits else ""


def _remove(history: History, bot: Bot, request: Request, form: Any) -> Response:
    """Asks first; takes the article out when that is sent, and its words out of what is kept where that is asked."""
    if not visitor(request).edits:
        raise NotAllowed
    index: Index = bot.index
    article = index.article(str(form.get("id", "")) or request.query_params.get("id", ""))
    back = article_address(article.id)
    if request.method != "POST":
        return shown("Remove this article?", "remove.html", article=article, action=REMOVE, back=back)
    index.remove(article.id)
    words = [GONE.format(article.title)]
    if form.get("purge"):
        try:
            words.append(PURGED.format(history.purge([article.id])))
        except ShownError as error:
            words.append(NOT_PURGED.format(error))
    return shown("Library", "library_told.html", words=" ".join(words))


def _sought(query: QueryParams) -> Sought:
    """What is looked for. What is no kind or day is not heeded."""
    kind = query.get("kind", "")
    return Sought(
        query.get("q", "")[:LONGEST],
        query.get("outlet") or None,
        Kind(kind) if kind in set(Kind) else None,
        _day(query.get("since", "")),
        _day(query.get("until", "")),
    )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _number(written: str) -> int:
    return min(max(int(written), 1), LAST_PAGE) if written.isascii() and written.isdigit() and len(written) < 9 else 1


def _at(query: dict[str, Any]) -> str:
    """The library's address with what is looked for; what is None or empty is left out."""
    kept = {name: value for name, value in query.items() if value}
    return f"{LIBRARY}?{urlencode(kept)}" if kept else LIBRARY
