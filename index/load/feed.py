"""Feeds: RSS and Atom in their many versions, and JSON Feed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from index import byline
from index.byline import PageFacts
from index.byline.names import credited, outlet, section
from index.errors import Unreadable
from index.load import addresses, fragment
from index.load.entry import ListedEntry
from index.load.inflate import in_megabytes

ROOTS = frozenset({"rss", "feed", "RDF"})  # the names of the root elements
_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|RDF)\s*>")
_TAIL = 1000  # bytes in which the end of the root element stands
_JSON_VERSION = b"jsonfeed.org/version"
_TITLE_PARTS = re.compile(r"\s+[-–—|»>:·]+\s+|\s*[|»]\s*|:\s+")
_MAIL = re.compile(r"\S+@\S+")
_LARGEST = 20_000_000  # bytes; feeds have a hundredth of it, and it takes seconds to read
_LONGEST = 300  # characters of a name, a date or a category; what is longer is none
_SENTENCE = re.compile(r"[.!?…](?=[\"'”’)\]]*(?:\s|\Z))|[。！？]")
_SHORTEST = 20  # characters before the stop of a sentence that says something; Chinese needs half as many


@dataclass(frozen=True, slots=True)
class Feed:
    """The entries of a feed, each once, and whether it was all there."""

    entries: tuple[ListedEntry, ...]
    whole: bool = True


def is_json(data: bytes) -> bool:
    """Whether the bytes are those of a JSON Feed."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and _JSON_VERSION in data


def says_something(text: str) -> bool:
    """Whether a feed's own text is at least a sentence, and may stand for a missing page.

    >>> says_something("The port of Vellmar opened on Monday."), says_something("Read more…")
    (True, False)
    """
    return any(found.start() * (1 + (found[0] in "。！？")) >= _SHORTEST for found in _SENTENCE.finditer(text))


def read(source: str, base: str, data: bytes, content_type: str | None) -> Feed:
    """The feed at `base`. What an entry lacks is None, and one without an address has only the feed's own text.

    Raises `Unreadable`.
    """
    if len(data) > _LARGEST:
        raise Unreadable(source, f"It is a feed of more than {in_megabytes(_LARGEST)}. Name its pages by themselves.")
    feed = _json(source, base, data) if is_json(data) else _xml(source, base, data, content_type)
    once = {entry.address or entry.name: entry for entry in reversed(feed.entries)}  # of two the first one stays
    return Feed(tuple(reversed(once.values())), feed.whole)


def _xml(source: str, base: str, data: bytes, content_type: str | None) -> Feed:
    from feedparser import parse

    broken = Unreadable(source, "It looks like a feed, and cannot be read as one. Its owner has to mend it.")
    headers = {"content-location": base, "content-type": content_type or "application/xml"}
    try:
        parsed = parse(BytesIO(data), response_headers=headers)  # bytes as such would be the name of a file to open
    except Exception as error:  # the parser guards little of itself: damaged feeds raise errors of any kind in it
        raise broken from error
    if not parsed.version and not parsed.entries:
        raise broken
    whole = not parsed.bozo or _END.search(data[-_TAIL:]) is not None
    items = parsed.entries if whole else parsed.entries[:-1]  # what broke off did so within the last one
    return Feed(tuple(_entry(base, item, parsed.feed, parsed.version) for item in items), whole)


def _entry(base: str, item: Mapping[str, Any], feed: Mapping[str, Any], version: str) -> ListedEntry:
    published, updated = _moment(item.get("published")), None
    if "updated" in item:  # asked for without this, it is what was published
        updated = _moment(item["updated"])
    if published is None and not version.startswith("atom"):  # RSS has one date, under several names
        published, updated = updated, None
    people = item.get("authors") or (feed.get("authors") if version.startswith("atom") else None) or ()  # RFC 4287
    terms = [str(tag.get("term") or "") for tag in item.get("tags", ())]
    language = next((each["language"] for each in item.get("content", ()) if each.get("language")), None)
    facts = _facts(
        title=fragment.text(item.get("title", "")),
        people=(str(person.get("name") or "") for person in people),
        outlet=_outlet(str(item.get("source", {}).get("title") or "")) or _outlet(str(feed.get("title") or "")),
        published=published,
        modified=updated,
        terms=terms,
        language=language or feed.get("language"),
        text=_body(item),
    )
    return ListedEntry(_address(base, item.get("link")), facts, _name(item.get("id"), facts), updated)


def _body(item: Mapping[str, Any]) -> str:
    """The longest of the texts that an entry holds: some have the article, and a summary beside it."""
    values = [*(each.get("value") or "" for each in item.get("content", ())), item.get("summary") or ""]
    return max(map(fragment.text, values), key=len)


def _json(source: str, base: str, data: bytes) -> Feed:
    try:
        feed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            source, "It is a JSON Feed that breaks off or is damaged. Its owner has to mend it."
        ) from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise Unreadable(source, "It is a JSON Feed without a list of items. Its owner has to mend it.")
    return Feed(tuple(_json_entry(base, item, feed) for item in items if isinstance(item, dict)))


def _json_entry(base: str, item: Mapping[str, Any], feed: Mapping[str, Any]) -> ListedEntry:
    updated = _moment(item.get("date_modified"))
    people = item.get("authors") or [item.get("author")]
    tags = item.get("tags")
    facts = _facts(
        title=_string(item.get("title")),
        people=(_string(person.get("name")) for person in people if isinstance(person, dict)),
        outlet=_outlet(_string(feed.get("title"))),
        published=_moment(item.get("date_published")),
        modified=updated,
        terms=[_string(tag) for tag in tags] if isinstance(tags, list) else [],
        language=item.get("language") or feed.get("language"),
        text=max(
            fragment.text(_string(item.get("content_html"))),
            _string(item.get("content_text")).strip(),
            _string(item.get("summary")).strip(),
            key=len,
        ),
    )
    return ListedEntry(
        _address(base, item.get("url") or item.get("external_url")), facts, _name(item.get("id"), facts), updated
    )


def _facts(
    *,
    title: str,
    people: Iterable[str],
    outlet: str | None,
    published: datetime | date | None,
    modified: datetime | date | None,
    terms: list[str],
    language: object,
    text: str,
) -> PageFacts:
    terms = [_short(term) for term in terms]
    return PageFacts(
        title=" ".join(title.split()) or None,
        author=_author(people),
        outlet=outlet,
        published=published,
        modified=modified,
        kind=next((kind for term in terms if (kind := section(term))), None),
        section=terms[0].strip() or None if len(terms) == 1 else None,  # of several, none is the outlet's section
        language=_language(language),
        text=text,
    )


def _author(people: Iterable[str]) -> str | None:
    names = list[str]()
    for each in people:
        name = " ".join(_MAIL.sub("", _short(each)).split()).strip("() ")
        named = credited(name.removeprefix("By ")) if name else None
        names.extend(named[0] if named else [name] if name else [])
    once = list(dict.fromkeys(names))
    return byline.joined(once) if once else None


def _outlet(title: str) -> str | None:
    """The outlet in a feed's title: the part that reads as one, else the whole of an undivided title.

    >>> _outlet("World news | Vellmar Courier"), _outlet("Notes from Vellmar"), _outlet("World - Latest")
    ('Vellmar Courier', 'Notes from Vellmar', None)
    """
    parts = [part for part in _TITLE_PARTS.split(" ".join(fragment.text(_short(title)).split())) if part]
    return next(filter(outlet, parts), parts[0] if len(parts) == 1 else None)


def _language(value: object) -> str | None:
    found = re.match(r"[a-z]{2}(?![a-z])", value.strip().lower()) if isinstance(value, str) else None
    return found[0] if found else None


def _moment(written: object) -> datetime | date | None:
    if not isinstance(written, str) or len(written) > _LONGEST:
        return None
    if (moment := byline.when(written.strip())) is not None:
        return moment
    try:
        return parsedate_to_datetime(written)  # years of two digits, as RFC 822 has them
    except (TypeError, ValueError, IndexError):
        return None


def _address(base: str, link: object) -> str | None:
    try:
        return addresses.joined(base, link) if isinstance(link, str) and link.strip() else None
    except Unreadable:  # what is there is no web address
        return None


def _name(identity: object, facts: PageFacts) -> str:
    """The name of an entry among the others: its id, or else its title, or else its text."""
    stated = str(identity).strip() if isinstance(identity, str | int) else ""
    return stated or facts.title or sha256(facts.text.encode(errors="surrogatepass")).hexdigest()[:16]


def _short(value: str) -> str:
    """A name, or nothing where it is too long to be one."""
    return value if len(value) <= _LONGEST else ""


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
