"""The ways to sign in that a deployment has, and who came in by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.web.access import Access, Visitor
from bot.web.session import COOKIE, LASTS, Accounts, Sessions

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


class Entrance:
    """Users of a file with their passwords, people of a provider, or both; they share one cookie."""

    def __init__(self, access: Access) -> None:
        provider = access.provider
        self.access = access
        self.provider = provider
        self.users = Sessions(access.users, access.ended, url=access.database_url) if access.users else None
        self.accounts = None
        if provider:
            self.accounts = Accounts(provider.settings.fingerprint, access.ended, url=access.database_url)

    @property
    def open(self) -> bool:
        """Whether somebody can sign in here."""
        return bool(self.users or self.accounts)

    def visitor(self, cookie: str, address: str) -> Visitor | None:
        """Whose session a cookie says. Raises UsersUnusable, SessionsUnusable."""
        if self.users and (name := self.users.name(cookie)):
            return Visitor(address, self.access.role(name), name, session=True)
        if self.accounts and (person := self.accounts.person(cookie)):
            return self.access.signed_in(person, address)
        return None

    def end(self, cookie: str) -> None:
        """Raises UsersUnusable, SessionsUnusable: then the session goes on."""
        for each in (self.users, self.accounts):
            if each:
                each.end(cookie)


def give(response: Response, request: Request, cookie: str) -> None:
    """Has a browser keep its session."""
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, cookie, max_age=LASTS, httponly=True, samesite="lax", secure=secure)
