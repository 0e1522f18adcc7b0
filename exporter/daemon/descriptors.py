"""File descriptors: how many the process may open, and how many polls may be in flight with them."""

from __future__ import annotations

import contextlib
import logging
import math
import resource
from collections.abc import Sequence
from typing import Final

from exporter.daemon import scan
from exporter.daemon.logs import event

RESERVE: Final = 256  # descriptors kept for readers, files and the log
OWN: Final = 48  # the part of the reserve without which nothing works
LEAST: Final = 8  # polls in flight that each lane must have
QUICKEST: Final = 0.01  # seconds: no poll was ever quicker
Times = tuple[float, float]  # interval and timeout of a target, in seconds


def descriptors() -> int:
    """Raise the limit of open files as far as the system allows, and return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        hard = max(soft, 1 << 20)
    with contextlib.suppress(ValueError, OSError):  # some systems promise more than they give
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def bound(certain: Sequence[Times], limit: int, possible: Sequence[Times] = ()) -> int:
    """Return the polls in flight that each lane may have: enough for targets that are all silent, if `limit` allows.

    `possible` are the addresses of ranges. Raises OSError if `limit` descriptors are too few for miners that all
    answer at once."""
    room = max(LEAST, (limit - RESERVE - scan.AT_ONCE) // 2)
    least = max(LEAST, math.ceil(sum(QUICKEST / interval for interval, _ in certain)))
    if room < least or limit < OWN + 2 * LEAST:
        needed = max(RESERVE + scan.AT_ONCE + 2 * least if least > LEAST else 0, OWN + 2 * LEAST)
        raise OSError(f"{limit} file descriptors are too few for {len(certain)} targets: at least {needed} are needed")
    silent, more = (math.ceil(1.25 * sum(timeout / interval for interval, timeout in x)) for x in (certain, possible))
    if silent > room:
        event(
            logging.WARNING,
            "too few file descriptors; silent miners will be polled late",
            limit=limit,
            needed=2 * silent + RESERVE + scan.AT_ONCE,
        )
    return max(LEAST, min(silent + more, room))
