"""Everything that can go wrong between a question and a reading, as one closed tree.

    ExporterError
    ├── AskError               the wire: no answer came
    │   ├── DnsFailed          dns           the host name has no address
    │   ├── Refused            refused       nothing listens on that port
    │   ├── Unreachable        unreachable   no route, or the network said no
    │   ├── TimedOut           timeout       the deadline passed first
    │   ├── Reset              reset         the connection broke before the answer was whole
    │   ├── Empty              empty         the miner closed without a byte: its API does not allow this address
    │   ├── Exhausted          exhausted     this process is out of descriptors or memory for another connection
    │   └── TooLong            too_long      more bytes than an answer may have
    └── DecodeError            the bytes: an answer came, but not this one
        ├── NotJson            not_json      neither JSON, nor repairable, nor the API's text mode
        ├── WrongSpeaker       wrong_speaker another protocol answers on that port
        ├── WrongShape         wrong_shape   JSON, but without the section that was asked for
        ├── Unsupported        unsupported   the firmware does not know that question
        ├── Denied             denied        the firmware knows it and refuses (STATUS E or F)
        └── Internal           internal      our own mistake; a bug report is welcome

Each leaf's `reason` is the label value that it is counted under, so the set of reasons is closed.
"""

from __future__ import annotations

from typing import ClassVar, TypeVar

Kept = TypeVar("Kept", bound="ExporterError")


class ExporterError(Exception):
    """The root: everything the exporter raises on purpose while reading a miner."""

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
    """An answer came that holds no reading."""


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


def kept(error: Kept) -> Kept:
    """The error for whoever keeps it: without the frames that it passed, which hold the answer and refer back to its
    keeper, so that all of it would stay until the next garbage collection."""
    return error.with_traceback(None)


def leaves(root: type[ExporterError] = ExporterError) -> list[type[ExporterError]]:
    """The errors that are raised themselves, in the order of the tree above."""
    below = root.__subclasses__()
    return [leaf for branch in below for leaf in leaves(branch)] if below else [root]


REASONS: tuple[str, ...] = tuple(leaf.reason for leaf in leaves())
