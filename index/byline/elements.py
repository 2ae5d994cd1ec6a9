"""Publication facts from the elements of a text: microdata and RDFa, `<time>`, `rel=author`, the names of classes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from index.byline.claims import LONGEST_OUTLET, LONGEST_SECTION, LONGEST_TITLE, SCHEMA_KINDS, Claims
from index.byline.credits import Credit, organised, plain, signed
from index.byline.dates import Moment, Order, stamp
from index.byline.labels import LABEL
from index.byline.names import credited, outlet, unplaced
from index.byline.outline import AFTER_SOURCE, Mark, class_words, inside, pieces_of, text_of
from index.byline.printed import stated
from index.types import Kind

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ITEM_OF_ARTICLE = re.compile(
    r"\w*Article|(?:Blog|LiveBlog)Posting|PressRelease|Report|Item|Post"  # the last two are of SIOC, as Drupal has them
)
_MODIFIED = frozenset({"datemodified", "modified", "updated"})
_PUBLISHED = frozenset({"datepublished", "issued"})
_CREATED = frozenset({"datecreated", "created", "date"})
_MODIFIED_CLASS = re.compile(
    r"(?:.*[-_])?(?:updated?|modified|last-?mod\w*|revised|aktualisiert|dt-updated)(?:[-_].*)?"
)
_BYLINE_CLASS = re.compile(
    r"(?:[\w-]*[-_])?(?:by-?line|authors?|writers?|reporters?|journalist|contributors?)"
    r"(?:[-_]{1,2}(?:name|names|link|item|list|text|inner|wrapper|by|vcard|fn|label))*",
    re.IGNORECASE,
)
_SOURCE_CLASS = re.compile(r"(?:[\w-]*[-_])?(?:source|laiyuan|media-?name)(?:[-_]\w+)?", re.IGNORECASE)
_LONGEST_BYLINE = 200  # characters
_MOST_BYLINES = 12
_MOST_PROPERTIES = 2000


def claims(
    root: HtmlElement, heading: HtmlElement | None, marks: Sequence[Mark], order: Order | None
) -> dict[str, Claims]:
    """The claims of the elements. `marks` are those around the head of the article alone."""
    times = [(_labelled(mark), moment) for mark in marks if (moment := _moment(mark.element, order))]
    item = _item(root, heading)
    properties = list(_properties_of(item, root, marks))
    return {
        "microdata": _microdata(properties, SCHEMA_KINDS.get(_typed(item) or "") if item is not None else None, order),
        "rel": Claims(credit=_linked(marks)),
        "time": Claims(
            published=next((moment for label, moment in times if label == "published"), None),
            modified=next((moment for label, moment in times if label == "modified"), None),
        ),
        "weak time": Claims(published=next((moment for label, moment in times if label is None), None)),
        "class": Claims(credit=_bylines(marks), source=_source(marks)),
    }


# --- Time --------------------------------------------------------------------------------------------------------


def _moment(element: HtmlElement, order: Order | None) -> Moment | None:
    if element.tag != "time" and element.get("datetime") is None:
        return None
    return stamp(element.get("datetime") or element.get("content") or text_of(element), order)


def _labelled(mark: Mark) -> str | None:
    """Whether a time is that of publication or of a change, by its names or by the words before it."""
    names = [name.lower() for name in class_words(mark.element)] + _properties(mark.element)
    if mark.element.get("pubdate") is not None:
        return "published"
    if any(_MODIFIED_CLASS.fullmatch(name) for name in names):
        return "modified"
    labels = [found.lastgroup for found in LABEL.finditer(f"{mark.before} ")]
    return next((label for label in reversed(labels) if label in ("published", "modified")), None)


# --- Bylines -----------------------------------------------------------------------------------------------------


def _linked(marks: Sequence[Mark]) -> Credit:
    """The names in links to an author, without the words and the marks of languages in other such links."""
    credit = signed(text_of(mark.element) for mark in marks if mark.element.get("rel") == "author")
    return Credit(tuple(unplaced(credit.people)), credit.agency)


def _bylines(marks: Sequence[Mark]) -> Credit:
    """The names in elements that are called bylines; the innermost, where one holds another."""
    called = [
        mark.element for mark in marks if any(_BYLINE_CLASS.fullmatch(word) for word in class_words(mark.element))
    ]
    found = Credit()
    for element in called[:_MOST_BYLINES]:
        pieces = pieces_of(element, inline=True)
        if sum(map(len, pieces)) <= _LONGEST_BYLINE and not any(inside(other, element) for other in called):
            for piece in pieces:
                found |= _byline(piece)
    return found


def _source(marks: Sequence[Mark]) -> str | None:
    """The outlet in an element that is called the source. Chinese portals name the original paper there."""
    called = (
        mark.element
        for mark in marks
        if AFTER_SOURCE.search(mark.before) or any(_SOURCE_CLASS.fullmatch(word) for word in class_words(mark.element))
    )
    texts = (text_of(element).rpartition("：")[2].rpartition(":")[2].strip() for element in called)
    return next((text for text in texts if outlet(text)), None)


def _byline(text: str) -> Credit:
    """The names of a line, or of its parts that are whole lines of facts."""
    said = stated(text)
    if said is not None:
        return Credit((said.author,) if said.author else (), said.outlet)
    return signed([text]) if credited(text) else Credit()


# --- Microdata and RDFa ------------------------------------------------------------------------------------------


def _microdata(elements: Sequence[tuple[str, HtmlElement]], kind: Kind | None, order: Order | None) -> Claims:

    def texts(longest: int, *names: str) -> Iterator[str]:
        for prop, element in elements:
            if prop in names and (text := plain(_value(element), longest)):
                yield text

    def moment(names: frozenset[str]) -> Moment | None:
        stamps = (stamp(_value(element), order) for prop, element in elements if prop in names)
        return next((found for found in stamps if found), None)

    return Claims(
        title=next(texts(LONGEST_TITLE, "headline"), None),
        credit=_credit([element for prop, element in elements if prop in ("author", "creator")]),
        outlets=tuple(_name(element) for prop, element in elements if prop == "publisher" and _name(element)),
        published=moment(_PUBLISHED),
        modified=moment(_MODIFIED),
        created=moment(_CREATED),
        addresses=tuple(
            element.get("href") or element.get("itemid") or element.get("content") or ""
            for prop, element in elements
            if prop == "mainentityofpage"
        ),
        sections=tuple(texts(LONGEST_SECTION, "articlesection")),
        kind=kind,
        locale=next(texts(LONGEST_SECTION, "inlanguage"), None),
    )


def _properties(element: HtmlElement) -> list[str]:
    """The names of its properties, in lower case, without the vocabulary: dc:date is date."""
    names = f"{element.get('itemprop') or ''} {element.get('property') or ''}".lower()[:300]
    return [re.split(r"[:/#]", name)[-1] for name in names.split()]


def _value(element: HtmlElement) -> str:
    for name in ("content", "datetime"):
        if value := element.get(name):
            return str(value)
    return text_of(element)[:LONGEST_TITLE]


def _name(element: HtmlElement) -> str:
    """The name of a person or an organisation: that of an item, else the words of the element."""
    named = (each for each in element.iter() if isinstance(each.tag, str) and "name" in _properties(each))
    found = next(named, None)
    return plain(_value(element if found is None else found), LONGEST_OUTLET) or ""


def _credit(elements: Iterable[HtmlElement]) -> Credit:
    found = Credit()
    for element in elements:
        kind = element.get("itemtype") or element.get("typeof") or ""
        names = [_name(element)]
        organisation = kind.endswith("Organization")
        found |= organised(names) if organisation else signed(names, persons=kind.endswith("Person"))
    return found


def _item(root: HtmlElement, heading: HtmlElement | None) -> HtmlElement | None:
    """The item that the article is: the one that holds its heading, else the first."""
    above = [] if heading is None else [heading, *heading.iterancestors()]
    return next((each for each in [*above, *root.iter()] if isinstance(each.tag, str) and _is_article(each)), None)


def _properties_of(
    item: HtmlElement | None, root: HtmlElement, marks: Sequence[Mark]
) -> Iterator[tuple[str, HtmlElement]]:
    """The properties of the article's item, and those near its head that belong to no item."""
    near = {mark.element for mark in marks}
    for element, _ in zip(_having_properties(root), range(_MOST_PROPERTIES), strict=False):
        owner = next((each for each in element.iterancestors() if _typed(each) is not None), None)
        if (owner is item and item is not None) or (owner is None and element in near):
            yield from ((name, element) for name in _properties(element))


def _having_properties(root: HtmlElement) -> Iterator[HtmlElement]:
    for element in root.iter():
        if isinstance(element.tag, str) and (element.get("itemprop") or element.get("property")):
            yield element


def _is_article(element: HtmlElement) -> bool:
    return _ITEM_OF_ARTICLE.fullmatch(_typed(element) or "") is not None


def _typed(element: HtmlElement) -> str | None:
    """The type of the item that an element is, None where it is no item."""
    if element.get("itemscope") is None and element.get("typeof") is None:
        return None
    kind = (element.get("itemtype") or element.get("typeof") or "").split()
    return re.split(r"[/:#]", kind[0])[-1] if kind else ""
