"""The bytes of a file to text that is the same however it was saved."""

from __future__ import annotations

import codecs
import re
import unicodedata

from index.errors import Unreadable

# UTF-32 before UTF-16, whose mark its own begins with.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028]")
_NO_BREAK_SPACE = re.compile(r"[\u00a0\u2007\u202f]")
_INVISIBLE = re.compile(r"[\u00ad\u200b\u2060\ufeff]")  # soft hyphen, zero-width space and joiner, byte order mark


def decode(source: str, data: bytes) -> str:
    """The text of the `data` of `source`: UTF-8, UTF-16 or UTF-32 with its mark, else what its letters give away.

    Lines end with a newline, letters are composed (NFC), no-break spaces are spaces, and what cannot be seen is left
    out, so that the same words are the same text. Raises `Unreadable`.
    """
    return _tidy(_decoded(source, data))


def _tidy(text: str) -> str:
    text = _LINE_END.sub("\n", text).replace("\u2029", "\n\n")
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _NO_BREAK_SPACE.sub(" ", text)))


def _decoded(source: str, data: bytes) -> str:
    try:
        for mark, encoding in _MARKS:
            if data.startswith(mark):
                return data[len(mark) :].decode(encoding)
        if b"\0" in data:
            raise Unreadable(source, "It is a binary file, not text. Save it as text and try again.")
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.encoding != "utf-8" or _mostly_utf8(data):
            raise Unreadable(
                source, f"It is damaged: byte {error.start:,} is not {error.encoding}. Save it as UTF-8."
            ) from error
    return _detected(source, data)


def _mostly_utf8(data: bytes) -> bool:
    """Whether more letters beyond ASCII are valid UTF-8 than are not: then other encodings would only read nonsense."""
    text = data.decode("utf-8", "replace")
    return sum(character > "\x7f" for character in text) > 2 * text.count("\ufffd")


def _detected(source: str, data: bytes) -> str:
    """Text of the time before Unicode. Bytes beyond ASCII that stand alone are the accents, dashes and quotes of
    Windows' Western encoding, which short texts do not give enough of to tell it from its neighbours; others are
    the letters of another script, which do."""
    from charset_normalizer import from_bytes

    runs = _BEYOND_ASCII.findall(data)
    if 2 * sum(len(run) == 1 for run in runs) >= len(runs):
        encodings = ["cp1252"]
    else:
        encodings = ["gb18030", "big5", "cp1251", "koi8_r", "shift_jis", "euc_jp", "euc_kr", "cp1253"]
    best = from_bytes(data, cp_isolation=encodings).best()
    if best is None:
        raise Unreadable(source, "Its encoding cannot be told. Save it as UTF-8.")
    return str(best)
