"""What every way of speaking has in common: where it listens, what is a whole request, and what answers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from exporter.simulator.moment import Moment

REQUEST_BYTES = 4095
"""what cgminer reads of a request, in one go; nobody asks for more of the others"""


class Speech(Protocol):
    """How one firmware speaks."""

    @property
    def description(self) -> str:
        """Which firmware it is."""

    @property
    def port(self) -> int:
        """Where it listens."""

    @property
    def moves(self) -> bool:
        """Whether it can listen at another port, because whoever asks can be told which."""

    @property
    def conditions(self) -> frozenset[str]:
        """What can befall a miner with this firmware and be seen in its answers."""

    @property
    def fee(self) -> float:
        """Part of the work that goes to the firmware's maker, as a pool of its own."""

    @property
    def login(self) -> str:
        """Under which family's name the configuration has its credentials; "" where nobody has to log in."""

    def whole(self, heard: bytes) -> bool:
        """Whether that is all of a request."""

    def falls_over(self, request: bytes) -> bool:
        """Whether that request stops the firmware's server."""

    def respond(self, moment: Moment, request: bytes) -> bytes:
        """The bytes that answer a request."""

    def altered(self, answer: bytes, change: Callable[[bytes], bytes]) -> bytes:
        """The answer with its words changed, and everything around them still right."""
