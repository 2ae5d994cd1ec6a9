"""A removed article that is to be gone is gone: from answers, links and notes, and from the file to the last byte."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.bot import Bot
from bot.auth.users import Role
from bot.errors import Reason
from bot.history import History
from bot.history.feedback import Feedback, Flaw, everybodys, give
from bot.history.recording import Recording
from bot.history.redact import REASON, REMOVED, rests_on, without
from bot.history.share import share, shared
from bot.render.text import to_json
from bot.tables.sqlite import FileHeld
from bot.types import Answer, Citation, Evidence, Judgement, Near, Sentence, State, Status
from bot.web.access import Visitor
from bot.web.opening import Opening
from bot.web.shared import page_of
from index.index import Index
from index.types import Hit, Hits, Passage
from tests.conversations import BRIDGE_QUESTION, BRIDGE_QUOTE, HERE, THERE, TRAM_QUESTION, ask, history_of, town


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with town(tmp_path) as opened:
        yield opened


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("history*"))


WORDS = (BRIDGE_QUOTE.encode(), b"4.2 million euros", b"Ines Brandt", b"Tom Okafor", b"bridge reopens")


def test_not_one_byte_of_a_purged_article_stays_in_the_file(tmp_path: Path, index: Index) -> None:
    history = history_of(tmp_path)
    bridge = ask(index, history, BRIDGE_QUESTION)
    for question in ("What did the repairs of the bridge cost?", "Who cut the ribbon of the bridge?", TRAM_QUESTION):
        ask(index, history, question)
    share(history, HERE, bridge.number)
    give(history, HERE, bridge.number, Feedback(False, (Flaw.ANSWER,), f"Not so: “{BRIDGE_QUOTE.upper()}”"))
    assert [word for word in WORDS if word not in bytes_of(tmp_path / "store")] == []
    with closing(sqlite3.connect(history.path or "")) as other:  # so that its log is not simply removed
        other.execute("SELECT count(*) FROM turn").fetchall()
        assert history.purge({"bridge"}) >= 3
        left = bytes_of(tmp_path / "store")
    assert [word for word in (*WORDS, BRIDGE_QUOTE.upper().encode()) if word in left] == []
    assert b"rebuild the tram" in left


def test_what_is_cut_off_a_conversation_is_gone_to_the_last_byte(tmp_path: Path, index: Index) -> None:
    history = history_of(tmp_path)
    ask(index, history, TRAM_QUESTION)
    ask(index, history, BRIDGE_QUESTION)
    with closing(sqlite3.connect(history.path or "")) as other:  # so that its log is not simply removed
        other.execute("SELECT count(*) FROM turn").fetchall()
        assert BRIDGE_QUESTION.encode() in bytes_of(tmp_path / "store")
        history.cut(HERE, 1)
        left = bytes_of(tmp_path / "store")
    assert BRIDGE_QUESTION.encode() not in left
    assert b"rebuild the tram" in left


def test_what_rested_on_it_is_a_note_in_the_chat_in_the_link_and_in_the_feedback(tmp_path: Path, index: Index) -> None:
    history = history_of(tmp_path)
    record = ask(index, history, BRIDGE_QUESTION)
    key = share(history, HERE, record.number)
    give(history, HERE, record.number, Feedback(False, (), BRIDGE_QUOTE))
    history.purge({"bridge"})
    answer = shared(history, key).answer
    assert answer is not None
    assert (answer.text, answer.citations) == (REMOVED, ())
    [sentence] = answer.sentences
    assert (sentence.text, sentence.state, sentence.reason) == (REMOVED, State.UNSUPPORTED, REASON)
    assert not rests_on(answer, {"bridge"})
    page = page_of(shared(history, key), Opening(lambda: pytest.fail("not asked")), Visitor("", Role.READER))
    assert REMOVED in page
    assert "3 May 2021" not in page
    [given_] = everybodys(history)
    assert given_.feedback.note == REMOVED
    assert history.turns(HERE)[-1].answer_text == REMOVED


def test_other_answers_and_other_notes_stay_as_they_are(tmp_path: Path, index: Index) -> None:
    history = history_of(tmp_path)
    tram = ask(index, history, TRAM_QUESTION, THERE)
    give(history, THERE, tram.number, Feedback(True, note="Good."))
    history.purge({"hostile"})
    [after] = history.records(THERE)
    assert after.answer is not None
    assert tram.answer is not None
    assert (after.answer.text, after.answer.citations) == (tram.answer.text, tram.answer.citations)
    assert everybodys(history)[0].feedback.note == "Good."
    assert history.purge({"no such article"}) == 0


def test_what_was_asked_before_and_is_answered_after_is_kept_without_it(tmp_path: Path, index: Index) -> None:
    history = history_of(tmp_path)
    ask(index, history, TRAM_QUESTION)
    answer = Bot(index).answer(BRIDGE_QUESTION)
    assert answer.citations
    with Recording(history, HERE, BRIDGE_QUESTION) as recording:
        history.purge({"bridge"})
        recording.ended(answer)
    assert BRIDGE_QUOTE.encode() not in bytes_of(tmp_path / "store")
    kept = history.records(HERE)[-1].answer
    assert kept is not None
    assert to_json(kept) == to_json(without(answer, {"bridge"}))


def test_an_article_goes_also_from_what_was_kept_before_nothing_more_was(tmp_path: Path, index: Index) -> None:
    ask(index, history_of(tmp_path), BRIDGE_QUESTION)
    assert History.open(tmp_path / "store", 0).purge({"bridge"}) == 1
    assert BRIDGE_QUOTE.encode() not in bytes_of(tmp_path / "store")


def test_what_was_judged_and_what_was_left_out_goes_with_an_article(tmp_path: Path, index: Index) -> None:
    history = history_of(tmp_path)
    answer = Bot(index).answer(BRIDGE_QUESTION)
    judged = Judgement("conflict", "contradicted", "A newer harbour.", 0.9, 0.5)
    left_out = "Left out, since an article says otherwise: “A newer harbour.”"
    history.keep(
        HERE, BRIDGE_QUESTION, replace(answer, status=Status.PARTIAL, reason=Reason(text=left_out), trace=(judged,))
    )
    assert b"A newer harbour." in bytes_of(tmp_path / "store")
    history.purge({"bridge"})
    assert b"A newer harbour." not in bytes_of(tmp_path / "store")


def test_the_librarys_reply_no_longer_lists_an_article(tmp_path: Path, index: Index) -> None:
    history = history_of(tmp_path)
    reply = Bot(index).answer("What are the newest articles?")
    assert not reply.sentences
    assert "bridge" in {each.article_id for each in reply.nearest}
    history.keep(HERE, "What are the newest articles?", reply)
    assert b"bridge reopens" in bytes_of(tmp_path / "store")
    assert history.purge({"bridge"}) == 1
    (kept,) = [each.answer for each in history.records(HERE) if each.answer]
    lines = len(reply.text.splitlines())
    assert (kept.said, len(kept.text.splitlines())) == (reply.said, lines - 1)
    assert b"bridge reopens" not in bytes_of(tmp_path / "store")


def test_thousands_of_articles_are_purged_at_once(tmp_path: Path, index: Index) -> None:
    history = history_of(tmp_path)
    ask(index, history, BRIDGE_QUESTION)
    assert history.purge([*(f"gone-{number}" for number in range(1_500)), "bridge", "another"]) == 1
    assert BRIDGE_QUOTE.encode() not in bytes_of(tmp_path / "store")


def test_a_file_that_another_reads_is_said_to_hold_the_words_still(tmp_path: Path, index: Index) -> None:
    history = history_of(tmp_path)
    ask(index, history, BRIDGE_QUESTION)
    with closing(sqlite3.connect(history.path or "", isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM turn").fetchall()
        with pytest.raises(FileHeld):
            history.purge({"bridge"})
        other.execute("COMMIT")
    assert history.purge({"bridge"}) == 0  # nothing more to change, and nothing left
    assert BRIDGE_QUOTE.encode() not in bytes_of(tmp_path / "store")


def test_a_purge_makes_no_file(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3", 90)
    assert history.purge({"bridge"}) == 0
    assert list(tmp_path.iterdir()) == []


# The answer without an article

ids = st.sampled_from(("gone", "left"))
quotes = st.sampled_from(
    (
        "The port will open again in May of next year.",
        "The ferry costs twelve crowns a day.",
        "Short.",
        "港口将于明年五月重新开放给所有船只",
    )
)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Sentences that quote, repeat or say something else; some are of the article that goes."""
    citations: list[Citation] = []
    sentences: list[Sentence] = []
    text = ""
    for number in range(draw(st.integers(1, 5))):
        quote = draw(quotes)
        kind = draw(st.sampled_from(("cites", "repeats", "else")))
        words = f"He says: {quote}" if kind != "else" else f"Something else, number {number}."
        before = f"{text} " if text else ""
        marks: tuple[int, ...] = ()
        if kind == "cites":
            citations.append(Citation(len(citations) + 1, draw(ids), 0, len(quote), quote, "A title"))
            marks = (len(citations),)
        state = State.SUPPORTED if marks else State.UNSUPPORTED
        sentences.append(Sentence(words, len(before), len(before) + len(words), state, citations=marks))
        text = before + words + "".join(f" [{mark}]" for mark in marks)
    evidence = tuple(Evidence(draw(ids), 0, len(each), each) for each in draw(st.lists(quotes, max_size=2)))
    hits = Hits(tuple(Hit(Passage(each.article_id, 0, each.end, each.text), 1.0, 0.0, 0.0) for each in evidence))
    near = tuple(Near(each, each) for each in draw(st.lists(ids, max_size=2)))
    return Answer("Q?", Status.ANSWERED, text, "m", tuple(sentences), tuple(citations), evidence, hits, near)


@given(answers())
def test_an_answer_without_an_article_holds_nothing_of_it_and_is_still_one(answer: Answer) -> None:
    left = without(answer, {"gone"})
    assert not rests_on(left, {"gone"})
    gone = {each.quote for each in answer.citations if each.article_id == "gone" and len(each.quote) > 12}
    gone |= {each.text for each in answer.evidence if each.article_id == "gone" and len(each.text) > 12}
    assert [quote for quote in gone if quote in left.text] == []
    assert [each for each in left.sentences if left.text[each.start : each.end] != each.text] == []
    marks = {each.mark for each in left.citations}
    assert {mark for each in left.sentences for mark in each.citations} == marks
    assert without(left, {"gone"}) == left
    if not rests_on(answer, {"gone"}):
        assert (left.text, left.sentences, left.citations) == (answer.text, answer.sentences, answer.citations)
