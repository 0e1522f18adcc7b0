"""A dialect, which is how one firmware answers, and the machines that are simulated with it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import ClassVar

from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment

REQUEST_BYTES = 4095
"""Bytes that a miner reads of a request: cgminer reads as many in one go, and no exporter sends more."""
LAST = 1000


@dataclass(frozen=True)
class Dialect(ABC):
    """The answers of one firmware: `Api`, `Web` or `Frames`."""

    description: str
    """Name of the firmware's program; the API of port 4028 puts it into each answer."""
    _: KW_ONLY
    conditions: frozenset[str] = frozenset()
    """Conditions that the answers show.

    * failing_board: for some minutes a board loses a fifth of its chips, those of `board.lost`. It needs failed_chips
      in `readings`, and an answer that counts these chips or leaves them out of the board's.
    * dead_board: a board never works, and `board.works` is false. With board_up in `readings`, an answer says so.
    * dead_pool: for some minutes the first pool is dead and the second has the work. Answers have a state per pool.
    * no_pool: for some minutes all pools are dead and the rate is 0.
    * hot: for some minutes boards are up to 19 °C hotter and slower. Answers have a rate or a temperature.
    * failed_fan: a fan stands still for good, with a speed of 0. A machine without fans never has it.
    * tuning, sleeping: for some minutes the rate falls, or is 0. Answers have a word or flag for the mode.
    * restless: the miner restarts every eight minutes. Answers have counters or an uptime that begin anew.
    """
    readings: str = ""
    """Readings that the answers of a healthy miner hold: each of these words, if the exporter's page has the metric.

    rate, watts, fans, boards (their rates), accepted, rejected, stale; board_up, which needs the condition dead_board;
    failed_chips, which needs failing_board.
    """
    symptoms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Samples on the exporter's page while a condition holds, such as `asic_pool_up{pool="0"} 0`, by condition."""
    fee: float = 0.0
    """Part of the work that the firmware's maker takes, shown as a pool of its own."""
    port: int
    """TCP port of the miner."""
    moves: ClassVar[bool] = False
    """True where a configuration can name another port."""

    @property
    def login(self) -> str:
        """The name under which a target's `credentials` hold the login; empty where the answers are free."""
        return ""

    @abstractmethod
    def whole(self, heard: bytes) -> bool:
        """Return whether the bytes are a whole request."""

    def falls_over(self, request: bytes) -> bool:
        """Return whether the request stops the firmware's server."""
        del request
        return False

    @abstractmethod
    def respond(self, moment: Moment, request: bytes) -> bytes:
        """Return the bytes that answer a request."""

    @abstractmethod
    def altered(self, answer: bytes, change: Callable[[bytes], bytes]) -> bytes:
        """Return the answer with its text changed and its framing still right."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """A kind of miner in the mix: a machine that runs a firmware which the exporter calls `family`."""

    family: str
    machine: Machine
    dialect: Dialect
    order: int = LAST
    """Place in the mix: kinds that are frequent in the field have a low one."""

    def shows(self, condition: str) -> bool:
        """Return whether a miner of this kind can have the condition and show it."""
        return condition in self.dialect.conditions and (condition != "failed_fan" or self.machine.fans > 0)
