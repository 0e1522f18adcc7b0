"""Nominal facts of the machines that are simulated, as their makers and owners give them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """One model: rates in H/s, power in W, temperatures in degrees Celsius above the air, frequency in MHz."""

    name: str
    short: str
    boards: int
    chips: int
    """chips on one board"""
    rate: float
    watts: float
    fans: int
    rpm: float
    """speed of a fan at full duty"""
    mhz: float
    volts: float
    group: int
    """chips between two spaces in a chip map"""
    first_board: int = 1
    rise: float = 38.0
    chip_rise: float = 6.0

    @property
    def board_rate(self) -> float:
        """What one board should do, in H/s."""
        return self.rate / self.boards
