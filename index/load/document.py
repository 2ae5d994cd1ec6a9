"""The article of a document that has properties, such as a PDF, and prints facts on its first page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from index import byline
from index.byline import PageFacts
from index.errors import Unreadable
from index.load import assemble
from index.load.raw import Raw
from index.types import Article

_HEAD, _TAIL = 12, 3  # blocks that may hold printed facts
_ITEM = re.compile(r"[-*+•|]|\d+[.)]\s")  # of a list or a table
_EARLIEST = 1990  # there were no such documents before; programs that know no day write one
# The days in the empty documents of python-docx and python-pptx.
_EMPTY = frozenset((datetime(2013, 12, 23, 23, 15), datetime(2013, 1, 27, 9, 14, 16), datetime(2013, 1, 27, 9, 15, 58)))
_NO_TITLE = re.compile(
    r"microsoft (?:word|powerpoint|excel|office\w*) ?[-–] ?.*|word document|powerpoint[- ]pr[eäé]sentation"
    r"|(?:new |neues )?(?:document|dokument|pr[eäé]sentation|folie|slide|book|workbook|mappe|sheet|layout|draft|print"
    r"|scan|image|文档|演示文稿|工作簿)\s?\d*"
    r"|untitled.*|unbenannt.*|sans titre.*|无标题.*|title|\(?(?:unspecified|anonymous|none|null|no title)\)?"
    r"|.*\.(?:docx?|pptx?|xlsx?|pdf|indd|qx[pd]|tex|dvi|rtf|odt|pages|html?|txt|ai|e?ps)|[\W\d_]*",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"(?:microsoft |ms )?office[- ](?:user|anwender|benutzer)|(?:windows|default|system|local) ?user|(?:微软)?用户"
    r"|(?:user|benutzer|utilisateur|usuario|pc)\d*|administra\w+|admin|root|owner|author|home|office|guest|unknown"
    r"|unbekannt|anonymous|\(?(?:unspecified|anonymous|none|null)\)?|scanner|.*@.*|[\W\d_]*"
    r"|python-docx|openpyxl|xlsxwriter|apache poi|pandoc|calibre.*|latex.*",
    re.IGNORECASE,
)


def article(raw: Raw, blocks: Sequence[str], properties: PageFacts, heading: str | None = None) -> Article:
    """The article of a document from its `blocks` of text, its `heading` and its `properties`. Raises `Unreadable`.

    The title is that of the properties, unless a program made it up, else the heading, else what is printed. The author
    and the day of publication are those that are printed. Else the author is that of the properties, unless a program
    made it up.
    """
    stated, printed = believed(properties), _printed(blocks)
    title = stated.title or heading or printed.title
    body = _without(blocks, printed, title)
    text = "\n\n".join(body)
    if not text.strip():
        raise Unreadable(raw.source, "It has no text. Put the article there, or leave the file out.")
    found = replace(printed, text=text, language=byline.language(text), title=title)
    return assemble.article(raw, found | stated)


def names(written: str | None) -> str | None:
    """The names in a property, as a byline prints them.

    >>> names("A. Example; B. Sample;"), names(" ")
    ('A. Example and B. Sample', None)
    """
    found = [" ".join(name.split()) for name in (written or "").split(";") if name.strip()]
    return byline.joined(found) if found else None


def believed(properties: PageFacts) -> PageFacts:
    """The properties without what programs write where a person wrote nothing."""
    title, author = properties.title, properties.author
    return replace(
        properties,
        title=title if title and not _NO_TITLE.fullmatch(title.strip()) else None,
        author=author if author and not _NO_AUTHOR.fullmatch(author.strip()) else None,
        published=_plausible(properties.published),
        modified=_plausible(properties.modified),
    )


def _plausible(moment: datetime | date | None) -> datetime | date | None:
    if moment is None or moment.year < _EARLIEST:
        return None
    return None if isinstance(moment, datetime) and moment.replace(tzinfo=None) in _EMPTY else moment


def _ends(blocks: Sequence[str]) -> Sequence[str]:
    return blocks if len(blocks) <= _HEAD + _TAIL else (*blocks[:_HEAD], *blocks[-_TAIL:])


def _printed(blocks: Sequence[str]) -> PageFacts:
    return byline.facts("\n\n".join(block.lstrip("# ") for block in _ends(blocks)))


def _without(blocks: Sequence[str], printed: PageFacts, title: str | None) -> list[str]:
    """The blocks but for the title and the lines of facts that stand around the text; lists and tables stay."""
    kept = {" ".join(line.split()) for line in printed.text.split("\n")} | {printed.title}
    whole = " ".join(printed.text.split())

    def left(number: int, block: str) -> str:
        if _HEAD <= number < len(blocks) - _TAIL or any(map(_ITEM.match, block.split("\n"))):
            return block
        lines = [(line, " ".join(line.lstrip("# ").split())) for line in block.split("\n")]
        if number < _HEAD and title is not None:
            lines = [(line, plain) for line, plain in lines if plain != title]
        # A line of several may have been taken for one that was wrapped, and joined to the next.
        return "\n".join(line for line, plain in lines if plain in kept or ("\n" in block and plain in whole))

    return list(filter(None, (left(number, block) for number, block in enumerate(blocks))))
