"""Work that is done while nobody asks, and gives way to whoever does."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from bot.errors import Cancelled
from bot.model.line import WaitingLine
from bot.runtime.idle import Idle
from bot.types import Cancellation


def test_work_is_given_up_when_somebody_asks_and_not_before() -> None:
    idle, cancel, done = Idle(), Cancellation(), Cancellation()
    with idle.work(done):
        pass
    with idle.work(cancel):
        assert not cancel.is_set()
        idle.give_up()
    assert (cancel.is_set(), done.is_set()) == (True, False)


def test_idle_work_in_the_line_is_cancelled_by_whoever_comes() -> None:
    line, idle = WaitingLine(), Cancellation()
    with line.turn(idle, idle=True):
        assert len(line) == 0  # nobody has to wait for it
        waiting = Cancellation()
        waiting.set()
        with pytest.raises(Cancelled), line.turn(waiting):
            raise AssertionError("served")
        assert idle.is_set()


def test_idle_work_does_not_wait_for_others() -> None:
    line, other, idle = WaitingLine(), Cancellation(), Cancellation()
    with line.turn(other):
        with pytest.raises(Cancelled), line.turn(idle, idle=True):
            raise AssertionError("served")
        assert len(line) == 1
    assert not other.is_set()


def test_idle_work_waits_for_other_idle_work() -> None:
    line, first, second, served = WaitingLine(), Cancellation(), Cancellation(), Event()

    def work() -> None:
        with line.turn(second, idle=True):
            served.set()

    with line.turn(first, idle=True):
        thread = Thread(target=work)
        thread.start()
        assert not served.wait(0.2)
    assert served.wait(60)
    thread.join()
    assert not first.is_set()
    assert not second.is_set()
