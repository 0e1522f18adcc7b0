"""The boards and pools of a simulated miner at one moment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Board:
    """A board: rates in H/s, temperatures in degrees Celsius."""

    index: int
    number: int
    """Number of the board in the firmware: 6, 7, 8 on an S9, 1, 2, 3 on later models."""
    works: bool
    rate: float
    nominal: float
    pcb: float
    chip: float
    chips: int
    lost: tuple[int, ...]
    errors: int
    accepted: int
    rejected: int
    mhz: float
    volts: float
    lost_rate: float
    """Rate of the results that fail the miner's own check."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A configured pool, and the shares submitted to it since the mining process started."""

    index: int
    url: str
    user: str
    alive: bool
    active: bool
    difficulty: float
    submitted: int
    last_share: float | None
    """Unix time; None before the first share."""
    getworks: int

    # Rejected (3 in 1000) and stale step at different shares, so accepted never steps back.
    @property
    def rejected(self) -> int:
        return self.submitted * 3 // 1000

    @property
    def stale(self) -> int:
        return (self.submitted + 7) // 2000

    @property
    def accepted(self) -> int:
        return self.submitted - self.rejected - self.stale

    @property
    def discarded(self) -> int:
        return self.submitted * 7

    @property
    def best(self) -> int:
        return int(self.difficulty * 2 ** (self.submitted.bit_length() + 3) * 1.37) if self.submitted else 0
