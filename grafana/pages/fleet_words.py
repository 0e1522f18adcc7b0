"""The expressions that the Fleet dashboard's panels share: of the chosen algorithm and places."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import PLACE, SELECT, here, summed

ALGORITHM: Final = 'algorithm="$algorithm"'
HASHED: Final = f"{PLACE},{ALGORITHM}"
KNOWN: Final = f"miner:asic_target_info:known{{{PLACE}}}"
MINERS: Final = f"count({KNOWN})"
NO_MINER: Final = f"0 * {MINERS}"  # what a sum comes to where there are miners and none is so
LOST_EACH: Final = f"miner:asic_hashrate_hashes_per_second:lost{{{HASHED}}}"
NOW_EACH: Final = f"miner:asic_hashrate_hashes_per_second:now{{{HASHED}}}"
DUE_EACH: Final = f"(miner:asic_hashrate_nominal_hashes_per_second:known{{{HASHED}}} and {LOST_EACH})"
LOST: Final = summed(
    "instance:asic_hashrate_hashes_per_second:lost", "miner:asic_hashrate_hashes_per_second:lost{}", ALGORITHM
)
NOW: Final = summed(
    "instance:asic_hashrate_hashes_per_second:sum", "miner:asic_hashrate_hashes_per_second:now{}", ALGORITHM
)
DUE: Final = summed(
    "instance:asic_hashrate_nominal_hashes_per_second:sum",
    "miner:asic_hashrate_nominal_hashes_per_second:known{} and miner:asic_hashrate_hashes_per_second:lost{}",
    ALGORITHM,
)
POWER: Final = f"miner:asic_power_watts:known{{{PLACE}}}"
EFFICIENT: Final = f"miner:asic_efficiency_joules_per_terahash{{{HASHED}}}"
MARGIN: Final = f"miner:asic_temperature_celsius:margin{{{SELECT}}}"


def alerting(severity: str) -> str:
    """The alerts that fire. Those about a whole site or an exporter name no miner, and some name no exporter.

    The watchdog always fires."""
    firing = f'alertstate="firing",severity=~"{severity}",alertname!="AsicWatchdog"'
    farm = f'ALERTS{{job=~"$job|",instance=~"$instance|",$by=~"$of",{firing}}}'
    return f"({farm} or {here(f'ALERTS{{{SELECT},{firing}}}')})"


def wrong(gravity: str = "") -> str:
    """The problems of one gravity, or all."""
    chosen = f',gravity="{gravity}"' if gravity else ""
    return f"miner:asic_problem:known{{{PLACE}{chosen}}}"


def happened(kinds: str, span: str) -> str:
    """The events of the last `span`, once each."""
    return f'last_over_time(miner:asic_event:occurred{{{PLACE},event=~"{kinds}"}}[{span}])'
