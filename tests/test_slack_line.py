"""What the Slack bot knows after a restart: the line of questions, where answers are, channels' settings, the pace."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest

from bot.slack.pace import SlackRateLimit
from bot.slack.settings import Allowed, Answering, ChannelSettings
from bot.slack.store import FILE, KEPT, LEASE, TRIES, WAITING, SentAnswer, SlackJob, SlackJobKind, SlackStore
from bot.slack.workers import Workers
from bot.types import Cancellation
from index.types import Filters
from index.types import Kind as ArticleKind

JOB = SlackJob("Ev1", SlackJobKind.QUESTION, "T1", "C1", "17.1", "U1", "Who left?", ts="17.1")


class Clock:
    """Seconds since 1970 that a test moves on."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock, kept_in: str | None) -> SlackStore:
    return SlackStore(tmp_path, clock, kept_in)


# The line


def test_a_question_is_taken_as_it_was_put(store: SlackStore) -> None:
    job = replace(JOB, enterprise="E1", reply_to="https://hooks.example/1", addressed=False)
    assert store.put(job)
    assert store.take("one", light=False) == job
    assert store.take("two", light=False) is None


def test_an_event_that_comes_again_is_known_before_while_and_after_it_is_answered(
    store: SlackStore, clock: Clock
) -> None:
    assert store.put(JOB) is True
    assert store.put(JOB) is False
    assert store.take("one", light=False) is not None
    assert store.put(JOB) is False
    store.finished(JOB.id)
    assert store.put(JOB) is False
    clock.now += KEPT - 1
    store.put(replace(JOB, id="Ev2"))
    assert store.put(JOB) is False


def test_an_event_is_known_after_a_restart(
    store: SlackStore, tmp_path: Path, clock: Clock, kept_in: str | None
) -> None:
    store.put(JOB)
    again = SlackStore(tmp_path, clock, kept_in)
    assert again.put(JOB) is False
    assert again.take("two", light=False) == JOB


def test_what_a_dead_process_began_is_taken_up_by_another_which_knows_its_message(
    store: SlackStore, clock: Clock
) -> None:
    store.put(JOB)
    store.take("dead", light=False)
    store.shown(JOB.id, "18.2")
    assert store.take("alive", light=False) is None
    clock.now += LEASE + 1
    assert store.take("alive", light=False) == replace(JOB, message="18.2")
    assert store.take("other", light=False) is None


def test_a_lease_that_is_renewed_does_not_end(store: SlackStore, clock: Clock) -> None:
    store.put(JOB)
    store.take("one", light=False)
    for _ in range(5):
        clock.now += LEASE - 1
        store.renew("one")
        assert store.take("two", light=False) is None


def test_a_question_that_ends_each_process_is_given_up(store: SlackStore, clock: Clock) -> None:
    store.put(JOB)
    for number in range(TRIES):
        assert store.take(f"worker {number}", light=False) == JOB
        clock.now += LEASE + 1
    assert store.take("last", light=False) == replace(JOB, given_up=True)


def test_no_process_takes_its_own_question_again_however_late_it_renews(store: SlackStore, clock: Clock) -> None:
    store.put(JOB)
    store.take("one", light=False)
    clock.now += 100 * LEASE
    assert store.take("one", light=False) is None
    assert store.renew("one") == {JOB.id}


def test_the_oldest_question_comes_first_and_notices_have_a_line_of_their_own(store: SlackStore, clock: Clock) -> None:
    notice = replace(JOB, id="Ev3", kind=SlackJobKind.NOTICE)
    for each in (JOB, replace(JOB, id="Ev2"), notice):
        store.put(each)
        clock.now += 1
    assert store.take("one", light=True) == notice
    taken = [store.take("one", light=False) for _ in range(2)]
    assert [each.id for each in taken if each] == ["Ev1", "Ev2"]


def test_a_full_line_takes_notices_alone(store: SlackStore) -> None:
    for number in range(WAITING):
        assert store.put(replace(JOB, id=f"Ev{number}"))
    assert store.put(replace(JOB, id="more")) is None
    assert store.put(replace(JOB, id="notice", kind=SlackJobKind.NOTICE))


def test_a_job_is_taken_by_one_of_many_threads(store: SlackStore) -> None:
    numbers = range(40)
    for number in numbers:
        store.put(replace(JOB, id=f"Ev{number}"))
    taken: list[str] = []
    begin = Barrier(8)

    def take(worker: str) -> None:
        begin.wait()
        while job := store.take(worker, light=False):
            taken.append(job.id)

    threads = [Thread(target=take, args=(f"{each}",)) for each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(f"Ev{number}" for number in numbers)


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    store = SlackStore(tmp_path)
    store.put(JOB)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


# Workers


def test_workers_do_what_comes_and_leaving_them_ends_what_was_begun(store: SlackStore) -> None:
    done: list[str] = []
    begun, go_on = Event(), Event()

    def do(job: SlackJob, _: Cancellation) -> None:
        begun.set()
        go_on.wait(60)
        done.append(job.id)

    with Workers(store, do, count=1) as workers:
        for number in range(3):
            store.put(replace(JOB, id=f"Ev{number}"))
        workers.wake()
        assert begun.wait(60)
        Thread(target=go_on.set).start()
    assert done[0] == "Ev0"
    left = store.take("later", light=False)
    assert left is None or left.id not in done


def test_a_light_job_waits_for_no_answer(store: SlackStore) -> None:
    go_on, said = Event(), Event()

    def do(job: SlackJob, _: Cancellation) -> None:
        if job.kind is SlackJobKind.NOTICE:
            said.set()
        else:
            go_on.wait(60)

    with Workers(store, do, count=1) as workers:
        store.put(JOB)
        store.put(replace(JOB, id="Ev2", kind=SlackJobKind.NOTICE))
        workers.wake()
        assert said.wait(60)
        go_on.set()


def test_an_answer_that_is_not_wanted_any_more_is_stopped(store: SlackStore) -> None:
    begun, stopped = Event(), Event()

    def do(_: SlackJob, cancel: Cancellation) -> None:
        begun.set()
        while not cancel.is_set():
            stopped.wait(0.01)
        stopped.set()

    with Workers(store, do, count=1) as workers:
        store.put(JOB)
        workers.wake()
        assert begun.wait(60)
        store.stop("T1", "C1", "16.1")
        workers.look()
        assert not stopped.is_set()
        store.stop("T1", "C1", "17.1")
        workers.look()
        assert stopped.wait(60)


def test_a_job_is_done_once_though_the_store_was_locked_at_its_end(tmp_path: Path, clock: Clock) -> None:
    store, done = SlackStore(tmp_path, clock), Event()
    store.put(JOB)
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None, check_same_thread=False)) as other:

        def do(_: SlackJob, __: Cancellation) -> None:
            other.execute("BEGIN EXCLUSIVE")
            done.set()

        with Workers(store, do, count=1) as workers:
            assert done.wait(60)
        other.execute("ROLLBACK")
        workers.look()
    clock.now += LEASE + 1
    assert store.take("two", light=False) is None


# Where answers are, and settings


def test_an_answer_is_found_by_its_number_its_message_and_its_person(store: SlackStore, clock: Clock) -> None:
    first = SentAnswer("k7", 7, "T1", "C1", "18.1", "U1", False, "T1/C1", "17.1")
    second = SentAnswer("k8", 8, "T1", "C2", "19.1", "U1", True, "T1/C2", "19.0")
    store.sent(first)
    clock.now += 1
    store.sent(second)
    assert store.answer("T1", "k7") == first
    assert store.answer_in("T1", "C2", "19.1") == second
    assert store.answers_to("T1", "U1", 5) == (second, first)
    assert (store.answer("T2", "k7"), store.answer_in("T1", "C1", "19.1"), store.answers_to("T1", "U2", 5)) == (
        None,
        None,
        (),
    )


def test_a_channel_keeps_its_settings_and_an_uninstalled_workspace_nothing(store: SlackStore) -> None:
    chosen = ChannelSettings(
        Answering.CITED,
        Filters(outlet=("Global Times",), kind=(ArticleKind.OPINION,), since=date(2020, 7, 1), collection=("wars",)),
        "zh",
        ephemeral=True,
    )
    store.choose("T1", "C1", chosen)
    store.put(JOB)
    assert store.settings("T1", "C1") == chosen
    assert (store.settings("T1", "C2"), store.settings("T2", "C1")) == (None, None)
    store.forget("T1")
    assert store.settings("T1", "C1") is None
    assert store.take("one", light=False) is None


@pytest.mark.parametrize(
    ("person", "channel", "asks"),
    [("U1", "C1", True), ("U1", "D7", True), ("U1", "C2", False), ("U2", "C1", False), ("U2", "D8", False)],
)
def test_who_may_ask_where(person: str, channel: str, asks: bool) -> None:
    some = Allowed(frozenset({"C1"}), frozenset({"U1", "U9"}), frozenset({"U9"}))
    assert some.asks(person, channel) is asks
    assert (some.changes("U9"), some.changes("U1")) == (True, False)
    assert Allowed().asks(person, channel)


# The pace


def test_a_person_and_a_workspace_have_a_pace_of_their_own() -> None:
    pace = SlackRateLimit(person=2, workspace=3)
    assert [pace.wait("T1", "U1") for _ in range(2)] == [None, None]
    own = pace.wait("T1", "U1")
    assert own
    assert (0 < own.seconds <= 60, own.workspace) == (True, False)
    assert pace.wait("T1", "U2") is None
    everybodys = pace.wait("T1", "U3")
    assert everybodys
    assert (0 < everybodys.seconds <= 60, everybodys.workspace) == (True, True)
    assert pace.wait("T2", "U1") is None
