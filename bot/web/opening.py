"""A bot on its way: opened by a thread of its own while the page is already there."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.answering.bot import Bot


class Opening:
    """The bot that `open_bot` opens, from `begin` to `close`. It can be asked as soon as it is open; it is warm once
    nothing is left to be loaded that its first answer would wait for."""

    def __init__(self, open_bot: Callable[[], Bot]) -> None:
        self._open = open_bot
        self._opened: Future[Bot] | None = None
        self._warmed: Future[None] | None = None

    def begin(self, failed: Callable[[], None] = lambda: None) -> None:
        """Starts the thread, and calls `failed` from it where the bot cannot be opened or warmed."""
        executor = ThreadPoolExecutor(1, thread_name_prefix="opening")
        self._opened = executor.submit(self._open)
        self._warmed = executor.submit(_warm, self._opened)
        executor.shutdown(wait=False)
        self._warmed.add_done_callback(lambda future: failed() if future.exception() else None)

    @property
    def done(self) -> bool:
        return self._opened is not None and self._opened.done()

    @property
    def warm(self) -> bool:
        return self._warmed is not None and self._warmed.done()

    @property
    def error(self) -> BaseException | None:
        """The error that opening or warming raised."""
        ended = (each for each in (self._opened, self._warmed) if each and each.done())
        return next((error for each in ended if (error := each.exception())), None)

    def bot(self) -> Bot:
        """Waits for it. Raises what `open_bot` raised."""
        if self._opened is None:
            raise RuntimeError("The bot is not being opened.")
        return self._opened.result()

    def close(self) -> None:
        if self.warm and not self.error:
            self.bot().close()


def _warm(opened: Future[Bot]) -> None:
    opened.result().warm()
