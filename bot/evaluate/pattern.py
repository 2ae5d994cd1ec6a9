"""Regular expressions of JavaScript, as in promptfoo, translated to Python. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PART = re.compile(
    r"(?P<reference>\\k<(?P<referred>\w+)>)"
    r"|(?P<escape>\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[0-9]+|[^0-9]))"
    r"|(?P<name>\(\?<(?=[A-Za-z_]))"
    r"|(?P<group>\(\?(?::|=|!|<=|<!))"
    r"|(?P<odd>\(\?|[+*?}]\+|\\)"
    r"|(?P<brace>\{(?=,))"
    r"|(?P<open>\[\^?)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_LETTERS = set("bBdDsSwWtnrfvux")  # with a meaning after a backslash in both languages
_WORD = "0-9A-Za-z_"  # JavaScript has only ASCII letters in words
_OUTSIDE = {
    **{r"\d": "[0-9]", r"\D": "[^0-9]", r"\w": f"[{_WORD}]", r"\W": f"[^{_WORD}]", r"\b": r"(?a:\b)"},
    **{r"\B": r"(?a:\B)", "$": r"\Z", ".": "[^\n\r\u2028\u2029]"},
}
_INSIDE = {r"\d": "0-9", r"\w": _WORD, **{each: rf"\{each}" for each in "[&|~"}}


def pattern(written: str) -> re.Pattern[str]:
    r"""The pattern of JavaScript's `new RegExp(written)`. Raises ValueError if invalid or without a counterpart.

    >>> [bool(pattern(r"^\w+$").search(text)) for text in ("pier", "pier\n", "码头")]
    [True, False, False]
    """
    if not written:
        raise ValueError("it is empty, and fits every answer")
    try:
        return re.compile("".join(_translated(written)))
    except re.error as error:
        raise ValueError(f"it is no regular expression: {error}") from error


def _translated(written: str) -> Iterator[str]:
    inside = False
    for part in _PART.finditer(written):
        text = part[0]
        if part["escape"]:
            yield _escape(text, inside)
        elif inside:
            inside = text != "]"
            yield "".join(_INSIDE.get(each, each) for each in text)
        elif part["open"]:
            inside = True
            if written[part.end() : part.end() + 1] == "]":
                raise ValueError(f"the empty class {text}] is not known here")
            yield text
        elif part["odd"]:
            raise ValueError(f"{text} is not known in regular expressions of JavaScript")
        elif part["brace"]:
            yield r"\{"  # {,3} counts nothing there
        elif part["reference"]:
            yield f"(?P={part['referred']})"
        else:
            yield "(?P<" if part["name"] else _OUTSIDE.get(text, text)


def _escape(text: str, inside: bool) -> str:
    letter = text[1]
    if (letter.isalpha() and letter not in _LETTERS) or (inside and text in (r"\D", r"\W", r"\B")):
        raise ValueError(f"{text} is not known here{' inside of [ ]' if inside else ''}")
    return (_INSIDE if inside else _OUTSIDE).get(text, text)
