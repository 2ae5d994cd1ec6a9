"""Removes secrets from the log: at the level DEBUG Slack's packages log requests and responses."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

HIDDEN = "(hidden)"
LOGGERS = ("bot.slack", "byline", "slack_bolt", "slack_sdk")  # and their children; Bolt names loggers by the app

_SECRET = re.compile(
    r"(?:xoxe\.)?xox[a-z]-[\w-]+"  # tokens of bots and people, and refresh tokens
    r"|xapp-[\w-]+"
    r"|(?<![\w-])[\w-]{43}="  # a key of Fernet
    r"|(?<=hooks\.slack\.com/)[^\s\"'\\]+"  # addresses that allow anybody to post
    r"|(?P<name>(?:code|state|secret|ticket)\W{1,8})[\w.%-]{16,}"
)


def hide_secrets() -> None:
    """Hides tokens, keys, OAuth codes and states, and private addresses in all later records of `LOGGERS`."""
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
    """A factory of log records. A filter would miss loggers that Slack's packages make later."""

    make: Callable[..., logging.LogRecord]

    def __call__(self, name: str | None, *rest: Any, **more: Any) -> logging.LogRecord:
        record = self.make(name, *rest, **more)
        if name and name.startswith(LOGGERS):
            _hide(record)
        return record


def _hide(record: logging.LogRecord) -> None:
    try:
        record.msg, record.args = hidden(record.getMessage()), None
    except (TypeError, ValueError):  # arguments that do not fit the format: `logging` reports them
        return
    if record.exc_info and record.exc_info[1]:
        record.exc_text = hidden("".join(traceback.format_exception(record.exc_info[1])).rstrip("\n"))
        record.exc_info = None
