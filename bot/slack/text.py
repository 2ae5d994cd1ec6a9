"""Texts of others as Slack may be given them: never markup, a mention, a link or a command, whatever they say.

Slack has two markup languages. Text objects of the type mrkdwn know `*bold*` and `<url|label>`; what is streamed is
Markdown. Text in rich_text and plain_text is no markup at all, so that it needs no escape.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from bot.render import address, one_line
from bot.types import Words
from bot.wording import isolated

TITLE_CHARACTERS, URL_CHARACTERS = 150, 500

# Characters that turn the direction of all text after them.
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# mrkdwn has no escape for its signs of stress; these look like them.
_ALIKE = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
# Signs that are Markdown, a mention or an emoji; a full stop between letters, which would make a link of them.
_MARKDOWN = re.compile(r"[\\`*_~\[\]<>|#@]|(?<=[^\W\d])\.(?=[^\W\d])|:(?=[^\s\d])|(?<=\])\(|(?<=<)!|!(?=\[)")
_ENDING = '|<>"()[]\\`'  # characters that would end a link, or begin another
_BULLET = "- "  # before a block of an answer, in its stream


def inert(text: str) -> str:
    """`text` without control characters and turned directions; what runs to the left is isolated.

    >>> inert("a\\u202eb\\x07c\\n")
    'abc\\n'
    """
    whole = text.encode(errors="replace").decode()  # half a surrogate pair is no letter
    kept = "".join(each for each in whole if each not in _TURNING and (each == "\n" or _visible(each)))
    return isolated(kept)


def escaped(text: str) -> str:
    """`text` with the three characters escaped by which Slack knows mentions, links and commands."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def linked(title: str, url: str | None) -> str:
    """mrkdwn: the title as a link where `url` is a web address, else the title.

    >>> linked("Q&A", "https://example.org/?a=1&b=2")
    '<https://example.org/?a=1&amp;b=2|Q&amp;A>'
    >>> linked("Q&A", "javascript:alert(1)")
    'Q&amp;A'
    """
    label = escaped(inert(shortened(one_line(title), TITLE_CHARACTERS)).translate(_ALIKE)) or "–"
    found = web_address(url)
    return f"<{escaped(found)}|{label}>" if found else label


def web_address(url: str | None) -> str | None:
    """A web address of bearable length, with nothing in it that would end a link; else None.

    >>> web_address("https://example.org/a|b>c"), web_address("file:///etc/passwd")
    ('https://example.org/a%7Cb%3Ec', None)
    """
    found = address((url or "").strip())
    if not found or not found.isprintable() or any(map(str.isspace, found)):
        return None
    safe = "".join(f"%{ord(each):02X}" if each in _ENDING else each for each in found)
    return safe if len(safe) <= URL_CHARACTERS else None


def markdown(words: Words) -> str:
    """A streamed sentence as Slack's Markdown, each of its marks a link to its article where that has an address.

    What stands before it stays: a space, a new line, the sign of a list.

    >>> markdown(Words("\\n- It sank. *All* of it."))
    '\\n- It sank. \\\\*All\\\\* of it.'
    """
    text = words.text.lstrip("\n ")
    before = words.text[: len(words.text) - len(text)]
    lead = _BULLET if text.startswith(_BULLET) else ""
    said = markdown_escaped(text.removeprefix(lead))
    marks = "".join(_markdown_mark(each.mark, web_address(each.url)) for each in words.citations)
    return f"{before}{lead}{said}{f' {marks}' if marks else ''}"


def markdown_escaped(text: str) -> str:
    r"""`text` on one line, as Markdown in which it is text. As few signs as possible are escaped: some readers of
    Markdown show the escapes.

    >>> print(markdown_escaped("1. 4.2 of *all* on evil.example"))
    1\. 4.2 of \*all\* on evil\.example
    """
    said = _MARKDOWN.sub(r"\\\g<0>", inert(one_line(text)))
    lead = said[: len(said) - len(said.lstrip("0123456789"))]
    rest = said.removeprefix(lead)
    return f"{lead}\\{rest}" if rest[:1] in (tuple(".)") if lead else tuple("-+=")) else said


def shortened(text: str, limit: int, size: Callable[[str], int] = len) -> str:
    """`text`, or its beginning up to a space and an ellipsis, which `size` finds to be at most `limit`.

    >>> shortened("The notice was given on 6 July", 20)
    'The notice was…'
    """
    if size(text) <= limit:
        return text
    return text[: _cut(text, limit - size("…"), size)].rstrip() + "…"


def pieces(text: str, limit: int) -> Iterator[str]:
    """`text` in parts of at most `limit` characters, each up to a space where it has one."""
    while len(text) > limit:
        end = _cut(text, limit, len)
        yield text[:end].rstrip() or text[:end]
        text = text[end:].lstrip()
    if text:
        yield text


def escaped_bytes(text: str) -> int:
    """How Slack counts the text of a message."""
    return len(escaped(text).encode(errors="replace"))


def _cut(text: str, limit: int, size: Callable[[str], int]) -> int:
    """Where the longest beginning ends that `size` finds to be at most `limit`: at a space if one is near."""
    end = min(len(text), limit)
    while size(text[:end]) > limit:
        end -= max(1, (size(text[:end]) - limit) // 8)
    space = max(text.rfind(" ", 0, end + 1), text.rfind("\n", 0, end + 1))
    return space if space > end // 2 else end


def _markdown_mark(mark: int, url: str | None) -> str:
    return f"[[{mark}]]({url})" if url else f"\\[{mark}\\]"


def _visible(character: str) -> bool:
    return unicodedata.category(character) != "Cc"
