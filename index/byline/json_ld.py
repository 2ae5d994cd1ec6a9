"""Publication facts from JSON-LD in the words of schema.org. Pages have it in graphs and lists, by reference, with
trailing commas and comments."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from index.byline.address import same_page, web_address
from index.byline.claims import LONGEST_OUTLET, LONGEST_SECTION, LONGEST_TITLE, SCHEMA_KINDS, Claims
from index.byline.credits import Credit, organised, plain, signed
from index.byline.dates import Moment, Order, stamp
from index.byline.titles import crumbs, same_title

Node = Mapping[str, object]

_LARGEST = 2_000_000  # characters of one script
_MOST_NODES = 5000
_ARTICLE = re.compile(r"\w*Article|(?:Blog|LiveBlog|SocialMedia|DiscussionForum)Posting|PressRelease|Report|Review")
_PAGE = frozenset({"WebPage", "ItemPage"})
_SITE = frozenset({"WebSite", "Organization", "NewsMediaOrganization"})
_PERIODICAL = frozenset({"Periodical", "Newspaper"})
_WORK = frozenset({"WebSite", "Blog", "CreativeWork", "Product", "CreativeWorkSeries", *_PERIODICAL})
_WRAPPING = re.compile(r"\A\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|"
                       r"(?://\s*)?(?:-->|\]\]>|/\*\s*\]\]>\s*\*/)\s*\Z")  # fmt: skip
_COMMA = re.compile(r",(?=\s*[}\]])")
_COMMENT = re.compile(r"/\*.{0,2000}?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Graph:
    """All that a page's scripts hold: what stands for itself, and what is referred to by its `@id`."""

    nodes: tuple[Node, ...]
    named: Mapping[str, Node] = field(default_factory=dict)

    def whole(self, value: object) -> object:
        """The node that a bare reference stands for; any other value as it is."""
        if isinstance(value, dict) and "@id" in value and "name" not in value:
            return self.named.get(str(value["@id"]), value)
        return value

    def each(self, value: object) -> Iterator[object]:
        for item in value if isinstance(value, list) else [value]:
            yield from map(self.whole, item if isinstance(item, list) else [item])  # some sites nest their authors


def claims(
    scripts: Iterable[str], address: str | None, titles: Sequence[str], order: Order | None
) -> dict[str, Claims]:
    """The claims of the scripts about the article of this page, the page, and its site.

    A page may describe other articles, too. An article is believed if it names `address` or one of `titles` as its own.
    A single article may name neither.
    """
    graph = _graph(scripts)
    article = _chosen([node for node in graph.nodes if _is_article(node)], address, titles)
    page = next((node for node in graph.nodes if _types(node) & _PAGE), None)
    site = next((node for node in graph.nodes if _types(node) & _SITE), None)
    trail = next((node for node in graph.nodes if "BreadcrumbList" in _types(node)), None)
    found = {
        "article": _article(article, graph, order) if article else None,
        "page": _article(page, graph, order) if page else None,
        "site": Claims(outlets=_names([site])) if site else None,
        "trail": Claims(sections=_trail(trail, graph, titles)) if trail else None,
    }
    return {name: each for name, each in found.items() if each}


def _article(node: Node, graph: _Graph, order: Order | None) -> Claims:
    types = _types(node)
    return Claims(
        title=next(_texts(node, LONGEST_TITLE, "headline", "name"), None),
        credit=_credit(node.get("author") or node.get("creator"), graph),
        outlets=_outlets(node, graph),
        source=next(iter(_names(graph.each(node.get("sourceOrganization")))), None),
        published=_moment(node, order, "datePublished"),
        modified=_moment(node, order, "dateModified"),
        created=_moment(node, order, "dateCreated"),
        addresses=_addresses(node),
        sections=tuple(_texts(node, LONGEST_SECTION, "articleSection")),
        kind=next((kind for name, kind in SCHEMA_KINDS.items() if name in types), None),
        locale=next(_texts(node, LONGEST_SECTION, "inLanguage"), None),
    )


# --- Scripts to nodes --------------------------------------------------------------------------------------------


def _graph(scripts: Iterable[str]) -> _Graph:
    roots = [value for script in scripts for value in _parsed(script[:_LARGEST])]
    named: dict[str, Node] = {}
    for node in _all(roots):
        key = node.get("@id")
        if isinstance(key, str) and len(node) > len(named.get(key, ())):
            named[key] = node
    return _Graph(tuple(_standing(roots, named)), named)


def _parsed(script: str) -> list[object]:
    """The values of a script; what cannot be read even when mended says nothing."""
    script = _WRAPPING.sub("", _WRAPPING.sub("", script)).strip().rstrip(";")
    mended = _COMMA.sub("", _COMMENT.sub("", script))
    for attempt in (script, mended, html.unescape(mended)):
        if values := _decoded(attempt):
            return values
    return []


def _decoded(script: str) -> list[object]:
    """The values that stand in a script one after another, up to the first that is none."""
    script = script.strip()
    decoder = json.JSONDecoder(strict=False)  # line breaks inside strings
    values: list[object] = []
    at = 0
    while at < len(script):
        try:
            value, at = decoder.raw_decode(script, at)
        except (ValueError, RecursionError):
            break
        values.append(value)
        at += len(script[at:]) - len(script[at:].lstrip(" \t\r\n,;"))
    return values


def _all(roots: Sequence[object]) -> Iterator[Node]:
    """Every node at any depth, at most `_MOST_NODES`."""
    waiting = list(reversed(roots))
    seen = 0
    while waiting and seen < _MOST_NODES:
        value = waiting.pop()
        if isinstance(value, dict):
            seen += 1
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value[:_MOST_NODES])


def _standing(roots: Sequence[object], named: Mapping[str, Node]) -> Iterator[Node]:
    """The nodes that stand for the page: not those in lists of other articles, comments and updates."""
    waiting = list(reversed(roots))
    seen = 0
    while waiting and seen < _MOST_NODES:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value[:_MOST_NODES]))
        elif isinstance(value, dict):
            seen += 1
            yield value
            inner = [value.get("@graph")]
            if _types(value) & _PAGE:
                main = value.get("mainEntity")
                inner += [named.get(str(main["@id"]), main) if isinstance(main, dict) and "@id" in main else main]
                inner += [value.get("breadcrumb")]
            waiting.extend(item for item in inner if isinstance(item, dict | list) and item is not value)


# --- The article of the page -------------------------------------------------------------------------------------


def _types(node: Node) -> set[str]:
    value = node.get("@type")
    return {str(each).rpartition("/")[2] for each in (value if isinstance(value, list) else [value]) if each}


def _is_article(node: Node) -> bool:
    return any(_ARTICLE.fullmatch(name) for name in _types(node))


def _chosen(found: Sequence[Node], address: str | None, titles: Sequence[str]) -> Node | None:
    scored = [(_matches(node, address, titles), node) for node in found]
    if not scored:
        return None
    best = max(score for score, _ in scored)
    alike = [node for score, node in scored if score == best]
    own = best > 0 or (best == 0 and len({id(node) for node in alike}) == 1)
    return alike[0] if own else None


def _matches(node: Node, address: str | None, titles: Sequence[str]) -> int:
    """How surely an article is that of the page: 0 if it does not say, negative if it is another."""
    own = [each for each in (web_address(text, address) for text in _addresses(node)) if each]
    named = list(_texts(node, LONGEST_TITLE, "headline", "name"))
    here = address is not None and any(same_page(each, address) for each in own)
    titled = any(same_title(one, other) for one in named for other in titles)
    elsewhere = address is not None and bool(own) and not here
    otherwise = bool(named) and bool(titles) and not titled
    return 4 * here + 3 * titled - (2 if elsewhere and otherwise else 0)


# --- Values ------------------------------------------------------------------------------------------------------


def _texts(node: Node, longest: int, *keys: str) -> Iterator[str]:
    for key in keys:
        value = node.get(key)
        for each in value if isinstance(value, list) else [value]:
            text = (
                each.get("@value") or each.get("name") or each.get("alternateName") if isinstance(each, dict) else each
            )
            if clean := plain(text, longest):
                yield clean


def _moment(node: Node, order: Order | None, key: str) -> Moment | None:
    value = node.get(key)
    for each in value if isinstance(value, list) else [value]:
        text = each.get("@value") if isinstance(each, dict) else each
        if isinstance(text, str | int) and (found := stamp(str(text), order)):
            return found
    return None


def _credit(value: object, graph: _Graph) -> Credit:
    found = Credit()
    for each in graph.each(value):
        if isinstance(each, str):
            found |= signed([each])
        elif isinstance(each, dict):
            names = list(_texts(each, LONGEST_TITLE, "name")) or _given(each)
            types = _types(each)
            organisation = any(name.endswith("Organization") for name in types)
            found |= organised(names) if organisation else signed(names, persons="Person" in types)
    return found


def _given(person: Node) -> list[str]:
    parts = [next(_texts(person, LONGEST_SECTION, key), None) for key in ("givenName", "familyName")]
    return [" ".join(filter(None, parts))]


def _names(values: Iterable[object]) -> tuple[str, ...]:
    """The names of organisations and works, given as they are or as nodes."""
    return tuple(
        name
        for value in values
        for name in (
            _texts(value, LONGEST_OUTLET, "name") if isinstance(value, dict) else [plain(value, LONGEST_OUTLET)]
        )
        if name and not web_address(name)
    )


def _outlets(node: Node, graph: _Graph) -> tuple[str, ...]:
    """The periodical, the publisher, then the site or work that the article is a part of."""
    works: list[Node] = []
    part: object = node.get("isPartOf")
    for _ in range(4):  # article, issue, volume, periodical
        found = next((each for each in graph.each(part) if isinstance(each, dict)), None)
        if found is None:
            break
        works.append(found)
        part = found.get("isPartOf")
    works = [work for work in works if not _types(work) or _types(work) & _WORK]
    periodicals = [work for work in works if _types(work) & _PERIODICAL]
    return _names([*periodicals, *graph.each(node.get("publisher")), *works])


def _addresses(node: Node) -> tuple[str, ...]:
    main = node.get("mainEntityOfPage")
    values = [main.get("@id") or main.get("url") if isinstance(main, dict) else main, node.get("url"), node.get("@id")]
    return tuple(value for value in values if isinstance(value, str) and not value.startswith("#"))


def _trail(node: Node, graph: _Graph, titles: Sequence[str]) -> tuple[str, ...]:
    items = [item for item in graph.each(node.get("itemListElement")) if isinstance(item, dict)]
    names = [
        next(_texts(each, LONGEST_TITLE, "name"), "")
        for item in items
        for each in (item if item.get("name") else graph.whole(item.get("item")),)
        if isinstance(each, dict)
    ]
    return crumbs(names, titles)
