"""The end of a server that runs until somebody ends it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from time import sleep
from typing import Never

CHECKED = 0.5  # seconds between two looks for a signal


@contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """SIGTERM raises KeyboardInterrupt, too: by itself it would end the process before its answers are done."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def wait_for_interrupt() -> Never:
    """Waits in the main thread, until KeyboardInterrupt.

    The wait has short turns. The system may give a signal to another thread, which does not wake this one.
    """
    while True:
        sleep(CHECKED)
