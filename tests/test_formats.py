"""One article out of each format: its text, and what the document says of itself."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import Unreadable
from index.load import decode, jsonl, read
from index.load.printed_pages import PrintedLine, paragraphs
from index.load.raw import Raw
from index.load.registry import SUFFIXES, reader
from index.types import Article, Failure, Kind, Outcome, Visit
from tests import documents
from tests.documents import STRIKE

TEXT = "\n\n".join(STRIKE)
PRINTED = "By A. Example | Vellmar Courier | 15 July 2020"


def items(path: Path) -> list[Article | Failure]:
    return [each for each in read([path]) if isinstance(each, Article | Failure)]


def only(path: Path) -> Article:
    (found,) = items(path)
    assert isinstance(found, Article), found
    return found


# --- PDF ---------------------------------------------------------------------------------------------------------


def test_a_pdf_is_its_paragraphs_and_what_it_says_of_itself(tmp_path: Path) -> None:
    path = documents.pdf(tmp_path / "a.pdf", title="The port strike", author="A. Example; B. Sample")
    assert only(path) == Article(
        str(path.resolve()),
        "The port strike",
        TEXT,
        author="A. Example and B. Sample",
        language="en",
    )


def test_what_a_pdf_prints_of_its_publication_goes_before_its_properties(tmp_path: Path) -> None:
    path = documents.pdf(tmp_path / "a.pdf", heading="The strike goes on", line=PRINTED, author="Office desk")
    found = only(path)
    assert (found.title, found.author, found.outlet, found.published, found.text) == (
        *("The strike goes on", "A. Example", "Vellmar Courier", date(2020, 7, 15), TEXT),
    )


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_byline_of_two_lines_is_no_text_of_a_word_document(tmp_path: Path, between: str) -> None:
    line = f"Analysis by A. Example{between}Vellmar Mirror, 15 July 2020"
    found = only(documents.docx(tmp_path / "a.docx", [*line.split("\n\n"), *STRIKE], heading="The strike goes on"))
    assert (found.title, found.author, found.outlet, found.published, found.kind, found.text) == (
        *("The strike goes on", "A. Example", "Vellmar Mirror", date(2020, 7, 15), Kind.ANALYSIS, TEXT),
    )


def test_the_lines_of_a_paragraph_that_state_nothing_stay(tmp_path: Path) -> None:
    verse = "The ships are waiting\noutside the mole"
    assert (
        only(documents.docx(tmp_path / "a.docx", [*STRIKE, verse], heading="The strike")).text == f"{TEXT}\n\n{verse}"
    )


LONG = "The strike of the pilots of Vellmar goes on for a third week, and the harbour board makes a new offer"


@pytest.mark.parametrize("line", ["", PRINTED])
def test_a_title_over_two_lines_is_one(tmp_path: Path, line: str) -> None:
    found = only(documents.pdf(tmp_path / "a.pdf", heading=LONG, line=line))
    assert (found.title, found.text) == (LONG, TEXT)
    named = only(documents.pdf(tmp_path / "b.pdf", heading=LONG, line=line, title="The strike"))
    assert (named.title, named.text) == ("The strike", f"{LONG}\n\n{TEXT}")


@pytest.mark.parametrize(
    "title",
    [
        "Microsoft Word - strike_v2.doc",
        "untitled",
        "strike.indd",
        "Document1",
        "(anonymous)",
        "PowerPoint Presentation",
        "",
    ],
)
def test_a_title_that_a_program_made_up_is_none(tmp_path: Path, title: str) -> None:
    printed = documents.pdf(tmp_path / "a.pdf", heading="The strike goes on", title=title)
    plain = documents.pdf(tmp_path / "port-strike.pdf", title=title)
    assert (only(printed).title, only(plain).title) == ("The strike goes on", "port strike")


@pytest.mark.parametrize(
    "author", ["Administrator", "user", "Microsoft Office User", "a@vellmar.example", "python-docx", "Owner"]
)
def test_an_author_that_a_program_made_up_is_none(tmp_path: Path, author: str) -> None:
    assert only(documents.pdf(tmp_path / "a.pdf", author=author)).author is None


def test_what_the_pages_of_a_pdf_repeat_is_left_out(tmp_path: Path) -> None:
    body = [f"{number}. {' '.join(STRIKE)}" for number in range(20)]
    found = only(documents.pdf(tmp_path / "a.pdf", body, header="Vellmar Courier, 15 July 2020", pages=True))
    assert "Vellmar Courier" not in found.text
    assert "Page" not in found.text
    assert found.text.split("\n\n") == body


def test_a_pdf_that_anybody_may_open_is_read_though_it_is_encrypted(tmp_path: Path) -> None:
    assert only(documents.pdf(tmp_path / "a.pdf", password="")).text == TEXT


def set_lines(*texts: str, x: float = 50, top: float = 700, step: float = 14, size: float = 11) -> list[PrintedLine]:
    return [PrintedLine(text, x, top - step * number, size) for number, text in enumerate(texts)]


FULL = "So many words stand in a full line of this column here,"
PAGES = [
    ("lines are joined", [set_lines(FULL, "and its end.")], [f"{FULL} and its end."]),
    ("a gap parts", [set_lines(FULL, "on.") + set_lines("Next one.", top=650)], [f"{FULL} on.", "Next one."]),
    (
        "a short last line parts",
        [set_lines(FULL, "and its end.", FULL, "too.")],
        [f"{FULL} and its end.", f"{FULL} too."],
    ),
    (
        "an indent parts",
        [
            [
                PrintedLine(FULL + " it.", 50, 700, 11),
                PrintedLine(FULL, 65, 686, 11),
                PrintedLine("and so on.", 50, 672, 11),
            ]
        ],
        [FULL + " it.", f"{FULL} and so on."],
    ),
    ("another size parts", [[*set_lines("A title", size=18), *set_lines(FULL, top=680)]], ["A title", FULL]),
    (
        "a title goes on below, however short its line is and however far apart large letters stand",
        [[*set_lines("The pilots", "of Vellmar, a har-", "bour town", size=18, step=26), *set_lines(FULL, top=620)]],
        ["The pilots of Vellmar, a harbour town", FULL],
    ),
    (
        "large letters are as large as they look",
        [
            [
                PrintedLine("A title of", 50, 700, 18.0),
                PrintedLine("two lines", 50, 678, 17.99),
                *set_lines(FULL, top=640),
            ]
        ],
        ["A title of two lines", FULL],
    ),
    ("a list parts", [set_lines("They are:", "1. one", "2. two")], ["They are:", "1. one", "2. two"]),
    ("a parted word is whole", [set_lines(FULL, "the associ-", "ation said.")], [f"{FULL} the association said."]),
    (
        "a compound keeps its hyphen where it has one elsewhere",
        [set_lines("A one-off payment, as all said it was, a really one-", "off thing.")],
        ["A one-off payment, as all said it was, a really one-off thing."],
    ),
    (
        "a hanging hyphen stays",
        [set_lines("Here they spoke of the long pre- and of the long pre-", "and post-war years.")],
        ["Here they spoke of the long pre- and of the long pre- and post-war years."],
    ),
    (
        "a name keeps its hyphen",
        [set_lines("And so it was done by the good old Mrs Vellmar-", "Example.")],
        ["And so it was done by the good old Mrs Vellmar-Example."],
    ),
    (
        "Chinese has no spaces",
        [set_lines("引航员协会表示罢工", "已进入第三周。")],
        ["引航员协会表示罢工已进入第三周。"],
    ),
    ("a sentence goes on overleaf", [set_lines(FULL), set_lines("and its end.")], [f"{FULL} and its end."]),
    (
        "a paragraph ends at a page's end",
        [set_lines(FULL + " it."), set_lines("Next one.")],
        [FULL + " it.", "Next one."],
    ),
    (
        "headers and numbers go",
        [
            [
                *set_lines("Vellmar Report 3", top=800),
                *set_lines(f"{FULL} {word}.", top=600),
                *set_lines(number, top=20),
            ]
            for word, number in (("a", "– 1 –"), ("b", "Page 2 of 3"), ("c", "iii"))
        ],
        [f"{FULL} a.", f"{FULL} b.", f"{FULL} c."],
    ),
    ("a line of facts stands alone", [set_lines(PRINTED, FULL, "on.")], [PRINTED, f"{FULL} on."]),
    ("empty pages are nothing", [[], set_lines("One."), []], ["One."]),
]


@pytest.mark.parametrize(("pages", "expected"), [case[1:] for case in PAGES], ids=[case[0] for case in PAGES])
def test_lines_on_pages_are_paragraphs(pages: list[list[PrintedLine]], expected: list[str]) -> None:
    assert paragraphs(pages) == expected


@given(
    st.lists(
        st.lists(
            st.builds(
                PrintedLine,
                st.text("ab-. A1引\u2010", min_size=1).map(str.strip).filter(bool),
                *[st.floats(-1e6, 1e6, allow_nan=False)] * 2,
                st.floats(0, 100),
            ),
            max_size=8,
        ),
        max_size=4,
    )
)
def test_no_letter_is_invented_or_put_elsewhere(pages: list[list[PrintedLine]]) -> None:
    given_, found = iter("".join(line.text for page in pages for line in page)), "".join(paragraphs(pages))
    assert all(letter in given_ for letter in found if not letter.isspace())


# --- Word --------------------------------------------------------------------------------------------------------


def test_a_word_document_is_its_text_and_what_it_says_of_itself(tmp_path: Path) -> None:
    path = documents.docx(
        tmp_path / "a.docx",
        heading="What it costs",
        bullets=["One", "Two"],
        rows=[["Ship", "Tons"], ["Vell", "2 < 3 & 4"]],
        title="The port strike",
        author="A. Example; B. Sample",
        created=datetime(2020, 7, 15, 10),
        modified=datetime(2020, 7, 16, 11),
    )
    assert only(path) == Article(
        str(path.resolve()),
        "The port strike",
        f"# What it costs\n\n{TEXT}\n\n- One\n- Two\n\n| Ship | Tons |\n| Vell | 2 < 3 & 4 |",
        author="A. Example and B. Sample",
        modified=datetime(2020, 7, 16, 11, tzinfo=UTC),
        language="en",
    )


def test_what_a_word_document_prints_goes_before_its_properties(tmp_path: Path) -> None:
    path = documents.docx(tmp_path / "a.docx", [PRINTED, *STRIKE], heading="The strike goes on", author="B. Sample")
    found = only(path)
    assert (found.title, found.author, found.outlet, found.published, found.modified, found.text) == (
        *("The strike goes on", "A. Example", "Vellmar Courier", date(2020, 7, 15), None, TEXT),
    )


def test_the_day_of_an_empty_document_is_not_that_of_one_made_from_it(tmp_path: Path) -> None:
    """Libraries copy an empty document, with the day on which that was made."""
    found = only(documents.docx(tmp_path / "a.docx"))
    assert (found.author, found.published, found.modified) == (None, None, None)
    assert only(documents.pptx(tmp_path / "a.pptx", {"Ships": "None."})).published is None


# --- Slides, sheets, books ---------------------------------------------------------------------------------------


def test_slides_are_lines_below_their_titles(tmp_path: Path) -> None:
    slides = {"Harbour figures": "Ships came in.\nNo ship went out.", "What next": "* 1. Nobody_knows_it"}
    path = documents.pptx(tmp_path / "a.pptx", slides, note="Say this slowly.", author="A. Example")
    found = only(path)
    assert (found.title, found.author) == ("Harbour figures", "A. Example")
    assert found.text == (
        "Ships came in.\n\nNo ship went out.\n\n### Notes:\n\nSay this slowly.\n\n"
        "## What next\n\n* 1. Nobody_knows_it\n\n### Notes:\n\nSay this slowly."
    )


def test_sheets_are_tables_with_the_numbers_of_their_cells(tmp_path: Path) -> None:
    long = "A note that is longer than any table would show it, in words that all have to stay"
    sheets = {
        "Ships": [["Ship", "Tons", "Day"], ["Vell", 1234567890.12, datetime(2020, 7, 15)], ["Mar", 1200.0, None], []],
        "Notes": [[long]],
        "Nothing": [],
    }
    path = documents.xlsx(tmp_path / "a.xlsx", sheets, title="Ships of 2020", creator="A. Example")  # type: ignore[arg-type]
    found = only(path)
    assert (found.title, found.author) == ("Ships of 2020", "A. Example")
    assert found.text == (
        "## Ships\n\n| Ship | Tons | Day |\n| Vell | 1234567890.12 | 2020-07-15 |\n| Mar | 1200 |\n\n"
        f"## Notes\n\n| {long} |"
    )


def test_a_book_is_its_chapters_in_the_order_of_reading(tmp_path: Path) -> None:
    facts = (
        "<dc:title>The port</dc:title><dc:creator>A. Example</dc:creator><dc:creator>B. Sample</dc:creator>"
        "<dc:publisher>Vellmar Press</dc:publisher><dc:date>2019-05-01</dc:date><dc:language>en-GB</dc:language>"
        '<meta property="dcterms:modified">2020-01-02T03:04:05Z</meta>'
    )
    chapters = {"z first.xhtml": "<h1>One</h1><p>It <b>began</b>.</p>", "a.xhtml": "<script>x</script><p>It ended.</p>"}
    path = documents.epub(tmp_path / "a.epub", chapters, facts)
    assert only(path) == Article(
        str(path.resolve()),
        "The port",
        "# One\n\nIt began.\n\nIt ended.",
        author="A. Example and B. Sample",
        outlet="Vellmar Press",
        published=date(2019, 5, 1),
        modified=datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
        language="en",
    )


def test_a_book_without_a_known_day_has_none(tmp_path: Path) -> None:
    facts = "<dc:date>0101-01-01T00:00:00+00:00</dc:date>"
    assert only(documents.epub(tmp_path / "a.epub", {"a.xhtml": "<p>Text.</p>"}, facts)).published is None


def test_a_book_reads_nothing_outside_itself(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    opf = (
        f'<!DOCTYPE package [<!ENTITY x SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
        '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>T&x;</dc:title></metadata>'
        '<manifest><item id="a" href="../../secret.txt" media-type="text/html"/>'
        '<item id="b" href="./x/../b.xhtml" media-type="text/html"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    parts = {"META-INF/container.xml": documents.CONTAINER, "OPS/book.opf": opf, "OPS/b.xhtml": "<p>Text.</p>"}
    path = documents.archive(tmp_path / "a.epub", {name: text.encode() for name, text in parts.items()})
    assert "secret" not in repr(only(path)).replace("secret.txt", "")


# --- JSON Lines --------------------------------------------------------------------------------------------------

WHOLE = {
    "_id": 4983,
    "title": "The port strike",
    "text": "  The text\u00a0as it is.\r\n",
    "url": "https://vellmar.example/port",
    "author": ["A. Example", "B. Sample"],
    "source": "Vellmar Courier",
    "date": "2020-07-15T10:00:00Z",
    "modified": "2020-07-16",
    "as_of": "2020-07-14",
    "kind": "analysis",
    "section": "Harbour",
    "language": "en-GB",
    "category": {"is": ["let", "be"]},
}


def test_all_of_a_line_is_read_and_its_text_stays_as_it_is(tmp_path: Path) -> None:
    assert only(documents.jsonl(tmp_path / "a.jsonl", WHOLE)) == Article(
        "4983",
        "The port strike",
        "  The text\u00a0as it is.\r\n",
        url="https://vellmar.example/port",
        author="A. Example and B. Sample",
        outlet="Vellmar Courier",
        published=datetime(2020, 7, 15, 10, tzinfo=UTC),
        modified=date(2020, 7, 16),
        as_of=date(2020, 7, 14),
        kind=Kind.ANALYSIS,
        section="Harbour",
        language="en",
    )


def test_a_line_has_its_id_its_address_or_its_place(tmp_path: Path) -> None:
    records = [
        {"id": "one", "text": "T", "url": "https://a.example/1"},
        {"text": "T", "url": "https://a.example/1"},
        {"text": "T"},
    ]
    path = documents.jsonl(tmp_path / "a.ndjson", *records)
    assert [each.id for each in items(path) if isinstance(each, Article)] == ["one", "https://a.example/1", f"{path}#3"]


def test_a_line_without_a_title_has_its_first_words(tmp_path: Path) -> None:
    short, long = items(documents.jsonl(tmp_path / "a.jsonl", {"text": "One.\nTwo."}, {"text": "words " * 90}))
    assert isinstance(short, Article)
    assert isinstance(long, Article)
    assert (short.title, long.title) == ("One.", "words " * 13 + "…")


BAD_LINES = [
    (b"{", "no JSON object"),
    (b"[1]", "no JSON object"),
    (b'{"text": "T"} {}', "no JSON object"),
    (b'{"text": "\xff"}', "not UTF-8 at byte 11"),
    (b'{"text": ' + b"[" * 100_000, "nested too deep"),
    (b'{"text": ' + b"1" * 5_000 + b"}", "too long"),
    (b'{"text": null}', "has no `text`"),
    (b'{"text": " \\n"}', "has no `text`"),
    (b'{"text": ["T"]}', "has no `text`"),
    (b'{"title": "T"}', "has no `text`"),
    (b'{"text": "T", "date": "7/8/2020"}', "`date` is no day that reads one way only"),
    (b'{"text": "T", "date": 1594800000}', "`date` is no day"),
    (b'{"text": "T", "kind": "rant"}', "`kind` has to be one of"),
    (b'{"text": "T", "url": "javascript:1"}', "`url` has to be a web address"),
    (b'{"text": "T", "author": [{"name": "A"}]}', "`author` has to be"),
    (b'{"text": "T", "language": "English"}', "`language` has to be"),
]


@pytest.mark.parametrize(("line", "reason"), BAD_LINES, ids=[reason for _, reason in BAD_LINES])
def test_a_bad_line_is_named_and_the_others_go_on(tmp_path: Path, line: bytes, reason: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'\xef\xbb\xbf{"text": "One"}\n\n' + line + b'\n{"text": "Two"}')
    one, bad, two = items(tmp_path / "a.jsonl")
    assert isinstance(bad, Failure)
    assert bad.reason.startswith("Line 3 ")
    assert reason in bad.reason
    assert (isinstance(one, Article), isinstance(two, Article)) == (True, True)


def test_a_line_that_is_too_long_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "_LONGEST", 1_000)
    lines = ['{"text": "One"}', json.dumps({"text": "x" * 4_500}), '{"text": "Two"}', json.dumps({"text": "x" * 2_000})]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    one, long, two, last = items(tmp_path / "a.jsonl")
    assert [each.text for each in (one, two) if isinstance(each, Article)] == ["One", "Two"]
    assert [each.reason[:10] for each in (long, last) if isinstance(each, Failure)] == [
        "Line 2 has",
        "Line 4 has",
    ]


def test_what_is_not_json_lines_is_one_failure(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps([WHOLE] * 1_000, indent=1))
    (bad,) = items(tmp_path / "a.jsonl")
    assert isinstance(bad, Failure)
    assert bad.reason.startswith("It is not JSON Lines. Line 1 is no JSON object")


def test_many_lines_without_a_text_do_not_hide_those_that_have_one(tmp_path: Path) -> None:
    found = items(documents.jsonl(tmp_path / "a.jsonl", *[{"text": ""}] * 50, {"text": "One"}))
    assert [type(each) for each in found] == [Failure] * 50 + [Article]


def test_lines_packed_with_gzip_are_read(tmp_path: Path) -> None:
    data = documents.jsonl(tmp_path / "a.jsonl", WHOLE).read_bytes()
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(data))
    assert only(tmp_path / "b.jsonl.gz").id == "4983"
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(data)[:-9])
    *_, cut = items(tmp_path / "c.jsonl.gz")
    assert isinstance(cut, Failure)
    assert "damaged after line" in cut.reason


def test_lines_are_read_one_by_one() -> None:
    line = b'{"text": "One"}\n'
    file = io.BytesIO(line * 1_000)
    next(iter(jsonl.articles(Raw("a.jsonl", file))))
    assert file.tell() == len(line)


# --- Which reader reads what -------------------------------------------------------------------------------------


def raw(name: str, data: bytes = b"", media: str | None = None, url: str | None = None) -> Raw:
    return Raw(url or name, io.BytesIO(data), media, url=url)


ZIP = b"PK\x03\x04"
READERS = [
    ("a.PDF", b"", None, "pdf"),
    ("a.md", b"", "text/plain", "markdown"),
    ("a", b"", "text/plain", "text"),
    ("a.pdf", b"", "text/html", "html"),
    ("a.bin", b"", "application/pdf", "pdf"),
    ("a", b"%PDF-1.7", "application/octet-stream", "pdf"),
    ("a", b"\xef\xbb\xbf \n<!DOCTYPE HTML>", None, "html"),
    ("a.php", b"<html lang=en>", None, "html"),
    ("a.ndjson", b"", "application/json", "jsonl"),
    ("a.jsonl.gz", b"", "application/gzip", "jsonl"),
    ("a", b"", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
]


@pytest.mark.parametrize(("name", "data", "media", "expected"), READERS)
def test_a_format_is_told_by_type_then_suffix_then_first_bytes(
    name: str, data: bytes, media: str | None, expected: str
) -> None:
    assert reader(raw(name, data, media)).__module__ == f"index.load.{expected}"


def test_the_suffix_of_an_address_is_that_of_its_path() -> None:
    assert reader(raw("", url="https://a.example/b.pdf?c=d.docx#e.md")).__module__ == "index.load.pdf"


def test_an_archive_is_told_by_what_is_in_it(tmp_path: Path) -> None:
    made = {
        "docx": documents.docx(tmp_path / "a.docx"),
        "slides": documents.pptx(tmp_path / "a.pptx", {"A": "B"}),
        "sheet": documents.xlsx(tmp_path / "a.xlsx", {"A": [[1]]}),
        "epub": documents.epub(tmp_path / "a.epub", {"a.xhtml": "<p>A</p>"}),
    }
    for form, path in made.items():
        assert reader(raw("download", path.read_bytes())).__module__ == f"index.load.{form}"


def test_what_is_read_by_nothing_says_so() -> None:
    for data in (b"", b"GIF89a", ZIP, ZIP + b"broken"):
        with pytest.raises(Unreadable, match="Files of this kind are not read"):
            reader(raw("a.bin", data, "application/octet-stream"))


def test_every_format_has_a_reader() -> None:
    for suffix in SUFFIXES:
        assert callable(reader(raw(f"a{suffix}")))


# --- Encodings ---------------------------------------------------------------------------------------------------

CHARSETS = [
    ("Россия и Китай", "windows-1251", "cp1251"),
    ("Россия", "koi8-r", "koi8_r"),
    ("café – naïve", "ISO-8859-1", "cp1252"),
    ("条约有效期", "gb2312", "gb18030"),
    ("条约有效期", "GBK", "gbk"),
    ("條約有效期", "big5", "big5"),
    ("水先人は来なかった", "Shift_JIS", "shift_jis"),
    ("水先人は来なかった", "iso-2022-jp", "iso2022_jp"),
    ("수로 안내인", "euc-kr", "euc_kr"),
    ("plain", "utf-16le", "utf-16-le"),
    # what is UTF-8 is not what else a server says
    ("café – naïve 条约", "iso-8859-1", "utf-8"),
    ("café – naïve 条约", "us-ascii", "utf-8"),
    ("café – naïve", "no-such-charset", "utf-8"),
    ("café – naïve", "rot13", "utf-8"),
    ("It cost £5 – “too much”", "unicode_escape", "cp1252"),
]


@pytest.mark.parametrize(("text", "declared", "written"), CHARSETS)
def test_the_declared_charset_decides_where_the_bytes_do_not(text: str, declared: str, written: str) -> None:
    assert decode.decode("a", text.encode(written), declared) == text


# --- Nothing breaks a reader -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.pptx", "a.xlsx", "a.epub", "a.jsonl", "a.md", "a.txt"])
@settings(max_examples=25)
@given(data=st.data())
def test_a_damaged_file_is_an_article_or_a_failure_and_never_an_error(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = samples(tmp_path_factory)[name]
    begin = data.draw(st.integers(0, len(whole)))
    damage = data.draw(st.binary(max_size=30))
    end = data.draw(st.integers(begin, min(len(whole), begin + 200)))
    path = tmp_path_factory.mktemp("damaged") / name
    path.write_bytes(whole[:begin] + damage + whole[end:])
    *found, visit, _ = read([path])
    assert found
    assert isinstance(visit, Visit)
    assert (visit.outcome is Outcome.READ) == any(isinstance(each, Article) for each in found)


SAMPLES: dict[str, bytes] = {}


def samples(folders: pytest.TempPathFactory) -> dict[str, bytes]:
    if not SAMPLES:
        folder = folders.mktemp("samples")
        made = [
            documents.pdf(folder / "a.pdf"),
            documents.docx(folder / "a.docx", STRIKE[:1]),
            documents.pptx(folder / "a.pptx", {"A": "B"}),
            documents.xlsx(folder / "a.xlsx", {"A": [["B"]]}),
            documents.epub(folder / "a.epub", {"a.xhtml": "<p>A</p>"}),
            documents.jsonl(folder / "a.jsonl", WHOLE),
        ]
        SAMPLES.update({path.name: path.read_bytes() for path in made})
        SAMPLES.update({"a.md": b"---\ntitle: A\n---\n\nText.\n", "a.txt": "A title of words\n\nText é.".encode()})
    return SAMPLES
