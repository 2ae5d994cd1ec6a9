"""Zip archives, which documents of office programs and books are: looked through before anything else opens them."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from index.errors import Unreadable
from index.load.raw import Raw

if TYPE_CHECKING:
    from lxml.etree import _Element

SIGNATURE = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # also what a document with a password is wrapped in
_MOST_PARTS = 20_000
_LARGEST = 500_000_000  # bytes unpacked, as the next two
_LARGEST_PART = 200_000_000
_SMALL = 10_000_000  # does no harm however it was packed
_STEEPEST = (
    250  # unpacked to packed: text packs to a tenth, a sheet of one number to a hundredth, nothing to a thousandth
)
_BLOCK = 1 << 20  # bytes
_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
_FORMS: Mapping[str, str] = {
    "word/document.xml": "docx",
    "ppt/presentation.xml": "slides",
    "xl/workbook.xml": "sheet",
    "META-INF/container.xml": "epub",
}


def form(raw: Raw) -> str | None:
    """The format of a document that is an archive, by what is in it."""
    try:
        with zipfile.ZipFile(raw.file) as archive:
            names = set(archive.namelist())
    except _DAMAGES:
        return None
    return next((form for name, form in _FORMS.items() if name in names), None)


def opened(raw: Raw, kind: str, part: str) -> zipfile.ZipFile:
    """The archive that a document of a `kind` such as ".docx" is, with the `part` that makes it one.

    All of it was unpacked once, so that it is whole and fills no memory. Raises `Unreadable`.
    """
    data = raw.data()
    if data.startswith(_OLD_OFFICE):
        raise Unreadable(
            raw.source, f"It has a password, or is of an older kind. Save it as {kind} without a password."
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGES as error:
        reason = "It is damaged" if data.startswith(SIGNATURE) else f"It is no {kind} file" if data else "It is empty"
        raise Unreadable(raw.source, f"{reason}. Save it again as {kind}.") from error
    if part not in archive.namelist():
        raise Unreadable(raw.source, f"It is no {kind} file: it has no part {part}. Save it again as {kind}.")
    _look_through(raw, archive)
    return archive


def tree(source: str, archive: zipfile.ZipFile, name: str) -> _Element:
    """A part that is XML. No entity of it is expanded, nothing that it names is fetched. Raises `Unreadable`."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(archive.read(name), parser)
    except KeyError as error:
        raise Unreadable(source, f"It is damaged: it has no part {name}. Save it again.") from error
    except etree.XMLSyntaxError as error:
        raise Unreadable(source, f"It is damaged: its part {name} is not valid XML. Save it again.") from error


def _look_through(raw: Raw, archive: zipfile.ZipFile) -> None:
    """Raises `Unreadable` where an archive is damaged, has a password, or is larger unpacked than a document is."""
    parts = archive.infolist()
    whole = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if (
        len(parts) > _MOST_PARTS
        or whole > _LARGEST
        or max(part.file_size for part in parts) > _LARGEST_PART
        or whole > max(_SMALL, _STEEPEST * packed)
    ):
        raise Unreadable(
            raw.source,
            f"Unpacked it would have {whole // 1_000_000:,} MB in {len(parts):,} parts, "
            "more than a document has. Leave it out, or split it.",
        )
    for part in parts:
        if part.flag_bits & 1:
            raise Unreadable(raw.source, "It has a password. Save it without one.")
        try:
            with archive.open(part) as file:  # which gives no more than the size that is stated
                while file.read(_BLOCK):
                    pass
        except _DAMAGES as error:
            raise Unreadable(
                raw.source, f"It is damaged: its part {part.filename} cannot be unpacked. Save it again."
            ) from error
