"""Elements of XML, HTML and SVG, built as trees, so that untrusted text is never markup. Pure."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

# Characters that XML 1.0 forbids or a page should not obey: control characters, surrogates, non-characters, and marks
# of writing direction.
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def fit(text: str) -> str:
    """`text` with replacements for characters that XML 1.0 forbids (https://www.w3.org/TR/xml/#charsets).

    >>> fit("a \\x1b[31mred\\x00 one")
    'a �[31mred� one'
    """
    return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)


def element(name: str, /, *content: Element | str, **attributes: str) -> Element:
    """An element with elements and text inside. `class_` is the attribute class, `data_suite` is data-suite.

    >>> from xml.etree.ElementTree import tostring
    >>> tostring(element("p", "1 < 2 ", element("b", "so"), class_="note"), encoding="unicode")
    '<p class="note">1 &lt; 2 <b>so</b></p>'
    """
    made = Element(name, {key.rstrip("_").replace("_", "-"): fit(value) for key, value in attributes.items()})
    last: Element | None = None
    for part in content:
        if isinstance(part, Element):
            made.append(part)
            last = part
        elif last is None:
            made.text = (made.text or "") + fit(part)
        else:
            last.tail = (last.tail or "") + fit(part)
    return made
