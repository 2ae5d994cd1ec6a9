"""Errors: in the log with their traceback and reference, for people as a sentence without addresses."""

from __future__ import annotations

import logging
from secrets import token_hex

from index.errors import Reason, ShownError

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())  # a command shows the whole sentence itself


def logged(log: logging.Logger, what: str, error: BaseException) -> str:
    """Logs an error with its traceback. Gives a random reference, which the log has too."""
    reference = token_hex(3)
    log.error("%s broke (ref %s)", what, reference, exc_info=error)
    return reference


def public(error: ShownError) -> Reason:
    """The reason about an error for the person who asks. The log has the reason that it leaves out."""
    return _left_out(error, error.brief)


def plain(error: ShownError) -> Reason:
    """Same as `public`, for whoever only reads a page: without the reasons that concern those who run Byline."""
    return _left_out(error, error.plain or error.brief)


def _left_out(error: ShownError, said: Reason) -> Reason:
    if said.text != str(error):
        _log.error("%s", error)
    return said
