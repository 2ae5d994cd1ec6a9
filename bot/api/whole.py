"""Who may see or change what concerns all articles: a role, and no limit to collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.auth.principal import PRINCIPAL, Principal, RoleForbidden
from bot.errors import ShownError

if TYPE_CHECKING:
    from fastapi import Request

    from bot.auth.users import Role


class LimitedToCollections(RoleForbidden):
    def __init__(self, principal: Principal) -> None:
        ShownError.__init__(
            self,
            f"{principal.name} may not do this: it concerns all articles, and {principal.name} is limited to "
            f"{', '.join(principal.collections)}. Use a key without collections.",
        )


def administering(request: Request, role: Role) -> Principal:
    """Whoever sends a request. Raises RoleForbidden; LimitedToCollections where they may not read all articles."""
    principal: Principal = request.scope[PRINCIPAL]
    principal.require(role)
    if principal.collections:
        raise LimitedToCollections(principal)
    return principal
