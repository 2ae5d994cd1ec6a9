"""Articles from an address: a page, a document, a feed, a sitemap."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from io import BytesIO

from index.errors import Unreadable
from index.load import addresses, assemble, feed, sitemap
from index.load.entry import ListedEntry
from index.load.fetch import Fetched, Fetcher
from index.load.inflate import GZIP, Damaged, InflatedTooLarge, in_megabytes, inflate
from index.load.raw import Raw
from index.load.registry import reader, suffix
from index.load.stamps import Known, current, versioned
from index.types import Article, Failure, Outcome, Reading, Stamp, Visit, Walk

_PROLOG = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)", re.DOTALL)
_ROOT = re.compile(rb"\s*<(?:[\w.-]+:)?([\w.-]+)")
_HEAD = 65_536  # bytes before the end of which the root element begins
_DEEPEST = 3  # sitemaps that list sitemaps; the protocol has one such level
_FULLER = 2  # so many times longer than its page is a feed's text where the page shows only how the article begins
_LONGEST_TITLE = 100  # characters that the first line of a text without a title gives it


class PageForm(StrEnum):
    """The form of what is at an address, as its bytes say."""

    DOCUMENT = "document"  # of one article, or of many
    FEED = "feed"
    SITEMAP = "sitemap"


def visit(
    address: str, fetcher: Fetcher, known: Known, since: date | None = None, limit: int | None = None
) -> Iterator[Reading]:
    """The articles at an address, after those of each source its `Visit`, and the `Walk` if nothing was left out.

    A page or a document is one source. The pages that a feed or a sitemap lists are fetched, unless they are older than
    `since`. At most `limit` articles are taken, unchanged ones among them. The feed or sitemap itself is fetched whole
    every time. What fails is a `Failure`, and the others go on.
    """
    try:
        root = addresses.normal(address)
    except Unreadable as error:
        yield Failure(error.source, error.reason)
        return
    run = _Visit(root, fetcher, known, since, limit)
    yield from run.all()
    if run.whole:
        yield Walk(root)


def form(found: Fetched) -> PageForm:
    """The form of what was fetched, by its first element, whatever its content type says."""
    name = _root(found.data)
    if name in sitemap.ROOTS:
        return PageForm.SITEMAP
    return PageForm.FEED if name in feed.ROOTS or feed.is_json(found.data) else PageForm.DOCUMENT


@dataclass(slots=True)
class _Visit:
    """One visit of a root."""

    root: str
    fetcher: Fetcher
    known: Known
    since: date | None
    limit: int | None
    whole: bool = True  # whether all that is in the root was visited
    count: int = 0  # articles
    seen: set[str] = field(default_factory=set)
    named: bool = True  # whether all that led to what is fetched next was named by a person, or is private itself

    def all(self) -> Iterator[Reading]:
        self.seen.add(self.root)
        try:
            found = self._fetched(self.root)
            self.named = found.private
            match form(found):
                case PageForm.DOCUMENT:
                    yield from self._document(self.root, found, ListedEntry(self.root), found.time)
                    return
                case PageForm.FEED:
                    yield from self._listed(self._of_feed(found), found.time)
                case PageForm.SITEMAP:
                    yield from self._listed(self._of_sitemap(self.root, found, 1), found.time)
        except Unreadable as error:
            self.whole = False
            yield from self._failed(self.root, [Failure(self.root, error.reason)])
        else:
            yield Visit(self.root, self.root)

    def _of_feed(self, found: Fetched) -> Iterator[ListedEntry]:
        listed = feed.read(self.root, found.address, found.data, found.content_type)
        yield from listed.entries
        if not listed.whole:
            raise Unreadable(self.root, "The feed breaks off before its end. Try again later.")

    def _of_sitemap(self, address: str, found: Fetched, depth: int) -> Iterator[ListedEntry | Failure]:
        """The entries of a sitemap and of those that it lists, each of which is fetched when it is reached."""
        hosts, elsewhere = {addresses.host(self.root), addresses.host(found.address)}, list[str]()
        for each in sitemap.listed(address, found.address, found.data, hosts):
            if isinstance(each, sitemap.Elsewhere):
                elsewhere.append(each.address)
            elif isinstance(each, ListedEntry):
                yield each
            elif self.since and not each.since(self.since):
                self.whole = False
            elif each.address not in self.seen:
                self.seen.add(each.address)
                yield from self._of_part(each.address, depth + 1)
        if elsewhere:
            yield Failure(
                address,
                f"It lists {len(elsewhere):,} addresses that are not of its own host, for which it cannot speak, such "
                f"as {elsewhere[0]!r}. They were left out; name them by themselves.",
            )

    def _of_part(self, address: str, depth: int) -> Iterator[ListedEntry | Failure]:
        try:
            if depth > _DEEPEST:
                raise Unreadable(address, "It is a sitemap too far below the first one. Name it by itself.")
            found = self._fetched(address)
            self.named = self.named and found.private
            if form(found) is not PageForm.SITEMAP:
                raise Unreadable(address, "It is listed as a sitemap and is none. Its owner has to mend it.")
            yield from self._of_sitemap(address, found, depth)
        except Unreadable as error:
            self.whole = False
            yield Failure(address, error.reason)

    def _listed(self, entries: Iterable[ListedEntry | Failure], time: datetime | None) -> Iterator[Reading]:
        """Visits what is listed, as far as it was asked for."""
        for each in entries:
            if isinstance(each, Failure):
                yield each
            elif self.since and not each.since(self.since):
                self.whole = False
            elif (source := each.address or f"{self.root}#{each.name}") not in self.seen:
                self.seen.add(source)
                yield from self._entry(source, each, time)
            if self.limit is not None and self.count >= self.limit:
                self.whole = False
                return

    def _entry(self, source: str, entry: ListedEntry, time: datetime | None) -> Iterator[Reading]:
        if entry.address is None:
            yield from self._alone(source, entry, time)
            return
        try:
            found = self._fetched(source)
        except Unreadable as error:
            yield from self._instead(source, [Failure(source, error.reason)], entry, time)
        else:
            yield from self._document(source, found, entry, time)

    def _document(self, source: str, found: Fetched, entry: ListedEntry, time: datetime | None) -> Iterator[Reading]:
        if found.unchanged:
            yield from self._unchanged(source, found.stamp)
            return
        articles, failures = _read(source, found, entry)
        if articles:
            yield from self._given(source, articles, failures, found.stamp)
        else:
            yield from self._instead(source, failures, entry, time)

    def _alone(self, source: str, entry: ListedEntry, time: datetime | None) -> Iterator[Reading]:
        """An entry that no page stands behind."""
        digest = sha256(repr(entry.facts).encode(errors="surrogatepass")).hexdigest()
        last = self._last(source)
        if last and last.hash == digest:
            yield from self._unchanged(source, last)
        elif feed.says_something(entry.facts.text):
            yield from self._given(source, [_own(source, entry, time)], [], Stamp(hash=digest))
        else:
            nothing = "The feed gives it neither an address nor a text of one sentence. It was left out."
            yield from self._failed(source, [Failure(source, nothing)])

    def _instead(
        self, source: str, failures: list[Failure], entry: ListedEntry, time: datetime | None
    ) -> Iterator[Reading]:
        """The feed's own text in the place of a page that gave none, unless an earlier visit gave the page's."""
        if feed.says_something(entry.facts.text) and not self._last(source):
            yield from self._given(source, [_own(source, entry, time)], [], Stamp())
        else:
            yield from self._failed(source, failures)

    def _given(self, source: str, articles: list[Article], failures: list[Failure], stamp: Stamp) -> Iterator[Reading]:
        self.count += len(articles)
        yield from articles
        yield from failures
        # What failed in part is read again at the next visit, so that it is said again.
        yield Visit(source, self.root, Outcome.READ, Stamp() if failures else versioned(stamp))

    def _unchanged(self, source: str, stamp: Stamp) -> Iterator[Reading]:
        self.count += 1
        yield Visit(source, self.root, Outcome.UNCHANGED, versioned(stamp))

    def _failed(self, source: str, failures: list[Failure]) -> Iterator[Reading]:
        yield from failures
        yield Visit(source, self.root, Outcome.FAILED)

    def _fetched(self, source: str) -> Fetched:
        return _unpacked(
            source, self.fetcher.fetch(source, self._last(source), named=self.named), self.fetcher.limits.largest
        )

    def _last(self, source: str) -> Stamp | None:
        """How the source looked when it was read, if that was by this version of the readers."""
        last = current(self.known(source))
        return replace(last, hash=(last.hash or "").partition(":")[2]) if last else None


def _read(source: str, found: Fetched, entry: ListedEntry) -> tuple[list[Article], list[Failure]]:
    """The articles that the reader for its format finds. What a feed says of one fills in what it does not say."""
    raw = Raw(source, BytesIO(found.data), found.media, found.charset, found.address, replace(entry.facts, text=""))
    try:
        items = list(reader(raw)(raw))
    except Unreadable as error:
        return [], [Failure(source, error.reason)]
    articles = [replace(item, fetched=found.time) for item in items if isinstance(item, Article)]
    if len(articles) == 1 and len(entry.facts.text) > _FULLER * len(articles[0].text):
        articles = [replace(articles[0], text=entry.facts.text)]
    return articles, [item for item in items if isinstance(item, Failure)]


def _own(source: str, entry: ListedEntry, time: datetime | None) -> Article:
    """The article that a feed's own text makes."""
    title = entry.facts.title or entry.facts.text.partition("\n")[0][:_LONGEST_TITLE]
    raw = Raw(source, BytesIO(), url=entry.address)
    return replace(assemble.article(raw, replace(entry.facts, title=title)), fetched=time)


def _unpacked(source: str, found: Fetched, largest: int) -> Fetched:
    """The content of a packed sitemap or feed. What readers unpack by themselves stays as it is."""
    if not found.data.startswith(GZIP) or suffix(Raw(source, BytesIO(), url=found.address).name):
        return found
    try:
        return replace(found, data=inflate([found.data], "gzip", largest))
    except InflatedTooLarge as error:
        reason = f"It unpacks to more than {in_megabytes(largest)}. Name its parts by themselves."
        raise Unreadable(source, reason) from error
    except Damaged as error:
        raise Unreadable(source, "It is packed, and damaged. Try again later.") from error


def _root(data: bytes) -> str:
    """The name of the first element of an XML document, without its prefix; "" where there is none."""
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode()
    position = 0
    while passed := _PROLOG.match(head, position):
        position = passed.end()
    found = _ROOT.match(head, position)
    return found[1].decode() if found else ""
