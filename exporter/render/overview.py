"""A miner as the status page shows it, read back from the text of its fragments.

The page is seldom asked for, so nothing is kept for it between two requests. Budget: 20 µs a miner. Only the metric
families that the page shows are cut out of the text, each once.
"""

from __future__ import annotations

import re
from typing import Any, Final

from exporter.render.exposition import Fragments, fragment, plain, samples

CHIP_HOT: Final = 95.0  # degrees Celsius, for firmware that reports no limit
BOARD_HOT: Final = 85.0  # degrees Celsius, for firmware that reports no limit
FAULTS: Final = 3  # most faults that are shown in words

_INFO: Final = re.compile(r'[{,](model|family|algorithm)="((?:[^"\\]|\\.)*)"')
# In the metric families of these patterns the label is the last one, right before the value.
_STATE: Final = re.compile(r'[{,]state="([^"]*)"\} 1\n')
_BOARD: Final = re.compile(r'[{,]board="([^"]*)"\} (\S+)\n')
_LIMIT: Final = re.compile(r'[{,]limit="([^"]*)"\} (\S+)\n')
_UNEXPECTED: Final = re.compile(r'[{,](?:property|check)="([^"]*)"\} 0\n')
_CHIP: Final = ',location="chip"'  # in the line of a chip's sensor; the other sensors are on the board
_GRAVE: Final = ("critical", "warning", "")  # severities that count as trouble, gravest first; "" is unknown
_ROUNDING: Final = 1.02  # the miner's nominal hashrate may be above the sum of its boards by this factor


def glance(fragments: Fragments, info: str = "") -> dict[str, Any]:
    """Return the data of a miner by name; an unknown value is left out.

    `info` is the last known line of `asic_miner_info`, for fragments that no longer have that line.

        family, model, algorithm, state   texts, as in the labels of the metrics; `family` is that of the miner
        hashrate                          hashes per second
        of_nominal                        ratio of the hashrate to the nominal hashrate of all boards
        boards, boards_expected           numbers of the boards that work, and of those that should
        temperature                       degrees Celsius of the hottest chip; of the hottest board if no chip is known,
                                          or if only the board is above its limit
        hot                               the limit in degrees Celsius that `temperature` exceeds; else left out
        faults, critical                  the gravest faults in words, and whether one of them is critical
        unexpected                        the names of properties that differ from the configuration
        unexpected_pool                   True if the pool at work is no expected one, else left out
        planned_off                       True while the configuration plans the miner to be off, else left out"""
    known: dict[str, Any] = {name: plain(text) for name, text in _INFO.findall(info_line(fragments) or info)}
    if state := _STATE.search(fragment(fragments, "asic_miner_state")):
        known["state"] = state[1]
    if fault := fragment(fragments, "asic_fault"):
        known |= _faults(fault)
    if unexpected := _UNEXPECTED.findall(fragment(fragments, "asic_expected")):
        known["unexpected"] = unexpected
    if _UNEXPECTED.search(fragment(fragments, "asic_active_pool_expected")):
        known["unexpected_pool"] = True
    if any(_values(fragments, "asic_off_expected")):
        known["planned_off"] = True
    known |= _boards(fragments)
    known |= _heat(fragments)
    return known


def info_line(fragments: Fragments) -> str:
    """Return the line of `asic_miner_info`; "" if there is none."""
    return fragment(fragments, "asic_miner_info")


def _faults(lines: str) -> dict[str, Any]:
    """Return `faults` and `critical`, from the faults of a grave severity; {} without any."""
    active = [(labels.get("severity", ""), labels) for labels, value in samples(lines) if value]
    grave = sorted([each for each in active if each[0] in _GRAVE], key=lambda each: _GRAVE.index(each[0]))
    if not grave:
        return {}
    shown = [" ".join([labels[n] for n in ("code", "component") if n in labels]) for _, labels in grave[:FAULTS]]
    more = f" and {len(grave) - FAULTS} more" if len(grave) > FAULTS else ""
    return {"faults": ", ".join(shown) + more, "critical": grave[0][0] == "critical"}


def _boards(fragments: Fragments) -> dict[str, Any]:
    """Return `boards`, `boards_expected`, `hashrate` and `of_nominal`.

    A board that has a hashrate, but no `asic_board_up`, counts as working. Some firmware gives as nominal hashrate the
    sum over the boards that are left: then the nominal hashrate of all boards is estimated from those."""
    known: dict[str, Any] = {}
    up = dict(_BOARD.findall(fragment(fragments, "asic_board_up")))
    hashing = {board for board, _ in _BOARD.findall(fragment(fragments, "asic_board_hashrate_hashes_per_second"))}
    expected = max(_values(fragments, "asic_boards_expected"), default=0.0)
    if up or hashing:  # without either the firmware reports no boards
        known["boards"] = sum(float(value) > 0 for value in up.values()) + len(hashing - up.keys())
    if expected:
        known["boards_expected"] = int(expected)
    for rate in _values(fragments, "asic_hashrate_hashes_per_second"):
        known["hashrate"] = rate
        nominal = max(_values(fragments, "asic_hashrate_nominal_hashes_per_second"), default=0.0)
        if nominal and known.get("boards", 0) < expected:
            rated = _values(fragments, "asic_board_hashrate_nominal_hashes_per_second")
            rated = [value for value in rated if value > 0]
            if 0 < len(rated) < expected and nominal <= _ROUNDING * sum(rated):  # of the boards that are left
                nominal *= expected / len(rated)
        if nominal:
            known["of_nominal"] = rate / nominal
    return known


def _heat(fragments: Fragments) -> dict[str, Any]:
    """Return `temperature`, and `hot` if the hottest chip or board is above its limit; {} without a temperature.

    The hottest board is shown only if no chip is known, or if the board alone is above its limit."""
    sensors = fragment(fragments, "asic_board_temperature_celsius").splitlines()
    chips = _values(fragments, "asic_board_chip_temperature_max_celsius")
    chips = chips or [_value(line) for line in sensors if _CHIP in line]
    boards = [_value(line) for line in sensors if _CHIP not in line]
    if not chips and not boards:
        return {}
    limits = {
        limit: float(value) for limit, value in _LIMIT.findall(fragment(fragments, "asic_temperature_limit_celsius"))
    }
    known: dict[str, Any] = {"temperature": max(chips or boards)}
    for found, limit in (
        (chips, limits.get("chip_hot", limits.get("hot", CHIP_HOT))),
        (boards, limits.get("hot", BOARD_HOT)),
    ):
        if found and max(found) > limit:
            known |= {"temperature": max(found), "hot": limit}
            break
    return known


def _values(fragments: Fragments, family: str) -> list[float]:
    """Return the values of all lines of a metric family."""
    return [_value(line) for line in fragment(fragments, family).splitlines()]


def _value(line: str) -> float:
    """Return the value at the end of a line."""
    return float(line[line.rindex(" ") :])
