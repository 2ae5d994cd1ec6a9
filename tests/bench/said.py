"""A stock chain's words as an answer: whether they refuse, and what their marks cite.

Apart from the chain, so that its kept answers can be read another way without asking it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from index.sentence import sentences

_MARK = re.compile(r"\s*\[(\d+(?:\s*,\s*\d+)*)\]")
_MARKS_AFTER_STOP = re.compile(r"([.!?]+)((?:\s*\[\d+(?:\s*,\s*\d+)*\])+)")
_SAYS_NOTHING = re.compile(
    r"\b(?:do not|don['’]t|cannot) know\b"
    r"|\bI(?:['’]m| am) (?:sorry|unable|not (?:able|sure))\b|\bI (?:cannot|can['’]t|could not|couldn['’]t) "
    r"|\b(?:passages?|texts?|contexts?|documents?|sources?|information)\b(?: \S+){0,6}? "
    r"(?:(?:do|does|did|is|are|was|were|has|have) not|(?:do|does|did|is|are|was|were|has|have)n['’]t|cannot)\b"
    r"|\bnot (?:\w+ ){0,2}(?:mentioned|stated|specified|provided|given|found|included|described|discussed|addressed"
    r"|available|contained|answered)\b"
    r"|\b(?:no|any) (?:\w+ ){0,2}(?:information|mention|evidence|answer)\b"
    r"|\bit is (?:unclear|unknown|not (?:clear|known|possible))\b",
    re.IGNORECASE,
)


def as_answer(words: str, passages: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A model's words as an answer: its [n] marks are citations of whole passages, or of nothing."""
    text = _MARKS_AFTER_STOP.sub(lambda found: f"{found[2]}{found[1]}", words.strip())
    parts = [text[span.start : span.end] for span in sentences(text)]
    said = [{"text": _MARK.sub("", part), "state": None, "citations": list(_numbers(part))} for part in parts]
    cited = sorted({number for each in said for number in each["citations"] if 0 < number <= len(passages)})
    return {
        "status": "refused" if says_nothing(text) else "answered",
        "text": text,
        "sentences": said,
        "citations": [{"mark": number, **passages[number - 1]} for number in cited],
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
