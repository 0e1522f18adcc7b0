"""A miner that is well, and one that is gone, as the series of made scenes."""

from __future__ import annotations

from typing import Final

PLACE: Final = 'asic_target_info{address="192.0.2.1"}'
MODEL: Final = 'asic_miner_info{model="S19",family="antminer",algorithm="sha256",firmware="stock",firmware_version="1"}'
ALWAYS: Final = "1x60"
WELL: Final = {"asic_up": ALWAYS, PLACE: ALWAYS, MODEL: ALWAYS, "asic_hashrate_hashes_per_second": "90x60"}
GONE: Final = {
    "asic_up": "1x10 0x50",
    PLACE: ALWAYS,
    MODEL: "1x10 stale",
    "asic_hashrate_hashes_per_second": "90x10 stale",
}
"""after ten minutes"""


def nominal(source: str) -> str:
    return f'asic_hashrate_nominal_hashes_per_second{{source="{source}"}}'


def state(name: str) -> str:
    return f'asic_miner_state{{state="{name}"}}'
