"""The room for all answers that are under way, on whatever surface: those above their even share give it back first."""

from __future__ import annotations

from typing import Final

from exporter.core.errors import Exhausted

ROOM: Final = 32 << 20  # bytes that the unfinished answers of this process hold before the long ones are given up


class Unfinished:
    """What this process is being told right now: by how many, and how many bytes of it are kept."""

    asks = held = 0


unfinished: Final = Unfinished()


def refusal(length: int) -> Exhausted | None:
    """Refuses an answer above its even share, of which `length` bytes are kept, while the room is full.

    Answers below their share go on, so that together they never hold more than twice the room."""
    if unfinished.held > ROOM and length > ROOM // unfinished.asks:
        return Exhausted(f"all unfinished answers together are more than {ROOM} bytes")
    return None


class Share:
    """The bytes of one answer, for as long as it is under way."""

    def __enter__(self) -> Share:
        self.bytes = 0
        unfinished.asks += 1
        return self

    def take(self, count: int) -> None:
        """Counts bytes that have come. Raises Exhausted."""
        self.bytes += count
        unfinished.held += count
        if (refused := refusal(self.bytes)) is not None:
            raise refused

    def __exit__(self, *_: object) -> None:
        unfinished.asks -= 1
        unfinished.held -= self.bytes
