"""Plain pages, made from the templates in `sheets`, in which every value is text. They work without any script.

    sheet("Library", fill("library.html", articles=articles), head=Head("/"))

A template is Jinja's. It speaks by `words`, in the language of the reader. Its filters are `byline`, `who` (the byline
without the kind) and `line` (title and byline) of an article's facts, `prose` of its text with ranges marked, `lang`
(the attribute) of its language, `address` (only one of the web may become a link) and its `host`; `answering` of a
sentence's text with the spans that answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.render.html.bylines import byline
from bot.render.html.markup import Marked, answering, lang, marked
from bot.render.html.prose import prose
from bot.render.html.words import ENGLISH, PageWording
from bot.render.text import address
from bot.wording.facts import Facts, line
from index.text.surrogates import without_surrogates

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

FOLDER = "sheets"


@dataclass(frozen=True, slots=True)
class Link:
    """Another page: its address and what it is called."""

    address: str
    name: str
    here: bool = False  # whether it is the page that is shown


@dataclass(frozen=True, slots=True)
class PageHead:
    """The head of a page of a server: where else there is to go, the language and the colours."""

    base: str = "/"  # the address of the chat; the files of the page lie beside it
    links: tuple[Link, ...] = ()
    back: Link | None = None
    switch: str = ""  # where another language is asked for
    name: str = ""  # of who is here
    out: Link | None = None  # where they sign out
    scripts: tuple[str, ...] = ()  # names of files; the page works without them


def sheet(title: str, body: Markup | str, words: PageWording = ENGLISH, head: PageHead | None = None) -> str:
    """A whole page of HTML. Without a head it is a file by itself, in which nothing is fetched or run.

    `body` is text unless `fill` made it.
    """
    page = _templates().get_template("sheet.html")
    return without_surrogates(page.render(title=title, body=body, words=words, head=head, style=_style()))


def fill(template: str, words: PageWording = ENGLISH, **values: Any) -> Markup:
    """A part of a page, from a file in `sheets`. A value that the template names and that is missing is an error."""
    from markupsafe import Markup

    return Markup(without_surrogates(_templates().get_template(template).render(words=words, **values)))


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("bot.render.html", FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(address=address, answering=_answering, byline=_byline, host=_host, lang=_lang)
    made.filters.update(line=line, prose=_prose, who=_who)
    return made


def _byline(facts: Facts, words: PageWording) -> Markup:
    from markupsafe import Markup

    return Markup(byline(facts, words))


def _who(facts: Facts, words: PageWording) -> Markup:
    from markupsafe import Markup

    return Markup(byline(facts, words, kind=False))


def _lang(language: str | None) -> Markup:
    from markupsafe import Markup

    return Markup(lang(language))


def _prose(text: str, ranges: Sequence[Marked] = (), heading: str = "h3") -> Markup:
    from markupsafe import Markup

    return Markup(prose(text, ranges, heading))


def _answering(text: str, spans: Sequence[tuple[int, int]]) -> Markup:
    from markupsafe import Markup

    return Markup(marked(text, answering(spans)))


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


@cache
def _style() -> Markup:
    from markupsafe import Markup

    return Markup(files("bot.render.html").joinpath("sheet.css").read_text(encoding="utf-8"))
