"""Plain pages that run no script, made from the templates in `sheets`, in which every value is text.

    sheet("Library", fill("library.html", articles=articles), home="/")

A template is Jinja's. It has `byline` and `address` of `bot.render` as filters: an address is a link only if it is one
of the web.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from bot.render import address, byline

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
    made.filters.update(address=address, byline=byline)
    return made


@cache
def _style() -> Markup:
    from markupsafe import Markup

    return Markup(files("bot.web").joinpath("sheet.css").read_text(encoding="utf-8"))


def _whole(text: str) -> str:
    """Half a surrogate pair is no letter, and cannot be sent."""
    return text.encode(errors="replace").decode()
