"""The quote card: a page by which chat programs show the quotes of a result, an MCP App.

The page is the same for all results. What it shows is sent to it by the program, and stays text. It loads nothing,
and runs only its own script, whose hash its policy names.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mcp_types import ReadResourceResult

CARD = "ui://byline/quotes.html"


def page() -> ReadResourceResult:
    """The card as a resource, which asks its program for no address and no permission."""
    from mcp.server.apps import APP_MIME_TYPE
    from mcp_types import ReadResourceResult, TextResourceContents

    meta = {"ui": {"csp": {}, "prefersBorder": True}}
    card = TextResourceContents(uri=CARD, mime_type=APP_MIME_TYPE, text=html(), _meta=meta)
    return ReadResourceResult(contents=[card])


@cache
def html() -> str:
    """The page with its style and script."""
    style, script = _part("card.css"), _part("card.js")
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'"
    return Template(_part("card.html")).substitute(policy=policy, style=style, script=script)


def _part(name: str) -> str:
    return files("bot.mcp").joinpath(name).read_text(encoding="utf-8")


def _hash(part: str) -> str:
    return f"sha256-{b64encode(sha256(part.encode()).digest()).decode()}"
