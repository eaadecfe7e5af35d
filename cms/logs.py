"""One line of JSON per log record, with every phone number blanked (safety: numbers never reach a log)."""

from __future__ import annotations

import json
import logging
import re

NUMBER = re.compile(r"(?:\+|\b00|\b0)\d[\d\s()-]{7,14}\d\b")


class ButNotFound(logging.Filter):
    """Lets everything through but "Not Found": in the demo one is told to open pages that do not exist."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the line, unless it only says that an address is nobody's."""
        return getattr(record, "status_code", None) != 404


class JsonLines(logging.Formatter):
    """Writes time, level, logger, words and request id."""

    def format(self, record: logging.LogRecord) -> str:
        """Give one line; the words of messages are never logged, and numbers are blanked wherever they stand."""
        from peer import gate  # noqa: PLC0415 - logging is set up before the applications are

        asked = gate.request.get()
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "said": record.getMessage(),
            "request": asked.request_id if asked else "",
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return NUMBER.sub("[number]", json.dumps(line))
