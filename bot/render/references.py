"""A quoted article as a reference for other people's texts: APA, BibTeX, Markdown, plain; and a whole answer with them.

Names stay as the article states them, since which part of one is the family name cannot be told for all languages.

Plain and Markdown are for reading: they are in the reader's language and, where an article has changed since it was
quoted, say so right behind the quote, which stays as it was. APA and BibTeX are for lists of references, which have
conventions of their own; what these make of language and change is told with each. `since` is always what became of
the quoted articles: the sentences of `bot.history.since` by mark.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from unicodedata import normalize
from urllib.parse import quote

from bot.answering.attribute import day
from bot.render.html.words import ENGLISH, PageWording
from bot.render.text import address, unsaid
from bot.types import Answer, Citation, Reason
from bot.wording import worded
from bot.wording.facts import byline, ended, line, one_line

Since = Mapping[int, Reason]

_SPECIAL = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
}
# What Markdown reads as more than text: also formulas, and addresses that GitHub makes links of.
_MARKUP = re.compile(r"[\\`*_\[\]<>#|~&$]|^[-+=]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_LIST = re.compile(r"^(\d+)(?=[.)])")
_SAME: Since = MappingProxyType({})  # no article has changed


def apa(citation: Citation) -> str:
    """A reference as the Publication Manual of the American Psychological Association (7th edition) has articles of the
    press: author, day, title, outlet, address. Without an author the title comes first; without a day, "n.d.".

    In English whoever reads: its users have the style from there, months included. It names the article and not a
    quote, and knows no note for what was changed later; so it has none.

    >>> from datetime import date
    >>> apa(Citation(1, "a", 0, 1, "…", "Who left", "Yang Jin", "Global Times", date(2020, 7, 15)))
    'Yang Jin. (2020, July 15). Who left. Global Times.'
    """
    title = ended(one_line(citation.title))
    when = f"({_apa_day(citation)})."
    author, outlet = (ended(name) if name else None for name in (citation.author, citation.outlet))
    first = (author, when, title) if author else (title, when)
    return one_line(" ".join(part for part in (*first, outlet, _address(citation)) if part))


def bibtex(citations: Sequence[Citation], words: PageWording = ENGLISH, since: Since = _SAME) -> str:
    """An entry for BibTeX and biblatex, of one article; braces keep the author and the title as they stand.

    Its fields are in no language: days are numbers, and a style says the rest. Only `note`, which styles print as it
    is, is in the reader's: with it the list of references says that the article has changed, and what was quoted.
    """
    citation = citations[0]
    published = citation.published
    fields = {
        "author": f"{{{_tex(citation.author)}}}" if citation.author else "",
        "title": f"{{{_tex(citation.title)}}}",
        "journal": _tex(citation.outlet or ""),
        "year": str(published.year) if published else "",
        "month": str(published.month) if published else "",
        "day": str(published.day) if published else "",
        "url": _address(citation),
        "note": _tex(_joined([_quoted(each, words, since) for each in citations if each.mark in since], words)),
    }
    lines = (f"  {name} = {{{value}}}," for name, value in fields.items() if value)
    return "\n".join((f"@article{{{_key(citation)},", *lines, "}"))


def markdown(citations: Sequence[Citation], words: PageWording = ENGLISH, since: Since = _SAME) -> str:
    """The quotes of one article, and below them a line about it, as Markdown in which their text is text."""
    first = citations[0]
    title = as_markdown(words("facts.alone", title=first.title))
    url = _address(first)
    source = filter(None, (f"[{title}](<{url}>)" if url else title, as_markdown(byline(first, words))))
    quotes = (block for each in citations for block in _markdown_quote(each, words, since))
    return "\n>\n".join((*quotes, f"> {words('reference.dash')}{words('facts.comma').join(source)}"))


def plain(citations: Sequence[Citation], words: PageWording = ENGLISH, since: Since = _SAME) -> str:
    """The quotes of one article, and where they are from."""
    first = citations[0]
    quotes = _joined([_quoted(each, words, since) for each in citations], words)
    article, url = line(first, words), _address(first)
    source = _joined([ended(article, words("reference.stop")), url], words) if url else article
    return words("reference.plain", quotes=quotes, source=source)


def references(citations: Sequence[Citation], words: PageWording = ENGLISH, since: Since = _SAME) -> Mapping[str, str]:
    """All forms by name, of the citations of one article. Raises IndexError without any."""
    return {
        "Plain": plain(citations, words, since),
        "Markdown": markdown(citations, words, since),
        "APA": apa(citations[0]),
        "BibTeX": bibtex(citations, words, since),
    }


def whole(answer: Answer, words: PageWording = ENGLISH, since: Since = _SAME) -> str:
    """An answer as text, in the language that it is in, and below it each quote by its mark, as in `plain`."""
    lines = [answer.text, ""]
    lines += [f"[{each.mark}] {plain([each], words, since)}" for each in answer.citations]
    if remark := unsaid(worded(answer.reason), answer.text):
        lines.append(remark)
    lines += [f"- {line(each, words)}" for each in answer.nearest]
    if answer.notice:
        lines += ["", words.reason(answer.notice)]
    return "\n".join(lines)


def _quoted(citation: Citation, words: PageWording, since: Since) -> str:
    """A quote on a line and, in brackets behind it, what became of its article."""
    said = words("reader.quote", quote=one_line(citation.quote))
    note = since.get(citation.mark)
    return words("reference.since", quote=said, note=words.reason(note)) if note else said


def _markdown_quote(citation: Citation, words: PageWording, since: Since) -> list[str]:
    note = since.get(citation.mark)
    changed = [f"> *{as_markdown(words.reason(note))}*"] if note else []
    return [f"> {as_markdown(citation.quote)}", *changed]


def _joined(parts: Sequence[str], words: PageWording) -> str:
    return words("reference.between").join(parts)


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
