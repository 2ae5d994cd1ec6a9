"""The log as lines of JSON, with a line for each request and each answer."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

_log = logging.getLogger(__name__)

FIELDS = "byline_fields"  # where a record of the log has its own


class JsonLines(logging.Formatter):
    """A record as one line of JSON: line breaks and control characters in it are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told)


def log_json(stream: TextIO = sys.stderr) -> None:
    """From now on the log of the process is lines of JSON, and has requests and answers."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    _log.setLevel(logging.INFO)


def tell(event: str, **fields: object) -> None:
    """Writes an event with its fields, where the log has such events."""
    _log.info(event, extra={FIELDS: fields})
