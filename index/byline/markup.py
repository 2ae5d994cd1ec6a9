"""The publication facts that a web page states, in its markup and in print, weighed against each other.

Each part of the markup is read by itself into `Claims`; the tables below say whose word goes before whose. They follow
two rules. What was written for this article goes before what a template writes on every page. A moment that a machine
writes in full, with its zone, goes before a printed one. The printed name of an outlet goes first where the page names
it as the source of its text.

These are never taken: the time of fetching, a notice of rights, and the dates of comments and other articles. Nor is a
moment more than two days ahead of today, an address of another site, or a login.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from index.byline import elements, json_ld, meta
from index.byline.address import canonical, path_words, web_address
from index.byline.claims import Claims
from index.byline.credits import Credit, plain, whole
from index.byline.dates import Moment, Order
from index.byline.languages import code, language, plausible
from index.byline.names import board, joined, outlet, section
from index.byline.page import facts_around
from index.byline.printed import PageFacts
from index.byline.seen import Seen
from index.byline.titles import around_title, bare, cut, same_title, without_names
from index.types import Kind

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Which parts say a fact, the first that does being believed.
#   article     JSON-LD of this article               page, site, trail   JSON-LD of the page, the site, its breadcrumbs
#   opengraph   og: and article: meta                 scholarly           citation_ meta
#   meta        other meta named for the purpose      weak meta           date, dc.date, last-modified
#   microdata   itemprop, RDFa property               rel, class          rel=author; classes named byline or author
#   time        <time> with a label of its fact       weak time           <time> in the article's head without one
#   crumbs      breadcrumbs in the page               printed             the lines around the title, and datelines
TITLE = ("article", "scholarly", "microdata", "opengraph", "meta", "page", "printed")
PUBLISHED = (
    "article",
    "opengraph",
    "microdata",
    "scholarly",
    "meta",
    "time",
    "page",
    "printed",
    "weak time",
    "weak meta",
)
MODIFIED = ("article", "opengraph", "microdata", "meta", "time", "page", "printed", "weak meta")
CREATED = ("article", "microdata")  # where nothing says when it was published
AGENCY = ("article", "microdata", "opengraph", "rel", "class")  # in the author's place, where no person is
AUTHOR = ("article", "microdata", "scholarly", "opengraph", "rel", "class", "printed", "meta", "page")
VISIBLE = ("rel", "class", "printed")  # where a single word may be a label or a link as well as a name
OUTLET = ("article", "scholarly", "opengraph", "microdata", "page", "site", "meta", "title", "printed")
SECTION = ("article", "opengraph", "microdata", "meta", "trail", "crumbs")
ADDRESS = ("article", "opengraph", "microdata", "scholarly", "page")  # after <link rel=canonical>
LOCALE = ("article", "html", "meta", "opengraph", "scholarly", "microdata", "page")

_AHEAD = timedelta(days=2)  # of today, for clocks and zones that are wrong; what is later is a mistake or a plan
_COMPANY = re.compile(
    r"\b(?:GmbH|AG|KG|Ltd|Limited|LLC|Inc|Corp|Corporation|Company|Co|PLC|S\.?A\.?S?|S\.?p\.?A|S\.?r\.?l|S\.?L\.?U?|B\.?V|Pty|OOO|ООО|"
    r"Media Group|Publishing|Holdings?|Verlag|Group)\.?\Z|公司\Z|株式会社"
)
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,12}", re.IGNORECASE)
_SOURCE = re.compile(r"(?:来源|來源|稿源|出处)\s*[:：]\s*(?P<name>[\w·]{2,20})")
_NO_SECTION = re.compile(
    r"uncategori[sz]ed|allgemein|sin categoría|non classé|articles?|posts?|none|null|default|未分类", re.IGNORECASE
)
# Of two kinds that a page states, the one that speaks least in its own voice.
_CAUTIOUS = (Kind.RELEASE, Kind.EDITORIAL, Kind.OPINION, Kind.INTERVIEW, Kind.ANALYSIS, Kind.REPORT)
_DEEPEST = 250  # levels; the parser allows 256
_PORTAL_ENDS = ("网", "新闻", "新闻网", "订阅", "频道", "号", "资讯", "客户端")
_LONGEST_LABEL = 12  # characters
_SAVED = re.compile(r"<!--\s*saved from url=\(\d{1,5}\)(?P<address>\S{1,2000})\s*-->")


def marked(page: str | HtmlElement, url: str | None = None, today: date | None = None) -> PageFacts:
    """The publication facts that a web page states; None where it states none. `PageFacts.text` is left empty.

    `url` is the address that the page came from, where it is known. A moment later than two days from `today` is not
    believed; without `today` none is judged.
    """
    root = parsed(page) if isinstance(page, str) else page
    given = web_address(url) if url else saved_from(page) if isinstance(page, str) else None
    address = given or _base(root)
    seen = Seen.of(root)
    order = seen.order
    parts = _parts(root, seen, address, order)
    known = _outlet(parts)
    title = _title(seen, parts, known)
    credit = _author(parts, known)
    published = _moment(parts, PUBLISHED, "published", today) or _moment(parts, CREATED, "created", today)
    return PageFacts(
        title=title,
        author=joined(credit.people) if credit.people else None,
        outlet=known or credit.agency,
        published=published,
        modified=_later(_moment(parts, MODIFIED, "modified", today), published),
        kind=_kind(parts, credit, address),
        language=_language(seen, parts),
        url=_address(root, parts, address) or (address if url is None else None),
        section=_section(parts),
    )


def parsed(page: str) -> HtmlElement:
    """The elements of a page. Nothing is fetched, and nesting is limited by the parser; comments are left out."""
    from lxml.etree import ParserError
    from lxml.html import Element, HTMLParser, document_fromstring

    parser = HTMLParser(huge_tree=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root: HtmlElement = document_fromstring(page.replace("\0", ""), parser=parser)
    except ParserError:  # a page without any element
        root = Element("html")
    return root


def cut_short(root: HtmlElement) -> bool:
    """Whether the parser left out the rest of a page that `parsed` read, because its elements are nested too deep."""
    depth, element = 0, root
    while len(element):
        element, depth = element[-1], depth + 1
    return depth >= _DEEPEST


def saved_from(page: str) -> str | None:
    """The address that a browser wrote at the top of a page that it saved."""
    found = _SAVED.search(page[:5000])
    return web_address(found["address"]) if found else None


def _base(root: HtmlElement) -> str | None:
    return next((found for base in root.iter("base") if (found := web_address(base.get("href") or ""))), None)


# --- The parts ---------------------------------------------------------------------------------------------------


def _parts(root: HtmlElement, seen: Seen, address: str | None, order: Order | None) -> dict[str, Claims]:
    scripts = [each.text or "" for each in root.iter("script") if "ld+json" in (each.get("type") or "").lower()]
    own = next((found for link in _canonicals(root) if (found := web_address(link, address))), address)
    printed = facts_around([line.text for line in seen.lines], seen.top, order)
    return {
        **json_ld.claims(scripts, own, seen.titles, order),
        **meta.claims(root, order),
        **elements.claims(root, seen.heading, seen.marks, order),
        "html": Claims(locale=plain(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang"), 30)),
        "title": _around_title(seen.titles),
        "crumbs": Claims(sections=seen.crumbs),
        "printed": _printed(printed, [line.text for line in seen.lines]),
    }


def _printed(found: PageFacts, lines: Sequence[str]) -> Claims:
    return Claims(
        title=found.title,
        credit=Credit((found.author,) if found.author else ()),
        outlets=(found.outlet,) if found.outlet else (),
        source=next((said["name"] for line in lines if (said := _SOURCE.search(line)) and outlet(said["name"])), None),
        published=found.published,
        modified=found.modified,
        kind=found.kind,
    )


def _around_title(titles: Sequence[str]) -> Claims:
    """The claims of the names before and behind a title. A label with a colon may be the author's own word."""
    names = [name for title in titles for name in around_title(title)]
    return Claims(
        outlets=tuple(name for name in names if outlet(name)),
        names=tuple(name for name in names if outlet(name) or name.endswith(_PORTAL_ENDS)),
        kind=next((kind for name in names if (kind := section(name))), None),
    )


def _canonicals(root: HtmlElement) -> Iterator[str]:
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            yield link.get("href") or ""


# --- Weighing ----------------------------------------------------------------------------------------------------


def _title(seen: Seen, parts: Mapping[str, Claims], known: str | None) -> str | None:
    """The title that a reader sees, where a stated one confirms it; else the one that is stated."""
    names = [name for each in parts.values() for name in each.outlets] + ([known] if known else [])
    stated = [title for part in TITLE if part in parts and (title := parts[part].title)]
    head = [seen.head_title] if seen.head_title else []
    heading = seen.heading_text
    if heading and (not stated or _confirmed(heading, stated, head)):
        shown = without_names(heading, names)
        return next(
            (title for title in (without_names(each, names) for each in stated) if _labels(shown, title)), shown
        )
    whole = next((title for title in [*stated, *head] if not cut(title)), next(iter([*stated, *head]), None))
    return without_names(whole, names) if whole else None


def _confirmed(heading: str, stated: Sequence[str], head: Sequence[str]) -> bool:
    return any(same_title(heading, title) for title in [*stated, *head]) or bool(
        any(heading in (title[: len(heading)], title[-len(heading) :]) for title in [*stated, *head])
    )


def _labels(shown: str, title: str) -> bool:
    """Whether a heading is the title with a label before it: "Opinion Let the pilots go", "Title: Tides"."""
    label = shown.removesuffix(title).strip() if shown.endswith(title) else ""
    return section(label) is not None or (label.endswith(":") and len(label) <= _LONGEST_LABEL)


def _outlet(parts: Mapping[str, Claims]) -> str | None:
    """The outlet that the text was taken from, where it is named; else the publisher of the page."""
    sources = (parts[part].source for part in ("article", "class", "printed", "meta") if part in parts)
    if source := next(filter(None, sources), None):
        return source
    names = [name.split(" | ")[0].strip() for part in OUTLET if part in parts for name in parts[part].outlets]
    return min(names, key=_remoteness, default=None)


def _remoteness(name: str) -> int:
    """How far a name is from the one that readers know: a paper's, a company's, a server's."""
    return 2 if _DOMAIN.fullmatch(name) else 1 if _COMPANY.search(name) else 0


def _author(parts: Mapping[str, Claims], known: str | None) -> Credit:
    """The people who sign. Where none does, an agency that is not the outlet is the author, or the outlet if none is
    known."""
    sites = {bare(name) for name in (known or "", *parts["title"].names)}
    for part in filter(parts.__contains__, AUTHOR):
        credit = parts[part].credit
        named = (name for name in credit.people if part not in VISIBLE or whole(name))
        if people := tuple(name for name in named if not _is_site(name, sites)):
            return Credit(people, credit.agency)
    agencies = [parts[part].credit.agency for part in AGENCY if part in parts]
    agency = next((name for name in agencies if name and bare(name) != bare(known or "")), None)
    if known is None:
        return Credit(agency=agency)
    return Credit((agency,) if agency and bare(agency) not in bare(known) else ())


def _is_site(name: str, sites: set[str]) -> bool:
    """Whether a name is that of the outlet, or what a portal's columns are called after."""
    return bare(name) in sites or any(f"{bare(name)}{end}" in sites for end in _PORTAL_ENDS)


def _moment(parts: Mapping[str, Claims], order: Sequence[str], fact: str, today: date | None) -> Moment | None:
    """The moment of the first part that states one. A moment of the same day makes a day whole."""
    stated: list[Moment] = [getattr(parts[part], fact) for part in order if part in parts]
    moments = [each for each in stated if each and (today is None or _day(each) <= today + _AHEAD)]
    first = next(iter(moments), None)
    return next((each for each in moments if first and _completes(each, first)), first)


def _completes(moment: Moment, stated: Moment) -> bool:
    """Whether a moment says more of the one that was stated: its time of day, or its zone."""
    if not isinstance(moment, datetime) or _day(moment) != _day(stated):
        return False
    if not isinstance(stated, datetime):
        return True
    same = moment.replace(tzinfo=None, second=0) == stated.replace(tzinfo=None, second=0)
    return same and stated.tzinfo is None and moment.tzinfo is not None


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _later(modified: Moment | None, published: Moment | None) -> Moment | None:
    """A change before the day of publication is one of a draft."""
    return None if modified and published and _day(modified) < _day(published) else modified


def _kind(parts: Mapping[str, Claims], credit: Credit, address: str | None) -> Kind | None:
    sections = (kind for part in SECTION if part in parts for name in parts[part].sections if (kind := section(name)))
    types = (parts[part].kind for part in ("article", "microdata", "printed", "title") if part in parts)
    boards = (Kind.EDITORIAL for name in credit.people if board(name))
    stated = {next(sections, None), *types, *boards} - {None}
    if stated:
        return min(stated, key=_CAUTIOUS.index)
    return next((kind for word in reversed(path_words(address or "")) if (kind := section(word))), None)


def _language(seen: Seen, parts: Mapping[str, Claims]) -> str | None:
    """The language that the text leaves no doubt about, else the one that is stated and that its letters allow."""
    stated = (code(parts[part].locale or "") for part in LOCALE if part in parts)
    return language(seen.prose) or next((found for found in stated if found and plausible(found, seen.prose)), None)


def _address(root: HtmlElement, parts: Mapping[str, Claims], address: str | None) -> str | None:
    stated = (each for part in ADDRESS if part in parts for each in parts[part].addresses)
    return next((found for each in [*_canonicals(root), *stated] if (found := canonical(each, address))), None)


def _section(parts: Mapping[str, Claims]) -> str | None:
    names = (name for part in SECTION if part in parts for name in parts[part].sections[:1])
    return next((name for name in names if not _NO_SECTION.fullmatch(name)), None)
