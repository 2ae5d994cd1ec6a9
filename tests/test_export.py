"""Kept answers as files: whole, proved, and text wherever they are text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.errors import Reason
from bot.history import Conversation, History, Record
from bot.history.export import Form, conversation_json, export, html, markdown
from bot.history.reread import answer_of
from bot.history.since import ALTERED, NOTHING, KnownChanges
from bot.render.html.words import PageWording
from bot.types import Answer, Citation, Near, Sentence, State, Status
from bot.wording import worded
from index.index import Index
from index.types import Kind
from tests.conversations import BRIDGE_QUESTION, BRIDGE_QUOTE, HERE, HOSTILE_QUESTION, TRAM_QUESTION, ask, history_of
from tests.small_news import ARTICLES, BRIDGE
from tests.test_cli import Run, run  # noqa: F401  (a fixture)
from tests.test_share import Page

AT = datetime(2026, 11, 25, 14, 31, tzinfo=UTC)
QUOTED = Citation(
    *(1, "port", 0, 17, "The port is shut.", "Port news", "Ann Example", "Harbour Gazette", date(2020, 7, 15)),
    kind=Kind.OPINION,
    url="https://example.org/port",
)
SAID = Sentence("The port is shut.", 0, 17, State.SUPPORTED, support=1.0, citations=(1,))
CLAIMED = Sentence("It is sad.", 22, 32, State.UNSUPPORTED, Reason(text="Nothing in the articles says this."))
QUOTED_INSTEAD = "The words of the article: no sentence of the model's was used."
ANSWER = Answer(
    *("Is the port shut?", Status.PARTIAL, "The port is shut. [1] It is sad.", "scripted", (SAID, CLAIMED), (QUOTED,)),
    reason=Reason(text="The articles do not say: “Why?”"),
)
RECORD = Record(7, "Is the port shut?", AT, ANSWER)
REFUSED = Record(
    *(8, "Who left?", AT),
    Answer("Who left?", Status.REFUSED, "The articles do not say.", "m", nearest=(Near("a", "Ferry *news*"),)),
)
STOPPED = Record(9, "And when?", AT, None)
FAILED = Record(10, "Why?", AT, Answer("Why?", Status.FAILED, "", "", reason=Reason(text="The model is gone.")))


def nothing(_: Answer) -> KnownChanges:
    return NOTHING


def altered(_: Answer) -> KnownChanges:
    return KnownChanges({1: ALTERED}, {"port": "en"})


def test_markdown_has_each_question_its_answer_and_its_proof() -> None:
    assert markdown("My port", [RECORD, REFUSED, STOPPED, FAILED], altered) == (
        "# My port\n\n"
        "## Is the port shut?\n\nAsked 25 November 2026, 14:31 UTC\n\n"
        "The port is shut. \\[1\\] It is sad. *(Nothing in the articles says this.)*\n\n"
        "The articles do not say: “Why?”\n\n"
        f"\\[1\\]\n\n> The port is shut.\n>\n> *{worded(ALTERED)}*\n>\n"
        "> — [Port news](<https://example.org/port>), Ann Example, Harbour Gazette, 15 July 2020, opinion\n\n"
        "## Who left?\n\nAsked 25 November 2026, 14:31 UTC\n\nThe articles do not say.\n\n- Ferry \\*news\\*\n\n"
        "## And when?\n\nAsked 25 November 2026, 14:31 UTC\n\nStopped.\n\n"
        "## Why?\n\nAsked 25 November 2026, 14:31 UTC\n\nNo answer: something failed. The model is gone.\n"
    )


def test_a_question_that_is_the_title_is_not_said_again() -> None:
    made = markdown(RECORD.question, [RECORD, REFUSED, RECORD], nothing)
    assert made.startswith("# Is the port shut?\n\nAsked 25 November")
    assert [line for line in made.splitlines() if line.startswith("## ")] == ["## Who left?", "## Is the port shut?"]
    page = html(RECORD.question, [RECORD], nothing)
    assert (page.count("<h1"), page.count("<h2")) == (1, 0)


@pytest.mark.parametrize(
    ("text", "spans", "written"),
    [
        ("It sank in May 1974.", [(11, 19)], "It sank in **May 1974**."),
        ("*May*\n 1974", [(1, 4), (7, 11)], "\\***May**\\* **1974**"),
        ("1. May", [(3, 6)], "1\\. **May**"),
        ("1. May", [(0, 1)], "**1**. May"),
        ("May | June", [(0, 3)], "**May** \\| June"),
    ],
)
def test_the_words_that_answer_are_bold(text: str, spans: list[tuple[int, int]], written: str) -> None:
    said = Sentence(text, 0, len(text), State.SUPPORTED, citations=(1,), answering=tuple(spans))
    record = replace(RECORD, answer=replace(ANSWER, sentences=(said,)))
    assert f"\n\n{written} \\[1\\]\n\n" in markdown("My port", [record], nothing)
    page = html("My port", [record], nothing)
    bold = re.findall('<strong class="answering">(.*?)</strong>', page)
    assert bold == [text[start:end] for start, end in spans]
    assert " ".join(text.split()) in Page(page).text


def test_a_sentence_that_stands_in_for_others_says_so() -> None:
    said = Sentence("“The port is shut.”", 0, 19, State.SUPPORTED, Reason("quoted"), 1.0, (1,))
    record = replace(
        RECORD, answer=replace(ANSWER, sentences=(said,), reason=Reason(text="Left out, since: “It is open.”"))
    )
    text = markdown("My port", [record], nothing)
    assert f"“The port is shut.” \\[1\\] *({QUOTED_INSTEAD})*\n\nLeft out, since: “It is open.”\n\n" in text
    read = Page(html("My port", [record], nothing))
    assert f"“The port is shut.” [1] ({QUOTED_INSTEAD})" in read.text
    assert "Left out, since: “It is open.”" in read.text
    assert "这是文章的原话" in Page(html("My port", [record], nothing, PageWording("zh"))).text


def test_a_page_has_the_same_and_fetches_nothing() -> None:
    page = html("My port", [RECORD, REFUSED, STOPPED, FAILED], altered)
    read = Page(page)
    for words in (
        *("My port", "Is the port shut?", "The port is shut. [1] It is sad. (Nothing in the articles says this.)"),
        *(
            "Ann Example, Harbour Gazette, 15 July 2020",
            "opinion",
            worded(ALTERED),
            "Who left?",
            "Ferry *news*",
            "Stopped.",
        ),
        *("The model is gone.", "The articles do not say: “Why?”"),
    ):
        assert words in read.text
    assert read.links == ["#quote-7-1", "https://example.org/port"]
    assert 'id="quote-7-1"' in page
    assert "@media print" in page
    assert not set(read.tags) & {"script", "img", "link", "iframe"}
    assert "default-src 'none'" in page


def test_json_is_the_records_and_can_be_read_back(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3", 90)
    history.keep(HERE, RECORD.question, ANSWER)
    [found], records = history.conversations(HERE.owner), history.records(HERE)
    read = json.loads(export(Form.JSON, found, records, nothing))
    assert {name: value for name, value in read.items() if name != "records"} == conversation_json(found)
    [record] = read["records"]
    assert (record["question"], record["status"]) == (RECORD.question, "partial")
    assert answer_of(record["answer"]) == ANSWER


def test_every_form_is_made_of_one_conversation() -> None:
    found = Conversation(HERE, "Title", AT, AT, 1)
    made = {form: export(form, found, [RECORD], nothing) for form in Form}
    assert made[Form.MARKDOWN].startswith("# Title\n")
    assert made[Form.HTML].startswith("<!doctype html>")
    assert json.loads(made[Form.JSON])["title"] == "Title"
    assert {form.ending for form in Form} == {"md", "html", "json"}


hostile = st.text(
    st.sampled_from("ab19.)-+=*_`[]()<>#|~&\\!$%{}^:/@'\" \n\t\udcff港") | st.characters(), min_size=1, max_size=30
) | st.sampled_from(
    (
        *(
            "<script>alert(1)</script>",
            "</title></style><img src=x onerror=alert(1)>",
            "![x](http://evil.example/x.png)",
        ),
        *(
            "\n# A heading",
            "2021. A list",
            "> a quote",
            "http://evil.example",
            "{{ 7 * 7 }}",
            "$x$",
            "| a | b |",
            "---",
        ),
    )
)


def record_of(text: str) -> Record:
    """Whose every text is this one."""
    citation = replace(QUOTED, quote=text, title=text, author=text, outlet=text, url=text, kind=None)
    said = Sentence(text, 0, len(text), State.SUPPORTED, citations=(1,))
    claimed = Sentence(text, 0, len(text), State.UNSUPPORTED, Reason(text=text))
    near = (Near("a", text, text, text, url=text),)
    return Record(
        1,
        text,
        AT,
        Answer(text, Status.PARTIAL, text, text, (said, claimed), (citation,), nearest=near, reason=Reason(text=text)),
    )


def kinds(made: str) -> set[str]:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(made)
    return {token.type for token in tokens} | {child.type for token in tokens for child in token.children or ()}


@given(hostile.filter(lambda text: bool(text.strip())))
def test_no_text_becomes_markdown(text: str) -> None:
    text = text.encode(errors="replace").decode()
    extra = {"link_open", "link_close", "html_inline", "softbreak"}
    found = kinds(markdown(text, [record_of(text)], nothing))
    assert found - extra == kinds(markdown("plain", [record_of("plain")], nothing)) - extra | (found & {"text_special"})
    assert "html_inline" not in found
    assert "image" not in found


@given(hostile.filter(lambda text: bool(text.strip())), st.data())
def test_the_words_that_answer_are_all_that_is_bold_and_stay_text(text: str, data: st.DataObject) -> None:
    text = text.encode(errors="replace").decode().replace("\0", "\ufffd")  # as CommonMark reads it
    words = [each.span() for each in re.finditer(r"[^\W_]+", text)]
    spans = sorted(data.draw(st.sets(st.sampled_from(words), max_size=3))) if words else []
    said = Sentence(text, 0, len(text), State.SUPPORTED, citations=(1,), answering=tuple(spans))
    record = replace(RECORD, answer=replace(ANSWER, sentences=(said,)))
    made = MarkdownIt().parse(markdown("My port", [record], nothing))
    [tokens] = [each.children or [] for each in made if each.type == "inline" and each.content.endswith("\\[1\\]")][:1]
    ends = {"strong_open": 1, "strong_close": -1}
    depth, bold, read = 0, "", ""
    for token in tokens:
        depth += ends.get(token.type, 0)
        bold += token.content if depth else ""
        read += token.content
    assert bold == "".join(text[start:end] for start, end in spans)
    assert "".join(read.split()) == "".join(f"{text}[1]".split())
    assert {token.type for token in tokens} <= {"text", "text_special", *ends}


@given(hostile)
def test_no_text_becomes_html(text: str) -> None:
    made, plain = Page(html(text, [record_of(text)], nothing)), Page(html("plain", [record_of("plain")], nothing))
    assert [tag for tag in made.tags if tag not in ("a", "p")] == [tag for tag in plain.tags if tag not in ("a", "p")]
    assert made.handlers == []
    assert [link for link in made.links if not link.startswith(("#", "http://", "https://"))] == []


@given(hostile)
def test_any_text_is_json_again(text: str) -> None:
    found = Conversation(HERE, text, AT, AT, 1)
    read = json.loads(export(Form.JSON, found, [record_of(text)], nothing).encode())
    assert read["title"] == text.encode(errors="replace").decode()


# The command


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """With a conversation of three questions, and the article of the first changed since."""
    history = history_of(tmp_path)
    with Index.open(tmp_path / "store") as index:
        index.add(ARTICLES)
        for question in (BRIDGE_QUESTION, TRAM_QUESTION, HOSTILE_QUESTION):
            ask(index, history, question)
        index.add([replace(BRIDGE, text=BRIDGE.text.replace("3 May", "4 May"))])
    return tmp_path / "store"


def test_a_conversation_is_written_to_a_file_or_shown(run: Run, store: Path, tmp_path: Path) -> None:  # noqa: F811
    shown = run("history", "export", HERE.id, "--store", store)
    assert shown.code == 0, shown.err
    for words in (
        f"# {BRIDGE_QUESTION}",
        f"> {BRIDGE_QUOTE}",
        worded(ALTERED),
        f"## {TRAM_QUESTION}",
        f"## {HOSTILE_QUESTION}",
    ):
        assert words in shown.out
    assert "<script" not in shown.out.replace("\\<script", "")
    done = run("history", "export", HERE.id, "--format", "html", "--output", "chat.html", "--store", store)
    assert (done.code, done.out) == (0, "Written to chat.html\n")
    page = Page((tmp_path / "chat.html").read_text(encoding="utf-8"))
    assert BRIDGE_QUOTE in page.text
    assert TRAM_QUESTION in page.text
    read = run("history", "export", HERE.id, "--format", "json", "--store", store).json
    assert len(read["records"]) == 3  # type: ignore[index]


def test_one_answer_is_written(run: Run, store: Path) -> None:  # noqa: F811
    one = run("history", "export", HERE.id, "--answer", "2", "--store", store)
    assert TRAM_QUESTION in one.out
    assert BRIDGE_QUOTE not in one.out
    none = run("history", "export", HERE.id, "--answer", "4", "--store", store)
    assert (none.code, none.out) == (2, "")
    assert "has 3 questions, and there is no answer 4" in none.err


def test_what_cannot_be_written_is_said(run: Run, store: Path, tmp_path: Path) -> None:  # noqa: F811
    done = run("history", "export", HERE.id, "--output", tmp_path, "--store", store)
    assert done.code == 1
    assert "Name another file with --output." in done.err
    assert run("history", "export", "no such", "--store", store).code == 2


def test_removing_an_article_with_purge_takes_it_out_of_what_is_kept(run: Run, store: Path) -> None:  # noqa: F811
    done = run("articles", "remove", "bridge", "--purge", "--store", store)
    assert done.code == 0, done.err
    assert "Removed bridge\nPurged 3 answers that had something of it" in done.out
    assert b"reopened on 3 May 2021" not in (store / "history.sqlite3").read_bytes()
    assert "[An article was removed" in run("history", "show", HERE.id, "--store", store).out


def test_what_was_removed_before_can_be_purged_later_but_not_what_never_was(run: Run, store: Path) -> None:  # noqa: F811
    assert run("articles", "remove", "bridge", "--store", store).code == 0
    assert b"reopened on 3 May 2021" in (store / "history.sqlite3").read_bytes()
    assert run("articles", "remove", "bridge", "--store", store).code == 2
    done = run("articles", "remove", "bridge", "--purge", "--store", store)
    assert (done.code, done.out) == (0, "Purged 3 answers that had something of it\n")
    never = run("articles", "remove", "brigde", "--purge", "--store", store)
    assert (never.code, never.out) == (2, "")
    assert "brigde" in never.err
