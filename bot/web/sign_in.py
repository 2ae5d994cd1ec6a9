"""The pages to sign in and out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.auth.users import User, Users, normal
from bot.errors import ShownError
from bot.render.html.sheet import fill, sheet
from bot.render.html.words import PageWording
from bot.runtime.rate_limit import RateLimit
from bot.web import provided
from bot.web.access import visitor
from bot.web.door import PROVIDER, SIGN_IN, SIGN_OUT, THREADS, local
from bot.web.entrance import Entrance, give
from bot.web.head import bare, head
from bot.web.session import COOKIE, Sessions

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

ENDED = "ended"  # in an address: whether the page to sign in says that a session has ended
TRIES, WITHIN = 5, 300  # that may fail from one address, and the seconds
TRIES_OF_NAME = 20  # that may fail for one name, from anywhere

Tried = Callable[[str, str, str], User | int | None]  # of an address: a name and a password


def routes(entrance: Entrance) -> list[Route]:
    """For the users of a file, and those of a provider."""
    from starlette.responses import HTMLResponse, RedirectResponse
    from starlette.routing import Route

    ending = ThreadPoolExecutor(THREADS, thread_name_prefix="sign-out")

    def form(words: PageWording, target: str, name: str = "", notice: str = "", status: int = 200) -> Response:
        provider = entrance.provider.settings.name if entrance.provider else ""
        body = fill(
            "sign_in.html",
            words,
            action=f"{SIGN_IN}?next={quote(target, safe='/')}",
            name=name,
            notice=notice,
            passwords=entrance.users is not None,
            provider=provider,
            elsewhere=f"{PROVIDER}?next={quote(target, safe='/')}",
        )
        return HTMLResponse(sheet(words("sign_in.title"), body, words, bare()), status)

    async def shown(request: Request) -> Response:
        words, target = visitor(request).words, _target(request)
        notice = words("sign_in.ended") if ENDED in request.query_params else ""
        return RedirectResponse(target, 303) if visitor(request).name else form(words, target, notice=notice)

    async def sign_out(request: Request) -> Response:
        who = visitor(request)
        words = who.words
        if request.method != "POST":
            values = {"action": SIGN_OUT, "name": visitor(request).name}
            body = fill("sign_out.html", words, **values)
            return HTMLResponse(sheet(words("sign_out.title"), body, words, head(who, SIGN_OUT)))
        try:
            await asyncio.get_running_loop().run_in_executor(ending, entrance.end, request.cookies.get(COOKIE, ""))
        except ShownError as error:
            body = fill("told.html", words, sentence=words.error(error))
            return HTMLResponse(sheet(words("sign_out.title"), body, words, head(who)), 503)
        response = RedirectResponse(f"{SIGN_IN}?{ENDED}=1", 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return response

    made = [Route(SIGN_IN, shown), Route(SIGN_OUT, sign_out, methods=["GET", "POST"])]
    if entrance.users:
        made.append(Route(SIGN_IN, _by_password(entrance.users, form), methods=["POST"]))
    if entrance.provider and entrance.accounts:
        made.extend(provided.routes(entrance.provider, entrance.accounts, form))
    return made


def _by_password(sessions: Sessions, form: provided.Form) -> provided.Page:
    """The page that takes a name and a password."""
    from starlette.responses import RedirectResponse

    compare = ThreadPoolExecutor(1, thread_name_prefix="sign-in")  # so that many tries at once are counted, too
    tried = _tried(sessions.users)

    async def sign_in(request: Request) -> Response:
        words = visitor(request).words
        async with request.form() as given:
            name, password = (str(given.get(each, "")) for each in ("name", "password"))
        target, address = _target(request), visitor(request).address
        user = await asyncio.get_running_loop().run_in_executor(compare, tried, address, name, password)
        if isinstance(user, int):
            return form(words, target, name, words("sign_in.slower", seconds=user), 429)
        if user is None:
            return form(words, target, name, words("sign_in.wrong"), 401)
        response = RedirectResponse(target, 303)
        give(response, request, sessions.begin(user.name))
        return response

    return sign_in


def _target(request: Request) -> str:
    """Where somebody goes after signing in. It stands in the address, so that it is there in another language too."""
    return local(request.query_params.get("next", "/"))


def _tried(users: Users) -> Tried:
    by_address, by_name = RateLimit(TRIES, WITHIN), RateLimit(TRIES_OF_NAME, WITHIN)

    def tried(address: str, name: str, password: str) -> User | int | None:
        """The user; the seconds to wait where too many tries failed; None for one that failed."""
        by = f"@{normal(name)[:100]}"
        if seconds := max(by_address.wait(address), by_name.wait(by)):
            return seconds
        user = users.check(name, password)
        if user is None:
            by_address.take(address)
            by_name.take(by)
        return user

    return tried
