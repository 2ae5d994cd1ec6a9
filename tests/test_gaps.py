"""What people asked that the articles do not say: grouped by meaning, asked again, and told to editors alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.gaps import MOST, Gaps, UnansweredQuestion, clusters, gap_json, grouped, thresholds
from bot.answering.bot import Bot
from bot.answering.decide import far, signals
from bot.answering.flow import Clock
from bot.answering.retrieve import find
from bot.auth.users import Role
from bot.history import History, Owner, Place
from bot.history.file import FILE
from bot.judge import Judge
from bot.render.html.words import ENGLISH, PageWording
from bot.types import Answer, Intent, Status
from bot.web import library
from bot.web.access import Access
from index import Article, Index
from index.embed import MiniLM
from tests.conftest import WordEmbeddings
from tests.serving import client
from tests.small_news import ARTICLES
from tests.test_cli import Run, run  # noqa: F401  (a fixture)
from tests.test_library import Page

DATA = Path(__file__).parent / "data"
PRICE = ("What is the price of a ferry ticket?", "How much does a ticket for the ferry cost?")
LIGHT = "Who keeps the lighthouse?"
HERE = Place(Owner("web", "ana's key"), "here")
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("gaps") / "store") as opened:
        opened.add(ARTICLES)
        yield opened


@pytest.fixture(scope="module")
def bot(index: Index) -> Bot:
    return Bot(index)


@pytest.fixture
def history(tmp_path: Path, kept_in: str | None) -> History:
    return History(tmp_path / FILE, 90, NOON.timestamp, kept_in)


def keep(
    history: History,
    question: str,
    status: Status = Status.REFUSED,
    surface: str = "web",
    day: int = 30,
    searched: str | None = None,
) -> Place:
    place = Place(Owner(surface, "ana's key"), f"{surface} {question} {day}")
    asked = NOON.replace(day=day).timestamp()
    answer = Answer(question, status, "", "m", request=Intent.SHORT, searched=searched)
    history.keep(place, question, answer, asked)
    return place


def test_questions_that_ask_for_the_same_are_one_gap(history: History, bot: Bot) -> None:
    keep(history, PRICE[0], surface="slack", day=20)
    keep(history, PRICE[1], surface="web", day=29)
    keep(history, PRICE[0], Status.PARTIAL, surface="api", day=25)
    keep(history, LIGHT, day=30)
    first, second = Gaps(history).list(bot)
    assert (first.count, first.last, first.surfaces) == (3, date(2026, 11, 29), ("api", "slack", "web"))
    assert first.questions == (PRICE[1], PRICE[0])
    assert first.question in PRICE
    assert not first.answered
    assert {each.article_id for each in first.nearest} <= {each.id for each in ARTICLES}
    assert first.nearest
    assert (second.question, second.count) == (LIGHT, 1)


@pytest.mark.parametrize("status", [Status.ANSWERED, Status.FAILED])
def test_what_was_answered_or_failed_is_no_gap(history: History, bot: Bot, status: Status) -> None:
    keep(history, LIGHT, status)
    history.keep(HERE, "Stopped?", None)
    gaps = Gaps(history)
    assert (gaps.list(bot), gaps.count()) == ((), 0)


def test_nonsense_is_no_gap_but_a_question_far_from_every_article_is(history: History, index: Index, bot: Bot) -> None:
    elsewhere = "In welchem Stadion spielte die Mannschaft?"
    for question in ("asdf qwer zxcv", elsewhere):
        answer = bot.answer(question)
        assert far(signals(find(index, question, answer.hits, 100, Judge.load(), Clock()))), question
        history.keep(replace(HERE, name=question), question, answer)
    gaps = Gaps(history)
    assert ([each.question for each in gaps.list(bot)], gaps.count()) == ([elsewhere], 1)


def test_a_follow_up_is_the_question_that_it_was_made_into(history: History, bot: Bot) -> None:
    keep(history, "And how much is it?", searched=PRICE[0])
    keep(history, PRICE[1])
    [gap] = Gaps(history).list(bot)
    assert set(gap.questions) == set(PRICE)


def test_only_what_was_asked_since_a_day_counts(history: History, bot: Bot) -> None:
    keep(history, LIGHT, day=10)
    keep(history, PRICE[0], day=20)
    gaps = Gaps(history)
    assert [each.question for each in gaps.list(bot, date(2026, 11, 20))] == [PRICE[0]]
    assert (gaps.count(), gaps.count(date(2026, 11, 20)), gaps.count(date(2026, 11, 21))) == (2, 1, 0)


def test_a_conversation_that_is_deleted_or_too_old_leaves_no_gap(
    history: History, bot: Bot, tmp_path: Path, kept_in: str | None
) -> None:
    place = keep(history, LIGHT)
    assert len(Gaps(history).list(bot)) == 1
    history.delete(place)
    assert Gaps(history).list(bot) == ()
    keep(history, PRICE[0], day=1)
    assert len(Gaps(history).list(bot)) == 1
    assert Gaps(History(tmp_path / FILE, 5, NOON.timestamp, kept_in)).list(bot) == ()


def test_a_question_with_a_zero_in_it_is_a_gap(history: History, bot: Bot) -> None:
    keep(history, "Where did the \0 go?")
    [gap] = Gaps(history).list(bot)
    assert gap.question.endswith(" go?")


def test_a_question_that_the_articles_answer_by_now_is_marked(tmp_path: Path, history: History) -> None:
    keep(history, LIGHT)
    with Index.open(tmp_path / "store") as index:
        index.add(ARTICLES)
        bot, gaps = Bot(index), Gaps(history)
        assert [each.answered for each in gaps.list(bot)] == [False]
        index.add([Article("light", "The lighthouse", "Jonas Weir keeps the lighthouse of Vellmar.", outlet="Courier")])
        [gap] = gaps.list(bot)
        assert (gap.answered, gap.nearest) == (True, ())


def test_a_question_is_asked_again_only_where_the_index_changed(
    history: History, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(history, LIGHT)
    asked, answer = [], Bot.answer

    def counted(self: Bot, question: str) -> Answer:
        asked.append(question)
        return answer(self, question)

    monkeypatch.setattr(Bot, "answer", counted)
    gaps = Gaps(history)
    assert gaps.list(bot) == gaps.list(bot)
    assert asked == [LIGHT]


def test_what_the_embedder_does_not_read_goes_together_by_its_words(history: History, bot: Bot) -> None:
    for question in ("谁看守灯塔？", "谁看守灯塔", "渡轮票价是多少？"):
        keep(history, question)
    assert sorted(each.count for each in Gaps(history).list(bot)) == [1, 2]


def test_an_embedder_without_a_threshold_groups_by_words(tmp_path: Path) -> None:
    asked = [UnansweredQuestion(each, NOON, "web") for each in (*PRICE, PRICE[0].lower())]
    with Index.open(tmp_path / "store", embedder=WordEmbeddings()) as index:
        assert [len(each) for each in grouped(asked, index)] == [2, 1]


def test_no_more_than_the_newest_are_grouped(history: History, bot: Bot) -> None:
    for number in range(3):
        keep(history, f"Question number {number}?")
    for number in range(MOST):
        keep(history, f"谁是第{number}号？")
    found = [text for gap in Gaps(history).list(bot, most=1) for text in gap.questions]
    assert "Question number 0?" not in found


DIRECTION = st.lists(st.floats(-1, 1), min_size=3, max_size=3).filter(lambda each: sum(map(abs, each)) > 0.1)


@given(st.lists(DIRECTION, max_size=12), st.floats(-1, 1))
def test_clusters_are_a_partition_by_average_linkage(rows: list[list[float]], threshold: float) -> None:
    vectors = np.array(rows, dtype=np.float32).reshape(-1, 3)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = clusters(vectors, threshold)
    assert sorted(place for each in found for place in each) == list(range(len(rows)))
    cosines = vectors.astype(np.float64) @ vectors.T
    for number, one in enumerate(found):
        for other in found[:number]:
            assert cosines[np.ix_(one, other)].mean() < threshold + 1e-6  # of vectors in single precision


def test_a_threshold_is_fitted_for_the_embedder_that_comes_along() -> None:
    rows = [
        json.loads(line) for line in (Path(__file__).parent / "data" / "same_questions.jsonl").open(encoding="utf-8")
    ]
    assert {row["language"] for row in rows} == {"en", "zh"}
    assert 0 < thresholds()[MiniLM.name] < 1


# The command


def test_the_command_tells_the_gaps(run: Run, tmp_path: Path) -> None:  # noqa: F811
    with Index.open(tmp_path / "store") as index:
        index.add(ARTICLES)
    history = History(tmp_path / "store" / FILE, 90)
    for question in (*PRICE, LIGHT):
        answer = Answer(question, Status.REFUSED, "", "m", request=Intent.SHORT)
        history.keep(Place(HERE.owner, question), question, answer)
    store = ("--store", str(tmp_path / "store"))
    shown = run("gaps", *store)
    assert "2 times, last on " in shown.out
    found = json.loads(run("gaps", *store, "--json").out)
    assert [each["count"] for each in found] == [2, 1]
    assert set(found[0]) == set(gap_json(Gaps(history).list(Bot(Index.open(tmp_path / "store")))[0]))
    assert json.loads(run("gaps", *store, "--json", "--since", "2999-01-01").out) == []
    assert run("gaps", "--store", str(tmp_path / "none")).code == 2


# The page


def test_the_library_leads_editors_to_the_gaps(index: Index, history: History) -> None:
    for question in (*PRICE, "Who is <b>Mallory</b>'s tailor?"):
        keep(history, question)
    with client(index, Access(), history=history) as editor:
        assert "/library/gaps" in Page(editor.get("/library").text).links()
        shown = Page(editor.get("/library/gaps").text)
        assert "asked 2 times" in shown.text
        assert "Who is <b>Mallory</b>'s tailor?" in shown.text
        assert any("/library/article?id=" in each for each in shown.links())
        assert "ana" not in shown.text


def test_a_page_waits_for_none_and_looks_again(index: Index, history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(history, LIGHT)
    with client(index, Access(), history=history) as editor:
        monkeypatch.setattr(library, "PATIENCE", 0.0)
        waiting = editor.get("/library/gaps")
        assert (waiting.headers["refresh"], ENGLISH("gaps.waiting") in waiting.text) == ("1", True)
        assert LIGHT in waiting.text
        monkeypatch.undo()
        while "refresh" in (done := editor.get("/library/gaps")).headers:
            pass
        assert ENGLISH("gaps.waiting") not in done.text


def test_readers_see_nothing_of_what_others_asked(index: Index, history: History) -> None:
    keep(history, LIGHT)
    with client(index, Access(open_to=Role.READER), history=history) as reader:
        assert "/library/gaps" not in reader.get("/library").text
        refused = reader.get("/library/gaps")
        assert (refused.status_code, LIGHT in refused.text) == (403, False)


def test_without_gaps_the_library_says_nothing_of_them(index: Index, history: History) -> None:
    with client(index, Access(), history=history) as editor:
        assert ENGLISH("gaps.title") not in editor.get("/library").text
        assert ENGLISH("gaps.none") in Page(editor.get("/library/gaps").text).text
        chinese = editor.get("/library/gaps", headers={"accept-language": "zh"})
        assert PageWording("zh")("gaps.title") in chinese.text
