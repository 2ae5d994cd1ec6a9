"""The library: which articles there are, each by itself, and taking them out. Plain pages, for any browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from bot.alerts.gaps import Gaps
from bot.errors import ShownError, UsageError
from bot.render.html.sheet import Link, fill, sheet
from bot.render.html.words import PageError, PageWording
from bot.web import live
from bot.web.access import Visitor, visitor
from bot.web.door import BRING
from bot.web.etag import known
from bot.web.filtering import address_of, asked_about
from bot.web.head import GAPS, LIBRARY, head
from bot.web.timeline import HEIGHT, WIDTH, timeline
from bot.wording.facts import also, period
from index.errors import ArticleMissing
from index.types import LONGEST_NAME, Article, Kind, Sought

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from bot.answering.bot import Bot
    from bot.history import History
    from bot.web.opening import Opening
    from index.index import Index

ARTICLE = "/library/article"
REMOVE = "/library/remove"
ASK = "/library/ask"
COLLECT = "/library/collect"
COUNTS = "/library/counts"
SCRIPT = "library.js"
PAGE = 50  # articles
NAMED = 12  # outlets that are counted by name
LONGEST = 200  # characters of what is looked for
LAST_PAGE = 1_000_000
PATIENCE = 2.0  # seconds for which a page waits for what the articles say by now


class NothingTicked(PageError, UsageError):
    def __init__(self) -> None:
        super().__init__("library.nothing_ticked")


class NotAllowed(PageError):
    def __init__(self) -> None:
        super().__init__("library.editors_only")


def routes(opening: Opening, history: History) -> list[Route]:
    from starlette.routing import Route

    gaps = Gaps(history)
    return [
        Route(LIBRARY, page(opening, partial(_library, gaps))),
        Route(COUNTS, page(opening, _counts)),
        Route(ARTICLE, page(opening, _article)),
        Route(REMOVE, page(opening, partial(_remove, history)), methods=["GET", "POST"]),
        Route(ASK, page(opening, _ask)),
        Route(COLLECT, page(opening, _collect, editors=True), methods=["GET", "POST"]),
        Route(GAPS, page(opening, partial(_gaps, gaps), editors=True)),
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

        who = visitor(request)
        words = who.words

        def refused(error: ShownError, status: int) -> Response:
            return told(who, words.error(error), status)

        if editors and not who.edits:
            return refused(NotAllowed(), 403)
        if not opening.done:
            response = told(who, words("library.opening"), 503)
            response.headers["refresh"] = "2"
            return response
        try:
            async with request.form(max_files=1000, max_fields=100) as form:
                return await run_in_threadpool(lambda: answer(opening.bot(), request, form))
        except HTTPException as error:  # of the form: it is too large, or none
            what = error.detail if error.status_code == 413 else words("library.unreadable")
            return told(who, what, error.status_code)
        except NotAllowed as error:
            return refused(error, 403)
        except ArticleMissing as error:
            return refused(error, 404)
        except UsageError as error:
            return refused(error, 400)
        except ShownError as error:
            return refused(error, 503)

    return respond


def told(who: Visitor, sentence: str, status: int = 200, ask: str = "") -> Response:
    """A page that says one thing, and where to `ask` about it."""
    response = shown(who, who.words("library.title"), "library_told.html", sentence=sentence, ask=ask)
    response.status_code = status
    return response


def shown(
    who: Visitor,
    title: str,
    template: str,
    *,
    here: str = "",
    back: Link | None = None,
    scripts: tuple[str, ...] = (),
    **values: Any,
) -> Response:
    """A page made of a template and its values; `here` is its path, where it is among those in the head."""
    from starlette.responses import HTMLResponse

    body = fill(template, who.words, library=LIBRARY, **values)
    return HTMLResponse(sheet(title, body, who.words, head(who, here, back, scripts=scripts)))


def to_library(words: PageWording) -> Link:
    """The way back from what lies below the library."""
    return Link(LIBRARY, words("library.title"))


def article_address(article_id: str) -> str:
    """The address of an article's page. An id may be anything, a path or an address, so that it is no part of ours."""
    return f"{ARTICLE}?{urlencode({'id': article_id}, quote_via=quote)}"


def _library(gaps: Gaps, bot: Bot, request: Request, _form: Any) -> Response:
    query, who = request.query_params, visitor(request)
    words, tag = who.words, live.tag(bot.index.generation, who.words)  # before the counts: what comes in later is news
    sought, number = _sought(query), _number(query.get("page", ""))
    listing = bot.index.listing(sought, (number - 1) * PAGE, PAGE)
    inventory = bot.index.inventory()
    pages = max(1, -(-listing.total // PAGE))
    kept = {name: query[name] for name in ("q", "outlet", "kind", "since", "until") if query.get(name)}
    limits = (
        (words("library.limit_outlet", value=sought.outlet) if sought.outlet else "", {"outlet": None}),
        (period(sought.since, sought.until, words), {"since": None, "until": None}),
    )
    return shown(
        who,
        words("library.title"),
        "library.html",
        here=LIBRARY,
        scripts=(SCRIPT,),
        visitor=who,
        said=live.said(inventory, listing.total, words),
        tag=tag,
        at_counts=_at(kept, COUNTS),
        bring=BRING,
        sought=sought,
        limits=[(limit, _at({**kept, **without})) for limit, without in limits if limit],
        listing=listing,
        first=(number - 1) * PAGE + 1,
        page=number,
        pages=pages,
        at=lambda **changed: _at({**kept, **changed}),
        article_address=article_address,
        ask=ASK,
        collect=COLLECT,
        collections=[(each, _ask_address(collection=each.name)) for each in bot.index.collections()],
        longest=LONGEST_NAME,
        gaps=GAPS,
        unanswered=_unanswered(gaps) if who.edits else 0,
        inventory=inventory,
        outlets=inventory.outlets[:NAMED],
        others=inventory.outlets[NAMED:],
        kinds=tuple(Kind),
        bars=timeline(inventory.days, words),
        undated=inventory.total - inventory.with_day,
        width=WIDTH,
        height=HEIGHT,
    )


def _counts(bot: Bot, request: Request, _form: Any) -> Response:
    """The counts of a page of the library that is open somewhere; nothing where they are as it knows them."""
    from starlette.responses import JSONResponse, Response

    words = visitor(request).words
    tag = live.tag(bot.index.generation, words)
    headers = {"etag": tag, "cache-control": "no-store"}
    if known(request, tag):
        return Response(status_code=304, headers=headers)
    fit = bot.index.listing(_sought(request.query_params), 0, 1).total
    return JSONResponse({"said": dict(live.said(bot.index.inventory(), fit, words))}, headers=headers)


def _unanswered(gaps: Gaps) -> int:
    """How many questions the articles did not answer; 0 where what is kept cannot be read: the list is shown anyway."""
    try:
        return gaps.count()
    except ShownError:
        return 0


def _gaps(gaps: Gaps, bot: Bot, request: Request, _form: Any) -> Response:
    """The page of what people asked that the articles do not say: for editors, since it is what others asked."""
    who = visitor(request)
    found = gaps.list(bot, patience=PATIENCE)
    waiting = any(each.answered is None for each in found)
    response = shown(
        who,
        who.words("gaps.title"),
        "gaps.html",
        here=GAPS,
        back=to_library(who.words),
        gaps=found,
        waiting=waiting,
        article_address=article_address,
        bring=BRING,
    )
    if waiting:
        response.headers["refresh"] = "1"
    return response


def _article(bot: Bot, request: Request, _form: Any) -> Response:
    article, who = bot.index.article(request.query_params.get("id", "")), visitor(request)
    words = who.words
    return shown(
        who,
        article.title,
        "article.html",
        back=to_library(words),
        article=article,
        also=also(article, words),
        when=partial(_when, words),
        revisions=len(bot.index.history(article.id)),
        remove=_remove_address(article, who),
        ask=_ask_address(article=article.id),
    )


def _ask(_bot: Bot, request: Request, _form: Any) -> Response:
    """Leads to a chat about what was ticked. Raises NothingTicked."""
    from starlette.responses import RedirectResponse

    ticked = asked_about(request.query_params.multi_items())
    if not ticked:
        raise NothingTicked
    return RedirectResponse(address_of(ticked), status_code=303)


def _collect(bot: Bot, request: Request, form: Any) -> Response:
    """Puts what was ticked into a collection. Raises NothingTicked."""
    if request.method != "POST":
        return _to_list()
    ticked, who = asked_about((name, str(value)) for name, value in form.multi_items()), visitor(request)
    if not ticked.article:
        raise NothingTicked
    collection = bot.index.add_to_collection(str(form.get("name", "")), ticked.article)
    articles = who.words("page.articles", count=collection.total)
    sentence = who.words("library.collected", name=collection.name, articles=articles)
    return told(who, sentence, ask=_ask_address(collection=collection.name))


def _ask_address(article: str = "", collection: str = "") -> str:
    return address_of(asked_about([("article", article), ("collection", collection)]))


def _when(words: PageWording, moment: date | datetime | None) -> str:
    """A day, or a moment to the minute in its own time zone."""
    if not isinstance(moment, datetime):
        return words.day(moment)
    return words("article.moment", day=words.day(moment), clock=f"{moment:%H:%M}", zone=moment.tzname() or "").rstrip()


def _remove_address(article: Article, who: Visitor) -> str:
    return f"{REMOVE}?{urlencode({'id': article.id}, quote_via=quote)}" if who.edits else ""


def _remove(history: History, bot: Bot, request: Request, form: Any) -> Response:
    """Asks first; takes the article out when that is sent, and its words out of what is kept where that is asked."""
    who = visitor(request)
    if not who.edits:
        raise NotAllowed
    index: Index = bot.index
    article_id = str(form.get("id", "")) or request.query_params.get("id", "")
    if request.method != "POST" and not article_id:
        return _to_list()
    article = index.article(article_id)
    words, kept = who.words, article_address(article.id)
    if request.method != "POST":
        back = Link(kept, article.title)
        return shown(who, words("remove.title"), "remove.html", back=back, article=article, action=REMOVE, kept=kept)
    index.remove(article.id)
    sentences = [words("remove.removed", title=article.title)]
    if form.get("purge"):
        try:
            sentences.append(words("remove.purged", count=history.purge([article.id])))
        except ShownError as error:
            sentences.append(words("remove.not_purged", reason=words.error(error)))
    sentence = words("chat.between").join(sentences)
    return told(who, sentence)


def _to_list() -> Response:
    """Where a page leads that came of a form, when it is asked for anew, as another language does."""
    from starlette.responses import RedirectResponse

    return RedirectResponse(LIBRARY, 303)


def _sought(query: QueryParams) -> Sought:
    """The limits that a list is asked for. A kind or day that is none is not heeded."""
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


def _at(query: dict[str, Any], path: str = LIBRARY) -> str:
    """The library's address with what is looked for; what is None or empty is left out."""
    kept = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
