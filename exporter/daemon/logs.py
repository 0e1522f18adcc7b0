"""Log lines on stderr, as logfmt or JSON: escaped, rate-limited by kind, and written by a thread of their own.

While stderr is blocked, lines beyond the queue's capacity are dropped and counted.
"""

from __future__ import annotations

import json
import logging
import math
import queue
import re
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from exporter.core.masks import without_login
from exporter.core.values import UNPRINTABLE

LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warn": logging.WARNING, "error": logging.ERROR}
NAMES: Final = {logging.DEBUG: "debug", logging.INFO: "info", logging.WARNING: "warn", logging.ERROR: "error"}
BURST: Final = 20  # lines of one kind that may be written at once
PER_SECOND: Final = 0.5  # lines of one kind that may be written after a burst
LENGTH: Final = 400  # characters of a value
WAITING: Final = 2000  # lines that may wait for the writer

_PLAIN = re.compile(r"[\w./:@+\-\[\]%,]+", re.ASCII)

log: Final = logging.getLogger("exporter")


def event(level: int, message: str, **fields: object) -> None:
    """Log one event. `message` names its kind and is constant; values go into the fields."""
    log.log(level, message, extra={"fields": fields})


def _clean(value: object) -> str:
    return UNPRINTABLE.sub(lambda match: "?" * len(match[0]), without_login(str(value)[: 8 * LENGTH])[:LENGTH])


class Formatter(logging.Formatter):
    """A line `time=... level=... msg="..." key=value`, or the same fields as a JSON object."""

    def __init__(self, style: str) -> None:
        super().__init__()
        self.json = style == "json"

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without a line end."""
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        pairs: dict[str, object] = {"time": at, "level": NAMES.get(record.levelno, "info"), "msg": record.getMessage()}
        pairs |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            pairs["error"] = f"{type(record.exc_info[1]).__name__}: {record.exc_info[1]}"
        if self.json:
            return json.dumps({key: value if _is_number(value) else _clean(value) for key, value in pairs.items()})
        return " ".join(f"{key}={_quote(_clean(value))}" for key, value in pairs.items())


def _is_number(value: object) -> bool:
    """Test whether JSON has the value as a number or a truth value."""
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _quote(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    return '"' + value.replace("\\", r"\\").replace('"', r"\"") + '"'


class RateLimit(logging.Filter):
    """A filter that lets BURST lines of a kind through, then a few.

    `dropped` is called for each line that is held back; the next line of that kind tells how many were."""

    def __init__(self, dropped: Callable[[], Any]) -> None:
        super().__init__()
        self.dropped = dropped
        self.buckets: dict[str, tuple[float, float]] = {}
        self.held: dict[str, int] = {}  # lines of a kind held back since its last written one

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line may be written."""
        now = time.monotonic()
        tokens, since = self.buckets.get(str(record.msg), (BURST, now))
        tokens = min(BURST, tokens + (now - since) * PER_SECOND)
        passed = tokens >= 1
        if len(self.buckets) < 1000 or record.msg in self.buckets:
            self.buckets[str(record.msg)] = (tokens - passed, now)
        if not passed:
            self.dropped()
            self.held[str(record.msg)] = self.held.get(str(record.msg), 0) + 1
        elif held := self.held.pop(str(record.msg), 0):
            record.fields = getattr(record, "fields", {}) | {"held_back": held}
        return passed


class Handler(logging.Handler):
    """A handler that hands lines to a thread of its own."""

    def __init__(self, stream: TextIO, dropped: Callable[[], Any]) -> None:
        super().__init__()
        self.stream, self.dropped = stream, dropped
        self.lines: queue.Queue[str] = queue.Queue(WAITING)
        threading.Thread(target=self.write, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Queue the line, or drop it."""
        try:
            self.lines.put_nowait(self.format(record))
        except Exception:  # the queue is full or the record is broken: the work goes on
            self.dropped()

    def write(self) -> None:
        """Write queued lines for ever, in the thread."""
        while True:
            line = self.lines.get()
            try:
                self.stream.write(line + "\n")
                self.stream.flush()
            except (OSError, ValueError):  # stderr is closed
                self.dropped()
            self.lines.task_done()

    def drain(self, seconds: float) -> None:
        """Wait until all queued lines are written, for at most so many seconds."""
        end = time.monotonic() + seconds
        while self.lines.unfinished_tasks and time.monotonic() < end:
            time.sleep(0.01)


def configure(level: str, style: str, dropped: Callable[[], Any], stream: TextIO | None = None) -> Handler:
    """Send the lines of all loggers through one handler, those of libraries from warnings on: httpx logs passwords."""
    handler = Handler(stream or sys.stderr, dropped)
    handler.setFormatter(Formatter(style))
    handler.addFilter(RateLimit(dropped))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log.setLevel(LEVELS[level])
    return handler
