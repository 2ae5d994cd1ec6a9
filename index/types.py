"""The values that flow through the index. Frozen; what is unknown is None, never guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import overload

LONGEST_NAME = 80  # characters of the name of a collection


class Kind(StrEnum):
    """The kind of text that an article is. Only a `report` or an `analysis` speaks in its own voice for facts."""

    REPORT = "report"
    ANALYSIS = "analysis"
    OPINION = "opinion"
    EDITORIAL = "editorial"
    INTERVIEW = "interview"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Source:
    """A public document that an article's facts come from."""

    issuer: str
    title: str
    date: str | None = None  # as written: a day, a month or a year


@dataclass(frozen=True, slots=True)
class Republication:
    """Another place where the same text stands, under an id of its own."""

    article_id: str
    outlet: str | None = None
    url: str | None = None
    published: datetime | date | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """A text with its publication facts. All offsets in Byline refer to `text`.

    `published` is a datetime, or a date where no time is known; `as_of` is the day whose state of affairs the
    text describes, where it says so.
    """

    id: str
    title: str
    text: str
    _: KW_ONLY
    url: str | None = None
    author: str | None = None
    outlet: str | None = None
    published: datetime | date | None = None
    modified: datetime | date | None = None
    as_of: date | None = None
    kind: Kind | None = None
    section: str | None = None  # of the outlet, as it names it
    language: str | None = None  # ISO 639-1
    fetched: datetime | None = None
    sources: tuple[Source, ...] = ()
    also: tuple[Republication, ...] = ()  # the index knows these; they are not given

    @property
    def day(self) -> date | None:
        """The day that time and supersession go by: `as_of`, else the day of publication."""
        moment = self.as_of or self.published
        return moment.date() if isinstance(moment, datetime) else moment


@dataclass(frozen=True, slots=True)
class Listed:
    """An article without its text, as a list shows it."""

    article_id: str
    title: str
    author: str | None = None
    outlet: str | None = None
    published: datetime | date | None = None
    as_of: date | None = None
    kind: Kind | None = None
    language: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """The limits of a list. Each of the words is in a title, an outlet or an author; days are `Article.day`."""

    words: str = ""
    outlet: str | None = None
    kind: Kind | None = None
    since: date | None = None  # both included
    until: date | None = None
    within: Filters | None = None  # as a search is limited, besides


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a list of articles, the newest first, which stays where it is when others come or go."""

    day: int  # of the article before it, as `date.toordinal` counts; 0 where it has none
    number: int  # of that article, as the index counts


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list."""

    total: int  # of the whole list
    articles: tuple[Listed, ...]
    next: Position | None = None  # where the next page begins; None after the last one


@dataclass(frozen=True, slots=True)
class Inventory:
    """How many articles there are of each outlet, kind, language and day; None stands for those that state none."""

    total: int = 0
    outlets: tuple[tuple[str | None, int], ...] = ()  # those of most articles first, as the kinds and the languages
    kinds: tuple[tuple[Kind | None, int], ...] = ()
    languages: tuple[tuple[str | None, int], ...] = ()
    days: tuple[tuple[date, int], ...] = ()  # in their order; articles without a day are left out

    @property
    def with_outlet(self) -> int:
        """How many articles state their outlet."""
        return sum(count for name, count in self.outlets if name)

    @property
    def with_day(self) -> int:
        return sum(count for _, count in self.days)

    @property
    def first(self) -> date | None:
        return self.days[0][0] if self.days else None

    @property
    def last(self) -> date | None:
        return self.days[-1][0] if self.days else None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters, `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A contiguous span of one article: `article.text[start:end] == text`."""

    article_id: str
    start: int  # offset into the article's text, in characters
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Filters:
    """The limits of a search. Empty means no limit; `since` and `until` are
    inclusive and compared with `Article.day`; an article without a day is outside every such limit.

    An article has to be within each limit, and within one of several values of the same. `article` holds ids, of which
    that of a copy stands for the article whose text it repeats; `collection` holds names. One that is not there is an
    error, never no limit.
    """

    outlet: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    kind: tuple[Kind, ...] = ()
    language: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    article: tuple[str, ...] = ()
    collection: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class ArticleCollection:
    """A named scope: the articles that were put in, and those that one of its rules takes, also later ones."""

    name: str
    total: int  # articles that are searched in it
    articles: int  # that were put in and are here
    rules: tuple[Filters, ...] = ()


class Effect(StrEnum):
    """The effect of what a search understood."""

    PREFERRED = "preferred"  # articles of which it is true come before others that are as good
    REQUIRED = "required"  # no others are found


@dataclass(frozen=True, slots=True)
class Understood:
    """A day, an outlet, an author or a kind that a question names: `question[start:end] == words`."""

    words: str
    start: int
    end: int
    means: Filters  # with one fact, whose values are those of the index
    effect: Effect = Effect.PREFERRED

    @property
    def fact(self) -> str:
        """`outlet`, `author`, `kind` or `day`."""
        facts = ("outlet", "author", "kind")
        return next((fact for fact in facts if getattr(self.means, fact)), "day")

    @property
    def values(self) -> tuple[str, ...]:
        """The names or kinds that are meant; or the first and the last day, of which one may be empty."""
        if self.fact == "day":
            days = (self.means.since, self.means.until)
            return tuple(day.isoformat() if day else "" for day in days)
        return tuple(str(value) for value in getattr(self.means, self.fact))


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found, with its score in [0, 1] and the parts of it: see `index.search`."""

    passage: Passage
    score: float
    words: float  # BM25 divided by the best BM25 of this search, in [0, 1]
    meaning: float  # cosine of the question and the passage, in [-1, 1]
    named: int = 0  # how many of the facts that the question names, as its outlet and its day, are the article's
    further: bool = False  # whether a better passage of the same article was found
    reranked: float | None = None  # what the reranker says instead of words and meaning, in [0, 1]


@dataclass(frozen=True, slots=True)
class Hits(Sequence[Hit]):
    """The hits of one search, best first, with the filters in force and what was understood from the question.

    What is required is among the filters.
    """

    items: tuple[Hit, ...] = ()
    filters: Filters = field(default_factory=Filters)
    understood: tuple[Understood, ...] = ()

    @overload
    def __getitem__(self, key: int) -> Hit: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Hit, ...]: ...
    def __getitem__(self, key: int | slice) -> Hit | tuple[Hit, ...]:
        return self.items[key]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.items)

    @property
    def article_ids(self) -> tuple[str, ...]:
        """The ids of the articles, each once, that of the best passage first."""
        return tuple(dict.fromkeys(hit.passage.article_id for hit in self.items))


@dataclass(frozen=True, slots=True)
class Failure:
    """A source or an article that could not be brought in, and the sentence that says why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """How a source looked, by which the next run tells whether it is still the same."""

    size: int | None = None  # bytes
    touched: int | None = None  # when the file or its entry last changed, in nanoseconds since 1970
    hash: str | None = None  # the version of what read it, a colon, and the SHA-256 of its bytes, hexadecimal
    etag: str | None = None  # as the server wrote it, and so the next
    last_modified: str | None = None


class Outcome(StrEnum):
    READ = "read"
    UNCHANGED = "unchanged"  # it was not read: its articles are those of the last visit
    FAILED = "failed"  # it is there and gave nothing: its articles stay as they are


@dataclass(frozen=True, slots=True)
class Visit:
    """The end of one source. The articles since the visit before came from it."""

    source: str  # a resolved path, or an address
    root: str  # what it was found in: a folder, a feed, a sitemap, or itself
    outcome: Outcome = Outcome.READ
    stamp: Stamp = field(default_factory=Stamp)


@dataclass(frozen=True, slots=True)
class Walk:
    """The end of one root: every source in it was visited, so what was found in it before and is not now, is gone."""

    root: str


Reading = Article | Failure | Visit | Walk  # what `index.load.read` gives and `Index.add` takes


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of an index that readers see at one moment, by which it tells later what has come since."""

    origin: str  # the index that was made once; whatever is restored from a backup of it has the same
    generation: int  # grows with each change


@dataclass(frozen=True, slots=True)
class Change:
    """A fact of an article before and after, as it is written; None where it was not stated."""

    fact: str  # its name in `Article`
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Revision:
    """How an article that was known changed, when it was taken in again."""

    at: datetime  # when that was, in UTC
    version_before: str  # of the text: see `index.version`; equal where only facts changed
    version_after: str
    facts: tuple[Change, ...] = ()
    gone: tuple[str, ...] = ()  # sentences that were in the text and are not
    come: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexReport:
    """The result of one `add`, in articles. Each that was given counts once; `removed` ones are besides."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicate: int = 0  # new, and copies of others
    removed: int = 0
    failures: tuple[Failure, ...] = ()

    @property
    def failed(self) -> int:
        return len(self.failures)
