"""Conversations in a file: kept whatever happens, read by nobody else, and gone when they are deleted."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.errors import Cancelled, ModelFailed, QuestionEmpty, Reason
from bot.history import Conversation, ConversationMissing, History, Owner, Place
from bot.history.file import DAY, FILE, FORMAT, HistoryDamaged, HistoryUnusable
from bot.history.recording import Recording
from bot.history.reread import answer_of, kept
from bot.render.text import to_json
from bot.tables.sqlite import FileHeld
from bot.types import (
    Answer,
    Block,
    Citation,
    Evidence,
    Intent,
    Judgement,
    Near,
    Sentence,
    State,
    Status,
    Timings,
    Turn,
    Usage,
)
from bot.wording import worded
from index.sql import NUL
from index.types import Effect, Filters, Hit, Hits, Kind, Passage, Understood
from tests.postgres import forget
from tests.test_faults import AS_ANYBODY, locked

ROOT = Path(__file__).parent.parent
ANA, BEN = Owner("web", "ana's key"), Owner("web", "ben's key")
HARBOUR, FERRY = Place(ANA, "harbour"), Place(ANA, "ferry")
QUESTION = "What did the council decide to build?"
ANSWERED = Answer(QUESTION, Status.ANSWERED, "A second pier. [1]", "scripted")
REFUSED = Answer(
    QUESTION, Status.REFUSED, "The articles do not say.", "scripted", reason=Reason(text="Not found: council.")
)
FAILED = Answer(QUESTION, Status.FAILED, "", "scripted", reason=Reason(text="The model does not answer."))
SAID = Turn.of(QUESTION, ANSWERED)


class Clock:
    """A clock that goes when it is told to."""

    now = 1_600_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["in a file", "in memory", "in a database"])
def history(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[History]:
    if request.param == "in a database":
        url = request.getfixturevalue("database_url")
        yield History(None, 90, clock, url)
        forget(url)
    else:
        yield History(tmp_path / FILE if request.param == "in a file" else None, 90, clock)


def titles(found: Sequence[Conversation]) -> list[str]:
    return [each.title for each in found]


# What the next question sees


def test_the_newest_turns_are_given_oldest_first(history: History) -> None:
    assert history.turns(HARBOUR) == ()
    for number in range(10):
        history.keep(HARBOUR, f"q{number}", replace(ANSWERED, text=f"a{number}"))
    assert history.turns(HARBOUR, last=2) == tuple(
        Turn.of(f"q{number}", replace(ANSWERED, text=f"a{number}")) for number in (8, 9)
    )
    assert [turn.question for turn in history.turns(HARBOUR)] == [f"q{number}" for number in range(2, 10)]


@pytest.mark.parametrize("answer", [REFUSED, FAILED, None])
def test_what_was_not_answered_is_a_question_without_an_answer(history: History, answer: Answer | None) -> None:
    history.keep(HARBOUR, QUESTION, answer)
    assert history.turns(HARBOUR) == (Turn.of(QUESTION, answer),)


def test_a_question_that_is_asked_again_refers_to_what_was_said_before_its_first_attempt(history: History) -> None:
    history.keep(HARBOUR, QUESTION, ANSWERED)
    for answer in (FAILED, None, REFUSED):
        history.keep(HARBOUR, "And when?", answer)
    assert Recording(history, HARBOUR, "and  when?").turns() == (SAID,)
    assert len(Recording(history, HARBOUR, "And why?").turns()) == 4


# What comes of a question is kept, whatever comes


def test_an_exchange_keeps_its_answer_with_the_time_of_the_question(history: History, clock: Clock) -> None:
    asked = datetime.fromtimestamp(clock.now, UTC)
    with Recording(history, HARBOUR, QUESTION) as recording:
        clock.now += 7
        assert recording.ended(ANSWERED) == ANSWERED
    [record] = history.records(HARBOUR)
    assert (record.question, record.asked, record.answer, record.status) == (QUESTION, asked, ANSWERED, "answered")


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (ModelFailed("The model does not answer."), "failed", "The model does not answer."),
        (ZeroDivisionError("a secret"), "failed", "Something broke."),
        (Cancelled(), "stopped", None),
        (KeyboardInterrupt(), "stopped", None),
        (GeneratorExit(), "stopped", None),
    ],
)
def test_what_ends_an_exchange_is_kept(history: History, error: BaseException, status: str, reason: str | None) -> None:
    with pytest.raises(type(error)), Recording(history, HARBOUR, QUESTION):
        raise error
    [record] = history.records(HARBOUR)
    assert (record.question, record.status) == (QUESTION, status)
    assert (record.answer and worded(record.answer.reason)) == reason


def test_what_cannot_be_asked_is_not_kept(history: History) -> None:
    with pytest.raises(QuestionEmpty), Recording(history, HARBOUR, "?"):
        raise QuestionEmpty
    assert history.everybodys() == ()


def test_what_comes_after_the_answer_changes_nothing(history: History) -> None:
    def steps() -> Iterator[Answer]:
        with Recording(history, HARBOUR, QUESTION) as recording:
            yield recording.ended(ANSWERED)

    stream = steps()
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert [record.status for record in history.records(HARBOUR)] == ["answered"]


# To be shown again


def test_nobody_reads_the_conversation_of_another(history: History) -> None:
    history.keep(HARBOUR, QUESTION, ANSWERED)
    for other in (Place(BEN, "harbour"), Place(Owner("slack", ANA.key), "harbour"), Place(ANA, "ferry")):
        assert (history.turns(other), history.records(other)) == ((), ())
        history.delete(other)
    assert history.conversations(BEN) == ()
    assert titles(history.conversations(ANA)) == titles(history.everybodys()) == [QUESTION]


def test_places_that_look_alike_when_joined_are_two() -> None:
    assert Place(Owner("web", 'a", "b'), "c").id != Place(Owner("web", "a"), 'b", "c').id


def test_conversations_are_listed_last_used_first_under_their_first_question(history: History, clock: Clock) -> None:
    for place, question in [
        (HARBOUR, "Where is the harbour?"),
        (FERRY, "Who pays the ferry?"),
        (HARBOUR, "Since when?"),
    ]:
        clock.now += 10
        history.keep(place, question, ANSWERED)
    harbour, ferry = history.conversations(ANA)
    assert (harbour.title, harbour.turns, (harbour.used - harbour.started).total_seconds()) == (
        *("Where is the harbour?", 2, 20.0),
    )
    assert (ferry.title, ferry.place) == ("Who pays the ferry?", FERRY)
    assert history.find(FERRY.id) == ferry


def test_a_conversation_can_be_renamed_and_have_its_first_name_again(history: History) -> None:
    history.keep(HARBOUR, QUESTION, ANSWERED)
    history.rename(HARBOUR, "Pier")
    assert titles(history.conversations(ANA)) == ["Pier"]
    history.rename(HARBOUR, "")
    assert titles(history.conversations(ANA)) == [QUESTION]
    with pytest.raises(ConversationMissing):
        history.rename(FERRY, "Ferry")


@pytest.mark.parametrize(
    ("text", "found"),
    [("PIER", True), ("council", True), ("Ærø", True), ("ærØ", True), ("renamed", True), ("100%", False), ("_", False)],
)
def test_conversations_are_found_by_what_was_asked_and_answered(history: History, text: str, found: bool) -> None:
    history.keep(HARBOUR, f"{QUESTION} On Ærø?", ANSWERED)
    history.keep(FERRY, "Who pays?", replace(ANSWERED, text="Nobody."))
    history.rename(HARBOUR, "Renamed")
    history.keep(Place(BEN, "his"), f"{QUESTION} On Ærø?", ANSWERED)
    assert titles(history.conversations(ANA, text)) == (["Renamed"] if found else [])


def test_what_is_not_there_is_said(history: History) -> None:
    with pytest.raises(ConversationMissing, match="There is no conversation 'x' here"):
        history.find("x")


@pytest.mark.parametrize("question", ["half a pair \udcff", "a zero \0 in it", "中文？", "'; DROP TABLE turn; --", ""])
def test_any_text_can_be_kept(history: History, question: str, request: pytest.FixtureRequest) -> None:
    place = Place(Owner("cli", question), question)
    history.keep(place, question, replace(ANSWERED, text=question, reason=Reason(text=question)))
    history.rename(place, question)
    readable = question.replace("\udcff", "?")
    in_database = request.node.callspec.params["history"] == "in a database"
    asked = readable.replace("\0", NUL) if in_database else readable  # an answer is JSON, which has another form for it
    assert history.turns(place) == (Turn.of(asked, replace(ANSWERED, text=readable)),)
    assert [each.place.name for each in history.conversations(Owner("cli", question), asked)] == [asked]


# An answer as on its first day

words = st.text(max_size=20)
days = st.dates()
facts = {
    "title": words,
    "author": st.none() | words,
    "outlet": st.none() | words,
    "published": st.none() | days | st.datetimes(),
    "as_of": st.none() | days,
    "kind": st.none() | st.sampled_from(Kind),
    "url": st.none() | words,
}
numbers = st.integers(0, 1000)
shares = st.floats(0, 1)
reasons = st.builds(lambda text: Reason(text=text), words) | st.builds(
    lambda names, language: Reason.of("absent", language=language, names=names),
    st.lists(words, min_size=1, max_size=2).map(tuple),
    st.none() | st.sampled_from(("en", "de", "zh")),
)
names = st.lists(words, min_size=1, max_size=2).map(tuple)
means = (
    st.builds(Filters, outlet=names)
    | st.builds(Filters, author=names)
    | st.builds(Filters, kind=st.tuples(st.sampled_from(Kind)))
    | st.builds(Filters, since=days)
    | st.builds(Filters, since=days, until=days)
)
parts: dict[str, st.SearchStrategy[object]] = {
    "question": words,
    "status": st.sampled_from(Status),
    "text": words,
    "model": words,
    "sentences": st.lists(
        st.builds(
            *(Sentence, words, numbers, numbers, st.sampled_from(State), st.none() | reasons, shares),
            st.lists(numbers, max_size=2).map(tuple),
            st.lists(st.tuples(numbers, numbers), max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    "citations": st.lists(
        st.builds(
            Citation, mark=numbers, article_id=words, start=numbers, end=numbers, quote=words, version=words, **facts
        ),
        max_size=2,
    ).map(tuple),
    "evidence": st.lists(st.builds(Evidence, words, numbers, numbers, words), max_size=2).map(tuple),
    "hits": st.builds(
        Hits,
        st.lists(
            st.builds(Hit, st.builds(Passage, words, numbers, numbers, words), shares, shares, shares), max_size=2
        ).map(tuple),
        st.builds(Filters, names, names, st.tuples(st.sampled_from(Kind)), names, st.none() | days, st.none() | days),
        st.lists(st.builds(Understood, words, numbers, numbers, means, st.sampled_from(Effect)), max_size=2).map(tuple),
    ),
    "nearest": st.lists(st.builds(Near, article_id=words, **facts), max_size=2).map(tuple),
    "reason": st.none() | reasons,
    "notice": st.none() | reasons,
    "request": st.sampled_from(Intent),
    "searched": st.none() | words,
    "searched_again": st.lists(words, max_size=3).map(tuple),
    "shape": st.lists(
        st.builds(
            Block, st.sampled_from(("bullet", "row", "event")), st.lists(numbers, max_size=2).map(tuple), words, words
        ),
        max_size=2,
    ).map(tuple),
    "trace": st.lists(st.builds(Judgement, words, words, words, shares, shares), max_size=2).map(tuple),
    "timings": st.builds(Timings, *[st.none() | shares] * 4),
    "usage": st.none() | st.builds(Usage, numbers, numbers, numbers, st.none() | shares),
}
answers = st.builds(Answer, **parts)


def test_every_part_of_an_answer_is_tried_to_be_read_back() -> None:
    assert set(parts) == {each.name for each in fields(Answer) if each.name != "error"}  # which is not kept


@given(answers)
def test_an_answer_that_is_read_back_is_written_as_it_was(answer: Answer) -> None:
    again = answer_of(json.loads(json.dumps(kept(answer))))
    assert kept(again) == kept(answer)
    assert (again.sentences, again.reason, again.notice) == (answer.sentences, answer.reason, answer.notice)
    assert to_json(answer_of(to_json(answer))) == to_json(answer)


def test_an_answer_that_an_earlier_version_kept_is_read_without_what_it_did_not_tell() -> None:
    said = (Sentence("A pier.", 0, 7, State.SUPPORTED, answering=((2, 6),)),)
    written = to_json(replace(ANSWERED, sentences=said, trace=(Judgement("decide", "answerable", "Who?", 0.5, 0.4),)))
    del written["trace"], written["blocks"], written["request"]
    for sentence in written["sentences"]:
        del sentence["answering"]
    told = tuple(replace(each, answering=()) for each in said)
    assert answer_of(written) == replace(ANSWERED, sentences=told, trace=())


def test_a_day_stays_a_day_and_a_moment_a_moment(history: History) -> None:
    for published in (date(2020, 7, 15), datetime(2020, 7, 15), datetime(2020, 7, 15, 13, 3, 40)):
        citation = Citation(1, "a", 0, 4, "Pier", "Pier", published=published, kind=Kind.OPINION)
        history.keep(HARBOUR, QUESTION, replace(ANSWERED, citations=(citation,)))
        answer = history.records(HARBOUR)[-1].answer
        assert answer is not None
        assert answer.citations == (citation,)
        assert type(answer.citations[0].published) is type(published)


# Deleted is deleted


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def mark(conversation: int, turn: int) -> str:
    return f"mark-{conversation}-{turn}."


@settings(max_examples=10)
@given(
    lengths=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 1200)), min_size=5, max_size=15),
    order=st.permutations(range(4)),
    renamed=st.booleans(),
)
def test_no_byte_of_what_was_deleted_stays_in_the_files(
    tmp_path_factory: pytest.TempPathFactory, lengths: list[tuple[int, int]], order: list[int], renamed: bool
) -> None:
    """Short and long, in any order, also while others have the file open, so that its log is not simply removed."""
    folder = tmp_path_factory.mktemp("history")
    history = History(folder / FILE, 90)
    history.keep(Place(BEN, "other"), "a question of another", ANSWERED)
    with closing(sqlite3.connect(folder / FILE)) as other:
        other.execute("SELECT count(*) FROM turn").fetchall()
        for turn, (conversation, length) in enumerate(lengths):
            text = mark(conversation, turn) * length
            history.keep(Place(ANA, str(conversation)), text[:200], replace(ANSWERED, question=text, text=text))
            if renamed:
                history.rename(Place(ANA, str(conversation)), text)
        assert b"mark-" in bytes_of(folder)
        gone: list[int] = []
        for conversation in order:
            history.delete(Place(ANA, str(conversation)))
            gone.append(conversation)
            found = bytes_of(folder)
            assert [each for each in gone if f"mark-{each}-".encode() in found] == []
            kept = {conversation for conversation, _ in lengths} - set(gone)
            assert {int(each.place.name) for each in history.conversations(ANA)} == kept
        assert b"mark" not in bytes_of(folder)
    assert titles(history.everybodys()) == ["a question of another"]


def test_all_can_be_deleted_at_once(tmp_path: Path) -> None:
    history = History(tmp_path / FILE, 90)
    history.keep(HARBOUR, "a question of ana", ANSWERED)
    history.keep(Place(BEN, "x"), "a question of ben", ANSWERED)
    history.delete_all()
    assert history.everybodys() == ()
    assert b"a question of" not in bytes_of(tmp_path)
    history.keep(HARBOUR, "the next one", ANSWERED)
    assert titles(history.everybodys()) == ["the next one"]


@pytest.mark.parametrize("everything", [True, False])
def test_what_is_answered_after_its_conversation_was_deleted_is_not_kept(
    history: History, clock: Clock, everything: bool
) -> None:
    with Recording(history, HARBOUR, QUESTION) as recording:
        clock.now += 1
        history.delete_all() if everything else history.delete(HARBOUR)
        clock.now += 1
        recording.ended(ANSWERED)
    assert history.everybodys() == ()
    history.keep(HARBOUR, "And now?", ANSWERED)
    assert titles(history.everybodys()) == ["And now?"]


def test_words_that_another_program_holds_back_are_not_said_to_be_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.history.file.PATIENCE", 0.2)
    history = History(tmp_path / FILE, 90)
    history.keep(HARBOUR, QUESTION, ANSWERED)
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM turn").fetchall()
        with pytest.raises(FileHeld, match="the words stay on the disk until it ends"):
            history.delete(HARBOUR)
    assert history.everybodys() == ()
    history.delete(HARBOUR)
    assert QUESTION.encode() not in bytes_of(tmp_path)


# Kept as long as is said


def test_what_is_too_old_is_shown_to_nobody_at_once_and_deleted_with_the_next_look(
    tmp_path: Path, clock: Clock
) -> None:
    history = History(tmp_path / FILE, 90, clock)
    history.keep(HARBOUR, "the first question", ANSWERED)
    history.keep(FERRY, "another conversation", ANSWERED)
    clock.now += 60 * DAY
    history.keep(HARBOUR, "the second question", ANSWERED)
    clock.now += 30 * DAY + 1
    History(tmp_path / FILE, 90, clock)  # nothing happens before the first use
    assert b"the first question" in bytes_of(tmp_path)

    assert titles(history.conversations(ANA)) == ["the second question"]
    assert [turn.question for turn in history.turns(HARBOUR)] == ["the second question"]
    found = bytes_of(tmp_path)
    assert b"the second question" in found
    assert b"the first question" not in found
    assert b"another conversation" not in found


def test_too_old_ones_are_looked_for_every_hour_of_use(history: History, clock: Clock) -> None:
    history.keep(HARBOUR, QUESTION, ANSWERED)
    clock.now += 90 * DAY - 60
    assert len(history.everybodys()) == 1  # looked, and looks again in an hour
    clock.now += 61
    assert history.everybodys() == ()
    assert (history.records(HARBOUR), history.turns(HARBOUR)) == ((), ())
    assert History(history.path, 91, clock).everybodys() if history.path else True  # hidden, not yet deleted
    clock.now += 3600
    history.turns(HARBOUR)
    history.clock = lambda: 0.0
    assert history.everybodys() == ()  # now it is


def test_no_days_keep_nothing_more_and_delete_nothing(tmp_path: Path) -> None:
    History.open(tmp_path, 90).keep(HARBOUR, QUESTION, ANSWERED)
    history = History.open(tmp_path, 0)
    assert history.conversations(HARBOUR.owner) == ()
    assert history.earlier
    assert [each.title for each in history.earlier.everybodys()] == [QUESTION]
    assert QUESTION.encode() in bytes_of(tmp_path)
    history.keep(HARBOUR, "And when?", ANSWERED)
    assert history.turns(HARBOUR) == (Turn.of("And when?", ANSWERED),)  # as long as this process lives
    assert b"And when?" not in bytes_of(tmp_path)
    (tmp_path / "new").mkdir()
    History.open(tmp_path / "new", 0).keep(HARBOUR, QUESTION, ANSWERED)
    assert list((tmp_path / "new").iterdir()) == []


class AnyOrder(RuleBasedStateMachine):
    """Whatever is done in whatever order, a history holds what a dictionary would."""

    places = (HARBOUR, FERRY, Place(BEN, "harbour"))
    place = st.sampled_from(places)

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.history = History(None, 10, self.clock)
        self.kept: dict[Place, list[tuple[float, str]]] = {place: [] for place in self.places}

    @rule(place=place, question=st.text(max_size=5))
    def ask(self, place: Place, question: str) -> None:
        self.history.keep(place, question, ANSWERED)
        self.kept[place].append((self.clock.now, question))
        self.clock.now += 1

    @rule(hours=st.floats(0, 200))
    def wait(self, hours: float) -> None:
        self.clock.now += hours * 3600

    @rule(place=place)
    def delete(self, place: Place) -> None:
        self.history.delete(place)
        self.kept[place] = []
        self.clock.now += 1

    @invariant()
    def holds_the_same(self) -> None:
        oldest = self.clock.now - 10 * DAY
        for place in self.places:
            there = [question for asked, question in self.kept[place] if asked >= oldest]
            assert [each.question for each in self.history.records(place)] == there
            assert [each.question for each in self.history.turns(place, 3)] == there[-3:]
            found = [each for each in self.history.conversations(place.owner) if each.place == place]
            assert [(each.title, each.turns) for each in found] == ([(there[0], len(there))] if there else [])


AnyOrder.TestCase.settings = settings(max_examples=15, stateful_step_count=12)
TestAnyOrder = AnyOrder.TestCase


# Whatever happens to the file or the process


def test_nothing_is_made_before_something_is_kept_and_then_for_nobody_else_to_read(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    history = History(tmp_path / FILE, 90)
    assert (history.everybodys(), history.turns(HARBOUR), history.exists()) == ((), (), False)
    assert list(tmp_path.iterdir()) == []
    before = os.umask(0)
    try:
        history.keep(HARBOUR, QUESTION, ANSWERED)
        with closing(sqlite3.connect(tmp_path / FILE)) as other:
            other.execute("SELECT * FROM turn").fetchall()
            history.keep(HARBOUR, QUESTION, ANSWERED)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == {FILE: 0o600, f"{FILE}-wal": 0o600, f"{FILE}-shm": 0o600}
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_file_that_is_removed_meanwhile_is_made_again(tmp_path: Path) -> None:
    history = History(tmp_path / FILE, 90)
    history.keep(HARBOUR, QUESTION, ANSWERED)
    (tmp_path / FILE).unlink()
    assert history.everybodys() == ()
    history.keep(HARBOUR, "And when?", ANSWERED)
    assert titles(History(tmp_path / FILE, 90).everybodys()) == ["And when?"]


def test_many_threads_keep_all_of_theirs(history: History) -> None:
    def talk(number: int) -> None:
        for turn in range(10):
            history.keep(Place(ANA, str(number)), f"{number}: {turn}", ANSWERED)
            assert history.turns(Place(ANA, str(number)))[-1].question == f"{number}: {turn}"

    threads = [Thread(target=talk, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.turns for each in history.conversations(ANA)) == [10] * 6


# What other processes begin with; they need not import the tests, which takes longer than what they do.
PRELUDE = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from bot.history import History, Owner, Place
from bot.history.file import FILE
from bot.types import Answer, Status
ANA, QUESTION = {ANA!r}, {QUESTION!r}
ANSWERED = Answer(QUESTION, Status.ANSWERED, {ANSWERED.text!r}, "scripted")
"""

# A process that waits for a line, then asks and asks in a conversation of its own; says after each that it is kept.
ASKING = f"""{PRELUDE}
history, count = History(Path(sys.argv[1]), 90), int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
for number in range(count):
    history.keep(Place(ANA, sys.argv[2]), f"question {{number}}", ANSWERED)
    print(number, flush=True)
"""


@contextmanager
def asking(path: Path, name: str, count: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", ASKING, str(path), name, str(count)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_several_processes_keep_all_of_theirs_also_when_they_begin_together(tmp_path: Path) -> None:
    path = tmp_path / FILE
    with asking(path, "a", 20) as first, asking(path, "b", 20) as second, asking(path, "c", 20) as third:
        for process in (first, second, third):
            go(process)
        assert [process.wait(60) for process in (first, second, third)] == [0, 0, 0]
    assert [each.turns for each in History(path, 90).conversations(ANA)] == [20, 20, 20]
    assert [each.name for each in tmp_path.iterdir()] == [FILE]


@pytest.mark.slow
def test_a_process_that_is_killed_loses_nothing_that_it_had_kept(tmp_path: Path) -> None:
    chance = random.Random(20201106)
    for number in range(12):
        path = tmp_path / f"{number // 3}.sqlite3"  # killed while it begins a file, and in one that is there
        before = sum(each.turns for each in History(path, 90).everybodys())
        with asking(path, f"killed {number}", 1000) as process:
            go(process)
            time.sleep(chance.uniform(0, 0.15))
            process.send_signal(signal.SIGKILL)
            told, _ = process.communicate()
        kept = History(path, 90)
        after = sum(each.turns for each in kept.everybodys())
        said = len(told.splitlines())
        assert before + said <= after <= before + said + 1, f"kill {number}"
        questions = [record.question for record in kept.records(Place(ANA, f"killed {number}"))]
        assert questions == [f"question {turn}" for turn in range(after - before)]
        kept.delete_all()
        assert b"question 0" not in bytes_of(tmp_path), f"kill {number}"
        kept.keep(HARBOUR, "goes on", ANSWERED)


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:2000] + os.urandom(20_000))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE turn (x)")


def mistold(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE deleted")
        connection.execute("DROP TABLE turn")


DAMAGES = [lambda path: path.write_bytes(b"no database" * 1000), damaged, cut, foreign, mistold]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_said_to_be_and_answers_are_given_all_the_same(tmp_path: Path, damage: object) -> None:
    path = tmp_path / FILE
    history = History(path, 90)
    for number in range(30):
        history.keep(HARBOUR, f"question {number}", replace(ANSWERED, text="long " * 500))
    damage(path)  # type: ignore[operator]
    with pytest.raises(HistoryDamaged, match="begin anew with `byline history delete --all`") as caught:
        history.records(HARBOUR)
    with Recording(history, HARBOUR, QUESTION) as recording:
        assert recording.turns() == ()
        answer = recording.ended(ANSWERED)
    assert answer.text == ANSWERED.text
    assert answer.notice is not None
    assert worded(answer.notice).startswith(f"What was said before is not known. {caught.value} {NOT_KEPT[:14]}")
    history.delete_all()
    history.keep(HARBOUR, QUESTION, ANSWERED)
    assert history.turns(HARBOUR) == (SAID,)
    assert b"question 1" not in bytes_of(tmp_path)


@pytest.mark.parametrize("written", ["{}", "[]", "no JSON", '{"question": 5}'])
def test_an_answer_that_is_none_is_damage_and_its_words_are_there_all_the_same(tmp_path: Path, written: str) -> None:
    history = History(tmp_path / FILE, 90)
    history.keep(HARBOUR, QUESTION, ANSWERED)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("UPDATE turn SET answer = ?", (written,))
    with pytest.raises(HistoryDamaged):
        history.records(HARBOUR)
    assert history.turns(HARBOUR) == (Turn(QUESTION, ANSWERED.text),)


def test_a_file_of_a_later_byline_is_left_as_it_is(tmp_path: Path) -> None:
    history = History(tmp_path / FILE, 90)
    history.keep(HARBOUR, QUESTION, ANSWERED)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    before = (tmp_path / FILE).read_bytes()
    for act in (history.everybodys, history.delete_all, lambda: history.keep(HARBOUR, QUESTION, ANSWERED)):
        with pytest.raises(HistoryUnusable, match="a later Byline made it"):
            act()
    assert (tmp_path / FILE).read_bytes() == before


# Keeps one recording under limits that root heeds too, and shows the notice of its answer.
LIMITED = f"""{PRELUDE}
import resource
from dataclasses import replace
from bot.errors import Reason
from bot.history.recording import Recording
from bot.wording import worded
{{limit}}
with Recording(History(Path(sys.argv[1]) / FILE, 90), Place(ANA, "harbour"), QUESTION) as recording:
    turns = recording.turns()
    answer = recording.ended(replace(ANSWERED, evidence=(), reason=Reason(text="long " * 20_000)))
print(len(turns), answer.text)
print(worded(answer.notice))
"""


def limited(folder: Path, limit: str = "", before: Sequence[str] = ()) -> list[str]:
    code = LIMITED.format(limit=limit)
    done = subprocess.run([*before, sys.executable, "-c", code, folder], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


NOT_KEPT = "This is not kept, so a later question will not know of it. The conversations in "


@pytest.mark.parametrize("begun", [True, False])
def test_a_full_disk_costs_no_answer(tmp_path: Path, begun: bool) -> None:
    history = History(tmp_path / FILE, 90)
    if begun:
        history.keep(HARBOUR, QUESTION, ANSWERED)
    room = "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))"
    said, notice = limited(tmp_path, room)
    assert said == f"{int(begun)} {ANSWERED.text}"
    assert notice.startswith(NOT_KEPT), notice
    assert limited(tmp_path) == [f"{int(begun)} {ANSWERED.text}", "None"]
    assert [record.status for record in history.records(HARBOUR)] == ["answered"] * (1 + begun)


@pytest.mark.parametrize("part", [".", FILE])
@pytest.mark.parametrize("begun", [True, False])
def test_a_store_that_may_not_be_written_costs_no_answer(tmp_path: Path, part: str, begun: bool) -> None:
    history = History(tmp_path / FILE, 90)
    if begun:
        history.keep(HARBOUR, QUESTION, ANSWERED)
    elif part == FILE:
        return
    with locked(tmp_path / part):
        said, notice = limited(tmp_path, before=AS_ANYBODY)
        assert said.endswith(ANSWERED.text)
        assert NOT_KEPT in notice or "What was said before is not known." in notice, notice
        assert "Mend the cause, or set `history_days` to 0 to keep none." in notice
    assert len(history.records(HARBOUR)) == begun


def test_a_folder_in_its_place_costs_no_answer(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with Recording(History(tmp_path / FILE, 90), HARBOUR, QUESTION) as recording:
        answer = recording.ended(ANSWERED)
    assert answer.notice is not None
    assert worded(answer.notice).startswith(NOT_KEPT)
