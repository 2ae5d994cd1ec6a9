"""What readers say of answers: kept with the answer, gone with it, listed, and made into test prompts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluate.assertions import judge
from bot.evaluate.read import read_suite
from bot.evaluate.types import JudgedReply
from bot.history import History, Owner, Place, RecordMissing
from bot.history.feedback import (
    FILL_IN,
    LONGEST,
    Feedback,
    Flaw,
    Given,
    NoteTooLong,
    NothingToDraft,
    draftable,
    drafts,
    everybodys,
    give,
    of_conversation,
)
from bot.history.file import DAY, FILE
from bot.render.text import to_json
from bot.types import Citation
from bot.wording.facts import one_line
from index.index import Index
from tests.conversations import BRIDGE_QUESTION, HERE, THERE, TRAM_QUESTION, ask, history_of, town
from tests.test_cli import Run, run  # noqa: F401  (a fixture)
from tests.test_conversations import ANSWERED
from tests.test_export import AT, RECORD, REFUSED


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with town(tmp_path) as opened:
        yield opened


@pytest.fixture
def history(tmp_path: Path, kept_in: str | None) -> History:
    return History(tmp_path / FILE, 90, url=kept_in)


def kept(history: History, place: Place = HERE, question: str = BRIDGE_QUESTION) -> int:
    number = history.keep(place, question, replace(ANSWERED, question=question))
    assert number is not None
    return number


def test_feedback_is_kept_with_the_question_the_answer_and_its_evidence(history: History, index: Index) -> None:
    ask(index, history, TRAM_QUESTION)
    record = ask(index, history, BRIDGE_QUESTION)
    feedback = Feedback(False, (Flaw.SOURCE, Flaw.ANSWER), "It was in 1962.")
    give(history, HERE, record.number, feedback)
    [found] = everybodys(history)
    assert (found.feedback, found.record, found.surface) == (feedback, record, "web")
    assert found.earlier == (TRAM_QUESTION,)
    assert found.record.answer is not None
    assert found.record.answer.evidence
    assert of_conversation(history, HERE) == {record.number: feedback}
    assert of_conversation(history, THERE) == {}


def test_a_reader_may_think_again(history: History) -> None:
    number = kept(history)
    give(history, HERE, number, Feedback(False, (Flaw.UNSAFE, Flaw.UNSAFE), " A note. "))
    assert everybodys(history)[0].feedback == Feedback(False, (Flaw.UNSAFE,), "A note.")
    give(history, HERE, number, Feedback(True, (Flaw.UNSAFE,)))
    assert [each.feedback for each in everybodys(history)] == [Feedback(True)]


def test_nobody_speaks_of_the_answer_of_another_or_of_none(history: History) -> None:
    number = kept(history)
    stopped = history.keep(HERE, BRIDGE_QUESTION, None)
    assert stopped is not None
    for place, of in ((THERE, number), (Place(Owner("web", "ben's key"), "here"), number), (HERE, 99), (HERE, stopped)):
        with pytest.raises(RecordMissing):
            give(history, place, of, Feedback(True))
    assert everybodys(history) == ()


def test_a_note_has_a_limit(history: History) -> None:
    number = kept(history)
    give(history, HERE, number, Feedback(True, note=f" {'港' * LONGEST} "))
    with pytest.raises(NoteTooLong, match="2,001 characters; at most 2,000 are kept"):
        give(history, HERE, number, Feedback(True, note="港" * (LONGEST + 1)))
    assert everybodys(history)[0].feedback.note == "港" * LONGEST


def test_the_newest_comes_first(tmp_path: Path) -> None:
    now = [1_600_000_000.0]
    history = History(tmp_path / FILE, 90, lambda: now[0])
    numbers = [kept(history, question=f"Question {each}?") for each in range(3)]
    for number in (numbers[1], numbers[2], numbers[0]):
        now[0] += 1
        give(history, HERE, number, Feedback(True))
    assert [each.record.question for each in everybodys(history)] == ["Question 0?", "Question 2?", "Question 1?"]


@pytest.mark.parametrize("ends", ["deleted", "all deleted", "too old"])
def test_feedback_goes_when_its_conversation_goes_to_the_last_byte(tmp_path: Path, ends: str) -> None:
    now = [1_600_000_000.0]
    history = History(tmp_path / FILE, 90, lambda: now[0])
    give(history, HERE, kept(history), Feedback(False, note="a-mark-that-is-found " * 60))
    assert b"a-mark-that-is-found" in (tmp_path / FILE).read_bytes()
    match ends:
        case "deleted":
            history.delete(HERE)
        case "all deleted":
            history.delete_all()
        case _:
            now[0] += 91 * DAY
    assert everybodys(history) == ()
    assert b"a-mark-that-is-found" not in (tmp_path / FILE).read_bytes()


# Test prompts

WRONG = Given(Feedback(False, (Flaw.ANSWER,), "Not so."), AT, "web", RECORD, ("What is the port?",))
CASES: list[tuple[Given, list[str]]] = [
    (WRONG, ["icontains-any"]),
    (replace(WRONG, feedback=Feedback(False)), ["icontains-any"]),
    (replace(WRONG, feedback=Feedback(False, (Flaw.MISSING,))), ["icontains-any"]),
    (replace(WRONG, feedback=Feedback(False, (Flaw.SOURCE,))), ["not-cites", "cites"]),
    (replace(WRONG, feedback=Feedback(False, (Flaw.SOURCE, Flaw.ANSWER))), ["not-cites", "cites", "icontains-any"]),
    (replace(WRONG, feedback=Feedback(False, (Flaw.UNSAFE,))), ["no-leak", "icontains-any"]),
    (replace(WRONG, feedback=Feedback(False, (Flaw.SOURCE,)), record=REFUSED), ["not-refuses", "cites"]),
    (replace(WRONG, feedback=Feedback(False, (Flaw.MISSING,)), record=REFUSED), ["not-refuses", "icontains-any"]),
    (replace(WRONG, feedback=Feedback(False, (Flaw.UNSAFE,)), record=REFUSED), ["no-leak", "icontains-any"]),
    (replace(WRONG, feedback=Feedback(True)), ["cites"]),
    (replace(WRONG, feedback=Feedback(True), record=REFUSED), ["refuses"]),
]


def written(tmp_path: Path, given_: Sequence[Given]) -> Path:
    path = tmp_path / "drafts.yaml"
    path.write_text(drafts(given_), encoding="utf-8")
    return path


@pytest.mark.parametrize(("given_", "types"), CASES)
def test_feedback_becomes_a_draft_that_the_evaluation_reads(tmp_path: Path, given_: Given, types: list[str]) -> None:
    path = written(tmp_path, [given_])
    [test] = yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]
    assert [each["type"] for each in test["assert"]] == types
    suite = read_suite(path)
    [case] = suite.cases
    assert (case.question, case.history, case.kind) == (given_.record.question, ("What is the port?",), "feedback")
    assert case.draft
    assert case.description.startswith("Draft. A reader said: ")


@pytest.mark.parametrize("given_", [each for each, _ in CASES if not each.feedback.good])
def test_a_draft_of_what_was_not_good_fails_until_it_is_completed(tmp_path: Path, given_: Given) -> None:
    [case] = read_suite(written(tmp_path, [given_])).cases
    answer = given_.record.answer
    assert answer is not None
    texts = {each.article_id: each.quote for each in answer.citations}
    reply = JudgedReply(answer, texts)
    assert not all(judge(each, reply).holds for each in case.assertions)
    assert FILL_IN in drafts([given_])


@given(
    st.text(
        st.sampled_from("ab:-#{}%[]&*!|>'\"\n\t `@\\港\x07\u2028") | st.characters(exclude_categories=["Cs"]),
        max_size=40,
    )
)
def test_any_text_stays_text_in_the_file(text: str) -> None:
    record = replace(RECORD, question=text)
    given_ = Given(Feedback(False, (Flaw.ANSWER,), text), AT, "web", record, (text,))
    if not draftable(given_):
        with pytest.raises(NothingToDraft):
            drafts([given_])
        return
    read = yaml.safe_load(drafts([given_]))
    [test] = read["tests"]
    line = one_line(text)
    assert test["vars"] == {"history": [line], "question": line}
    assert test["description"] == f"Draft. A reader said: wrong answer. Their note: {line}"
    assert set(read) == {"description", "defaultTest", "tests"}


@pytest.mark.parametrize(
    "question", ["{{ env.SECRET }}", "{% for a in b %}", "{# a #}", "file:///etc/passwd", " file://x.py"]
)
def test_what_promptfoo_would_fill_in_or_open_is_left_out(question: str) -> None:
    hostile = replace(WRONG, record=replace(RECORD, question=question))
    assert not draftable(hostile)
    assert not draftable(replace(WRONG, earlier=(question,)))
    assert len(yaml.safe_load(drafts([hostile, WRONG]))["tests"]) == 1
    noted = yaml.safe_load(drafts([replace(WRONG, feedback=Feedback(False, note=question))]))
    assert question.strip() not in noted["tests"][0]["description"]
    cited = replace(RECORD.answer or ANSWERED, citations=(Citation(1, question, 0, 1, "q", "t"),))
    good = replace(WRONG, feedback=Feedback(True), record=replace(RECORD, answer=cited))
    assert question not in drafts([good])
    assert not draftable(replace(WRONG, record=replace(RECORD, question=" ")))


# The command


@pytest.fixture
def store(tmp_path: Path, index: Index) -> Path:
    history = history_of(tmp_path)
    for question, feedback in (
        (BRIDGE_QUESTION, Feedback(True)),
        (TRAM_QUESTION, Feedback(False, (Flaw.MISSING,), "Which\x1b[31m tram?")),
        ("What of {{ the }} bridge?", Feedback(False)),
    ):
        give(history, HERE, ask(index, history, question).number, feedback)
    return tmp_path / "store"


def test_feedback_is_listed(run: Run, store: Path) -> None:  # noqa: F811
    done = run("feedback", "--store", store)
    assert done.code == 0, done.err
    lines = [line for line in done.out.splitlines() if line]
    assert [line.split("  ")[1:] for line in lines if " UTC " in line] == [
        ["not good", "What of {{ the }} bridge?"],
        ["missing", TRAM_QUESTION],
        ["good", BRIDGE_QUESTION],
    ]
    assert "Note: Which tram?" in lines
    found = run("feedback", "--json", "--store", store).json
    assert isinstance(found, list)
    assert [(each["good"], each["reasons"]) for each in found] == [(False, []), (False, ["missing"]), (True, [])]
    [bridge] = [each["answer"] for each in found if each["good"]]
    history = History(store / FILE, 90)
    assert bridge == json.loads(json.dumps(to_json(history.records(HERE)[0].answer or ANSWERED)))


def test_feedback_is_exported_as_test_prompts(run: Run, store: Path, tmp_path: Path) -> None:  # noqa: F811
    done = run("feedback", "--export", "drafts.yaml", "--store", store)
    assert (done.code, done.out) == (0, "Written to drafts.yaml\n")
    assert "Left out 1 whose question" in done.err
    suite = read_suite(tmp_path / "drafts.yaml")
    assert [case.question for case in suite.cases] == [TRAM_QUESTION, BRIDGE_QUESTION]


def test_what_was_not_good_is_drafted_and_not_asked_before_a_person_accepts_it(
    run: Run,  # noqa: F811
    store: Path,
    tmp_path: Path,
) -> None:
    done = run("draft", "--from-feedback", "--output", "drafts.yaml", "--store", store)
    assert (done.code, done.out) == (
        0, "1 draft in drafts.yaml. Complete each: `byline eval` asks none that is a draft.\n",
    )  # fmt: skip
    assert "Left out 1 whose question" in done.err
    [case] = read_suite(tmp_path / "drafts.yaml").cases
    assert (case.question, case.draft) == (TRAM_QUESTION, True)
    assert (
        yaml.safe_load(run("draft", "--from-feedback", "--store", store).out)["tests"][0]["metadata"]["draft"] is True
    )
    done = run("draft", "--from-feedback", "--article", "bridge", "--store", store)
    assert (done.code, "Leave out --article or --from-feedback." in done.err) == (2, True)


def test_where_there_is_no_feedback_that_is_said(run: Run, tmp_path: Path, index: Index) -> None:  # noqa: F811
    ask(index, history_of(tmp_path), BRIDGE_QUESTION)
    assert run("feedback", "--store", tmp_path / "store").out == ""
    done = run("feedback", "--export", "drafts.yaml", "--store", tmp_path / "store")
    assert (done.code, (tmp_path / "drafts.yaml").exists()) == (2, False)
    assert "There is no feedback to make a test prompt of." in done.err
