"""A machine: the nominal values of a model, according to its maker and its owners."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """A model of miner."""

    name: str
    short: str
    """Beginning of the names of simulated miners, such as `s19pro`."""
    _: KW_ONLY
    boards: int
    chips: int
    """Chips on a board; 0 if the firmware shows no chips."""
    rate: float
    """Nominal rate of the machine, in H/s."""
    watts: float
    mhz: float
    volts: float
    """Voltage of a board."""
    fans: int = 0
    rpm: float = 6000
    """Speed of a fan at full duty."""
    group: int = 8
    """Chips between two spaces in a firmware's map of chips."""
    first_board: int = 1
    """Number of the first board."""
    rise: float = 38.0
    """Degrees Celsius of a board above the air."""
    chip_rise: float = 6.0
    """Degrees Celsius of a chip above its board."""

    @property
    def board_rate(self) -> float:
        """Nominal rate of a board, in H/s."""
        return self.rate / self.boards
