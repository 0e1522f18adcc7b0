"""All errors between a question and a reading, as one closed tree.

    ExporterError
    ├── AskError               no answer came
    │   ├── DnsFailed          dns           the host name has no address
    │   ├── Refused            refused       nothing listens on that port
    │   ├── Unreachable        unreachable   no route, or the network refused
    │   ├── TimedOut           timeout       the deadline passed first
    │   ├── Reset              reset         the connection broke before the answer was whole
    │   ├── Empty              empty         the miner closed without an answer: its API bars this address
    │   ├── Exhausted          exhausted     this process has no descriptors or memory for another connection
    │   └── TooLong            too_long      the answer has more bytes than are allowed
    └── DecodeError            an answer came, but holds no reading
        ├── NotJson            not_json      neither JSON, even after repairs, nor the API's text mode
        ├── WrongSpeaker       wrong_speaker another protocol answers on that port
        ├── WrongShape         wrong_shape   JSON without the section that was asked for
        ├── Unsupported        unsupported   the firmware does not know the question
        ├── Denied             denied        the firmware refuses the question (STATUS E or F)
        └── Internal           internal      a bug in the exporter; a report is welcome

Each leaf class has a `reason`, the label by which its errors are counted. So the set of reasons is closed.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from types import FrameType, GeneratorType
from typing import Any, ClassVar, Final, TypeVar

AnyError = TypeVar("AnyError", bound="ExporterError")
DRIVERS: Final = ("decode/decoding.py", "decode/merge.py", "decode/registry.py")  # no decoders, but callers


class ExporterError(Exception):
    """The root of all errors that the exporter raises on purpose while it reads a miner."""

    reason: ClassVar[str] = ""


class AskError(ExporterError):
    """No answer came."""


class DnsFailed(AskError):
    reason = "dns"


class Refused(AskError):
    reason = "refused"


class Unreachable(AskError):
    reason = "unreachable"


class TimedOut(AskError):
    reason = "timeout"


class Reset(AskError):
    reason = "reset"


class Empty(AskError):
    reason = "empty"


class Exhausted(AskError):
    reason = "exhausted"


class TooLong(AskError):
    reason = "too_long"


class DecodeError(ExporterError):
    """An answer came, but holds no reading."""


class NotJson(DecodeError):
    reason = "not_json"


class WrongSpeaker(DecodeError):
    reason = "wrong_speaker"


class WrongShape(DecodeError):
    reason = "wrong_shape"


class Unsupported(DecodeError):
    reason = "unsupported"


class Denied(DecodeError):
    reason = "denied"


class Internal(DecodeError):
    reason = "internal"

    @classmethod
    def of(cls, error: Exception, about: str = "", maker: object = None) -> Internal:
        """Return the Internal for an unexpected `error`, whose message ends with a line of source.

        The line is the last in a decoder that the error passed, or the line where the generator `maker` is suspended.
        Without both, the line is the last in the exporter."""
        passed = [*_lines(error)]
        decoders = [line for line in passed if line.startswith("decode/")] or [*_lines_at_rest(maker)]
        place = "".join(f" ({line})" for line in (decoders or passed)[-1:])
        mistake = cls(f"{about and about + ': '}{type(error).__name__}: {error}{place}")
        mistake.__cause__ = error
        return mistake


def _lines(error: BaseException) -> Iterator[str]:
    """Yield the lines of the exporter that an error passed, the outermost first."""
    passed = error.__traceback__
    while passed is not None:
        yield from _line(passed.tb_frame, passed.tb_lineno)
        passed = passed.tb_next


def _lines_at_rest(maker: object) -> Iterator[str]:
    """Yield the line at which a generator is suspended, then the lines of the generators that it delegates to."""
    inner: Any = maker
    while isinstance(inner, GeneratorType):
        if inner.gi_frame is not None:
            yield from _line(inner.gi_frame, inner.gi_frame.f_lineno)
        inner = inner.gi_yieldfrom


def _line(frame: FrameType, number: int) -> Iterator[str]:
    """Yield a text such as `decode/axeos.py:50: up=...`; nothing for DRIVERS and for files outside the exporter."""
    path = frame.f_code.co_filename
    _, package, name = path.rpartition("/exporter/")
    if package and name not in DRIVERS:
        yield f"{name}:{number}: {linecache.getline(path, number).strip()}"


def without_traceback(error: AnyError) -> AnyError:
    """Return the error without its traceback, for an owner that stores the error.

    The frames of the traceback refer to the answer and to the owner: only the garbage collector would free them."""
    return error.with_traceback(None)


def leaves(root: type[ExporterError] = ExporterError) -> list[type[ExporterError]]:
    """Return the classes below `root` that have no subclasses, in the order of the tree above."""
    below = root.__subclasses__()
    return [leaf for branch in below for leaf in leaves(branch)] if below else [root]


REASONS: tuple[str, ...] = tuple(leaf.reason for leaf in leaves())
