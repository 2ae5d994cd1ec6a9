"""A context that catches bugs: the log has the traceback, the person gets its reference."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Self

from bot.render.html.words import PageError
from bot.runtime.error_log import logged

_log = logging.getLogger(__name__)


class CaughtError:
    """Catches and logs exceptions. `reference` is that of the last one, None without any."""

    reference: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):  # an interrupt and the end of a generator go on
            return False
        self.reference = logged(_log, "Something", error)
        return True

    @property
    def error(self) -> PageError:
        return PageError("error.mishap", reference=self.reference)
