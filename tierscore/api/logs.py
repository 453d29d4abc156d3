"""The log: one line an event, as JSON or as text, to standard error. No bodies, no query strings, no secrets."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import ujson
from flask import g, has_request_context

LOGGER = "tierscore"
FORMATS: dict[str, type[logging.Formatter]]

_HANDLER = "tierscore-lines"


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, then what is known of the event."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; a line break in a message is written as JSON writes it."""
        line = {
            "time": _moment(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **known_of(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return ujson.dumps(line, ensure_ascii=False, escape_forward_slashes=False)


class TextLines(logging.Formatter):
    """The same for people: time, level, logger, message, then name=value; a traceback follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with control characters escaped."""
        known = "".join(f" {name}={value}" for name, value in known_of(record).items() if value is not None)
        head = f"{_moment(record)} {record.levelname} {record.name}: {record.getMessage()}{known}"
        line = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in head)
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


FORMATS = {"json": JsonLines, "text": TextLines}


def known_of(record: logging.LogRecord) -> dict[str, Any]:
    """What an event says of itself (`extra={"known": …}`), and which request it belongs to."""
    known: dict[str, Any] = getattr(record, "known", {})
    if "request_id" in known or not has_request_context() or "request_id" not in g:
        return known
    return {**known, "request_id": g.request_id}


def set_up(log_format: str, level: str) -> None:
    """Sends everything that the package logs to standard error, in this format and from this level on."""
    logger = logging.getLogger(LOGGER)
    for handler in [handler for handler in logger.handlers if handler.name == _HANDLER]:
        logger.removeHandler(handler)
    logger.addHandler(handler_of(log_format))
    logger.setLevel(level)


def handler_of(log_format: str) -> logging.Handler:
    """A handler that writes such lines to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.name = _HANDLER
    handler.setFormatter(FORMATS[log_format]())
    return handler


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
