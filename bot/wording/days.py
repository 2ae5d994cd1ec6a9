"""Days as people write them to limit a search: a day, a month or a year."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

_WRITTEN = re.compile(r"\s*(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\s*")


def span(written: str) -> tuple[date, date]:
    """The first and the last day of what is written. Raises ValueError.

    >>> [str(each) for each in span("2020-02")], span("2020-06-30")[0] == date(2020, 6, 30)
    (['2020-02-01', '2020-02-29'], True)
    """
    found = _WRITTEN.fullmatch(written)
    if not found:
        raise ValueError(f"{written!r} is no day")
    year, *parts = (int(each) for each in found.groups() if each)
    first, last = (parts or [1])[0], (parts or [12])[0]
    day = parts[1] if len(parts) > 1 else None
    return date(year, first, day or 1), date(year, last, day or monthrange(year, last)[1])
