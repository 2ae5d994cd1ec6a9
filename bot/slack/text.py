"""Untrusted text, escaped for Slack: never markup, a mention, a link or a command.

Slack has two markup languages: mrkdwn in text objects (`*bold*`, `<url|label>`), and Markdown in streams. Text in
rich_text and plain_text has no markup, and needs no escape.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from bot.render.text import address, pieces_of
from bot.types import Spans, Words, moved
from bot.wording import isolated
from bot.wording.facts import one_line
from index.text.surrogates import without_surrogates

TITLE_CHARACTERS, URL_CHARACTERS = 150, 500

# Characters that turn the direction of all text after them.
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# mrkdwn has no escape for its signs of stress; similar characters replace them.
_ALIKE = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
# Signs of Markdown, mentions and emoji; and a full stop between letters, which Slack reads as a link.
_MARKDOWN = re.compile(r"[\\`*_~\[\]<>|#@]|(?<=[^\W\d])\.(?=[^\W\d])|:(?=[^\s\d])|(?<=\])\(|(?<=<)!|!(?=\[)")
_ENDING = '|<>"()[]\\`'  # characters that would end a link or begin one
_BULLET = "- "  # before a bullet, in a stream


def inert(text: str) -> str:
    """`text` without control characters and direction marks; text from right to left is isolated.

    >>> inert("a\\u202eb\\x07c\\n")
    'abc\\n'
    """
    kept = "".join(
        each for each in without_surrogates(text) if each not in _TURNING and (each == "\n" or _visible(each))
    )
    return isolated(kept)


def escaped(text: str) -> str:
    """`text` with escapes for the three characters of mentions, links and commands."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def linked(title: str, url: str | None) -> str:
    """The title in mrkdwn, as a link if `url` is a web address.

    >>> linked("Q&A", "https://example.org/?a=1&b=2")
    '<https://example.org/?a=1&amp;b=2|Q&amp;A>'
    >>> linked("Q&A", "javascript:alert(1)")
    'Q&amp;A'
    """
    label = escaped(inert(shortened(one_line(title), TITLE_CHARACTERS)).translate(_ALIKE)) or "–"
    found = web_address(url)
    return f"<{escaped(found)}|{label}>" if found else label


def web_address(url: str | None) -> str | None:
    """A web address of at most 500 characters, safe within a link; None for others.

    >>> web_address("https://example.org/a|b>c"), web_address("file:///etc/passwd")
    ('https://example.org/a%7Cb%3Ec', None)
    """
    found = address((url or "").strip())
    if not found or not found.isprintable() or any(map(str.isspace, found)):
        return None
    safe = "".join(f"%{ord(each):02X}" if each in _ENDING else each for each in found)
    return safe if len(safe) <= URL_CHARACTERS else None


def markdown(words: Words) -> str:
    """A streamed sentence as Slack's Markdown; its marks are links if the articles have addresses.

    Space, a new line or a list sign before it is kept. The words that answer are bold.

    >>> markdown(Words("\\n- It sank. *All* of it."))
    '\\n- It sank. \\\\*All\\\\* of it.'
    """
    text = words.text.lstrip("\n ")
    before = words.text[: len(words.text) - len(text)]
    lead = _BULLET if text.startswith(_BULLET) else ""
    sentence = markdown_escaped(text.removeprefix(lead), moved(words.answering, -len(before) - len(lead)))
    marks = "".join(_markdown_mark(each.mark, web_address(each.url)) for each in words.citations)
    return f"{before}{lead}{sentence}{f' {marks}' if marks else ''}"


def markdown_escaped(text: str, bold: Iterable[tuple[int, int]] = ()) -> str:
    r"""`text` on one line, escaped for Markdown. Few signs are escaped, since some clients show the escapes.

    >>> print(markdown_escaped("1. 4.2 of *all* on evil.example", [(3, 6)]))
    1\. **4.2** of \*all\* on evil\.example
    """
    pieces = ((_MARKDOWN.sub(r"\\\g<0>", inert(piece)), is_bold) for piece, is_bold in cut(*_on_one_line(text, bold)))
    written = "".join(f"**{piece}**" if is_bold else piece for piece, is_bold in pieces)
    lead = written[: len(written) - len(written.lstrip("0123456789"))]
    rest = written.removeprefix(lead)
    return f"{lead}\\{rest}" if rest[:1] in (tuple(".)") if lead else tuple("-+=")) else written


def shortened(text: str, limit: int, size: Callable[[str], int] = len) -> str:
    """`text`, or its beginning up to a space with an ellipsis, of a `size` of at most `limit`.

    >>> shortened("The notice was given on 6 July", 20)
    'The notice was…'
    """
    if size(text) <= limit:
        return text
    return text[: _cut(text, limit - size("…"), size)].rstrip() + "…"


def pieces(text: str, limit: int) -> Iterator[str]:
    """`text` in parts of at most `limit` characters, cut at spaces if possible."""
    while len(text) > limit:
        end = _cut(text, limit, len)
        yield text[:end].rstrip() or text[:end]
        text = text[end:].lstrip()
    if text:
        yield text


def cut(text: str, bold: Iterable[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Same as `pieces_of`, but text from right to left stays whole: its pieces would be isolated and out of order."""
    yield from pieces_of(text, bold if isolated(text) == text else ())


def escaped_bytes(text: str) -> int:
    """The size of a message's text by Slack's count: bytes after escaping."""
    return len(escaped(text).encode(errors="replace"))


def _on_one_line(text: str, spans: Iterable[tuple[int, int]]) -> tuple[str, Spans]:
    """Same as `one_line`, with the spans of the text where they are then."""
    return one_line(text), tuple((_column(text, start), _column(text, end - 1) + 1) for start, end in spans)


def _column(text: str, place: int) -> int:
    """Where a character of a word stands in `one_line`."""
    return len(one_line(f"{text[:place]}x")) - 1


def _cut(text: str, limit: int, size: Callable[[str], int]) -> int:
    """The end of the longest beginning with a `size` of at most `limit`, at a space if one is near."""
    end = min(len(text), limit)
    while size(text[:end]) > limit:
        end -= max(1, (size(text[:end]) - limit) // 8)
    space = max(text.rfind(" ", 0, end + 1), text.rfind("\n", 0, end + 1))
    return space if space > end // 2 else end


def _markdown_mark(mark: int, url: str | None) -> str:
    return f"[[{mark}]]({url})" if url else f"\\[{mark}\\]"


def _visible(character: str) -> bool:
    return unicodedata.category(character) != "Cc"
