"""A bot on its way: opened by a thread of its own while the page is already there."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.answer import Bot


class Opening:
    """The bot that `open_bot` opens, from `begin` to `close`."""

    def __init__(self, open_bot: Callable[[], Bot]) -> None:
        self._open = open_bot
        self._future: Future[Bot] | None = None

    def begin(self, failed: Callable[[], None] = lambda: None) -> None:
        """Starts the thread, and calls `failed` from it where the bot cannot be opened."""
        executor = ThreadPoolExecutor(1, thread_name_prefix="opening")
        self._future = executor.submit(_ready, self._open)
        executor.shutdown(wait=False)
        self._future.add_done_callback(lambda future: failed() if future.exception() else None)

    @property
    def done(self) -> bool:
        return self._future is not None and self._future.done()

    @property
    def error(self) -> BaseException | None:
        """What `open_bot` raised."""
        return self._future.exception() if self._future and self._future.done() else None

    def bot(self) -> Bot:
        """Waits for it. Raises what `open_bot` raised."""
        if self._future is None:
            raise RuntimeError("The bot is not being opened.")
        return self._future.result()

    def close(self) -> None:
        if self.done and not self.error:
            self.bot().close()


def _ready(open_bot: Callable[[], Bot]) -> Bot:
    bot = open_bot()
    bot.warm()  # now, rather than with the first question
    return bot
