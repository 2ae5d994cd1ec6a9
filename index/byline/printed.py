"""What one printed line says about the publication of its article."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace

from index.byline.dates import Moment, Order, dated, when
from index.byline.furniture import furniture
from index.byline.names import board, credited, joined, outlet, section
from index.types import Kind


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says about its article; None where it says nothing. `text` is the article's, paragraphs apart."""

    title: str | None = None
    author: str | None = None
    outlet: str | None = None
    published: Moment | None = None
    modified: Moment | None = None
    kind: Kind | None = None
    language: str | None = None
    text: str = ""

    def __or__(self, other: Facts) -> Facts:
        """These facts, and where they say nothing the other's."""
        silent = [each.name for each in fields(self) if not getattr(self, each.name)]
        return replace(self, **{name: getattr(other, name) for name in silent})


_LONGEST = 250  # characters of a line of facts
_SHORT = 80  # characters of one value
_LABEL = re.compile(
    r"(?:(?<![\w-])|(?=[\u4e00-\u9fff]))(?:"
    r"(?P<section>(?:posted|published|filed|categori[sz]ed) (?:in|under)|(?:section|category|categories|栏目|频道|"
    r"分类)(?=\s*[:：]))"
    r"|(?P<outlet>published by|(?:source|publisher|publication|outlet|文章来源|来源|稿源|出处)(?=\s*[:：]))"
    r"|(?P<other>(?:edit(?:ed|ing)|photos?|photographs?|illustrations?|graphics?|video) by|(?:editors?|责任编辑|"
    r"责编|编辑)(?=\s*[:：]))"
    r"|(?P<author>(?:(?:written|words|story|report(?:ed|ing)?|text) )?by|(?:authors?|writers?|reporters?|作者|"
    r"撰文|文)(?=\s*[:：])|(?:本报)?记者)"
    r"|(?P<modified>(?:last )?(?:updated|modified|revised)(?: on| at)?|(?:更新时间|修改时间|最后更新|"
    r"更新)(?=\s*[:：])|更新于)"
    r"|(?P<published>(?:first )?(?:published|posted|released|issued)(?: on| at| online)?|publi(?:sh|shed|"
    r"cation) (?:date|time)"
    r"|(?:date|date published)(?=\s*[:：])|(?:发布时间|发表时间|发布日期|时间|日期|发布)(?=\s*[:：])|发[布表]于)"
    r")(?:\s*[:：]\s*|\s+|(?<=于))",
    re.IGNORECASE,
)
LABEL_ALONE = re.compile(
    r"(?:by|author|source|published(?: on)?|posted(?: on)?|(?:last )?updated(?: on)?|作者|来源|发布时间)\s*[:：]?",
    re.IGNORECASE,
)
_APART = re.compile(r"\s*[|·•｜]\s*|\s+[–—-]\s+|\s{3,}|\t")
_DATE_AFTER = re.compile(
    r"[\s,]+(?:on\s)?(?=(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Satur|Sat|Sun)(?:day)?\b,? )?"
    r"(?:\d{1,4}(?:[-/.年]|\s[A-Z])|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d))"
)
_DATELINE = re.compile(
    r"[A-Z][A-Z.’' -]+(?:, [A-Z][\w. ]+)?(?:, (?P<day>[A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?))? ?"
    r"\((?P<outlet>[A-Z][\w .]{1,30})\) ?[-–—]{1,2} "
    r"|(?P<agency>[\u4e00-\u9fff]{2,3}社)[\u4e00-\u9fff]{0,8}(?:\d{1,2}月)?\d{1,2}日电"
)


def stated(line: str, order: Order | None = None) -> Facts | None:
    """What a line of publication facts says, and None for any other line. `order` is what 7/8/2020 means.

    >>> stated("By Yang Jin Source: Global Times").outlet, stated("By all accounts it was cold.")
    ('Global Times', None)
    """
    line = line.strip(" *_()（）[]【】")
    if not line or len(line) > _LONGEST or outlet(line):
        return None
    if dated(line):
        return Facts(published=when(line, order))
    found = Facts()
    for part in _APART.split(line):
        facts = _part(part.strip(" ,;，；"), order)
        if facts is None:
            return None
        found |= facts
    return found


def dateline(paragraph: str) -> Facts:
    """What the dateline of an agency's report says: "BERLIN, July 3 (Reuters) - …"."""
    found = _DATELINE.match(paragraph)
    if found is None:
        return Facts()
    return Facts(outlet=found["outlet"] or found["agency"], published=when(found["day"] or ""))


def _part(text: str, order: Order | None) -> Facts | None:
    labels = list(_LABEL.finditer(text))
    ends = [label.start() for label in labels] + [len(text)]
    found = _unlabelled(text[: ends[0]].strip(" ,;，；"), order)
    for label, end in zip(labels, ends[1:], strict=True):
        facts = _labelled(label, text[label.end() : end].strip(" ,;，；()（）"), order)
        if found is None or facts is None:
            return None
        found |= facts
    return found


def _unlabelled(text: str, order: Order | None) -> Facts | None:
    if not text or furniture(text):
        return Facts()
    if dated(text):
        return Facts(published=when(text, order))
    if kind := section(text):
        return Facts(kind=kind)
    return Facts(outlet=text) if outlet(text) else None


def _labelled(label: re.Match[str], value: str, order: Order | None) -> Facts | None:
    name, colon = label.lastgroup, label[0].strip().endswith((":", "："))
    if name in ("published", "modified"):
        if not dated(value):
            return None
        moment = when(value, order)
        return Facts(published=moment) if name == "published" else Facts(modified=moment)
    if name == "section":
        kind = section(value)
        return Facts(kind=kind) if kind or (colon and len(value) <= _SHORT) else None
    found = _named(name or "", value, colon)
    if found is None and len(parts := _DATE_AFTER.split(value, maxsplit=1)) == 2 and dated(parts[1]):
        found = _named(name or "", parts[0], colon)
        return found and found | Facts(published=when(parts[1], order))
    return found


def _named(name: str, value: str, colon: bool) -> Facts | None:
    if name == "outlet":
        named = (
            0 < len(value) <= _SHORT and len(value.split()) <= 8 and not dated(value) and value[-1] not in "。!?！？"
        )
        return Facts(outlet=value) if named and not _DATE_AFTER.search(value) else None
    credit = credited(value)
    if name == "other":
        return Facts() if credit or (colon and len(value) <= _SHORT) else None
    if credit is None:
        return None
    people, where = credit
    return Facts(
        author=joined(people) if people else None,
        outlet=where,
        kind=Kind.EDITORIAL if any(map(board, people)) else None,
    )
