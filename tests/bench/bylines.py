"""Publication facts of web pages, ours beside trafilatura's: `python -m tests.bench.bylines`.

The labelled pages are those of `tests/test_byline_pages.py`, one for each shape that sites have. They were written
together with our reader, and it reads all of them: the figures say what trafilatura lacks, not how ours does elsewhere.
Dates are compared by the day, names without regard to case and order.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterator

from bot.training.table import table
from index.byline import marked
from index.byline.names import names_of
from index.byline.printed import PageFacts
from tests.test_byline_pages import PAGES, TODAY

Read = Callable[[str, str | None], dict[str, str]]  # a page and its address -> what it states, by fact


def ours(page: str, url: str | None) -> dict[str, str]:
    return compared(marked(page, url, TODAY))


def trafilaturas(page: str, url: str | None) -> dict[str, str]:
    from trafilatura.metadata import extract_metadata

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found = extract_metadata(page, default_url=url)
    people = _together((found.author or "").split("; "))
    return {"date": found.date or "", "author": people, "title": found.title or "", "outlet": found.sitename or ""}


def compared(facts: PageFacts) -> dict[str, str]:
    day = facts.published.isoformat()[:10] if facts.published else ""
    people = _together(names_of(facts.author or ""))
    return {"date": day, "author": people, "title": facts.title or "", "outlet": facts.outlet or ""}


def rows() -> Iterator[list[object]]:
    """For each fact: the pages that state it, the share that each reader gets right, and what it makes up."""
    expected = {name: compared(facts) for name, (_, _, facts) in PAGES.items()}
    found = [{name: read(page, url) for name, (page, url, _) in PAGES.items()} for read in READERS.values()]
    for fact in ("date", "author", "title", "outlet"):
        stating = [name for name in PAGES if expected[name][fact]]
        silent = [name for name in PAGES if not expected[name][fact]]
        row: list[object] = [fact, len(stating)]
        row += [
            _share(sum(_same(each[name][fact], expected[name][fact]) for name in stating), stating) for each in found
        ]
        yield [*row, len(silent), *(sum(bool(each[name][fact]) for name in silent) for each in found)]


def _same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def _together(names: list[str]) -> str:
    return "; ".join(sorted(re.sub(r"\s+", " ", name).strip() for name in names))


def _share(right: int, of: list[str]) -> str:
    return f"{right / len(of):.2f}"


READERS: dict[str, Read] = {"ours": ours, "trafilatura": trafilaturas}


if __name__ == "__main__":
    readers = list(READERS)
    head = ["fact", "pages that state it", *(f"right, {each}" for each in readers), "pages that do not"]
    sys.stdout.write(table([*head, *(f"made up, {each}" for each in readers)], rows()) + "\n")
