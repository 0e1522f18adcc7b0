"""The selectors and expressions that the dashboards are built of."""

from __future__ import annotations

from typing import Final

SELECT: Final = 'job=~"$job",instance=~"$instance"'
ALL: Final = f"{{{SELECT}}}"
PLACE: Final = f'{SELECT},$by=~"$of"'  # for series that carry what is known of the miner
KNOWN: Final = f"miner:asic_target_info:known{{{PLACE}}}"  # the miners of the chosen places
WORKING: Final = f"miner:asic_up:working{ALL} == 1"
SELECT_ONE: Final = f'{SELECT},miner="$miner"'
ONE: Final = f"{{{SELECT_ONE}}}"
ID: Final = "job, instance, miner"
TARGETS: Final = f"count(asic_up{ALL})"
NONE: Final = f"0 * {TARGETS}"  # what a sum comes to where no miner answers
RESTING: Final = f'asic_miner_state{{{SELECT},state=~"idle|paused|sleeping"}} == 1'


def known(select: str = SELECT) -> str:
    """Where each miner is and what it said last that it is; one series for each, also without the recording rules."""
    here = f"miner:asic_target_info:known{{{select}}} or on ({ID}) asic_target_info{{{select}}}"
    return f"topk by ({ID}) (1, {here})"


def here(expr: str) -> str:
    """The expression, of the miners of the chosen places alone."""
    return f"({expr}) and on ({ID}) {KNOWN}"


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
