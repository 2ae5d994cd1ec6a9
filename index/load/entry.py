"""Entries of a feed or a sitemap."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from index.byline import PageFacts


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """One article that a feed or a sitemap lists, and what it says about it. `facts.text` is the feed's own text."""

    address: str | None  # normal; None where only the feed has the text
    facts: PageFacts = field(default_factory=PageFacts)
    name: str = ""  # what tells an entry without an address from the others of its feed
    changed: datetime | date | None = None  # when, as the list says

    def since(self, day: date) -> bool:
        """Whether it was published, or else changed, on `day` or after. One without a date counts as new."""
        moment = self.facts.published or self.changed
        return moment is None or (moment.date() if isinstance(moment, datetime) else moment) >= day
