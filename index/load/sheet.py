"""Spreadsheets, read with openpyxl. Numbers and days are those of the cells."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from index import byline
from index.byline import PageFacts
from index.errors import Unreadable
from index.load import assemble, document, office
from index.load.converted import in_words
from index.load.decode import tidy
from index.load.raw import Raw
from index.types import Article

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

_LARGEST_TABLE = 200_000_000  # bytes; a sheet is read row by row


def articles(raw: Raw) -> Iterator[Article]:
    """The article that a workbook makes: a heading and a table for each sheet that shows something.

    A cell with a formula is what it was when the workbook was saved. Raises `Unreadable`.
    """
    _, properties = office.opened(raw, ".xlsx", "xl/workbook.xml", _LARGEST_TABLE)
    try:
        blocks = _blocks(_opened(raw))
    except Exception as error:  # openpyxl meets damage with errors of any kind
        raise Unreadable(raw.source, f"It is damaged: {in_words(error)}. Save it again as .xlsx.") from error
    if not blocks:
        raise Unreadable(raw.source, "Its sheets are empty. Put the figures there, or leave the file out.")
    text = "\n\n".join(blocks)
    yield assemble.article(raw, document.believed(properties) | PageFacts(text=text, language=byline.language(text)))


def _opened(raw: Raw) -> Workbook:
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(raw.data()), read_only=True, data_only=True, keep_links=False)


def _blocks(workbook: Workbook) -> list[str]:
    blocks: list[str] = []
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            continue
        rows = ([_shown(cell) for cell in row] for row in sheet.iter_rows(values_only=True))
        table = "\n".join(f"| {' | '.join(_cut(row))} |" for row in rows if any(row))
        blocks += [f"## {sheet.title}", table] if table else []
    return blocks


def _cut(row: list[str]) -> list[str]:
    """A row without the empty cells at its end."""
    return row[: max(number for number, cell in enumerate(row, 1) if cell)]


def _shown(value: object) -> str:
    """A cell's value as its sheet shows it, but for the form that was chosen for numbers.

    >>> from datetime import datetime
    >>> [_shown(value) for value in (1200.0, 0.1, datetime(2020, 7, 15), "a\\nb", None, True)]
    ['1200', '0.1', '2020-07-15', 'a b', '', 'TRUE']
    """
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
    return " ".join(tidy(str(value)).split())
