"""Files that are made to harm: bombs, outside entities, and whatever bytes; each ends in bounded time and memory."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.cite import Marks
from bot.answering.write.draft import plain as plain_sentence
from bot.slack.message import plain
from bot.slack.text import escaped, inert, markdown, shortened
from bot.types import Evidence, Words
from index.load import SUFFIXES, uploaded
from index.text.sentence import sentences
from index.types import Article, Failure
from tests import documents

MEMORY = 3_000_000_000  # bytes of addresses; libraries for numbers take the most of it before anything is read
SECONDS = 60  # of the processor
ENTITIES = (
    '<!DOCTYPE a [<!ENTITY a "'
    + "ha" * 50
    + '">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 20}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
OUTSIDE = '<!DOCTYPE a [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
FEED = (
    "<rss version='2.0'><channel><title>T</title>"
    "<item><title>N</title><description>Some words. &i;</description></item></channel></rss>"
)
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
from pathlib import Path
from index.load import uploaded
from index.types import Article
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        for found in uploaded(Path(name).name, file):
            said = found.text if isinstance(found, Article) else found.reason
            print(Path(name).name, type(found).__name__, len(said), "root:x:" in said, "haha" * 50 in said)
"""


def feed(path: Path, doctype: str) -> Path:
    path.write_text(f"<?xml version='1.0'?>{doctype}{FEED}")
    return path


def with_part(path: Path, made: Path, name: str, doctype: str) -> Path:
    """A document one part of which declares entities and uses the last."""
    with zipfile.ZipFile(made) as whole, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as changed:
        for each in whole.namelist():
            data = whole.read(each)
            if each == name:
                text = data.decode()
                head, _, rest = text.partition("?>") if text.startswith("<?xml") else ("", "", text)
                data = f"{head}{'?>' if head else ''}{doctype}{rest.replace('harbour', '&i;', 1)}".encode()
            changed.writestr(each, data)
    return path


def hostile(folder: Path) -> list[Path]:
    word = documents.docx(folder / "word.docx")
    sheet = documents.xlsx(folder / "sheet.xlsx", {"One": [["harbour", 1]]})
    book = documents.epub(folder / "book.epub", {"a.xhtml": "<p>The harbour was shut for a week.</p>"})
    parts = {"docx": (word, "word/document.xml"), "xlsx": (sheet, "xl/workbook.xml"), "epub": (book, "OPS/book.opf")}
    return [
        *(documents.bomb(folder / f"bomb.{kind}", part) for kind, (_, part) in parts.items()),
        documents.bomb(folder / "bomb.pptx", "ppt/presentation.xml"),
        *(
            with_part(folder / f"{name}.{kind}", made, part, doctype)
            for name, doctype in (("laughs", ENTITIES), ("outside", OUTSIDE))
            for kind, (made, part) in parts.items()
        ),
        feed(folder / "laughs.xml", ENTITIES),
        feed(folder / "outside.xml", OUTSIDE),
        pdf_bomb(folder / "bomb.pdf"),
        _written(folder / "deep.html", b"<div>" * 200_000 + b"Some words."),
        _written(folder / "deep.md", b"> " * 20_000 + b"Some words."),
        _written(folder / "brackets.md", b"[" * 50_000),
        _written(folder / "deep.jsonl", b'{"text":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        _written(
            folder / "anchors.md",
            b"---\na: &a [x,x,x,x,x,x,x,x,x]\n"
            + b"".join(
                f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n".encode()
                for before, name in zip("abcdefgh", "bcdefghi", strict=True)
            )
            + b"---\nSome words.\n",
        ),
    ]


def pdf_bomb(path: Path) -> Path:
    """A page whose stream inflates a thousandfold, and again."""
    import zlib

    stream = zlib.compress(zlib.compress(bytes(200_000_000), 9), 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [0 0 9 9] >>",
        b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 5\n0000000000 65535 f \n%strailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(body),
    )
    return _written(path, body + end)


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_a_file_that_is_made_to_harm_ends_in_bounded_time_and_memory_and_reads_nothing_else(tmp_path: Path) -> None:
    files = hostile(tmp_path)
    program = LIMITED.format(memory=MEMORY, seconds=SECONDS)
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, files)], capture_output=True, text=True, timeout=500
    )
    assert done.returncode == 0, done.stderr[-1500:]
    lines = [line.split() for line in done.stdout.splitlines()]
    assert {line[0] for line in lines} == {each.name for each in files}
    assert [line for line in lines if line[3] == "True" or line[4] == "True"] == []
    assert {line[1] for line in lines if line[0].startswith("bomb.")} == {"Failure"}
    assert max(int(line[2]) for line in lines) < 1_000_000


# Whatever bytes

KINDS = sorted({*SUFFIXES, ".xml", ".html", ".epub", ".xlsx", ".pptx"})
MAGIC = (
    b"",
    b"PK\x03\x04",
    b"%PDF-1.7\n",
    b"<?xml version='1.0'?><rss><channel>",
    b"---\na: b\n---\n",
    b'{"text": "',
    b"<html><p>",
)


@settings(max_examples=25)
@given(st.sampled_from(KINDS), st.sampled_from(MAGIC), st.binary(max_size=300))
def test_whatever_bytes_are_an_article_or_a_failure_that_says_why(kind: str, start: bytes, rest: bytes) -> None:
    for found in uploaded(f"a{kind}", io.BytesIO(start + rest)):
        assert isinstance(found, (Article, Failure))
        if isinstance(found, Failure):
            assert found.reason.endswith(".")


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_a_quote_of_any_text_is_its_exact_words(text: str) -> None:
    article = Article("a", "Title", text)
    for span in sentences(text):
        marks = Marks()
        marks.of([Evidence("a", span.start, span.end, text[span.start : span.end])], {"a": article})
        for each in marks.citations:
            assert text[each.start : each.end] == each.quote


@settings(max_examples=50)
@given(st.text(max_size=120))
@pytest.mark.parametrize(
    "step", [plain_sentence, lambda text: plain(text, "U1"), inert, escaped, lambda text: shortened(text, 40)]
)
def test_no_text_breaks_what_cleans_it(step: Callable[[str], str], text: str) -> None:
    once = step(text)
    assert isinstance(once, str)
    assert "<" not in markdown(Words(once)).replace("\\<", "")
