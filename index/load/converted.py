"""Documents that markitdown makes Markdown of."""

from __future__ import annotations

import io
import logging

from index.errors import Unreadable
from index.load.decode import tidy

_CONVERTERS = {".docx": "DocxConverter", ".pptx": "PptxConverter", ".html": "HtmlConverter"}


def converted(source: str, kind: str, data: bytes) -> str:
    """The Markdown of the `data` of a document of a `kind`: .docx, .pptx or, in UTF-8, .html. Raises `Unreadable`."""
    from markitdown import StreamInfo, converters

    logging.getLogger("bs4").setLevel(logging.CRITICAL)  # what it has to say of a file is not for the screen
    converter = getattr(converters, _CONVERTERS[kind])()
    try:
        found = converter.convert(io.BytesIO(data), StreamInfo(extension=kind, charset="utf-8"))
    except Exception as error:  # it and what it is made of meet damage with errors of any kind
        raise Unreadable(source, f"It is damaged: {in_words(error)}. Save or fetch it again.") from error
    return tidy(str(found.markdown))


def in_words(error: Exception) -> str:
    """The words of a library about a document that it cannot read, in one line."""
    return " ".join(str(error).split()).rstrip(".")[:120] or type(error).__name__
