"""The bytes of a file to text that is the same however it was saved."""

from __future__ import annotations

import codecs
import re
import unicodedata

from index.errors import Unreadable
from index.load.raw import Raw

# UTF-32 before UTF-16, whose mark its own begins with.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY = (b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"{\\rtf")  # PDF, zip, gzip, old Office, RTF
# What pages declare, as browsers read it: the set that contains the one named.
_CHARSET = re.compile(
    r"utf-?(?:8|16(?:le|be)?|32(?:le|be)?)|us-ascii|ascii|(?:windows|cp)-?(?:125\d|874|932|936|949|950)|iso-?8859-?\d+|latin-?\d|gbk|"
    r"gb_?2312(?:-80)?|gb18030|big5(?:-hkscs)?|shift[_-]jis|x-sjis|sjis|euc-?(?:jp|kr|cn|tw)|koi8-[ru]|iso-2022-(?:jp|kr)|hz-gb-2312|"
    r"ks_c_5601-1987|macintosh|ibm866|cp866|tis-620"
)
_WIDER = {
    **dict.fromkeys(("ascii", "iso8859-1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "euc-cn"), "gb18030"),
    **{"iso8859-9": "cp1254", "euc_kr": "cp949", "ks_c_5601-1987": "cp949", "x-sjis": "shift_jis"},
    **{"shift_jis": "cp932", "macintosh": "mac-roman", "big5": "big5hkscs", "hz-gb-2312": "hz"},
}
_OWN_BYTES = frozenset(
    ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "iso2022_jp", "iso2022_kr", "hz")
)
_FEW = 0.01  # of a text may be NUL or control characters, as broken programs leave them; of UTF-16, half are NUL
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")  # those that no text is written with
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028]")
_NO_BREAK_SPACE = re.compile(r"[\u00a0\u2007\u202f]")
_INVISIBLE = re.compile(r"[\u00ad\u200b\u2060\ufeff]")  # soft hyphen, zero-width space and joiner, byte order mark


def text_of(raw: Raw) -> str:
    """The text of a source, as `decode` gives it. Raises `Unreadable`, also where there is none."""
    text = decode(raw.source, raw.data(), raw.charset)
    if not text.strip():
        raise Unreadable(raw.source, "It is empty. Put the article there, or leave the file out.")
    return text


def decode(source: str, data: bytes, charset: str | None = None) -> str:
    """The text of the `data` of `source`. The encoding is UTF-8, UTF-16 or UTF-32 by its mark, else UTF-8 where it is
    valid. Else it is the `charset` that was declared, or the likeliest by the letters.

    Lines end with a newline, letters are composed (NFC), and no-break spaces are spaces. Invisible characters are left
    out. So the same words are the same text. Raises `Unreadable`.
    """
    return tidy(_decoded(source, data, encoding_of(charset)))


def encoding_of(charset: str | None) -> str | None:
    """The codec that a declared charset stands for; None where it is not one that texts are written in.

    >>> encoding_of("ISO-8859-1"), encoding_of("gb2312"), encoding_of("Shift_JIS"), encoding_of("rot13")
    ('cp1252', 'gb18030', 'cp932', None)
    """
    label = (charset or "").strip(" \"'").lower()
    if not _CHARSET.fullmatch(label):
        return None
    try:
        name = codecs.lookup(_WIDER.get(label, label)).name
    except LookupError:
        return None
    return _WIDER.get(name, name)


def tidy(text: str) -> str:
    """Text whose lines, letters and spaces are written in the one way that `decode` says."""
    text = _LINE_END.sub("\n", text).replace("\u2029", "\n\n")
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _NO_BREAK_SPACE.sub(" ", text)))


def _decoded(source: str, data: bytes, declared: str | None) -> str:
    try:
        for mark, encoding in _MARKS:
            if data.startswith(mark):
                return data[len(mark) :].decode(encoding)
        if declared in _OWN_BYTES:
            return data.decode(declared)
        if data.count(b"\0") > _FEW * len(data) or data.startswith(_BINARY):
            raise _binary(source)
        return data.replace(b"\0", b"").decode("utf-8")
    except UnicodeDecodeError as error:
        if b"\0" in data and error.encoding == "utf-8":
            return _without_nul(source, data, declared)
        if error.encoding == "utf-8" and declared and (text := _attempt(data, declared)):
            return text
        if error.encoding != "utf-8" or _mostly_utf8(data):
            raise Unreadable(
                source, f"It is damaged: byte {error.start:,} is not {error.encoding}. Save it as UTF-8."
            ) from error
    return _detected(source, data)


def _without_nul(source: str, data: bytes, declared: str | None) -> str:
    """A text with a few NULs that is no UTF-8. Only a declared charset tells it from a picture."""
    text = _attempt(data.replace(b"\0", b""), declared) if declared else None
    if text is None or len(_CONTROL.findall(text)) > _FEW * len(text):
        raise _binary(source)
    return text


def _binary(source: str) -> Unreadable:
    return Unreadable(source, "It is a binary file, not text. Save it as text and try again.")


def _attempt(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _mostly_utf8(data: bytes) -> bool:
    """Whether more letters beyond ASCII are valid UTF-8 than are not: then other encodings would only read nonsense."""
    text = data.decode("utf-8", "replace")
    return sum(character > "\x7f" for character in text) > 2 * text.count("\ufffd")


def _detected(source: str, data: bytes) -> str:
    """Text of the time before Unicode. Single bytes beyond ASCII are accents, dashes and quotes in Windows' Western
    encoding. Short texts have too few of them for a detector. Several in a row are letters of another script, which a
    detector can tell."""
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
