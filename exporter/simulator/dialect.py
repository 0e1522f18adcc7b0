"""The base class of dialects, and the declaration of a simulated kind of miner."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import ClassVar

from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment

REQUEST_BYTES = 4095
"""Bytes of a request that a miner reads. cgminer reads as many at once, and no exporter sends more."""
LAST = 1000


@dataclass(frozen=True)
class Dialect(ABC):
    """The answers of one firmware: `Api`, `Web` or `Frames`."""

    description: str
    """Name of the firmware's program; each answer of the API on port 4028 contains the name."""
    _: KW_ONLY
    conditions: frozenset[str] = frozenset()
    """Conditions that the answers show.

    * failing_board: for some minutes a board loses a fifth of its chips, listed in `board.lost`. Needs failed_chips in
      `readings`, and an answer that counts these chips, or leaves them out of the board's number of chips.
    * dead_board: a board never works, and `board.works` is false. With board_up in `readings`, an answer says so.
    * dead_pool: for some minutes the first pool is dead and the second has the work. Needs a state per pool.
    * no_pool: for some minutes all pools are dead and the rate is 0.
    * hot: for some minutes boards are up to 19 °C hotter and slower. Needs answers with a rate or a temperature.
    * failed_fan: a fan always stands still, with a speed of 0. A machine without fans never has this condition.
    * tuning, sleeping: for some minutes the rate falls, or is 0. Needs answers with a word or flag for the mode.
    * restless: the miner restarts every eight minutes. Needs answers with counters or an uptime that begin anew.
    """
    readings: str = ""
    """Readings that the answers of a healthy miner hold: each of these words, if the exporter's page has the metric.

    rate, watts, fans, boards (their rates), accepted, rejected, stale; board_up, which needs the condition dead_board;
    failed_chips, which needs failing_board.
    """
    symptoms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Samples on the exporter's page while a condition holds, such as `asic_pool_up{pool="0"} 0`, by condition."""
    fee: float = 0.0
    """Part of the work that the firmware's maker takes, shown as a separate pool."""
    port: int
    """TCP port of the miner."""
    moves: ClassVar[bool] = False
    """True if a configuration can name another port."""

    @property
    def login(self) -> str:
        """The name of the login in a target's `credentials`; empty if no login is needed."""
        return ""

    @abstractmethod
    def whole(self, heard: bytes) -> bool:
        """Return whether the bytes are a complete request."""

    def falls_over(self, request: bytes) -> bool:
        """Return whether the request stops the firmware's server."""
        del request
        return False

    @abstractmethod
    def respond(self, moment: Moment, request: bytes) -> bytes:
        """Return the bytes that answer a request."""

    @abstractmethod
    def altered(self, answer: bytes, change: Callable[[bytes], bytes]) -> bytes:
        """Return the answer with its text changed by `change`, and with correct framing."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """A kind of miner in the mix: a machine that runs a firmware which the exporter calls `family`."""

    family: str
    machine: Machine
    dialect: Dialect
    order: int = LAST
    """Place in the mix: kinds that are frequent in the field have a low number."""

    def shows(self, condition: str) -> bool:
        """Return whether a miner of this kind can have the condition and show it."""
        return condition in self.dialect.conditions and (condition != "failed_fan" or self.machine.fans > 0)
