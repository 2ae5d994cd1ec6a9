"""Plain pages that run no script, made from the templates in `sheets`, in which every value is text.

    sheet("Library", fill("library.html", articles=articles), home="/")

A template is Jinja's. Its filters are `byline`, `who` (the byline without the kind) and `line` (title and byline) of an
article's facts, `prose` of its text, `address` (only one of the web may become a link) and its `host`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.render import Facts, address, article_line, byline
from bot.web.prose import prose

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

FOLDER = "sheets"


def sheet(title: str, body: Markup | str, *, home: str = "", language: str = "en") -> str:
    """A whole page of HTML: it looks the same from a server and from a file, and nothing in it is fetched or run.

    `body` is text unless `fill` made it. `home` is the address of the chat; empty where there is none.
    """
    page = _templates().get_template("sheet.html")
    return _whole(page.render(title=title, body=body, home=home, language=language, style=_style()))


def fill(template: str, **values: Any) -> Markup:
    """A part of a page, from a file in `sheets`. A value that the template names and that is missing is an error."""
    from markupsafe import Markup

    return Markup(_whole(_templates().get_template(template).render(**values)))


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("bot.web", FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(address=address, byline=byline, host=_host, line=article_line, prose=_prose, who=_who)
    return made


def _who(facts: Facts) -> str:
    return byline(replace(facts, kind=None))


def _prose(text: str) -> Markup:
    from markupsafe import Markup

    return Markup(prose(text, heading="h3"))


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


@cache
def _style() -> Markup:
    from markupsafe import Markup

    return Markup(files("bot.web").joinpath("sheet.css").read_text(encoding="utf-8"))


def _whole(text: str) -> str:
    """Half a surrogate pair is no letter, and cannot be sent."""
    return text.encode(errors="replace").decode()
