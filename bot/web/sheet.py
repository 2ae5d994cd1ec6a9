"""Plain pages that run no script, made from the templates in `sheets`, in which every value is text.

    sheet("Library", fill("library.html", articles=articles), home="/")

A template is Jinja's. It speaks by `words`, in the language of the reader. Its filters are `byline`, `who` (the byline
without the kind) and `line` (title and byline) of an article's facts, `prose` of its text with ranges marked, `lang`
(the attribute) of its language, `address` (only one of the web may become a link) and its `host`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.facts import byline, line
from bot.render import Facts, address
from bot.web.markup import Marked, lang
from bot.web.prose import prose
from bot.web.words import ENGLISH, Wording

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

FOLDER = "sheets"


def sheet(title: str, body: Markup | str, words: Wording = ENGLISH, *, home: str = "", switch: str = "") -> str:
    """A whole page of HTML: it looks the same from a server and from a file, and nothing in it is fetched or run.

    `body` is text unless `fill` made it. `home` is the address of the chat, `switch` where another language is asked
    for; empty where there is none.
    """
    page = _templates().get_template("sheet.html")
    return _whole(page.render(title=title, body=body, words=words, home=home, switch=switch, style=_style()))


def fill(template: str, words: Wording = ENGLISH, **values: Any) -> Markup:
    """A part of a page, from a file in `sheets`. A value that the template names and that is missing is an error."""
    from markupsafe import Markup

    return Markup(_whole(_templates().get_template(template).render(words=words, **values)))


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
    made.filters.update(address=address, byline=byline, host=_host, lang=_lang, line=line, prose=_prose, who=_who)
    return made


def _who(facts: Facts, words: Wording) -> str:
    return byline(facts, words, kind=False)


def _lang(language: str | None) -> Markup:
    from markupsafe import Markup

    return Markup(lang(language))


def _prose(text: str, ranges: Sequence[Marked] = (), heading: str = "h3") -> Markup:
    from markupsafe import Markup

    return Markup(prose(text, ranges, heading))


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


@cache
def _style() -> Markup:
    from markupsafe import Markup

    return Markup(files("bot.web").joinpath("sheet.css").read_text(encoding="utf-8"))


def _whole(text: str) -> str:
    """Half a surrogate pair is no letter, and cannot be sent."""
    return text.encode(errors="replace").decode()
