"""A piece of HTML, such as the body of a feed's entry, to plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.text.surrogates import without_surrogates

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_TAG = re.compile(r"</?[a-z][^<>]*>|<!--|&(?:#\d+|#x[0-9a-f]+|[a-z]+);", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_UNSEEN = frozenset("script style noscript template iframe svg math object form button select head figcaption".split())
_BLOCKS = frozenset(
    "address article aside blockquote dd div dl dt figure footer h1 h2 h3 h4 h5 h6 header hr li main ol p pre section "
    "table tr ul".split()
)
_BREAK = "\n\n"


def text(html: str) -> str:
    """The text that a reader sees of it, paragraphs apart; what holds no tag is text already.

    >>> text("<p>One &amp; <b>two</b>.</p><script>x</script><p>Three<br>lines.</p>")
    'One & two.\\n\\nThree\\nlines.'
    """
    if not _TAG.search(html):
        return _tidy(html)
    from lxml.html import fragment_fromstring

    whole = without_surrogates(html.replace("\0", ""))
    # Behind an element, text may hold control characters, as references too; text before the first one is refused then.
    root = fragment_fromstring(f"<span></span>{whole}", create_parent="div")
    return _tidy("".join(_pieces(root)))


def _pieces(root: HtmlElement) -> Iterator[str]:
    """The text in order, with breaks around what stands by itself. Not recursive: fragments may be nested deep."""
    from lxml import etree

    unseen = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        hidden, block = element.tag in _UNSEEN, element.tag in _BLOCKS
        if event == "start":
            unseen += hidden
            if not unseen:
                yield _BREAK if block else "\n" if element.tag == "br" else ""
                yield _SPACE.sub(" ", element.text or "")
            continue
        if event == "end":
            unseen -= hidden
        if not unseen and element is not root:
            yield _BREAK if block else ""
            yield _SPACE.sub(" ", element.tail or "")


def _tidy(text: str) -> str:
    """Each line without white space at its ends, and no more than one empty line between two."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", _BREAK, "\n".join(lines)).strip()
