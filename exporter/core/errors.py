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
        └── Internal           internal      a bug in the exporter, in any stage of a poll; a report is welcome

Each leaf class has a `reason`, the label by which its errors are counted in metrics. So the set of reasons is closed.
The message of an error tells people more: `str(error)` is logged and shown on the status page.
"""

from __future__ import annotations

import linecache
from types import FrameType, GeneratorType
from typing import ClassVar, Final, TypeVar

E = TypeVar("E", bound="ExporterError")

# Files that run decoders and take their parts: a line of theirs tells nothing about which decoder is wrong.
_CALLERS: Final = ("decode/decoding.py", "decode/merge.py", "decode/registry.py")


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
    def of(cls, error: Exception, section: str = "", parts: object = None) -> Internal:
        """Return the Internal for an unexpected `error`: its message is `section: TypeError: text (file:line: code)`.

        The line is the last in a decoder that the error passed. An error about a part that was yielded passed none:
        then the line is where the generator `parts` waits. Without either, the line is the last in the exporter."""
        passed = _lines_passed(error)
        in_decoder = [line for line in passed if line.startswith("decode/")] or _lines_of_yields(parts)
        place = "".join(f" ({line})" for line in (in_decoder or passed)[-1:])
        internal = cls(f"{section and section + ': '}{type(error).__name__}: {error}{place}")
        internal.__cause__ = error
        return internal


def _lines_passed(error: BaseException) -> list[str]:
    """Return the lines of the exporter in the error's traceback, the outermost first."""
    found, at = [], error.__traceback__
    while at is not None:
        found += _line(at.tb_frame, at.tb_lineno)
        at = at.tb_next
    return found


def _lines_of_yields(parts: object) -> list[str]:
    """Return the line at which a generator waits, then those of the generators that it delegates to."""
    found, inner = [], parts
    while isinstance(inner, GeneratorType):
        if inner.gi_frame is not None:
            found += _line(inner.gi_frame, inner.gi_frame.f_lineno)
        inner = inner.gi_yieldfrom
    return found


def _line(frame: FrameType, number: int) -> list[str]:
    """Return a text such as `decode/axeos.py:50: up=...`; [] for _CALLERS and for files outside the exporter."""
    path = frame.f_code.co_filename
    _, package, name = path.rpartition("/exporter/")
    if not package or name in _CALLERS:
        return []
    return [f"{name}:{number}: {linecache.getline(path, number).strip()}"]


def without_traceback(error: E) -> E:
    """Return the error, its traceback dropped, before an object of the poll stores it.

    The frames of a traceback refer to the answer and to that object: only the garbage collector would free them."""
    return error.with_traceback(None)


def leaves(root: type[ExporterError] = ExporterError) -> list[type[ExporterError]]:
    """Return the classes below `root` that have no subclasses, in the order of the tree above."""
    below = root.__subclasses__()
    return [leaf for branch in below for leaf in leaves(branch)] if below else [root]


REASONS: tuple[str, ...] = tuple(leaf.reason for leaf in leaves())
