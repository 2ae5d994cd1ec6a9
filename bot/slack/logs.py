"""Slack's packages write what they send and get to the log where it is set to DEBUG. No secret stays in there."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

HIDDEN = "(hidden)"
LOGGERS = ("bot.slack", "byline", "slack_bolt", "slack_sdk")  # and those below them; Bolt names listeners' by the app

_SECRET = re.compile(
    r"(?:xoxe\.)?xox[a-z]-[\w-]+"  # tokens of bots and people, and those by which they are renewed
    r"|xapp-[\w-]+"
    r"|(?<![\w-])[\w-]{43}="  # a key of Fernet
    r"|(?<=hooks\.slack\.com/)[^\s\"'\\]+"  # where whoever has the address may post
    r"|(?P<name>(?:code|state|secret|ticket)\W{1,8})[\w.%-]{16,}"
)


def hide_secrets() -> None:
    """From now on no record of `LOGGERS` holds a token, a key, an OAuth code or state, or a private address."""
    factory = logging.getLogRecordFactory()
    if not isinstance(factory, _Hiding):
        logging.setLogRecordFactory(_Hiding(factory))


def hidden(text: str) -> str:
    """`text` without its secrets.

    >>> hidden("{'token': 'xoxb-1-a', 'code': '12.34.56789abcdef012345'}")
    "{'token': '(hidden)', 'code': '(hidden)'}"
    """
    return _SECRET.sub(lambda found: (found["name"] or "") + HIDDEN, text)


@dataclass(frozen=True, slots=True)
class _Hiding:
    """Makes the records of the log. A filter would miss the loggers that Slack's packages make later."""

    make: Callable[..., logging.LogRecord]

    def __call__(self, name: str | None, *rest: Any, **more: Any) -> logging.LogRecord:
        record = self.make(name, *rest, **more)
        if name and name.startswith(LOGGERS):
            _hide(record)
        return record


def _hide(record: logging.LogRecord) -> None:
    try:
        record.msg, record.args = hidden(record.getMessage()), None
    except (TypeError, ValueError):  # words and arguments that do not fit: `logging` itself tells of them
        return
    if record.exc_info and record.exc_info[1]:
        record.exc_text = hidden("".join(traceback.format_exception(record.exc_info[1])).rstrip("\n"))
        record.exc_info = None
