"""What there is to choose from when a search is to be limited, and how many articles a limit leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from index.store.database import Database
from index.store.rows import NOW
from index.types import Facets

_SEARCHED = f"copy_of IS NULL AND {NOW}"


class Counts(Database):
    """Counts of the articles in a ledger that are searched."""

    def facets(self) -> Facets:
        first, last = self._one(f"SELECT min(day), max(day) FROM article WHERE {_SEARCHED}")
        return Facets(
            self._counted("outlet"),
            self._counted("kind"),
            self._counted("language"),
            date.fromordinal(first) if first else None,
            date.fromordinal(last) if last else None,
        )

    def within(
        self, facts: Mapping[str, Sequence[str]], days: tuple[int | None, int | None], also: Sequence[int]
    ) -> int:
        """How many articles have one of the values of each fact, and a day within `days`. Those of the numbers `also`
        count as of the outlets that are asked for."""
        since, until = days
        limits = [f"{fact} IN (SELECT value FROM json_each(:{fact}))" for fact in facts if fact != "outlet"]
        if "outlet" in facts:
            limits.append(
                "(outlet IN (SELECT value FROM json_each(:outlet)) OR number IN (SELECT value FROM json_each(:also)))"
            )
        limits += ["day >= :since"] if since is not None else []
        limits += ["day <= :until"] if until is not None else []
        values: dict[str, Any] = {fact: json.dumps(list(names)) for fact, names in facts.items()}
        values |= {"also": json.dumps(list(also)), "since": since, "until": until}
        return int(self._one(f"SELECT count(*) FROM article WHERE {' AND '.join((_SEARCHED, *limits))}", values)[0])

    def spread(self, count: int) -> list[str]:
        """The ids of up to `count` articles, evenly from the first that was taken in to the last."""
        numbers = [number for (number,) in self._all(f"SELECT number FROM article WHERE {_SEARCHED} ORDER BY number")]
        step = max(len(numbers) / count, 1)
        drawn = [numbers[int(place * step)] for place in range(min(count, len(numbers)))]
        query = "SELECT id FROM article WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number"
        return [article_id for (article_id,) in self._all(query, (json.dumps(drawn),))]

    def _counted(self, fact: str) -> tuple[tuple[str, int], ...]:
        query = (
            f"SELECT {fact}, count(*) FROM article WHERE {_SEARCHED} AND {fact} IS NOT NULL "
            f"GROUP BY {fact} ORDER BY count(*) DESC, {fact}"
        )
        return tuple(self._all(query))
