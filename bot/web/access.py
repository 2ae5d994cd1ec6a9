"""Who may come to the page, how it is known who that is, and what they may do there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from bot.auth.oidc import Person, Provider
from bot.auth.principal import ANYBODY, Principal
from bot.auth.users import Role, Users, normal
from bot.errors import UsageError
from bot.history import Owner, Place
from bot.render.html.words import ENGLISH, PageWording

LOOPBACK = ("127.0.0.0/8", "::1")
VISITOR = "byline.visitor"  # where a request's scope holds its `Visitor`
QUESTIONS = 20  # a minute
LARGEST = 50_000_000  # bytes of what is uploaded at a time


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever sends a request."""

    address: str
    role: Role
    name: str | None = None  # None where nobody signs in
    session: bool = False  # whether they signed in here, and so may sign out here
    words: PageWording = ENGLISH  # in the language that they read
    account: str = ""  # at a provider, where the name is only shown; empty: the name is theirs alone

    @property
    def edits(self) -> bool:
        return self.role.includes(Role.EDITOR)

    @property
    def principal(self) -> Principal:
        return Principal(self.name or ANYBODY, self.role, address=self.address, account=self.account)

    @property
    def owner(self) -> Owner | None:
        """Whose their conversations are; None where they are the browser's. No browser's key begins like this."""
        return Owner("web", self.key) if self.name else None

    def holds(self, place: Place) -> bool:
        """Whether what is kept there is theirs. Where nobody signs in, whoever knows a place holds it."""
        return self.owner is None or place.owner == self.owner

    @property
    def key(self) -> str:
        """By what their questions are counted."""
        return f"@{self.account or self.name}" if self.name else self.address


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of one deployment. By itself everybody may come, and may change everything."""

    users: Users | None = None  # who may sign in
    provider: Provider | None = None  # by which others may sign in
    ended: Path | None = None  # the file that keeps who signed out, and in by the provider; None: in memory
    database_url: str | None = field(default=None, repr=False)  # of the database in which that is kept instead
    header: str | None = None  # in which a proxy says who asks
    role_header: str | None = None  # and as what: a role among words with commas
    proxies: tuple[str, ...] = LOOPBACK  # addresses and networks of the proxies that are believed
    hosts: tuple[str, ...] = ()  # the names that the page is asked for by; empty: any
    editing: bool = True  # whether editors may change something
    open_to: Role | None = Role.EDITOR  # what everybody is where nobody signs in; None: then nobody may come
    only_local: bool = False  # whether everybody is only who comes from this machine, also by a proxy that is believed
    questions: int = QUESTIONS  # a minute, of one person
    largest: int = LARGEST

    def __post_init__(self) -> None:
        try:
            tuple(map(ip_network, self.proxies))
        except ValueError as error:
            raise UsageError(f"The proxies cannot be used: {error}. Name addresses or networks with commas.") from error

    @property
    def guarded(self) -> bool:
        """Whether only those may come who say who they are."""
        return bool(self.users or self.provider or self.header or not self.open_to)

    @property
    def closed(self) -> bool:
        """Whether nobody may come at all."""
        return not (self.users or self.provider or self.header or self.open_to)

    def role(self, name: str, stated: str | None = None) -> Role:
        """The role of a user: as a proxy states, else as the users file says, else reader."""
        account = self.users.account(name) if self.users else None
        if stated is not None:
            words = {word.strip().casefold() for word in stated.split(",")}
            role = max((each for each in Role if each in words), key=tuple(Role).index, default=Role.READER)
        else:
            role = account.role if account else Role.READER
        return role if self.editing else Role.READER

    def from_proxy(self, headers: Mapping[str, str], address: str) -> Visitor | None:
        """Whom a proxy that is believed names; their own address is `address`."""
        if not self.header or not (name := normal(_text(headers.get(self.header.lower(), "")))):
            return None
        stated = headers.get(self.role_header.lower(), "") if self.role_header else None
        return Visitor(address, self.role(name, stated), name)

    def signed_in(self, person: Person, address: str) -> Visitor:
        """Somebody who signed in by the provider."""
        role = person.role if self.editing else Role.READER
        return Visitor(address, role, person.name, session=True, account=person.account)

    def anybody(self, address: str, *, hidden: bool = False) -> Visitor | None:
        """Somebody where nobody signs in; None where nobody may come so.

        `hidden` says that a proxy sends this for somebody whose address is not known.
        """
        local = not hidden and believed(address, LOOPBACK)
        if self.guarded or not self.open_to or (self.only_local and not local):
            return None
        return Visitor(address, self.open_to if self.editing else Role.READER)


def believed(address: str, proxies: tuple[str, ...]) -> bool:
    """Whether a connection comes from one of these addresses and networks.

    >>> believed("127.0.0.1", LOOPBACK), believed("192.0.2.1", LOOPBACK), believed("a socket", LOOPBACK)
    (True, False, False)
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(each) for each in proxies)


def visitor(request: Any) -> Visitor:
    """Who sends a request, of Starlette's or of Gradio's kind."""
    found: Visitor = getattr(request, "request", request).scope[VISITOR]
    return found


def _text(header: str) -> str:
    """A header's value as people write it: servers read UTF-8 as Latin-1."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header
