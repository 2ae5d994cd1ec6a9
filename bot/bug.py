"""A bug in the log, and the reference by which a person is told of it."""

from __future__ import annotations

import logging
from secrets import token_hex


def logged(log: logging.Logger, what: str, error: BaseException) -> str:
    """Writes that something broke to a log, with the traceback; gives the reference by which it is found there."""
    reference = token_hex(3)
    log.error("%s broke (ref %s)", what, reference, exc_info=error)
    return reference
