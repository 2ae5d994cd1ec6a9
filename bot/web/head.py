"""The head of each plain page of the server: the same everywhere, whichever of them it is."""

from __future__ import annotations

from bot.render.html.sheet import Link, PageHead
from bot.web.access import Visitor
from bot.web.door import CHECK, SIGN_OUT
from bot.web.language import LANGUAGE

LIBRARY = "/library"
GAPS = "/library/gaps"

_PAGES = (("/", "corner.chat"), (LIBRARY, "corner.library"), (CHECK, "check.title"))


def head(
    visitor: Visitor, here: str = "", back: Link | None = None, base: str = "/", scripts: tuple[str, ...] = ()
) -> PageHead:
    """The head of the page at the path `here`, from which the chat is at `base`."""
    words = visitor.words
    pages = (*_PAGES, (GAPS, "corner.gaps")) if visitor.edits else _PAGES
    links = tuple(Link(base + path[1:], words(name), path == here) for path, name in pages)
    out = Link(f"{base}{SIGN_OUT[1:]}", words("corner.sign_out"), here == SIGN_OUT) if visitor.session else None
    return PageHead(base, links, back, base + LANGUAGE[1:], visitor.name or "", out, scripts)


def bare(base: str = "/") -> PageHead:
    """The head of a page for somebody who is not let in yet: it leads nowhere else."""
    return PageHead(base, switch=base + LANGUAGE[1:])
