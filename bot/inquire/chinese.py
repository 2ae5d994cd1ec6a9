"""Chinese sentences to questions. A question has the order of its answer, so that what is asked for is replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.words import tagged

_LONGEST = 45  # characters of a clause

_DAY = r"(?:\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月\d{1,2}日)"
_QUANTITY = re.compile(
    r"(?:大约|约|近|至少|超过|多达)?\d[\d,.]*(?:多|余)?[万亿]{0,2}(?P<unit>枚|件|个|名|人|家|艘|架|辆|吨|公里|美元|英镑|欧元|元|卢布|次|票|座|所|项|种)"
)
_POINTING = re.compile(r"[他她它其该此这那]|双方|当天|两国|同时|还|也|上述|本应|若|如果")
_SAYING = re.compile(r"^(?P<who>[^，。]{2,16}?)(?:" + _DAY + r")?(?:表示|指出|认为|强调|说|称)，?(?P<what>.+)$")
_OPEN_ENDS = ("说", "称", "表示", "后", "前", "时", "中", "起", "以来", "宣布", "指出")
_NOUNS = ("n", "ns", "nr", "nrt", "nt", "nz", "a", "b", "j", "c", "p", "eng", "nrfg")
_JOINS = ("和", "与", "及", "同")


def questions(text: str) -> Iterator[str]:
    """What a Chinese sentence answers: what somebody said, how many, when."""
    body = text.rstrip("。")
    if re.search(r"[“”‘’（）；：、？！]", body):
        return
    if said := _SAYING.match(body):
        yield from _told(said["who"], said["what"])
        return
    clause = _first_clause(body)
    if not clause or _POINTING.search(clause) or not names(clause):
        return
    counted = list(_QUANTITY.finditer(clause))
    if len(counted) == 1 and "的" not in clause[counted[0].end() : counted[0].end() + 1]:
        yield f"{clause[: counted[0].start()]}多少{counted[0]['unit']}{clause[counted[0].end() :]}？"
    yield from _dating(clause)


def _told(who: str, what: str) -> Iterator[str]:
    named = [each for each in names(what) if each not in who and len(each) > 1]
    if named and _nouns(who) and names(who):
        yield f"关于{max(named, key=len)}，{who}说了什么？"


def _first_clause(body: str) -> str | None:
    """The first clause, with the day before it; None where it is too long or says too little."""
    led = re.match(rf"^{_DAY}，", body)
    start = led.end() if led else 0
    clause = body[:start].rstrip("，") + body[start:].split("，")[0]
    goes_on = body[start:].partition("，")[2]
    if goes_on.startswith(("决定", "要求", "宣布", "说", "称", "以")) or not len(clause) - start >= 8:
        return None
    return clause if len(clause) <= _LONGEST else None


def _dating(clause: str) -> Iterator[str]:
    days = list(re.finditer(rf"于?(?P<day>{_DAY})", clause))
    if len(days) != 1 or "年" not in days[0]["day"]:
        return
    before, after = clause[: days[0].start()], clause[days[0].end() :]
    if not before:
        before, after = _subject(after)
    sound = not after.startswith(("的", "以", "前", "后", "底", "初", "起", "至", "到")) and not after.endswith(
        _OPEN_ENDS
    )
    if _nouns(before) and len(after) >= 2 and sound:
        yield f"{before}何时{after}？"


def _subject(clause: str) -> tuple[str, str]:
    """The words before the first one that is none of a subject, and the rest."""
    before = ""
    for word, sort in _joined(clause):
        if sort not in _NOUNS or (sort == "p" and word not in _JOINS):
            break
        before += word
    return before, clause[len(before) :]


def _nouns(text: str) -> bool:
    """Whether it is nothing but what a subject is made of, and names something at its end."""
    words = _joined(text)
    good = all(sort in _NOUNS and (sort != "p" or word in _JOINS) for word, sort in words)
    return bool(words) and good and (words[-1][1].startswith("n") or words[-1][1] == "eng")


def _joined(text: str) -> list[tuple[str, str]]:
    """The words with their sorts; a title in its brackets is one name."""
    parts = re.split(r"(《[^》]+》)", text)
    return [pair for part in parts for pair in ([(part, "nz")] if part.startswith("《") else tagged(part))]


def names(text: str) -> list[str]:
    """The titles and names in a text."""
    titles = re.findall(r"《[^》]+》", text)
    rest = re.sub(r"《[^》]+》", " ", text)
    return [*titles, *(word for word, sort in tagged(rest) if sort in ("nr", "nrt", "ns", "nt", "nz", "nrfg", "eng"))]
