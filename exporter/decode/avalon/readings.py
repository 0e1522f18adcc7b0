"""The readings of one Avalon module, from its fields: plain numbers in base units.

Quirks: voltages are hundredths of a volt, on the Nano 3S thousandths. The seven numbers of the power supply have other
places on the Nano 3. At rest a module repeats the last temperatures of its chips, with a TMax of 0. A chip's broken
sensor may read -273 or -26.
"""

from __future__ import annotations

import re
from typing import Final

from exporter.core.tracing import traceable
from exporter.core.values import Number, celsius, count, number, positive, ratio, text
from exporter.decode.avalon.brackets import Fields, listed, value
from exporter.decode.common.poolvalues import SET
from exporter.decode.common.sensors import spread

BOARDS: Final = 16
CHIPS: Final = 512
HOT: Final = 40  # degrees Celsius: if the hottest chip is above, all chips of the board are warm
FANS: Final = ("Fan", *[f"Fan{n}" for n in range(1, 9)])
# The reasons by the number in BOOTBY. 1 is power. 4, 5 and 6 are the web server, the API and new settings. The others
# are heat, network, polls, pool, memory, and an unknown reason.
BOOTS: Final = {1: "power_on"} | dict.fromkeys((4, 5, 6), "software") | dict.fromkeys((2, 3, 7, 8, 9, 10), "other")
_MODEL = re.compile(r"([\w.\-]{1,24})-(\d{8}_\w{1,40})", re.ASCII)
_DNA = re.compile(r"(?!0+$)[0-9A-Fa-f]{8,64}", re.ASCII)
_CONTROLLED = re.compile(r"([4-9]\d\d)\d{4}-\w{1,40}", re.ASCII)
_BOOT = re.compile(r"(?:0[xX])?([0-9A-Fa-f]{1,2})(?![0-9A-Fa-f])", re.ASCII)
_WORKING = re.compile(r"Hash Board: {0,2}(\d{1,2})", re.ASCII)
_USUAL: Final[dict[str, Number | None]] = {str(n): n for n in range(1, 200)}  # nearly every chip's temperature


@traceable
def boards(fields: Fields) -> int:
    """Return the number of hashboards that have lists of their own; 0 for a module that is listed as a whole."""
    lists = [len(fields.get(name, "").split()) for name in ("MGHS", "MTmax")]
    chips = [n + 1 for n in range(BOARDS) if fields.get(f"PVT_T{n}", "").strip()]
    return min(max(*lists, *chips, 0), BOARDS)


@traceable
def fans(fields: Fields) -> tuple[str, ...]:
    """Return the names of the fans."""
    return tuple(name for name in FANS if name in fields)


@traceable
def model(fields: Fields) -> str:
    """Return the model's name, from the start of the firmware's version: 1246-83-21010203_a1b2c3d, Q-25010203_a1b2c3d.

    The oldest versions begin with a bare number: 7411706-a1b2c3d."""
    version = fields.get("Ver", "")
    match = _MODEL.match(version) or _CONTROLLED.match(version)
    if match is None:
        return ""
    return f"AvalonMiner {match[1]}" if match[1][0].isdigit() else f"Avalon {match[1]}"


@traceable
def firmware(fields: Fields) -> str:
    """Return the firmware's version, without the model's name if the two can be separated."""
    version = fields.get("Ver", "")
    match = _MODEL.match(version)
    return match[2] if match else version if _CONTROLLED.match(version) else ""


@traceable
def condition(fields: Fields) -> str:
    """Return the state from the module's own words, as a word of MINER_STATES; "" if unknown.

    A module that was switched off is sleeping."""
    status, switched_off = fields.get("SYSTEMSTATU", ""), value(fields, "SoftOFF")
    for words, state in (("In Work", "mining"), ("In Init", "starting"), ("In Idle", "idle")):
        if words in status:
            return "sleeping" if state == "idle" and switched_off else state
    return "sleeping" if switched_off else ""


def _rests(fields: Fields) -> bool:
    return condition(fields) in ("sleeping", "idle") or value(fields, "GHSspd") == 0


@traceable
def works(fields: Fields) -> bool:
    """Tell whether a module hashes now."""
    return bool(value(fields, "GHSspd"))


@traceable
def working(fields: Fields, listed_boards: int) -> int | None:
    """Return 1 for a board if the module reports all of its boards as working, else None.

    A smaller number does not show which board fails."""
    match = _WORKING.search(fields.get("SYSTEMSTATU", ""))
    return 1 if match and int(match[1]) >= listed_boards else None


@traceable
def error_ratio(fields: Fields) -> Number | None:
    """Return the share of failed results now, or else since the start; None at rest, when there are no results."""
    name = next((name for name in ("DHspd", "DH") if name in fields), "")
    return None if _rests(fields) or not name else ratio(fields[name].strip())


@traceable
def broken_messages(fields: Fields, board: int, board_count: int) -> Number | None:
    """Return the number of broken messages of a board, or of all boards of a module that is listed as a whole.

    Newer modules count the messages in COMCRC, older modules in CRC."""
    counts = [count(each) for each in listed(fields, "COMCRC" if "COMCRC" in fields else "CRC")]
    if not board_count:
        return None if not counts or None in counts else sum(each for each in counts if each is not None)
    return counts[board] if board < len(counts) else None


@traceable
def latency(fields: Fields, active: Number | None) -> Number | None:
    """Return the seconds until the answer of the pool, which must be the pool at work; None for zero."""
    return number(positive(value(fields, "PING")), 0.001) if active else None


@traceable
def signal(fields: Fields) -> Number | None:
    """Return the strength of the radio signal in dBm; None for zero, on a cable."""
    strength = value(fields, "RSSI")
    return strength if strength is not None and -128 < strength < 0 else None


@traceable
def asleep_since(fields: Fields, now: float) -> Number | None:
    """Return the Unix time since which a module is switched off; None for a module that works, and for a plan."""
    since = value(fields, "SoftOffTime")
    past = since is not None and SET < since <= now
    return since if past and condition(fields) == "sleeping" else None


@traceable
def reset_reason(fields: Fields) -> str:
    """Return the reason of the last boot, as a word of RESET_REASONS; "" for an unknown number.

    Only the numbers of the AvalonMiner's line are known."""
    match = _BOOT.match(fields.get("BOOTBY", ""))
    known = match and model(fields).startswith("AvalonMiner ")
    return BOOTS.get(int(match[1], 16), "") if match and known else ""


@traceable
def clock(fields: Fields) -> Number | None:
    """Return the chips' clock in hertz; None at rest, when the module repeats the last clock."""
    return None if _rests(fields) else number(positive(value(fields, "Freq")), 1e6)


@traceable
def board_rate(fields: Fields, board: int, board_count: int) -> Number | None:
    """Return a board's hashes per second: the current rate of a single board, else the average since the start.

    At rest, there is no average."""
    now = count(value(fields, "GHSspd"))
    if board_count == 1 and now is not None:
        return number(now, 1e9)
    return None if _rests(fields) else number(count(value(fields, "MGHS", board)), 1e9)


@traceable
def chip_celsius(fields: Fields, board: int) -> list[Number | None]:
    """Return the temperature of each chip of a board; None for a broken sensor, and for all while the module rests."""
    listed_degrees = fields.get(f"PVT_T{board}", "").split()
    if ("TMax" in fields and not positive(value(fields, "TMax"))) or condition(fields) in ("sleeping", "idle"):
        return [None] * len(listed_degrees)
    usual = [*map(_USUAL.get, listed_degrees)]
    return neighbours([celsius(each) for each in listed_degrees]) if None in usual else usual


def neighbours(degrees: list[Number | None]) -> list[Number | None]:
    """Return the temperatures of chips on the same heat sink, with None for broken sensors.

    A sensor below 0 °C beside a hot chip is broken."""
    hot = max((each for each in degrees if each is not None), default=0) > HOT
    return [None if hot and each is not None and each < 0 else each for each in degrees]


@traceable
def chip_volts(fields: Fields, board: int) -> list[Number | None]:
    """Return the voltage of each chip of a board, in the order of the temperatures; None for a missing voltage."""
    volts = [] if _rests(fields) else listed(fields, f"PVT_V{board}")
    lacking = len(fields.get(f"PVT_T{board}", "").split()) - len(volts)
    return [number(positive(each), 0.001) for each in volts] + [None] * lacking


@traceable
def chip_results(fields: Fields, board: int) -> list[Number | None]:
    """Return the number of results of each chip of a board, in the order of the temperatures; None if missing."""
    results = [count(each) for each in listed(fields, f"MW{board}")]
    return results + [None] * (len(fields.get(f"PVT_T{board}", "").split()) - len(results))


@traceable
def chips_listed(fields: Fields, board: int) -> int:
    """Return the number of chips that are listed for a board."""
    return min(CHIPS, len(fields.get(f"PVT_T{board}", "").split()))


@traceable
def chip_range(fields: Fields, board: int, board_count: int) -> list[Number | None]:
    """Return [minimum, maximum, mean] over the chips of a board.

    The module's own maximum and mean come first: from MTmax and MTavg for each board, or from TMax and TAvg for a
    single board."""
    least, most, mean = spread(*chip_celsius(fields, board))
    names = [("MTmax", board), ("MTavg", board)]
    if board_count <= 1 and "MTmax" not in fields:
        names = [("TMax", 0), ("TAvg", 0)]
    own = [celsius(value(fields, name, at)) for name, at in names]
    return [least, most if own[0] is None else own[0], mean if own[1] is None else own[1]]


@traceable
def chips(fields: Fields, board: int, board_count: int) -> Number | None:
    """Return the number of a board's chips: the listed chips, or all chips of a module with a single board."""
    found = len(fields.get(f"PVT_T{board}", "").split())
    return found or (positive(value(fields, "TA")) if board_count <= 1 else None)


@traceable
def supply(fields: Fields) -> list[Number | None]:
    """Return [volts, amperes, watts at the output, watts at the input, watts drawn] of the power supply.

    PS is [error, control voltage, volts, amperes, watts, volts wanted, watts at the input]. The first generation has no
    watts at the input. On the Nano 3, volts are at index 4 and watts drawn at index 5."""
    wall = positive(value(fields, "WALLPOWER"))
    figures = [count(each) for each in listed(fields, "PS")]
    if len(figures) < 6 or not any(figures):
        return [None, None, None, None, wall]
    volts, amperes, watts, wanted = figures[2:6]
    if not volts and watts and amperes and wanted and 0.8 * amperes <= wanted / watts * 100 <= amperes + 1:
        return [number(watts, 0.01), amperes, None, None, wall or wanted]
    if volts is not None:
        volts = number(volts, 0.01 if volts <= 10_000 else 0.001)
    if not watts and amperes:  # the Nano 3S does not report watts at the output
        watts = None
    drawn = positive(figures[6]) if len(figures) > 6 else None
    return [volts, amperes, watts, drawn, wall or (drawn if len(figures) > 6 else positive(watts))]


@traceable
def mode(fields: Fields) -> str:
    """Return the numbers of the work mode and its level, as in "mode 1 level 0". Their meaning depends on the model."""
    pairs = (("mode", value(fields, "WORKMODE")), ("level", value(fields, "WORKLEVEL")))
    return " ".join(f"{name} {each}" for name, each in pairs if type(each) is int and 0 <= each < 100)


@traceable
def dna(raw: object) -> str:
    """Return the number that is burnt into the chip; "" for a placeholder."""
    digits = text(raw)
    return digits if _DNA.fullmatch(digits) else ""
