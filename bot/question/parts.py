"""A question to what it asks: each of several questions in one is decided on by itself."""

from __future__ import annotations

import re

from index.words import chinese, content_terms

_ASKS = r"(?:who|whom|whose|what|when|where|why|which|how)\b"
_ASKS_IN_CHINESE = "(?:[谁誰]|什[么麼]|何[时時地]|[为為]何|哪|多少|[几幾]|怎|如何)"
_ENDS = re.compile(r"(?<=\?)\s+|(?<=[？；])\s*")
_JOINTS = re.compile(rf"[,;]?\s+and\s+(?=(?:also\s+)?{_ASKS})|[，、]?(?:以及|并且)", re.IGNORECASE)
# A question of its own, and no clause such as "where she died": its verb comes before its subject, or asks for that.
_STANDS = re.compile(
    rf"\W*(?:also\s+)?(?:(?:in|on|at|by|for|from|to|with|since|until|of)\s+)?(?:(?:who|what|which)\s+\w+|{_ASKS}(?:\s+\w+)"
    r"{0,4}?\s+(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must)\b)\s+\w",
    re.IGNORECASE,
)


def parts(question: str) -> tuple[str, ...]:
    """The questions in `question`, in order; the question itself where it is one.

    >>> parts("When did the bridge of Vellmar reopen, and how much did the repairs cost?")
    ('When did the bridge of Vellmar reopen?', 'How much did the repairs cost?')
    >>> parts("In which year was the town where she was born and where she died founded?")
    ('In which year was the town where she was born and where she died founded?',)
    """
    whole = [piece for piece in _ENDS.split(question.strip()) if content_terms(piece)]
    found = [part for piece in whole for part in _joined(piece)]
    return tuple(found) if len(found) > 1 else (question,)


def _joined(question: str) -> list[str]:
    """The questions that an "and" joins, each with its mark."""
    pieces = [piece.strip(" ?？,，;；") for piece in _JOINTS.split(question)]
    if len(pieces) == 1 or not all(map(_stands, pieces)):
        return [question]
    mark = "？" if chinese(question) else "?"
    return [piece[0].upper() + piece[1:] + mark for piece in pieces]


def _stands(piece: str) -> bool:
    asks = re.search(_ASKS_IN_CHINESE, piece) if chinese(piece) else _STANDS.match(piece)
    return bool(asks and content_terms(piece))
