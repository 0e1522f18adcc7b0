"""The selectors and expressions that the dashboards are built of."""

from __future__ import annotations

from typing import Final

SELECT: Final = 'job=~"$job",instance=~"$instance"'
ALL: Final = f"{{{SELECT}}}"
PLACE: Final = f'{SELECT},$by=~"$of"'  # for series that carry what is known of the miner
SELECT_ONE: Final = f'{SELECT},miner="$miner"'
ONE: Final = f"{{{SELECT_ONE}}}"
ID: Final = "job, instance, miner"
TARGETS: Final = f"count(asic_up{ALL})"
NONE: Final = f"0 * {TARGETS}"  # what a sum comes to where no miner answers
RESTING: Final = f'asic_miner_state{{{SELECT},state=~"idle|paused|sleeping"}} == 1'
HASHRATE: Final = f"asic_hashrate_hashes_per_second{ALL}"
POWER: Final = f"asic_power_watts{ALL}"
# Hashes of one algorithm are no sum with those of another.
MINED: Final = f'({HASHRATE} and on ({ID}) asic_miner_info{{{SELECT},algorithm="$algorithm"}})'
# Chips where the firmware tells of them, sensors on the boards where it does not.
HOT: Final = f"(asic_board_chip_temperature_max_celsius{ALL} or asic_board_temperature_celsius{ALL})"
WHOLE: Final = f"miner:asic_hashrate_nominal_hashes_per_second:whole{ALL}"
# The nominal hashrate of a miner that stopped answering is the one it had: else a dark farm would look complete.
NOMINAL: Final = (
    f"(max by ({ID}) (last_over_time({WHOLE}[1d]))"
    f" and on ({ID}) asic_up{ALL} unless on ({ID}) {RESTING}"
    f' and on ({ID}) miner:asic_target_info:known{{{SELECT},algorithm="$algorithm"}})'
)
OF_NOMINAL: Final = f"(sum({MINED} and on ({ID}) {NOMINAL}) or {NONE}) / sum({NOMINAL})"
EFFICIENT: Final = f"({POWER} and on ({ID}) {MINED})"
EFFICIENCY: Final = f"sum({EFFICIENT}) / (sum({MINED} and on ({ID}) {POWER}) / 1e12)"
LOST_BOARDS: Final = f"(miner:asic_boards:expected{ALL} - miner:asic_board_up:sum{ALL} > 0)"


def known(select: str = SELECT) -> str:
    """Where each miner is and what it said last that it is; one series for each, also without the recording rules."""
    here = f"miner:asic_target_info:known{{{select}}} or on ({ID}) asic_target_info{{{select}}}"
    return f"topk by ({ID}) (1, {here})"


def here(expr: str) -> str:
    """The expression, of the miners of the chosen places alone."""
    return f"({expr}) and on ({ID}) miner:asic_target_info:known{{{PLACE}}}"


def either(whole: str, each: str, also: str = "") -> str:
    """The expression `whole`, which is cheap, or `each`, of the miners of the chosen places.

    In both, {} is the selector of series with what is known of their miners, {miner} of those without. `$of` is ".*"
    where no place is chosen: only then the name of the job between two `$of` matches the job itself."""
    also = f",{also}" if also else ""
    everywhere = f'{{{SELECT},job=~"($of)($job)($of)"{also}}}'
    known, unknown = (f'{{{chosen},job!~"($of)($job)($of)"{also}}}' for chosen in (PLACE, SELECT))
    cheap = whole.replace("{}", everywhere).replace("{miner}", everywhere)
    return f"({cheap} or {each.replace('{}', known).replace('{miner}', unknown)})"


def identity(metric: str, by: str = ID) -> str:
    """An info metric with one series for each `by`, even while a changed one and its successor are both there."""
    return f"topk by ({by}) (1, {metric}{ALL})"


def lasting(selector: str) -> str:
    """The series, each going on as a gap when it ends, so that its legend does not keep its last value."""
    return f"{selector} + 0 or NaN * last_over_time({selector}[$__range])"


def info(expr: str, labels: str) -> str:
    """The expression with labels of the miner's identity joined on."""
    return f"({expr}) * on ({ID}) group_left ({labels}) {identity('asic_miner_info')}"


def placed(expr: str, labels: str = "model, address") -> str:
    """The expression with the labels that are known of the miner joined on, also while it is down."""
    return f"({expr}) * on ({ID}) group_left ({labels}) {known()}"


def grouped(expr: str, labels: str, over: str = "sum") -> str:
    return f"{over} by ({labels}) ({info(expr, labels)})"


def covered(expr: str, said: str, of: str) -> str:
    """The expression, one number, with the labels `said` and `of`: two numbers that are its coverage, as texts."""
    return (
        f'({expr}) * on () group_left (said) count_values("said", {said})'
        f' * on () group_left (of) count_values("of", {of})'
    )


def leading(number: int, expr: str, by: str, *, least: bool = False) -> str:
    """The expression for the values of the label `by` that were greatest in the time range, or least.

    A plain topk would choose anew at each point, and draw a line for each value that was ever chosen."""
    pick, over = ("bottomk", "min_over_time") if least else ("topk", "max_over_time")
    return f"({expr}) and on ({by}) {pick}({number}, {over}(({expr})[$__range:$__interval] @ end()))"
