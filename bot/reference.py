"""A quoted article as a reference for other people's texts: APA, BibTeX, Markdown, plain.

Names stay as the article states them, since which part of one is the family name cannot be told for all languages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from unicodedata import normalize
from urllib.parse import quote

from bot.attribute import day
from bot.render import address, article_line, byline, ended, one_line
from bot.types import Citation

_SPECIAL = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
}
# What Markdown reads as more than text: also formulas, and addresses that GitHub makes links of.
_MARKUP = re.compile(r"[\\`*_\[\]<>#|~&$]|^[-+=]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_LIST = re.compile(r"^(\d+)(?=[.)])")


def apa(citation: Citation) -> str:
    """As the seventh edition of the Publication Manual of the American Psychological Association has articles of the
    press: author, day, title, outlet, address. Without an author the title comes first; without a day, "n.d.".

    >>> from datetime import date
    >>> apa(Citation(1, "a", 0, 1, "…", "Who left", "Yang Jin", "Global Times", date(2020, 7, 15)))
    'Yang Jin. (2020, July 15). Who left. Global Times.'
    """
    title = ended(one_line(citation.title))
    when = f"({_apa_day(citation)})."
    author, outlet = (ended(name) if name else None for name in (citation.author, citation.outlet))
    first = (author, when, title) if author else (title, when)
    return one_line(" ".join(part for part in (*first, outlet, _address(citation)) if part))


def bibtex(citation: Citation) -> str:
    """An entry for BibTeX and biblatex; braces keep the author and the title as they stand."""
    published = citation.published
    fields = {
        "author": f"{{{_tex(citation.author)}}}" if citation.author else "",
        "title": f"{{{_tex(citation.title)}}}",
        "journal": _tex(citation.outlet or ""),
        "year": str(published.year) if published else "",
        "month": str(published.month) if published else "",
        "day": str(published.day) if published else "",
        "url": _address(citation),
    }
    lines = (f"  {name} = {{{value}}}," for name, value in fields.items() if value)
    return "\n".join((f"@article{{{_key(citation)},", *lines, "}"))


def markdown(citations: Sequence[Citation]) -> str:
    """The quotes of one article, and below them a line about it, as Markdown in which their text is text."""
    first = citations[0]
    title = as_markdown(first.title)
    url = _address(first)
    linked = f"[{title}](<{url}>)" if url else title
    quotes = (f"> {as_markdown(each.quote)}" for each in citations)
    return "\n>\n".join((*quotes, f"> — {', '.join(filter(None, (linked, as_markdown(byline(first)))))}"))


def plain(citations: Sequence[Citation]) -> str:
    """The quotes of one article, and where they are from."""
    first = citations[0]
    quotes = " ".join(f"“{one_line(each.quote)}”" for each in citations)
    article, url = article_line(first), _address(first)
    return f"{quotes} — {ended(article)} {url}" if url else f"{quotes} — {article}"


def references(citations: Sequence[Citation]) -> Mapping[str, str]:
    """All forms by name, of the citations of one article. Raises IndexError without any."""
    first = citations[0]
    return {"Plain": plain(citations), "Markdown": markdown(citations), "APA": apa(first), "BibTeX": bibtex(first)}


def _apa_day(citation: Citation) -> str:
    if citation.published is None:
        return "n.d."
    number, month, year = day(citation.published).split()
    return f"{year}, {month} {number}"


def _key(citation: Citation) -> str:
    """Such as `jin2020who`, of the letters that every BibTeX takes."""
    *_, name = ["", *_ascii(citation.author or citation.outlet or "").split()]
    title, *_ = [*_ascii(citation.title).split(), ""]
    year = str(citation.published.year) if citation.published else ""
    return f"{name}{year}{title}" or "article"


def _ascii(text: str) -> str:
    letters = normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9 ]", "", letters)


def _tex(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in one_line(text))


def as_markdown(text: str) -> str:
    """`text` on one line, as Markdown in which it is text.

    >>> as_markdown("2021. *Not* a list")
    '2021\\\\. \\\\*Not\\\\* a list'
    """
    return _LIST.sub(r"\1\\", _MARKUP.sub(r"\\\g<0>", one_line(text)))


def _address(citation: Citation) -> str:
    """A web address, without the characters that would end the place that it stands in; else nothing."""
    return re.sub(r"[\s<>{}\\]", lambda found: quote(found[0]), address(citation.url) or "")
