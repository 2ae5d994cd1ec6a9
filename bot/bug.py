"""What is for the log, and what a person is told: the reference of a bug, or a sentence without addresses."""

from __future__ import annotations

import logging
from secrets import token_hex

from index.errors import ShownError

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())  # a command shows the whole sentence itself


def logged(log: logging.Logger, what: str, error: BaseException) -> str:
    """Writes that something broke to a log, with the traceback; gives the reference by which it is found there."""
    reference = token_hex(3)
    log.error("%s broke (ref %s)", what, reference, exc_info=error)
    return reference


def public(error: ShownError) -> str:
    """What whoever asks is told of an error. Where that leaves out the reason, the log has it."""
    if error.brief != str(error):
        _log.error("%s", error)
    return error.brief
