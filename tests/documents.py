"""Small documents of every format, made where they are needed. All names and events in them are invented."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

STRIKE = (
    "The harbour of Vellmar stayed closed for a third week on Monday, when the pilots' association refused the offer "
    "that the harbour board had made on Friday evening.",
    "The board had offered four per cent over two years, with a payment in the autumn, which the association called an "
    "insult to its members.",
    "It was the longest stoppage since 1987, according to the harbour museum, whose records go back to the founding of "
    "the port.",
)


def pdf(
    path: Path,
    paragraphs: Sequence[str] = STRIKE,
    *,
    heading: str = "",
    line: str = "",
    header: str = "",
    pages: bool = False,
    password: str | None = None,
    **properties: str | datetime,
) -> Path:
    """A PDF as a word processor writes it: a heading, a line, paragraphs; on each page a header and a number."""
    from fpdf import FPDF

    class Document(FPDF):
        def header(self) -> None:
            if header:
                self.set_font("helvetica", size=8)
                self.cell(0, 8, header, new_x="LMARGIN", new_y="NEXT")

        def footer(self) -> None:
            if pages:
                self.set_y(-15)
                self.set_font("helvetica", size=8)
                self.cell(0, 8, f"Page {self.page_no()} of {{nb}}", align="C")

    document = Document()
    document.set_creation_date(properties.pop("created", datetime(2020, 8, 1, 9, 30, tzinfo=UTC)))  # type: ignore[arg-type]
    for name, value in properties.items():
        getattr(document, f"set_{name}")(value)
    if password is not None:
        from fpdf.enums import EncryptionMethod

        document.set_encryption(
            owner_password="owner", user_password=password, encryption_method=EncryptionMethod.AES_256
        )
    document.add_page()
    if heading:
        document.set_font("helvetica", size=18)
        document.multi_cell(0, 10, heading, align="L", new_x="LMARGIN", new_y="NEXT")
    document.set_font("helvetica", size=11)
    if line:
        document.cell(0, 6, line, new_x="LMARGIN", new_y="NEXT")
    for paragraph in paragraphs:
        document.ln(3)
        document.multi_cell(0, 5.5, paragraph, align="L", new_x="LMARGIN", new_y="NEXT")
    document.output(str(path))
    return path


def encrypted(path: Path, word: bytes, instead: bytes) -> Path:
    """A PDF that anybody may open, encrypted in another way than it says: one that is not read."""
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=pdf(path))
    writer.encrypt("", "owner", algorithm="AES-128")
    writer.write(path)
    path.write_bytes(path.read_bytes().replace(word, instead))
    return path


def pictured(path: Path) -> Path:
    """A PDF of one page that shows a line and no letter, as a scanned page shows none."""
    from fpdf import FPDF

    document = FPDF()
    document.add_page()
    document.line(10, 10, 100, 100)
    document.output(str(path))
    return path


def docx(
    path: Path,
    paragraphs: Sequence[str] = STRIKE,
    *,
    heading: str = "",
    bullets: Sequence[str] = (),
    rows: Sequence[Sequence[str]] = (),
    **properties: str | datetime,
) -> Path:
    from docx import Document

    document = Document()
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    if heading:
        document.add_heading(heading, 1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    for bullet in bullets:
        document.add_paragraph(bullet, style="List Bullet")
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for row, values in zip(table.rows, rows, strict=True):
            for cell, value in zip(row.cells, values, strict=True):
                cell.text = value
    document.save(str(path))
    return path


def pptx(path: Path, slides: Mapping[str, str], note: str = "", **properties: str | datetime) -> Path:
    from pptx import Presentation

    presentation = Presentation()
    for name, value in properties.items():
        setattr(presentation.core_properties, name, value)
    for title, text in slides.items():
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = title, text
        if note:
            slide.notes_slide.notes_text_frame.text = note
    presentation.save(str(path))
    return path


def xlsx(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]], **properties: str | datetime) -> Path:
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for name, value in properties.items():
        setattr(workbook.properties, name, value)
    workbook.save(str(path))
    return path


CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf"/></rootfiles></container>'
)


def epub(path: Path, chapters: Mapping[str, str], facts: str = "<dc:title>The port</dc:title>", **parts: str) -> Path:
    """A book of chapters, by name and in the order of reading; they are listed in the order of their names."""
    items = "".join(
        f'<item id="i{number}" href="{name.replace(" ", "%20")}" media-type="application/xhtml+xml"/>'
        for number, name in sorted(enumerate(chapters), key=lambda each: each[1])
    )
    order = "".join(f'<itemref idref="i{number}"/>' for number in range(len(chapters)))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        book.writestr("META-INF/container.xml", CONTAINER)
        book.writestr(
            "OPS/book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<metadata>{facts}</metadata><manifest>{items}</manifest><spine>{order}</spine></package>",
        )
        for name, body in chapters.items():
            book.writestr(f"OPS/{name}", f"<html><head><title>x</title></head><body>{body}</body></html>")
        for name, text in parts.items():
            book.writestr(name, text)
    return path


def jsonl(path: Path, *records: object) -> Path:
    path.write_text("".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records), encoding="utf-8")
    return path


def archive(path: Path, parts: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return path


def bomb(path: Path, part: str, megabytes: int = 300) -> Path:
    """An archive of some kilobytes whose `part` unpacks to so many megabytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file, file.open(part, "w", force_zip64=True) as large:
        for _ in range(megabytes):
            large.write(bytes(1_000_000))
    return path
