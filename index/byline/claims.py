"""Claims of one part of a page's markup, before the parts are weighed against each other."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.byline.credits import Credit
from index.byline.dates import Moment
from index.types import Kind

LONGEST_TITLE = 400  # characters, as the next two; longer ones are no titles and no names
LONGEST_OUTLET = 100
LONGEST_SECTION = 80
SCHEMA_KINDS = {
    "OpinionNewsArticle": Kind.OPINION,
    "ReviewNewsArticle": Kind.OPINION,
    "SatiricalArticle": Kind.OPINION,  # not to be taken for facts
    "AnalysisNewsArticle": Kind.ANALYSIS,
    "BackgroundNewsArticle": Kind.ANALYSIS,
    "ReportageNewsArticle": Kind.REPORT,
    "AdvertiserContentArticle": Kind.RELEASE,
    "PressRelease": Kind.RELEASE,
}
"""What the types of schema.org say. Plain NewsArticle is not here: it may be an opinion, too, and sites write it over
everything."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The values are clean text; None and empty where this part says nothing."""

    title: str | None = None
    credit: Credit = field(default_factory=Credit)
    outlets: tuple[str, ...] = ()  # the likeliest first
    names: tuple[str, ...] = ()  # of anything, that stand around a title
    source: str | None = None  # the outlet that the text was taken from, where it is named as that
    published: Moment | None = None
    modified: Moment | None = None
    created: Moment | None = None
    addresses: tuple[str, ...] = ()  # as written, the likeliest first
    sections: tuple[str, ...] = ()
    kind: Kind | None = None
    locale: str | None = None  # a language, with its region where it is named: en-US
