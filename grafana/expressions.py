"""The selectors and expressions that the dashboards are built of."""

from __future__ import annotations

from typing import Final

SELECT: Final = 'job=~"$job",instance=~"$instance"'
ALL: Final = f"{{{SELECT}}}"
SELECT_ONE: Final = f'{SELECT},miner="$miner"'
ONE: Final = f"{{{SELECT_ONE}}}"
ID: Final = "job, instance, miner"
RESTING: Final = f'asic_miner_state{{{SELECT},state=~"idle|paused|sleeping"}} == 1'
HASHRATE: Final = f"asic_hashrate_hashes_per_second{ALL}"
POWER: Final = f"asic_power_watts{ALL}"
# Chips where the firmware tells of them, sensors on the boards where it does not.
HOT: Final = f"(asic_board_chip_temperature_max_celsius{ALL} or asic_board_temperature_celsius{ALL})"
# The nominal hashrate of a miner that stopped answering is the one it had: else a dark farm would look complete.
NOMINAL: Final = (
    f"(max by ({ID}) (last_over_time(asic_hashrate_nominal_hashes_per_second{ALL}[1d]))"
    f" and on ({ID}) asic_up{ALL} unless on ({ID}) {RESTING})"
)
OF_NOMINAL: Final = f"sum({HASHRATE} and on ({ID}) {NOMINAL}) / sum({NOMINAL})"
EFFICIENCY: Final = f"sum({POWER} and on ({ID}) {HASHRATE}) / (sum({HASHRATE} and on ({ID}) {POWER}) / 1e12)"


def identity(metric: str, by: str = ID) -> str:
    """An info metric with one series for each `by`, even while a changed one and its successor are both there."""
    return f"topk by ({by}) (1, {metric}{ALL})"


def info(expr: str, labels: str) -> str:
    """The expression with labels of the miner's identity joined on."""
    return f"({expr}) * on ({ID}) group_left ({labels}) {identity('asic_miner_info')}"


def grouped(expr: str, labels: str, over: str = "sum") -> str:
    return f"{over} by ({labels}) ({info(expr, labels)})"
