"""The memory for all unfinished answers: when the memory is full, answers above their even share are ended."""

from __future__ import annotations

from typing import Final

from exporter.core.errors import Exhausted

ROOM: Final = 32 << 20  # bytes of all unfinished answers of this process; beyond that, long answers are ended


class Unfinished:
    """The answers under way: `asks` is their number, `held` their bytes in memory."""

    asks = held = 0


unfinished: Final = Unfinished()


def refusal(length: int) -> Exhausted | None:
    """Return the error for an answer of `length` bytes so far, if it is above its even share of a full room; else None.

    Answers below their share go on. Together they never hold more than twice the room."""
    if unfinished.held > ROOM and length > ROOM // unfinished.asks:
        return Exhausted(f"all unfinished answers together are more than {ROOM} bytes")
    return None


class Share:
    """The bytes of one answer, counted while the answer is under way."""

    def __enter__(self) -> Share:
        self.bytes = 0
        unfinished.asks += 1
        return self

    def take(self, count: int) -> None:
        """Count bytes that have come. Raises Exhausted."""
        self.bytes += count
        unfinished.held += count
        if (refused := refusal(self.bytes)) is not None:
            raise refused

    def __exit__(self, *_: object) -> None:
        unfinished.asks -= 1
        unfinished.held -= self.bytes
