"""A stock chain's words as an answer: whether they refuse, and what their marks cite.

Apart from the chain, so that its kept answers can be read another way without asking it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from index.text.sentence import sentences

_MARK = re.compile(r"\s*\[(\d+(?:\s*,\s*\d+)*)\]")
_MARKS_AFTER_STOP = re.compile(r"([.!?]+)((?:\s*\[\d+(?:\s*,\s*\d+)*\])+)")
_SOURCE = r"\b(?:passages?|texts?|contexts?|documents?|sources?|articles?|information)\b"
_SAYING = (
    "mention|say|state|provide|specify|contain|give|answer|include|indicate|address|discuss|describe|identify|list|offer"
    "|tell|explain|have|name|refer"
)
_SAYS_NOTHING = re.compile(
    r"\b(?:do not|don['’]t|cannot|can['’]t) know\b"
    r"|\bI(?:['’]m| am) (?:sorry|unable|not (?:able|sure))\b|\bI (?:cannot|can['’]t|could not|couldn['’]t) "
    rf"|{_SOURCE}(?: [\w\[\]]+){{0,4}}? (?:(?:do|does|did) not|(?:do|does|did)n['’]t|cannot) (?:\w+ly )?(?:{_SAYING})\b"
    r"|\bnot (?:\w+ly )?(?:mentioned|stated|specified)\b"
    rf"|\bnot (?:\w+ ){{1,3}}?(?:in|by|from|within) (?:\w+ ){{0,4}}?{_SOURCE}"
    r"|\bno (?:\w+ ){0,2}(?:information|mention)\b"
    r"|\bit is (?:unclear|unknown|not (?:clear|known|possible))\b",
    re.IGNORECASE,
)


def as_answer(words: str, passages: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A model's words as an answer: its [n] marks are citations of whole passages, or of nothing."""
    text = _MARKS_AFTER_STOP.sub(lambda found: f"{found[2]}{found[1]}", words.strip())
    parts = [text[span.start : span.end] for span in sentences(text)]
    said = [{"text": _MARK.sub("", part), "state": None, "citations": list(_numbers(part))} for part in parts]
    cited = sorted({number for each in said for number in each["citations"] if 0 < number <= len(passages)})  # type: ignore[operator, union-attr]
    return {
        "status": "refused" if says_nothing(text) else "answered",
        "text": text,
        "sentences": said,
        "citations": [{"mark": number, **passages[number - 1]} for number in cited],  # type: ignore[operator]
    }


def says_nothing(text: str) -> bool:
    """Whether the first sentence of an answer says that there is none.

    >>> says_nothing("The passages provided do not mention a treaty [2]. They are about trade.")
    True
    >>> says_nothing("The Normans did not pay. The passages do not say more.")
    False
    """
    first = next((text[span.start : span.end] for span in sentences(text)), "")
    return not first or bool(_SAYS_NOTHING.search(first))


def _numbers(sentence: str) -> Iterator[int]:
    found = (number for marks in _MARK.findall(sentence) for number in re.findall(r"\d+", marks))
    yield from dict.fromkeys(map(int, found))
