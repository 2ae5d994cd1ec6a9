"""The part of the page's menu that leads elsewhere: to the library, to the check of a text, and out."""

from __future__ import annotations

from bot.render.html.markup import safe
from bot.web.access import Visitor
from bot.web.door import BRING


def corner(visitor: Visitor) -> tuple[str, str]:
    """The links to other pages, and who is here with the way out; both as markup."""
    words = visitor.words
    links = [("library", words("corner.library")), ("check", words("check.title"))]
    if visitor.edits:
        links.append((BRING.removeprefix("/"), words("bring.title")))  # by which drop.js knows that files are taken
    name = f'<span dir="auto">{safe(visitor.name)}</span>' if visitor.name else ""
    out = f'<a href="sign-out">{safe(words("corner.sign_out"))}</a>' if visitor.session else ""
    elsewhere = "".join(f'<a href="{address}">{safe(text)}</a>' for address, text in links)
    return f"<p>{elsewhere}</p>", f"<p>{name}{out}</p>" if name or out else ""
