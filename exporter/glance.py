"""What the status page shows of a miner, read from its fragments: people look seldom, so nothing is kept for them."""

from __future__ import annotations

import re
from typing import Final

from exporter.catalogue import CATALOGUE
from exporter.exposition import Fragments, unpack

_PLACE: Final = {family.name: n for n, family in enumerate(CATALOGUE)}
_INFO: Final = re.compile(r'[{,](model|family)="((?:[^"\\]|\\.)*)"')
_STATE: Final = re.compile(r'[{,]state="([^"]*)"\} 1\n')
_FAULT: Final = re.compile(r'[{,]code="([^"]*)"(?:,component="([^"]*)")?(?:,severity="([^"]*)")?\} 1\n')
_GRAVE: Final = ("critical", "warning", "")  # what is of another kind is no trouble
_FAULTS: Final = 3


def glance(fragments: Fragments) -> dict[str, str | float]:
    """`family`, `model`, `state`, `faults` (the gravest in words), `hashrate` (hashes per second), `of_nominal` (ratio)
    and `temperature` (the hottest board's, in degrees, or the hottest chip's where no board has a sensor), as far as
    the fragments have them."""
    known: dict[str, str | float] = {
        name: re.sub(r"\\(.)", lambda escaped: "\n" if escaped[1] == "n" else escaped[1], value)
        for name, value in _INFO.findall(_text(fragments, "asic_miner_info"))
    }
    if state := _STATE.search(_text(fragments, "asic_miner_state")):
        known["state"] = state[1]
    if faults := [fault for fault in _FAULT.findall(_text(fragments, "asic_fault")) if fault[2] in _GRAVE]:
        faults.sort(key=lambda fault: _GRAVE.index(fault[2]))
        shown = [" ".join(filter(None, fault[:2])) for fault in faults[:_FAULTS]]
        known["faults"] = ", ".join(shown) + (f" and {len(faults) - _FAULTS} more" if len(faults) > _FAULTS else "")
    for name, values in (
        ("hashrate", _values(fragments, "asic_hashrate_hashes_per_second")),
        ("of_nominal", _values(fragments, "asic_hashrate_nominal_hashes_per_second")),
        (
            "temperature",
            _values(fragments, "asic_board_temperature_celsius")
            or _values(fragments, "asic_board_chip_temperature_max_celsius"),
        ),
    ):
        if values:
            known[name] = max(values)
    nominal = known.pop("of_nominal", None)
    if isinstance(nominal, float) and isinstance(rate := known.get("hashrate"), float) and nominal:
        known["of_nominal"] = rate / nominal
    return known


def _text(fragments: Fragments, family: str) -> str:
    return unpack(fragments)[_PLACE[family]].decode()


def _values(fragments: Fragments, family: str) -> list[float]:
    return [float(line.rpartition(" ")[2]) for line in _text(fragments, family).splitlines()]
