"""Common parts of the documents of office programs: an archive of XML, and properties in it."""

from __future__ import annotations

import re
import zipfile

from index import byline
from index.byline import PageFacts
from index.errors import Unreadable
from index.load import archive, document
from index.load.raw import Raw

_PROPERTIES = "docProps/core.xml"
_LARGEST_TREE = 60_000_000  # bytes of a part that is held as a tree, of some twenty times the size
_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def opened(raw: Raw, kind: str, part: str, largest: int = _LARGEST_TREE) -> tuple[zipfile.ZipFile, PageFacts]:
    """The archive of a document of a `kind` such as ".docx", and its properties. Raises `Unreadable`.

    No part of XML in it has more than `largest` bytes, or declares a document type. Office programs never declare one;
    entities that grow are declared there.
    """
    found = archive.opened(raw, kind, part)
    for each in found.infolist():
        if not each.filename.lower().endswith((".xml", ".rels")):
            continue
        if each.file_size > largest:
            raise Unreadable(raw.source, f"It has more than {largest // 1_000_000} MB of text. Split it.")
        with found.open(each) as file:
            if _DECLARED.search(file.read(65_536).replace(b"\0", b"")):
                raise Unreadable(raw.source, f"Its part {each.filename} declares a document type. Save it again.")
    return found, _properties(raw.source, found)


def _properties(source: str, found: zipfile.ZipFile) -> PageFacts:
    if _PROPERTIES not in found.namelist():
        return PageFacts()
    properties = {
        str(element.tag).rpartition("}")[2]: " ".join(str(element.text or "").split())
        for element in archive.tree(source, found, _PROPERTIES)
    }
    return PageFacts(
        title=properties.get("title") or None,
        author=document.names(properties.get("creator")),
        # Not `created`: a file is made on another day than its text is published, often years before, from a template.
        modified=byline.when(properties.get("modified", "")),
    )
