"""What cannot be read: each a clear sentence, the rest of the run brought in, counted, and told by the exit code."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from index import Index
from index.load import raw, read
from index.types import Failure, Outcome, Visit
from tests import documents
from tests.conftest import WordEmbeddings

Make = Callable[[Path], object]


def bytes_of(data: bytes) -> Make:
    return lambda path: path.write_bytes(data)


def cut(make: Callable[[Path], Path], length: int) -> Make:
    return lambda path: path.write_bytes(make(path).read_bytes()[:length])


def sized(size: int) -> Make:
    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return make


def word(document: str, **parts: str) -> Make:
    """A Word document of these parts, as nothing but a person with a purpose writes it."""
    return lambda path: documents.archive(
        path, {"word/document.xml": document.encode(), **{name: text.encode() for name, text in parts.items()}}
    )


def with_password(path: Path) -> None:
    with zipfile.ZipFile(documents.docx(path)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    data = bytearray(documents.archive(path, parts).read_bytes())
    begin = data.index(b"PK\x01\x02")
    while begin >= 0:
        data[begin + 8] |= 1  # the flag of an encrypted part
        begin = data.find(b"PK\x01\x02", begin + 1)
    path.write_bytes(data)


def broken_part(path: Path) -> None:
    data = bytearray(documents.docx(path).read_bytes())
    begin = data.index(b"word/document.xml") + 60
    data[begin : begin + 40] = b"\xff" * 40
    path.write_bytes(data)


def lying(path: Path) -> None:
    """An archive that says its part has a hundred bytes, and which unpacks to a hundred million."""
    data = bytearray(documents.bomb(path, "word/document.xml", 100).read_bytes())
    for mark, place in ((b"PK\x01\x02", 24),):
        begin = data.index(mark) + place
        data[begin : begin + 4] = (100).to_bytes(4, "little")
    path.write_bytes(data)


def many_parts(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_001):
            archive.writestr(f"{number}", "")
        archive.writestr("word/document.xml", "<a/>")


def locked_book(path: Path) -> None:
    cipher = '<e xmlns:x="y"><x:CipherReference URI="OPS/a.xhtml"/></e>'
    documents.epub(path, {"a.xhtml": "<p>Text.</p>"}, **{"META-INF/encryption.xml": cipher})


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><w:document>&b;</w:document>'
# The name of a file, how it is made, and words of the sentence that is said of it.
BAD: list[tuple[str, Make, str]] = [
    ("empty.txt", bytes_of(b""), "It is empty"),
    ("empty.md", bytes_of(b""), "It is empty"),
    ("empty.html", bytes_of(b""), "It is empty"),
    ("empty.pdf", bytes_of(b""), "It is empty"),
    ("empty.docx", bytes_of(b""), "It is empty"),
    ("empty.pptx", bytes_of(b""), "It is empty"),
    ("empty.xlsx", bytes_of(b""), "It is empty"),
    ("empty.epub", bytes_of(b""), "It is empty"),
    ("empty.jsonl", bytes_of(b""), "It is empty"),
    ("blank.jsonl", bytes_of(b"\n \n"), "It is empty"),
    ("binary.txt", bytes_of(bytes(range(256)) * 9), "binary file"),
    ("binary.md", bytes_of(b"\x89PNG\r\n\x1a\n\0\0"), "binary file"),
    ("a pdf.txt", documents.pdf, "binary file"),
    ("a word document.txt", documents.docx, "binary file"),
    ("cut.txt", bytes_of("港口罢工".encode()[:-1]), "damaged: byte 9"),
    ("noise.txt", bytes_of(bytes(range(129, 256)) * 3), "encoding cannot be told"),
    ("half a pair.jsonl", bytes_of(b'{"text": "\\ud83d"}'), "Line 1 has half a letter"),
    ("large.txt", sized(raw.LARGEST + 1), "more than 200 MB"),
    ("large.html", sized(raw.LARGEST + 1), "more than 200 MB"),
    ("large.pdf", sized(raw.LARGEST + 1), "more than 200 MB"),
    ("large.docx", sized(raw.LARGEST + 1), "more than 200 MB"),
    ("furniture.html", bytes_of(b"<html><head><title>T</title></head><body><script>x</script></body></html>"), "text"),
    ("picture.html", bytes_of(b'<html><body><img src="a.png"></body></html>'), "no article"),
    ("cut.pdf", cut(documents.pdf, 1_200), "cut off: its end is missing"),
    ("no.pdf", bytes_of(b"<html>Not found</html>"), "It is no PDF"),
    ("broken.pdf", bytes_of(b"%PDF-1.7\nnothing\n%%EOF"), "It is damaged"),
    ("locked.pdf", lambda path: documents.pdf(path, password="secret"), "It has a password"),
    ("certified.pdf", lambda path: documents.encrypted(path, b"/Standard", b"/Adobe.PubSec"), "It is encrypted"),
    ("publisher's.pdf", lambda path: documents.encrypted(path, b"/V 4", b"/V 9"), "It is encrypted"),
    ("no key.pdf", lambda path: documents.encrypted(path, b"/AESV2", b"/None"), "It is encrypted"),
    ("scanned.pdf", documents.pictured, "only pictures of pages"),
    ("no.docx", bytes_of(b"Just words."), "It is no .docx file"),
    ("cut.docx", cut(documents.docx, 9_000), "It is damaged"),
    ("broken part.docx", broken_part, "It is damaged"),
    ("old.docx", bytes_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "has a password, or is of an older kind"),
    ("locked.docx", with_password, "It has a password"),
    ("a sheet.docx", lambda path: documents.xlsx(path, {"A": [[1]]}), "It is no .docx file: it has no part word/"),
    ("blank.docx", lambda path: documents.docx(path, ()), "It has no text"),
    ("bomb.docx", lambda path: documents.bomb(path, "word/document.xml"), "Unpacked it would have 300 MB"),
    ("small bomb.docx", lambda path: documents.bomb(path, "word/document.xml", 40), "Unpacked it would have 40 MB"),
    ("lying.docx", lying, "It is damaged"),
    ("many.docx", many_parts, "20,002 parts"),
    ("entities.docx", word(BOMB), "declares a document type"),
    ("entities2.docx", word("<a/>", **{"docProps/core.xml": BOMB}), "declares a document type"),
    (
        "entities3.docx",
        lambda path: documents.archive(
            path, {"word/document.xml": b"<a/>", "docProps/core.xml": BOMB.encode("utf-16")}
        ),
        "declares a document type",
    ),
    ("no xml.docx", word("words"), "It is damaged"),
    ("no properties.docx", word("<a/>", **{"docProps/core.xml": "words"}), "docProps/core.xml is not valid XML"),
    ("bomb.xlsx", lambda path: documents.bomb(path, "xl/workbook.xml", 40), "Unpacked it would have 40 MB"),
    ("blank.xlsx", lambda path: documents.xlsx(path, {"A": []}), "Its sheets are empty"),
    ("broken.xlsx", lambda path: documents.archive(path, {"xl/workbook.xml": b"<a/>"}), "It is damaged"),
    ("bomb.pptx", lambda path: documents.bomb(path, "ppt/presentation.xml", 40), "Unpacked it would have 40 MB"),
    ("blank.pptx", lambda path: documents.pptx(path, {}), "It has no text"),
    ("bomb.epub", lambda path: documents.bomb(path, "META-INF/container.xml", 40), "Unpacked it would have 40 MB"),
    ("broken.epub", lambda path: documents.archive(path, {"META-INF/container.xml": b"<a/>"}), "where its package is"),
    ("blank.epub", lambda path: documents.epub(path, {"a.xhtml": "<img src='a.png'/>"}), "It has no text"),
    ("locked.epub", locked_book, "locked to a reader"),
    ("no json.jsonl", bytes_of(b"Just words.\n"), "Line 1 is no JSON object"),
    ("an array.jsonl", bytes_of(json.dumps([{"text": "T"}] * 99, indent=1).encode()), "It is not JSON Lines"),
    ("no text.jsonl", bytes_of(b'{"title": "T"}\n'), "Line 1 has no `text`"),
    ("huge line.jsonl", sized(50_000_002), "Line 1 has more than 50 MB"),
    ("deep.jsonl", bytes_of(b"[" * 1_000_000), "Line 1 is nested too deep"),
    ("cut.jsonl.gz", bytes_of(b"\x1f\x8b\x08\x00\x00"), "It is damaged after line 0"),
    ("deep.md", bytes_of(b"---\ntitle: " + b"[" * 20_000 + b"\n---\nText.\n"), "not valid YAML"),
    ("pipe.txt", lambda path: os.mkfifo(path), "not a file that has an end"),
    ("pipe.jsonl", lambda path: os.mkfifo(path), "not a file that has an end"),
    ("link.md", lambda path: path.symlink_to("nowhere"), "a link to nothing"),
    ("memory.txt", lambda path: path.symlink_to("/proc/self/mem"), "It cannot be read"),
]
GOOD = {
    "good.txt": "The harbour of Vellmar\n\nThe harbour stayed closed on Monday, when the pilots refused the offer.",
    "good.md": "---\nid: good\n---\n\n# The ferry\n\nThe ferry went out again on Tuesday, to the relief of all.",
    "good.jsonl": '{"text": "The board met."}\nbad\n{"text": "The pilots met."}\n{"text": ""}\n',
}
BAD_LINES = 2  # in good.jsonl


@pytest.mark.parametrize(("name", "make", "words"), BAD, ids=[name for name, _, _ in BAD])
def test_what_cannot_be_read_is_one_clear_sentence(tmp_path: Path, name: str, make: Make, words: str) -> None:
    made = tmp_path / name
    make(made)
    *found, visit, _ = read([tmp_path])
    failures = [each for each in found if isinstance(each, Failure)]
    assert found == failures
    (failure,) = failures
    assert words in failure.reason
    assert failure.reason.endswith(".")
    assert "\n" not in failure.reason
    assert isinstance(visit, Visit)
    assert visit.outcome is Outcome.FAILED


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that is bad, and three good files among it."""
    folder = tmp_path_factory.mktemp("mixed")
    for name, make, _ in BAD:
        make(folder / name)
    for name, text in GOOD.items():
        (folder / name).write_text(text)
    return folder


def test_the_good_is_indexed_beside_the_bad(folder: Path, tmp_path: Path, words: WordEmbeddings) -> None:
    with Index.open(tmp_path / "store", embedder=words) as index:
        report = index.add(read([folder], known=index.known))
        assert report.added == len(list(index.articles())) == 4
        assert report.failed == len(BAD) + BAD_LINES
        again = index.add(read([folder], known=index.known), prune=True)
        assert (again.added, again.changed, again.removed, again.unchanged) == (0, 0, 0, 4)
        assert again.failed == report.failed


def test_the_command_says_what_failed_and_counts_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main(["index", str(folder), "--store", str(tmp_path / "store")])
    out, err = capsys.readouterr()
    assert end.value.code == 1
    assert out.strip() == f"4 articles added, {len(BAD) + BAD_LINES} failed"
    said = " ".join(err.split())
    for name, _, words in BAD:
        made = folder / name
        assert (made.resolve().name if made.exists() else name) in said  # a link that leads somewhere is what it is
        assert words in said
