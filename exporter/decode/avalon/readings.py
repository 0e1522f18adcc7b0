"""The readings of one Avalon module, from its fields: plain numbers in base units.

Quirks: voltages are hundredths of a volt, on the Nano 3S thousandths. The seven numbers of the power supply have other
places on the Nano 3. At rest the last temperatures of the chips are repeated beside a TMax of 0. A broken sensor of a
chip may read -273 or -26.
"""

from __future__ import annotations

import re
from typing import Final

from exporter.core.tracing import traceable
from exporter.core.values import Number, celsius, count, number, positive, text
from exporter.decode.avalon.brackets import Fields, listed, value
from exporter.decode.common.sensors import spread

BOARDS: Final = 16
CHIPS: Final = 512
HOT: Final = 40  # Celsius of the hottest chip above which all chips of the board are warm
FANS: Final = ("Fan", *[f"Fan{n}" for n in range(1, 9)])
_MODEL = re.compile(r"([\w.\-]{1,24})-(\d{8}_\w{1,40})", re.ASCII)
_DNA = re.compile(r"(?!0+$)[0-9A-Fa-f]{8,64}", re.ASCII)
_CONTROLLED = re.compile(r"([4-9]\d\d)\d{4}-\w{1,40}", re.ASCII)
_WORKING = re.compile(r"Hash Board: {0,2}(\d{1,2})", re.ASCII)
_USUAL: Final[dict[str, Number | None]] = {str(n): n for n in range(1, 200)}  # the texts of nearly all chips


@traceable
def boards(of: Fields) -> int:
    """Return the number of hashboards that have lists of their own; 0 for a module that is listed as a whole."""
    lists = [len(of.get(name, "").split()) for name in ("MGHS", "MTmax")]
    chips = [n + 1 for n in range(BOARDS) if of.get(f"PVT_T{n}", "").strip()]
    return min(max(*lists, *chips, 0), BOARDS)


@traceable
def fans(of: Fields) -> tuple[str, ...]:
    """Return the names of the fans."""
    return tuple(name for name in FANS if name in of)


@traceable
def model(of: Fields) -> str:
    """Return the model's name, by the start of the firmware's: 1246-83-21010203_a1b2c3d, Q-25010203_a1b2c3d.

    The oldest have a number alone: 7411706-a1b2c3d."""
    version = of.get("Ver", "")
    match = _MODEL.match(version) or _CONTROLLED.match(version)
    if match is None:
        return ""
    return f"AvalonMiner {match[1]}" if match[1][0].isdigit() else f"Avalon {match[1]}"


@traceable
def firmware(of: Fields) -> str:
    """Return the firmware's version, without the model's name where the two can be told apart."""
    version = of.get("Ver", "")
    match = _MODEL.match(version)
    return match[2] if match else version if _CONTROLLED.match(version) else ""


@traceable
def condition(of: Fields) -> str:
    """Return the state by the module's own words, one of MINER_STATES, or "". A module that was switched off sleeps."""
    status, told = of.get("SYSTEMSTATU", ""), value(of, "SoftOFF")
    for words, state in (("In Work", "mining"), ("In Init", "starting"), ("In Idle", "idle")):
        if words in status:
            return "sleeping" if state == "idle" and told else state
    return "sleeping" if told else ""


def _rests(of: Fields) -> bool:
    return condition(of) in ("sleeping", "idle") or value(of, "GHSspd") == 0


@traceable
def works(of: Fields) -> bool:
    """Tell whether a module hashes now."""
    return bool(value(of, "GHSspd"))


@traceable
def working(of: Fields, listed_boards: int) -> int | None:
    """Return 1 where the module counts as many working boards as it lists; None where it counts fewer.

    A smaller count leaves open which board is missing."""
    match = _WORKING.search(of.get("SYSTEMSTATU", ""))
    return 1 if match and int(match[1]) >= listed_boards else None


@traceable
def clock(of: Fields) -> Number | None:
    """Return the chips' clock in hertz; None at rest, where the last clock is repeated."""
    return None if _rests(of) else number(positive(value(of, "Freq")), 1e6)


@traceable
def board_rate(of: Fields, board: int, of_boards: int) -> Number | None:
    """Return hashes per second: now for a single board, else the average since the start, while the module works."""
    now = count(value(of, "GHSspd"))
    if of_boards == 1 and now is not None:
        return number(now, 1e9)
    return None if _rests(of) else number(count(value(of, "MGHS", board)), 1e9)


@traceable
def chip_celsius(of: Fields, board: int) -> list[Number | None]:
    """Return the temperature of each chip of a board; None for a broken sensor, and for all while the module rests."""
    listed_degrees = of.get(f"PVT_T{board}", "").split()
    if ("TMax" in of and not positive(value(of, "TMax"))) or condition(of) in ("sleeping", "idle"):
        return [None] * len(listed_degrees)
    usual = [*map(_USUAL.get, listed_degrees)]
    return neighbours([celsius(each) for each in listed_degrees]) if None in usual else usual


def neighbours(degrees: list[Number | None]) -> list[Number | None]:
    """Return the temperatures of chips on one heat sink: a frozen chip beside a hot one has a broken sensor, so
    None."""
    hot = max((each for each in degrees if each is not None), default=0) > HOT
    return [None if hot and each is not None and each < 0 else each for each in degrees]


@traceable
def chip_volts(of: Fields, board: int) -> list[Number | None]:
    """Return the voltage of each chip of a board that has a temperature, in the same order."""
    volts = [] if _rests(of) else listed(of, f"PVT_V{board}")
    lacking = len(of.get(f"PVT_T{board}", "").split()) - len(volts)
    return [number(positive(each), 0.001) for each in volts] + [None] * lacking


@traceable
def chips_listed(of: Fields, board: int) -> int:
    """Return the number of chips that are listed for a board."""
    return min(CHIPS, len(of.get(f"PVT_T{board}", "").split()))


@traceable
def chip_range(of: Fields, board: int, of_boards: int) -> list[Number | None]:
    """Return [minimum, maximum, mean] over the chips of a board.

    The module's own maximum and mean come first, where MTmax and MTavg have one for each board, or there is one
    board."""
    least, most, mean = spread(*chip_celsius(of, board))
    names = [("MTmax", board), ("MTavg", board)]
    if of_boards <= 1 and "MTmax" not in of:
        names = [("TMax", 0), ("TAvg", 0)]
    own = [celsius(value(of, name, at)) for name, at in names]
    return [least, most if own[0] is None else own[0], mean if own[1] is None else own[1]]


@traceable
def chips(of: Fields, board: int, of_boards: int) -> Number | None:
    """Return the number of a board's chips: those that are listed, or all of the module where it is one board."""
    found = len(of.get(f"PVT_T{board}", "").split())
    return found or (positive(value(of, "TA")) if of_boards <= 1 else None)


@traceable
def supply(of: Fields) -> list[Number | None]:
    """Return [volts, amperes, watts at the output, watts at the input, watts drawn] of the power supply.

    PS is [error, control voltage, volts, amperes, watts, volts wanted, watts at the input]. The first generation has no
    input. On the Nano 3 volts and watts stand two and one place further on."""
    wall = positive(value(of, "WALLPOWER"))
    figures = [count(each) for each in listed(of, "PS")]
    if len(figures) < 6 or not any(figures):
        return [None, None, None, None, wall]
    volts, amperes, watts, wanted = figures[2:6]
    if not volts and watts and amperes and wanted and 0.8 * amperes <= wanted / watts * 100 <= amperes + 1:
        return [number(watts, 0.01), amperes, None, None, wall or wanted]
    if volts is not None:
        volts = number(volts, 0.01 if volts <= 10_000 else 0.001)
    if not watts and amperes:  # the Nano 3S has none
        watts = None
    drawn = positive(figures[6]) if len(figures) > 6 else None
    return [volts, amperes, watts, drawn, wall or (drawn if len(figures) > 6 else positive(watts))]


@traceable
def mode(of: Fields) -> str:
    """Return the work mode and its level, by their numbers, whose meaning depends on the model."""
    pairs = (("mode", value(of, "WORKMODE")), ("level", value(of, "WORKLEVEL")))
    return " ".join(f"{name} {each}" for name, each in pairs if type(each) is int and 0 <= each < 100)


@traceable
def dna(raw: object) -> str:
    """Return the number that is burnt into the chip; "" for a placeholder."""
    digits = text(raw)
    return digits if _DNA.fullmatch(digits) else ""
