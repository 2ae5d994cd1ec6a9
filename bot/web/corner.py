"""The corner of the page that leads elsewhere: to the library, to the check of a text, and out."""

from __future__ import annotations

from bot.web.access import Visitor
from bot.web.markup import safe


def corner(visitor: Visitor) -> str:
    """As markup."""
    words = visitor.words
    library = f'<a href="library">{safe(words("corner.library"))}</a>'
    check = f'<a href="check">{safe(words("check.title"))}</a>'
    name = f'<span dir="auto">{safe(visitor.name)}</span>' if visitor.name else ""
    out = f'<a href="sign-out">{safe(words("corner.sign_out"))}</a>' if visitor.session else ""
    return f"<p>{' · '.join(filter(None, (library, check, name, out)))}</p>"
