"""Signing in with the provider: the way there, and back."""

from __future__ import annotations

import asyncio
import json
import logging
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from functools import partial
from typing import TYPE_CHECKING

from bot.auth.oidc import Begun, NotAdmitted, Provider, ProviderUnreachable
from bot.errors import ShownError
from bot.render.html.words import PageWording
from bot.runtime.rate_limit import RateLimit
from bot.web.access import visitor
from bot.web.door import BACK, PROVIDER, SIGN_IN, local
from bot.web.entrance import give
from bot.web.session import Accounts, SessionsUnusable

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

COOKIE = "byline-signing-in"  # what a browser keeps of a sign-in on its way; no other browser can end it
LASTS = 600  # seconds for which somebody may stay at the provider
LONGEST = 1_000  # characters of the path that somebody was going to
TIMES, WITHIN = 30, 300  # one address may come back from the provider, and the seconds

Form = Callable[..., "Response"]  # words, target, name, notice, status -> the page to sign in
Page = Callable[["Request"], Awaitable["Response"]]

_log = logging.getLogger(__name__)


def routes(provider: Provider, accounts: Accounts, form: Form) -> list[Route]:
    """`form` makes the page to sign in, on which a failure is told."""
    from starlette.responses import RedirectResponse
    from starlette.routing import Route

    asking = ThreadPoolExecutor(4, thread_name_prefix="provider")  # of their own: nobody waits for them but who asks
    pace = RateLimit(TIMES, WITHIN)

    failed = partial(_failed, form, provider.settings.name)

    async def begin(request: Request) -> Response:
        words, target = visitor(request).words, local(request.query_params.get("next", "/")[:LONGEST])
        begun = Begun.anew(_back(provider, request))
        try:
            address = await asyncio.get_running_loop().run_in_executor(asking, provider.address, begun)
        except ProviderUnreachable as error:
            return failed(words, target, error)
        response = RedirectResponse(address, 303)
        secure = request.url.scheme == "https"
        kept = _kept(begun, target)
        response.set_cookie(COOKIE, kept, LASTS, path=SIGN_IN, httponly=True, samesite="lax", secure=secure)
        return response

    def session(begun: Begun, said: dict[str, str]) -> str:
        """The cookie of a new one. Both the provider and the database may keep it waiting."""
        return accounts.begin(provider.person(begun, said))

    async def back(request: Request) -> Response:
        words, (begun, target) = visitor(request).words, _read(request.cookies.get(COOKIE, ""))
        if begun is None or begun.state != request.query_params.get("state"):
            return form(words, target, notice=words("sign_in.lost"), status=400)
        if seconds := pace.take(visitor(request).address):
            return form(words, target, notice=words("sign_in.slower", seconds=seconds), status=429)
        said = dict(request.query_params)
        try:
            cookie = await asyncio.get_running_loop().run_in_executor(asking, session, begun, said)
            response = _entered(request, cookie, target)
        except ShownError as error:
            response = failed(words, target, error)
        response.delete_cookie(COOKIE, path=SIGN_IN, httponly=True, samesite="lax")
        return response

    return [Route(PROVIDER, begin), Route(BACK, back)]


def _entered(request: Request, cookie: str, target: str) -> Response:
    from starlette.responses import RedirectResponse

    response = RedirectResponse(target, 303)
    give(response, request, cookie)
    return response


def _back(provider: Provider, request: Request) -> str:
    """The address that the provider leads back to. It has to be one that it knows."""
    page = provider.settings.page or f"{request.url.scheme}://{request.url.netloc}"
    return page.rstrip("/") + BACK


def _kept(begun: Begun, target: str) -> str:
    return urlsafe_b64encode(json.dumps([*astuple(begun), target]).encode()).decode()


def _read(cookie: str) -> tuple[Begun | None, str]:
    """The sign-in on its way, and where somebody was going. Whoever writes the cookie leads only themselves."""
    try:
        state, nonce, verifier, back, target = map(str, json.loads(urlsafe_b64decode(cookie.encode("ascii"))))
    except (ValueError, TypeError, RecursionError):
        return None, "/"
    return Begun(state, nonce, verifier, back), local(target)


def _failed(form: Form, name: str, words: PageWording, target: str, error: ShownError) -> Response:
    """The page to sign in, with what went wrong: for a person in general, for the log in particular."""
    _log.warning("Somebody could not sign in: %s", error)
    if isinstance(error, ProviderUnreachable):
        return form(words, target, notice=words("sign_in.unreachable", provider=name), status=503)
    if isinstance(error, SessionsUnusable):
        return form(words, target, notice=words.error(error), status=503)
    if isinstance(error, NotAdmitted):
        return form(words, target, notice=words("sign_in.not_admitted", provider=name), status=403)
    return form(words, target, notice=words("sign_in.unproved", provider=name), status=401)
