"""The expressions that the Fleet dashboard's panels share: of the chosen algorithm and places."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ID, PLACE, SELECT, either

ALGORITHM: Final = 'algorithm="$algorithm"'
HASHED: Final = f"{PLACE},{ALGORITHM}"
MINERS: Final = either("sum(instance:asic_up:count{})", "count(miner:asic_target_info:known{})")
NO_MINER: Final = f"0 * {MINERS}"  # what a sum comes to where there are miners and none is so
DOWN: Final = either(
    "count(asic_up{miner} == 0)", f"count(miner:asic_target_info:known{{}} and on ({ID}) asic_up{{miner}} == 0)"
)
RESTING: Final = either(
    f"count(miner:asic_up:resting{{miner}} and on ({ID}) asic_up{{miner}} == 1)",
    f"count(miner:asic_target_info:known{{}} and on ({ID}) miner:asic_up:resting{{miner}}"
    f" and on ({ID}) asic_up{{miner}} == 1)",
)
LOST_EACH: Final = f"miner:asic_hashrate_hashes_per_second:lost{{{HASHED}}}"
NOW_EACH: Final = f"miner:asic_hashrate_hashes_per_second:now{{{HASHED}}}"
DUE_EACH: Final = f"(miner:asic_hashrate_nominal_hashes_per_second:known{{{HASHED}}} and {LOST_EACH})"
LOST: Final = either(
    "sum(instance:asic_hashrate_hashes_per_second:lost{})",
    "sum(miner:asic_hashrate_hashes_per_second:lost{})",
    ALGORITHM,
)
NOW: Final = either(
    "sum(instance:asic_hashrate_hashes_per_second:sum{})",
    "sum(miner:asic_hashrate_hashes_per_second:now{})",
    ALGORITHM,
)
DUE: Final = either(
    "sum(instance:asic_hashrate_nominal_hashes_per_second:sum{})",
    "sum(miner:asic_hashrate_nominal_hashes_per_second:known{} and miner:asic_hashrate_hashes_per_second:lost{})",
    ALGORITHM,
)
POWER: Final = either("sum(instance:asic_power_watts:sum{})", "sum(miner:asic_power_watts:known{})")
POWERED: Final = either("sum(instance:asic_power_watts:count{})", "count(miner:asic_power_watts:known{})")
POWER_EACH: Final = f"miner:asic_power_watts:known{{{HASHED}}}"
EFFICIENT: Final = f"miner:asic_efficiency_joules_per_terahash{{{HASHED}}}"
MARGIN: Final = f"miner:asic_temperature_celsius:margin{{{SELECT}}}"
NEAREST: Final = either(
    "bottomk(1, miner:asic_temperature_celsius:margin{miner})",
    f"bottomk(1, miner:asic_temperature_celsius:margin{{miner}} and on ({ID}) miner:asic_target_info:known{{}})",
)
_EXPECTED: Final = "asic_active_pool_expected{miner}"
_THERE: Final = f"miner:asic_target_info:known{{}} and on ({ID})"
STRANGE: Final = either(
    f"count(count by ({ID}) ({_EXPECTED} == 0)) or 0 * count({_EXPECTED})",
    f"(count({_THERE} ({_EXPECTED} == 0)) or 0 * count({_THERE} {_EXPECTED}))",
)


def alerting(severity: str) -> str:
    """The alerts that fire, but the watchdog. Those about a place or an exporter name no miner, some no exporter."""
    firing = f'alertstate="firing",severity=~"{severity}",alertname!="AsicWatchdog"'
    farm = f'ALERTS{{job=~"$job|",instance=~"$instance|",job=~"($of)($job|)($of)",{firing}}}'
    narrow = f'job!~"($of)($job)($of)",{firing}'
    known = f'miner:asic_target_info:known{{{PLACE},job!~"($of)($job)($of)"}}'
    places = f"ALERTS{{{PLACE},{narrow}}} or ALERTS{{{SELECT},{narrow}}} and on ({ID}) {known}"
    return f"({farm} or {places})"


def wrong(gravity: str = "") -> str:
    """The problems of one gravity, or all."""
    chosen = f',gravity="{gravity}"' if gravity else ""
    return f"miner:asic_problem:known{{{PLACE}{chosen}}}"


def happened(kinds: str, span: str) -> str:
    """The events of the last `span`, once each."""
    return f'last_over_time(miner:asic_event:occurred{{{PLACE},event=~"{kinds}"}}[{span}])'
