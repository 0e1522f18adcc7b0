"""The data of a miner on the status page, read back from its fragments: the page is rarely open, so nothing is stored.

Budget: 20 µs a miner. Only the families that the page shows are cut out of the text, each once.
"""

from __future__ import annotations

import re
from typing import Any, Final

from exporter.render.exposition import Fragments, fragment, plain, samples

CHIP_HOT: Final = 95.0  # degrees Celsius, for firmware that reports no limit
BOARD_HOT: Final = 85.0  # degrees Celsius, for firmware that reports no limit
FAULTS: Final = 3  # most faults that are shown in words

_INFO: Final = re.compile(r'[{,](model|family|algorithm)="((?:[^"\\]|\\.)*)"')
# In these families the searched label is the last.
_STATE: Final = re.compile(r'[{,]state="([^"]*)"\} 1\n')
_BOARD: Final = re.compile(r'[{,]board="([^"]*)"\} (\S+)\n')
_LIMIT: Final = re.compile(r'[{,]limit="([^"]*)"\} (\S+)\n')
_UNEXPECTED: Final = re.compile(r'[{,](?:property|check)="([^"]*)"\} 0\n')
_CHIP: Final = ',location="chip"'
_GRAVE: Final = ("critical", "warning", "")  # severities that count as trouble, gravest first


def glance(fragments: Fragments, info: str = "") -> dict[str, Any]:
    """Return the data of a miner by name; an unknown value is left out.

    `info` is the last known line of `asic_miner_info`, for fragments that no longer have that line.

        family, model, algorithm, state   the values of these labels
        hashrate, of_nominal              hashes per second, and the ratio to the nominal rate of all boards
        boards, boards_expected           the number of boards that work, and of boards that should
        temperature, hot                  degrees Celsius of the hottest chip or board, and the limit that is exceeded
        faults, critical                  the gravest faults in words, and whether any is critical
        unexpected, unexpected_pool       properties that differ from the configuration; True for an unexpected pool"""
    known: dict[str, Any] = {name: plain(text) for name, text in _INFO.findall(told(fragments) or info)}
    if state := _STATE.search(fragment(fragments, "asic_miner_state")):
        known["state"] = state[1]
    if fault := fragment(fragments, "asic_fault"):
        known |= _faults(fault)
    if unexpected := _UNEXPECTED.findall(fragment(fragments, "asic_expected")):
        known["unexpected"] = unexpected
    if _UNEXPECTED.search(fragment(fragments, "asic_active_pool_expected")):
        known["unexpected_pool"] = True
    known |= _boards(fragments)
    known |= _heat(fragments)
    return known


def told(fragments: Fragments) -> str:
    """Return the line of `asic_miner_info`; "" if there is none."""
    return fragment(fragments, "asic_miner_info")


def _faults(lines: str) -> dict[str, Any]:
    """Return the gravest faults in words, and whether any is critical; {} if no fault is grave."""
    faults = [(labels.get("severity", ""), labels) for labels, value in samples(lines) if value]
    faults = sorted([each for each in faults if each[0] in _GRAVE], key=lambda each: _GRAVE.index(each[0]))
    if not faults:
        return {}
    shown = [" ".join([labels[n] for n in ("code", "component") if n in labels]) for _, labels in faults[:FAULTS]]
    more = f" and {len(faults) - FAULTS} more" if len(faults) > FAULTS else ""
    return {"faults": ", ".join(shown) + more, "critical": faults[0][0] == "critical"}


def _boards(fragments: Fragments) -> dict[str, Any]:
    """Return the numbers of working and expected boards, the hashrate, and its ratio to the nominal hashrate."""
    known: dict[str, Any] = {}
    works = dict(_BOARD.findall(fragment(fragments, "asic_board_up")))
    listed = {board for board, _ in _BOARD.findall(fragment(fragments, "asic_board_hashrate_hashes_per_second"))}
    expected = max(_values(fragments, "asic_boards_expected"), default=0.0)
    if works or listed:  # without either the firmware reports no boards
        known["boards"] = sum(float(up) > 0 for up in works.values()) + len(listed - works.keys())
    if expected:
        known["boards_expected"] = int(expected)
    for rate in _values(fragments, "asic_hashrate_hashes_per_second"):
        known["hashrate"] = rate
        nominal = max(_values(fragments, "asic_hashrate_nominal_hashes_per_second"), default=0.0)
        if nominal and known.get("boards", 0) < expected:
            rated = _values(fragments, "asic_board_hashrate_nominal_hashes_per_second")
            rated = [value for value in rated if value > 0]
            if 0 < len(rated) < expected and nominal <= 1.02 * sum(rated):  # only of the boards that still work
                nominal *= expected / len(rated)
        if nominal:
            known["of_nominal"] = rate / nominal
    return known


def _heat(fragments: Fragments) -> dict[str, Any]:
    sensors = fragment(fragments, "asic_board_temperature_celsius").splitlines()
    chips = _values(fragments, "asic_board_chip_temperature_max_celsius")
    chips = chips or [float(line[line.rindex(" ") :]) for line in sensors if _CHIP in line]
    boards = [float(line[line.rindex(" ") :]) for line in sensors if _CHIP not in line]
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
    return [float(line[line.rindex(" ") :]) for line in fragment(fragments, family).splitlines()]
