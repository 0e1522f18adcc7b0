"""The room for unfinished answers, in the memory of the process: while it is full, the long answers are ended.

While the room is full, each of N unfinished answers may have an N-th of the room, its even share. An answer above its
share is ended as soon as more of it comes. Others go on, so that together they may hold more than the room.
"""

from __future__ import annotations

from typing import Final

from exporter.core.errors import Exhausted

ROOM: Final = 32 << 20  # bytes of all unfinished answers of this process


class Unfinished:
    """All unfinished answers together: their number, and the bytes that are kept of them."""

    answers = bytes = 0


unfinished: Final = Unfinished()


def refusal(length: int) -> Exhausted | None:
    """Return the error that ends an answer of which `length` bytes are kept; None for an answer that may go on."""
    if unfinished.bytes > ROOM and length > ROOM // unfinished.answers:
        return Exhausted(f"all unfinished answers together are more than {ROOM} bytes")
    return None


class Counted:
    """A context in which one answer is unfinished. Answers without such a context change `unfinished` themselves."""

    def __enter__(self) -> Counted:
        self.bytes = 0
        unfinished.answers += 1
        return self

    def take(self, count: int) -> None:
        """Count bytes that have come. Raises Exhausted for an answer above its share."""
        self.bytes += count
        unfinished.bytes += count
        if (refused := refusal(self.bytes)) is not None:
            raise refused

    def __exit__(self, *_: object) -> None:
        unfinished.answers -= 1
        unfinished.bytes -= self.bytes
