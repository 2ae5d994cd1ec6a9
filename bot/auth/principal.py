"""Who asks: a program with a key, somebody who signed in, or anybody on this machine; and how far they may go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.auth.users import Role, normal
from bot.errors import ShownError

if TYPE_CHECKING:
    from index.types import Filters

PRINCIPAL = "byline.principal"  # where a request's scope holds its `Principal`


class RoleForbidden(ShownError):
    def __init__(self, name: str, role: Role, needed: Role) -> None:
        super().__init__(f"{name} may not do this: it takes the role {needed}, not {role}. Ask whoever runs Byline.")


class ScopeForbidden(ShownError):
    def __init__(self, name: str, collection: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"{name} may not read the collection {collection!r}. Ask within {', '.join(allowed)}.")


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever sends a request, by whatever way they are known."""

    name: str  # a user's, or a key's; for logs and messages
    role: Role
    collections: tuple[str, ...] = ()  # the only ones that may be read; empty: all articles
    key: str = ""  # the id of the key; empty where it is none
    questions_a_minute: int | None = None  # the key's own limit; None: the server's
    address: str = ""  # from where a request came, where that is known
    account: str = ""  # at a provider, which alone says who they are there; empty: the name does

    @property
    def owner(self) -> str:
        """Whose conversations. No user's name has a capital letter: none is a key's, an account's, or nobody's."""
        return f"Key:{self.key}" if self.key else self.account or self.name

    @property
    def anonymous(self) -> bool:
        """Whether nothing tells them apart from others."""
        return self.name == ANYBODY and not (self.key or self.account)

    @property
    def counted(self) -> str:
        """By what their questions are counted. Those who do not say who they are are told apart by their addresses."""
        return self.address if self.anonymous and self.address else self.owner

    def scoped(self, filters: Filters) -> Filters:
        """The filters within the collections that may be read, by the names that they have here.

        Raises ScopeForbidden for a collection outside of them.
        """
        if not self.collections:
            return filters
        own = {normal(name): name for name in self.collections}
        for asked in filters.collection:
            if normal(asked) not in own:
                raise ScopeForbidden(self.name, asked, self.collections)
        within = tuple(own[normal(asked)] for asked in filters.collection)
        return replace(filters, collection=within or self.collections)

    def require(self, role: Role) -> None:
        """Raises RoleForbidden where somebody may do less than such a role."""
        if not self.role.includes(role):
            raise RoleForbidden(self.name, self.role, role)


ANYBODY = "Anybody"  # the name where nobody has to say who they are; names of users have no capital letters
