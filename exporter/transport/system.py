"""Errors of the operating system about a connection, translated into the errors that polls count."""

from __future__ import annotations

import errno
import os
from typing import Final

from exporter.core.errors import AskError, Exhausted, Refused, Reset, TimedOut, Unreachable

_ERRORS: Final[dict[int | None, type[AskError]]] = {
    errno.ECONNREFUSED: Refused,
    errno.ECONNRESET: Reset,
    errno.ECONNABORTED: Reset,
    errno.EPIPE: Reset,
    errno.ETIMEDOUT: TimedOut,
    errno.EMFILE: Exhausted,
    errno.ENFILE: Exhausted,
    errno.ENOBUFS: Exhausted,
    errno.ENOMEM: Exhausted,
    errno.EADDRNOTAVAIL: Exhausted,
}


def of_system(error: OSError) -> AskError:
    """Return the AskError for `error`; an error that is not listed here is Unreachable."""
    message = os.strerror(error.errno) if error.errno else str(error)
    return _ERRORS.get(error.errno, Unreachable)(message)
