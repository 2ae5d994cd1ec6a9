"""Standing questions: each piece of news is told once, with its quotes, to the place that asked, and none is lost."""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.alerts.watch import (
    FILE,
    LEASE,
    MOST,
    Every,
    TooManyWatches,
    Watch,
    Watches,
    WatchMissing,
    WatchThere,
    look,
    news,
)
from bot.answering.bot import Bot
from bot.cli import main
from bot.errors import ModelFailed, QuestionEmpty, Reason
from bot.history import Owner, Place
from bot.tables.sqlite import FileDamaged, FileUnusable
from bot.types import Model, Status
from index import Article, Filters, Index, Kind
from tests.conftest import WordEmbeddings, answering
from tests.small_news import ARTICLES, BRIDGE, TRAM
from tests.stores import ask, child, numbered
from tests.test_copies import TEXT, copy, original

QUESTION = "What happened to the old bridge in Vellmar?"
AGAIN = Article(
    "again",
    "The bridge closes again",
    "The old bridge in Vellmar closed again on 1 September 2021, because a pier had sunk.",
    outlet="Harbour Gazette",
    language="en",
)
HERE = Place(Owner("test", "team/channel"), "thread")
DAY = timedelta(days=1)


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 30, 7, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words) as opened:
        opened.add(ARTICLES)
        yield opened


@pytest.fixture
def bot(index: Index) -> Bot:
    return answering(index)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watches(index: Index, clock: Clock, kept_in: str | None) -> Watches:
    return Watches(index.path, clock, kept_in)


def added(watches: Watches, index: Index, filters: Filters = Filters(), every: Every = Every.DAILY) -> Watch:
    return watches.add(HERE, QUESTION, every, filters, index.snapshot)


def told(bot: Bot, watches: Watches) -> list[tuple[str, ...]]:
    """The articles that the news of all watches cite, due or not."""
    found = [each.answer for each in news(bot, watches, watches.active("test"))]
    return [tuple(each.article_id for each in answer.citations) for answer in found if answer]


# What is new in an index


def changed(index: Index, *_: object) -> None:
    index.add([replace(BRIDGE, text=BRIDGE.text.replace("4.2 million", "4.4 million"))])


ARRIVALS: dict[str, tuple[Callable[[Index, Path], object], tuple[str, ...]]] = {
    "nothing": (lambda index, _: index.add(ARTICLES), ()),
    "new ones, the latest first": (lambda index, _: (index.add([numbered(1)]), index.add([numbered(2)])), ("a2", "a1")),
    "another text": (changed, ("bridge",)),
    "other facts alone": (lambda index, _: index.add([replace(TRAM, author="A. Lind")]), ()),
    "a new one, then its facts": (
        lambda index, _: (index.add([numbered(1)]), index.add([replace(numbered(1), author="Ada")])),
        ("a1",),
    ),
    "another text, and the first again": (lambda index, _: (changed(index), index.add([BRIDGE])), ()),
    "one that is gone": (lambda index, _: (index.add([numbered(1)]), index.remove("a1")), ()),
    "one that was removed and comes again": (lambda index, _: (index.remove("tram"), index.add([TRAM])), ("tram",)),
    "all made again": (lambda index, _: index.rebuild(), ()),
    "all mended": (lambda index, _: index.mend(), ()),
    "the latest backup": (lambda index, path: (index.backup(path), index.restore(path, force=True)), ()),
    "a backup of before, and a new one": (
        lambda index, path: (
            index.backup(path),
            index.add([numbered(1)]),
            index.restore(path, force=True),
            index.add([numbered(2)]),
        ),
        ("a2",),
    ),
    "a backup with what came before it": (
        lambda index, path: (index.add([numbered(1)]), index.backup(path), index.restore(path, force=True)),
        ("a1",),
    ),
}


@pytest.mark.parametrize(("change", "arrived"), ARRIVALS.values(), ids=ARRIVALS)
def test_what_came_or_has_another_text_arrived_and_nothing_else(
    index: Index, tmp_path: Path, change: Callable[[Index, Path], object], arrived: tuple[str, ...]
) -> None:
    before = index.snapshot
    change(index, tmp_path / "backup")
    assert index.arrived(before) == arrived
    assert index.arrived(index.snapshot) == ()


def test_a_copy_of_an_old_article_did_not_arrive_nor_when_it_is_one_no_longer(index: Index) -> None:
    index.add([original()])
    before = index.snapshot
    index.add([copy()])
    assert index.arrived(before) == ()
    known = index.snapshot
    index.remove("first")
    assert (index.arrived(known), index.article("second").text) == ((), TEXT)
    assert index.history("second") == (), "it did not change"


def test_an_index_that_is_another_one_has_no_news_of_before(
    index: Index, tmp_path: Path, words: WordEmbeddings
) -> None:
    with Index.open(tmp_path / "other", embedder=words) as other:
        other.add(map(numbered, range(9)))
        other.add([numbered(10)])
        other.backup(tmp_path / "backup")
    before = index.snapshot
    index.restore(tmp_path / "backup", force=True)
    assert index.arrived(before) == ()
    now = index.snapshot
    index.add([numbered(11)])
    assert index.arrived(now) == ("a11",)


def test_the_new_sentences_of_a_changed_article_are_told_from_those_of_before(index: Index) -> None:
    before = index.snapshot
    changed(index)
    index.add([AGAIN])
    index.add([replace(AGAIN, text=AGAIN.text + " Lorries turn back.")])
    assert index.new_sentences("bridge", before) == (
        "The repairs of the bridge cost 4.4 million euros, a third more than planned.",
    )
    assert index.new_sentences("again", before) is None, "all of them"
    assert index.new_sentences("tram", before) == ()


# A look


def test_new_articles_that_answer_are_told_with_quotes_and_told_once(bot: Bot, index: Index, watches: Watches) -> None:
    added(watches, index)
    assert told(bot, watches) == []
    index.add([AGAIN])
    assert told(bot, watches) == [("again",)]
    assert told(bot, watches) == []


def test_new_articles_that_do_not_answer_are_no_news(bot: Bot, index: Index, watches: Watches) -> None:
    added(watches, index)
    index.add([numbered(1)])
    assert told(bot, watches) == []


def test_an_answer_is_by_the_new_articles_alone_and_shows_the_filters_of_the_watch(bot: Bot, index: Index) -> None:
    watch = Watch("w", QUESTION, Every.DAILY, HERE, Filters(language=("en",)), NOON, index.snapshot, NOON)
    index.add([AGAIN])
    answer = look(bot, watch)
    assert answer
    assert {each.article_id for each in answer.citations} == {"again"}
    assert answer.filters == Filters(language=("en",))


NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("filters", "news_of"),
    [
        (Filters(outlet=("Harbour Gazette",)), [("again",)]),
        (Filters(outlet=("Vellmar Courier",)), []),
        (Filters(kind=(Kind.OPINION,)), []),
        (Filters(article=("bridge",)), []),
    ],
)
def test_a_watch_keeps_to_its_filters(
    bot: Bot, index: Index, watches: Watches, filters: Filters, news_of: list[tuple[str, ...]]
) -> None:
    added(watches, index, filters)
    index.add([AGAIN])
    assert told(bot, watches) == news_of


def test_a_sentence_that_a_change_leaves_as_it_was_is_no_news(bot: Bot, index: Index, watches: Watches) -> None:
    added(watches, index)
    index.add([replace(BRIDGE, text=BRIDGE.text.replace("from June", "from July"))])
    assert index.arrived(watches.list(HERE)[0].since) == ("bridge",)
    assert told(bot, watches) == []
    index.add([replace(BRIDGE, text=BRIDGE.text.replace("3 May", "5 May"))])
    assert told(bot, watches) == [("bridge",)]


def test_what_was_told_is_not_told_again_when_it_comes_again(bot: Bot, index: Index, watches: Watches) -> None:
    added(watches, index)
    index.add([AGAIN])
    assert told(bot, watches) == [("again",)]
    index.remove("again")
    index.add([AGAIN, replace(AGAIN, id="elsewhere")])
    assert told(bot, watches) == []


def test_what_arrives_while_a_question_is_answered_is_told_at_the_next_look(index: Index, watches: Watches) -> None:
    class Adding(Bot):
        def answer(self, *given, **options):  # type: ignore[no-untyped-def]
            self.index.add([AGAIN])
            return super().answer(*given, **options)

    bot = answering(index)
    bot.__class__ = Adding
    added(watches, index)
    index.add([numbered(1)])
    assert told(bot, watches) == []
    assert told(bot, watches) == [("again",)]


def test_a_failed_look_tells_why_and_the_watch_stays_due(index: Index, watches: Watches, clock: Clock) -> None:
    def breaks(*_: object) -> Iterator[str]:
        raise ModelFailed("The model broke.")
        yield ""

    failing = answering(index, Model("broken", breaks))  # type: ignore[arg-type]
    watch = added(watches, index)
    index.add([AGAIN])
    clock.now += DAY
    [found] = news(failing, watches, watches.due("test"))
    assert (found.answer, found.failure) == (None, Reason(text="The model broke."))
    [kept] = watches.list(HERE)
    assert kept == replace(watch, failure=Reason(text="The model broke."))
    assert told(answering(index), watches) == [("again",)]
    assert watches.list(HERE)[0].failure is None


def test_a_watch_whose_collection_is_gone_says_so_and_the_others_go_on(
    bot: Bot, index: Index, watches: Watches, clock: Clock
) -> None:
    index.add_to_collection("press", ["bridge"])
    gone = added(watches, index, Filters(collection=("press",)))
    clock.now += timedelta(seconds=1)
    added(watches, index)
    index.remove_collection("press")
    index.add([AGAIN])
    clock.now += DAY
    found = list(news(bot, watches, watches.due("test")))
    assert [(each.watch.id == gone.id, bool(each.answer)) for each in found] == [(True, False), (False, True)]
    assert "no collection 'press'" in str(found[0].failure)


def test_thousands_of_new_articles_are_looked_at_together(bot: Bot, index: Index, watches: Watches) -> None:
    added(watches, index)
    index.add([*map(numbered, range(3000)), AGAIN])
    assert len(index.arrived(watches.list(HERE)[0].since)) == 3001
    assert told(bot, watches) == [("again",)]


# When


def test_a_watch_is_due_at_its_time_of_day_and_a_missed_day_is_made_up_once(
    bot: Bot, index: Index, watches: Watches, clock: Clock
) -> None:
    begun = clock.now
    added(watches, index)
    hours = []
    for hour in [*range(0, 60), *range(131, 170)]:  # nobody looks for three days
        clock.now = begun + timedelta(hours=hour, minutes=3)
        if watches.due("test"):
            list(news(bot, watches, watches.due("test")))
            hours.append(hour)
    assert hours == [24, 48, 131, 144, 168]


def test_a_weekly_watch_is_due_each_week(bot: Bot, index: Index, watches: Watches, clock: Clock) -> None:
    added(watches, index, every=Every.WEEKLY)
    days = []
    for day in range(30):
        if watches.due("test"):
            list(news(bot, watches, watches.due("test")))
            days.append(day)
        clock.now += DAY
    assert days == [7, 14, 21, 28]


def test_a_paused_watch_is_not_looked_at_and_tells_the_rest_later(
    bot: Bot, index: Index, watches: Watches, clock: Clock
) -> None:
    watch = added(watches, index)
    watches.pause(HERE, watch.id)
    index.add([AGAIN])
    clock.now += 9 * DAY
    assert (watches.due("test"), watches.active("test")) == ((), ())
    watches.resume(HERE, watch.id)
    assert told(bot, watches) == [("again",)]


def test_a_watch_is_looked_at_by_one_of_many(index: Index, watches: Watches) -> None:
    watch = added(watches, index)
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda _: watches.claim(watch), range(24)))
    assert sum(claim is not None for claim in claims) == 1


def test_news_are_told_by_one_of_two_that_look_at_once(bot: Bot, index: Index, watches: Watches) -> None:
    added(watches, index)
    index.add([AGAIN])
    due = watches.active("test")
    first = news(bot, watches, due)
    assert next(first).answer
    assert list(news(bot, watches, due)) == [], "the other tells it just now"
    assert list(first) == []
    assert list(news(bot, watches, due)) == [], "it was told since the others were asked for"


def test_news_that_were_not_told_stay_due(bot: Bot, index: Index, watches: Watches) -> None:
    added(watches, index)
    index.add([AGAIN])
    telling = news(bot, watches, watches.active("test"))
    assert next(telling).answer
    telling.close()
    assert told(bot, watches) == [("again",)]


CLAIMING = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
from datetime import datetime
from bot.alerts.watch import Watches
watches = Watches(Path({store!r}), lambda: datetime.fromisoformat({now!r}), {url!r})
for line in sys.stdin:
    [watch] = watches.active("test")
    print(watches.claim(watch) is not None, flush=True)
"""


def test_the_claim_of_a_process_that_was_killed_runs_out(
    bot: Bot, index: Index, watches: Watches, clock: Clock, kept_in: str | None
) -> None:
    added(watches, index)
    index.add([AGAIN])
    with child(CLAIMING, index.path, now=clock.now.isoformat(), url=kept_in) as process:
        assert ask(process, "claim") == ["True"]
    assert told(bot, watches) == []
    clock.now += LEASE
    assert told(bot, watches) == [("again",)]


@pytest.mark.parametrize("change", [Watches.pause, Watches.remove])
def test_what_is_paused_or_removed_during_a_look_is_not_told(
    index: Index, watches: Watches, change: Callable[[Watches, Place, str], None]
) -> None:
    class Changing(Bot):
        def answer(self, *given, **options):  # type: ignore[no-untyped-def]
            change(watches, HERE, watch.id)
            return super().answer(*given, **options)

    bot = answering(index)
    bot.__class__ = Changing
    watch = added(watches, index)
    index.add([AGAIN])
    assert told(bot, watches) == []


# Whose


def test_an_outsider_neither_lists_nor_changes_the_watches_of_a_place(index: Index, watches: Watches) -> None:
    watch = added(watches, index)
    for other in (replace(HERE, name="other"), Place(Owner("test", "else"), "thread"), Place(Owner("web", ""), "")):
        assert watches.list(other) == ()
        for change in (watches.pause, watches.resume, watches.remove):
            with pytest.raises(WatchMissing):
                change(other, watch.id)
    assert watches.due("web") == watches.active("web") == ()
    assert watches.list(HERE) == (watch,)
    watches.remove(HERE, watch.id)
    assert watches.list(HERE) == ()


def test_a_question_is_watched_once_and_a_place_has_fifty_at_most(index: Index, watches: Watches) -> None:
    added(watches, index)
    with pytest.raises(WatchThere):
        added(watches, index)
    with pytest.raises(QuestionEmpty):
        watches.add(HERE, " ? ", Every.DAILY, Filters(), index.snapshot)
    for number in range(MOST - 1):
        watches.add(HERE, f"What of {number}?", Every.DAILY, Filters(), index.snapshot)
    with pytest.raises(TooManyWatches):
        watches.add(HERE, "One more?", Every.DAILY, Filters(), index.snapshot)
    elsewhere = replace(HERE, name="other")
    assert watches.add(elsewhere, QUESTION, Every.DAILY, Filters(), index.snapshot).place == elsewhere


# The file


def test_the_file_is_private_and_made_with_the_first_watch_only(index: Index, clock: Clock) -> None:
    watches = Watches(index.path, clock)
    path = index.path / FILE
    assert watches.list(HERE) == watches.due("test") == ()
    assert not path.exists()
    added(watches, index)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Watches(index.path).list(HERE) == watches.list(HERE)


def test_a_file_of_another_kind_or_a_later_byline_is_refused_in_a_sentence(index: Index, clock: Clock) -> None:
    watches = Watches(index.path, clock)
    path = index.path / FILE
    path.write_bytes(b"nothing such" * 100)
    with pytest.raises(FileDamaged, match=r"is damaged: .* Move it away"):
        added(watches, index)
    path.unlink()
    sqlite3.connect(path).executescript("CREATE TABLE other (x)").connection.close()
    with pytest.raises(FileDamaged, match="none of Byline's"):
        watches.list(HERE)
    sqlite3.connect(path).executescript("PRAGMA user_version = 9").connection.close()
    with pytest.raises(FileUnusable, match="a later Byline made it"):
        watches.list(HERE)


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path, index: Index) -> None:
    with pytest.raises(FileUnusable, match="neither read nor written: No such file"):
        added(Watches(tmp_path / "nowhere"), index)


def test_no_words_of_an_article_are_kept(bot: Bot, index: Index, clock: Clock) -> None:
    watches = Watches(index.path, clock)
    added(watches, index)
    index.add([AGAIN])
    assert told(bot, watches)
    kept = b"".join(path.read_bytes() for path in index.path.glob(f"{FILE}*"))
    assert QUESTION.encode() in kept
    assert b"pier had sunk" not in kept


# The commands

PORT = "The council of Varnholm decided on 3 March 2021 to build a second pier. The pier costs 12 million crowns."
LATER = "On 9 June 2021 the council of Varnholm decided to build a third pier. It costs 15 million crowns."


@pytest.mark.slow
def test_the_commands_watch_a_question_from_cron(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as end:
            main([*arguments, "--store", "store"])
        return end.value.code, *capsys.readouterr()

    def bring(name: str, text: str) -> None:
        (tmp_path / name).write_text(f"---\ntitle: {name}\noutlet: Varnholm Post\n---\n{text}\n")
        assert run("index", name)[0] == 0

    look_at = ("watch", "run", "--all", "--model", "extractive")
    assert run("watch", "list")[0] == 2, "there is no store"
    bring("port.md", PORT)
    assert run("watch", "list")[1] == ""
    question = "What did the council of Varnholm decide to build?"
    code, out, _ = run("watch", "add", question, "--every", "weekly", "--outlet", "Varnholm Post")
    assert (code, "weekly" in out) == (0, True)
    assert run("watch", "add", question, "--outlet", "Varnholm Post")[0] == 2
    assert run("watch", "add", question, "--every", "hourly")[0] == 2
    [watch] = json.loads(run("watch", "list", "--json")[1])
    assert (watch["question"], watch["every"], watch["filters"]["outlet"]) == (question, "weekly", ["Varnholm Post"])
    assert run(*look_at) == (0, "", "")
    bring("later.md", LATER)
    assert run("watch", "run", "--model", "extractive") == (0, "", ""), "none is due"
    assert run("watch", "pause", watch["id"])[0] == 0
    assert run(*look_at) == (0, "", "")
    assert run("watch", "resume", watch["id"])[0] == 0
    code, out, _ = run(*look_at, "--json")
    [line] = out.splitlines()
    said = json.loads(line)
    assert (code, said["watch"]["id"], said["answer"]["status"]) == (0, watch["id"], Status.ANSWERED)
    assert "third pier" in said["answer"]["citations"][0]["quote"]
    assert run(*look_at) == (0, "", "")
    bring("again.md", LATER.replace("third", "fourth").replace("9 June", "9 July"))
    code, out, _ = run(*look_at)
    assert out.startswith(question)
    assert "fourth pier" in out
    assert "[1]" in out
    assert run("collection", "add", "press", "--outlet", "Varnholm Post")[0] == 0
    assert run("watch", "add", question, "--collection", "press")[0] == 0
    assert run("collection", "remove", "press")[0] == 0
    bring("more.md", LATER.replace("third", "fifth").replace("9 June", "9 August"))
    code, out, err = run(*look_at)
    assert (code, "fifth pier" in out, "no collection 'press'" in err) == (1, True, True)
    assert "The last look failed: There is no collection 'press'" in run("watch", "list")[1]
    assert run("watch", "remove", watch["id"])[0] == 0
    assert run("watch", "remove", watch["id"])[0] == 2
