"""Facts about the publication of an article on one printed line."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace

from index.byline.dates import Moment, Order, dated, when
from index.byline.furniture import furniture
from index.byline.labels import KINDED, LABEL, REPORTER, SUFFIXED
from index.byline.names import board, credited, joined, named, outlet, outlet_in, place, section
from index.types import Kind


@dataclass(frozen=True, slots=True)
class PageFacts:
    """The facts of a page about its article; None where it says nothing. `text` is the article's, paragraphs apart."""

    title: str | None = None
    author: str | None = None
    outlet: str | None = None
    published: Moment | None = None
    modified: Moment | None = None
    kind: Kind | None = None
    language: str | None = None
    url: str | None = None  # the canonical address
    section: str | None = None  # of the outlet, as it names it
    text: str = ""

    def __or__(self, other: PageFacts) -> PageFacts:
        """The facts here, and where they say nothing the other's."""
        silent = [each.name for each in fields(self) if not getattr(self, each.name)]
        return replace(self, **{name: getattr(other, name) for name in silent})


_LONGEST = 250  # characters of a line of facts
_SHORT = 80  # characters of one value
_AROUND = " *_()（）[]【】"  # emphasis and brackets that a line of facts stands in
_WORD = re.compile(r"[^\W\d_]+")
_APART = re.compile(r"\s*[|·•｜]\s*|\s+[–—-]\s+|\s{3,}|\t")
_DATE_APART = re.compile(r"(\b(?:19|20)\d\d)\s[–—-]\s(?=\d{1,2}\s?[:.h]\s?\d\d)")  # from its time of day
_DATE_AFTER = re.compile(
    r"[\s,，、]+(?:(?:on|am|le|el|il|em)\s)?"
    r"(?=(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Satur|Sat|Sun)(?:day)?\b,? )?"
    r"(?:\d{1,4}(?:[-/.年년]|er|\.?\s(?:de\s)?[^\W\d_]{3})"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d))"
)
_ARTICLE = re.compile(r"(?:de[rnm]|das|la|el)\s")
_CAPITALS = r"[A-ZÀ-ÖØ-ÞА-ЯЁ][A-ZÀ-ÖØ-ÞА-ЯЁ.’' /-]+"
_DATELINE = re.compile(
    rf"{_CAPITALS}(?:, [A-Z][\w. ]+)?(?:, (?:[A-Z][a-z]{{2,8}}\.? \d{{1,2}}|\d{{1,2}}\.? [^\W\d_]{{3,9}}\.?)"
    r"(?:,? \d{4})?)? ?\((?P<outlet>[A-Z][\w .]{1,30}|dpa)\) ?[-–—]{1,2} "
    rf"|{_CAPITALS}, \d{{1,2}} [а-я]+(?: — |\. /)(?P<russian>[А-Я][А-Яа-я -]{{2,30}})[./]"
    r"|\((?:[\uac00-\ud7a3·]{2,12})=(?P<korean>[\uac00-\ud7a3]{2,12})\)"
    r"|【[\u3040-\u30ff\u4e00-\u9fff]{1,8}(?P<japanese>共同|時事)】"
    r"|(?P<agency>[\u4e00-\u9fff]{2,3}社)[\u4e00-\u9fff]{0,8}(?:\d{1,2}月)?\d{1,2}日电"
)
# A dateline whose day is in full; the library of dates reads it.
_DATED = re.compile(
    r"(?P<place>[^\W\d_][^,()\n]{1,40}), (?P<day>[^()/\n–—]{4,60}?)"
    r"(?P<sender> ?\((?P<outlet>[A-ZÀ-ÖØ-Þ][\w .&]{1,40})\)| ?/[^/\n]{2,60}/| ?\([A-Z ]{2,30}\))?(?: ?[–—]|\s--?(?=\s))"
)
# Agencies that send out what companies say of themselves, as they sign it.
_WIRE = re.compile(
    r"[^/()\n]{0,100}(?:/ ?(?:PR|CN) ?Newswire[^/\n]{0,40}/|"
    r"\((?:BUSINESS WIRE|GLOBE ?NEWSWIRE|ACCESS ?WIRE|NEWSFILE)[^()\n]{0,40}\))"
)


def stated(line: str, order: Order | None = None) -> PageFacts | None:
    """The facts on a line of publication facts, and None for any other line. `order` is what 7/8/2020 means.

    >>> stated("By Yang Jin Source: Global Times").outlet, stated("By all accounts it was cold.")
    ('Global Times', None)
    """
    line = line.strip(_AROUND)
    if not line or len(line) > _LONGEST or outlet(line):
        return None
    if dated(line):
        return PageFacts(published=when(line, order))
    if (suffixed := SUFFIXED.fullmatch(line)) and dated(suffixed["date"]):
        moment = when(suffixed["date"], order)
        return PageFacts(published=moment) if suffixed["published"] else PageFacts(modified=moment)
    found = PageFacts()
    for part in _parts(line):
        facts = _part(part, order)
        if facts is None:
            return None
        found |= facts
    return found


def signature(line: str, text: str, order: Order | None = None) -> PageFacts | None:
    """The facts of a byline without a label, which stands above a `text`: a full name and a day. Else None.

    Sections and places are printed in the same way. So the text may not have the name, nor its words in small letters.
    It may be no country and no large city.

    >>> signature("Ann Example · 3 May 2024", "The port closed.").author
    'Ann Example'
    >>> signature("Public Health · 3 May 2024", "The health of the pilots is good.") is None
    True
    """
    line = line.strip(_AROUND)
    if not line or len(line) > _LONGEST:
        return None
    found = PageFacts()
    for part in _parts(line):
        facts = _part(part, order) or _full_names(part, text)
        if facts is None:
            return None
        found |= facts
    return found if found.author and found.published else None


def placed(line: str, text: str, order: Order | None = None) -> PageFacts | None:
    """The facts of a byline by their places: the author, an outlet, a day. Else None.

    The outlet need not read as one, if the `text` below shows that it is (`outlet_in`). A line that begins with "By" is
    a byline without that, too; what stands in the place of the outlet is then not told.

    >>> placed("By Ann Example, The Vellmar Mirror, 3 May 2024", "The port of Vellmar is shut.").outlet
    'The Vellmar Mirror'
    """
    pieces = _pieces(line)
    if len(pieces) == 2:
        who, _, where = pieces[0].rpartition("，" if "，" in pieces[0] else ",")
        pieces = [who, where, pieces[1]]
    if len(pieces) != 3 or not all(pieces):
        return None
    who, where, day = (piece.strip(_AROUND) for piece in pieces)
    moment, is_outlet = when(day, order), outlet_in(where, text)
    found = stated(who, order) or (_full_names(who, text) if is_outlet else None)
    if not found or not found.author or not moment or not (is_outlet or named(where)):
        return None
    return found | PageFacts(outlet=where if is_outlet else None, published=moment)


def placed_below(line: str, text: str, order: Order | None = None, *, author: bool = False) -> PageFacts | None:
    """The facts of a line "OUTLET, DAY" above a `text`, or of one that goes on below the byline of an `author`. Else
    None.

    Below an author, a name beside a day is an outlet's or a place's: see `outlet_in`. So is a line of an outlet alone.
    """
    pieces = _pieces(line)
    if not pieces or len(pieces) > 2 or not pieces[0]:
        return None
    where, moment = pieces[0], when(pieces[1], order) if len(pieces) == 2 else None
    is_outlet = outlet_in(where, text) if author else outlet(where)
    if moment and (is_outlet or (author and named(where))):
        return PageFacts(outlet=where if is_outlet else None, published=moment)
    return PageFacts(outlet=where) if author and is_outlet and len(pieces) == 1 else None


def _pieces(line: str) -> list[str]:
    """The parts of a line of facts, a day at the end of one as a part of its own."""
    line, found = line.strip(_AROUND), list[str]()
    for part in _parts(line) if len(line) <= _LONGEST else ():
        name, *day = _DATE_AFTER.split(part, maxsplit=1)
        found += [name.strip(" ,;，；、"), *day] if day and dated(day[0]) and not dated(part) else [part]
    return found


def _parts(line: str) -> list[str]:
    return [part.strip(" ,;，；") for part in _APART.split(_DATE_APART.sub(r"\1, ", line))]


def _full_names(part: str, text: str) -> PageFacts | None:
    people, where = credited(part) or ([], None)
    if not people or any(place(name) or name in text for name in people):
        return None
    capitalised = [[word for word in name.split() if word[0].isupper()] for name in people]
    lowered = {word.casefold() for words in capitalised for word in words} & set(_WORD.findall(text))
    if lowered or not all(len(words) > 1 for words in capitalised):
        return None
    return PageFacts(author=joined(people), outlet=where)


def dateline(paragraph: str, *, release: bool = False) -> PageFacts:
    """The facts of a report's dateline: "BERLIN, July 3 (Reuters) - …", "BERLIN, 3 July 2020 — …".

    An essay may begin with a place and a day, too. So a town in small letters counts only in a `release`, or before the
    name of who sends the report.
    """
    found = PageFacts(kind=Kind.RELEASE) if _WIRE.match(paragraph) else _agency(paragraph)
    dated_line = _DATED.match(paragraph)
    if dated_line and (release or dated_line["place"].isupper() or dated_line["sender"]):
        day = _last_day(dated_line["day"])
        found |= PageFacts(outlet=dated_line["outlet"] if day and not found.kind else None, published=day)
    return found


def _agency(paragraph: str) -> PageFacts:
    found = _DATELINE.match(paragraph)
    if found is None:
        return PageFacts()
    agency = next((found[name] for name in ("outlet", "agency", "russian", "korean", "japanese") if found[name]), None)
    return PageFacts(outlet=agency and agency.strip())


def _last_day(text: str) -> Moment | None:
    """The day at the end of what a dateline has behind the town: "Ohio, July 3, 2020"."""
    parts = text.split(", ")
    return next(filter(None, (when(", ".join(parts[number:])) for number in range(len(parts)))), None)


def _part(text: str, order: Order | None) -> PageFacts | None:
    if (found := _kinded(text)) is not None:
        return found
    labels = list(LABEL.finditer(text))
    ends = [label.start() for label in labels] + [len(text)]
    found = _unlabelled(text[: ends[0]].strip(" ,;，；"), order)
    for label, end in zip(labels, ends[1:], strict=True):
        facts = _labelled(label, text[label.end() : end].strip(" ,;，；()（）"), order)
        if found is None or facts is None:
            return None
        found |= facts
    return found


def _kinded(text: str) -> PageFacts | None:
    """The facts of "Analysis by Jana Muster"."""
    found = KINDED.fullmatch(text)
    kind = section(found["kind"]) if found else None
    credit = _named("author", found["name"], colon=False) if found and kind else None
    return PageFacts(kind=kind) | credit if credit else None


def _unlabelled(text: str, order: Order | None) -> PageFacts | None:
    if not text or furniture(text):
        return PageFacts()
    if dated(text):
        return PageFacts(published=when(text, order))
    if kind := section(text):
        return PageFacts(kind=kind)
    if reporter := REPORTER.fullmatch(text):
        return PageFacts(author=reporter["name"] or reporter["japanese"])
    return PageFacts(outlet=text) if outlet(text) else None


def _labelled(label: re.Match[str], value: str, order: Order | None) -> PageFacts | None:
    name, colon = label.lastgroup, label[0].strip().endswith((":", "："))
    if name in ("published", "modified"):
        if not dated(value):
            return None
        moment = when(value, order)
        return PageFacts(published=moment) if name == "published" else PageFacts(modified=moment)
    if name == "section":
        kind = section(value)
        return PageFacts(kind=kind) if kind or (colon and len(value) <= _SHORT) else None
    found = _named(name or "", value, colon)
    if found is None and len(parts := _DATE_AFTER.split(value, maxsplit=1)) == 2 and dated(parts[1]):
        found = _named(name or "", parts[0], colon)
        return found and found | PageFacts(published=when(parts[1], order))
    return found


def _named(name: str, value: str, colon: bool) -> PageFacts | None:
    if name == "outlet":
        named = (
            0 < len(value) <= _SHORT and len(value.split()) <= 8 and not dated(value) and value[-1] not in "。!?！？"
        )
        return PageFacts(outlet=value) if named and not _DATE_AFTER.search(value) else None
    credit = credited(value)
    if name == "other":
        return PageFacts() if credit or (colon and len(value) <= _SHORT) else None
    if credit is None:
        return None
    people, where = credit
    if name == "preposition" and (_ARTICLE.match(value) or not all(" " in person for person in people)):
        return None
    return PageFacts(
        author=joined(people) if people else None,
        outlet=where,
        kind=Kind.EDITORIAL if any(map(board, people)) else None,
    )
