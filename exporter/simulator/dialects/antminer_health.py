"""The health reports of an Antminer: the health of parts in `summary`, and codes in `warning`."""

from __future__ import annotations

from collections.abc import Iterator

from exporter.simulator.dialects.antminer_stats import new_page
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, printf
from exporter.simulator.sections import GIGA

_LOW = 0.8  # part of the nominal rate: a lower rate is bad
_CAUSES = {
    "F": "The fan stands still.",
    "J": "Chips of the board do not answer.",
    "N": "No pool answers.",
    "P": "Too hot.",
    "R": "The rate is low.",
}


def _codes(moment: Moment) -> Iterator[str]:
    """Yield the current codes: a letter for the kind, the number of the part from 0, and the case."""
    if moment.has("sleeping"):
        return
    for number, rpm in enumerate(moment.fans):
        if not rpm:
            yield f"F{number}:1"
    for board in moment.boards:
        if not board.works:
            yield f"J{board.index}:2"
        elif board.lost:
            yield f"J{board.index}:1"
    if not any(pool.alive for pool in moment.pools):
        yield "N:4"
    if moment.has("hot"):
        yield "P:1"
    if moment.rate < _LOW * moment.machine.rate:
        yield "R:1"


def warning_page(moment: Moment, *, miner: str) -> Row:
    """Return `warning` with `new_api`: the current codes, each with an explanation."""
    rows: list[Row] = [
        {"code": code, "cause": _CAUSES[code[0]], "suggestion": "", "timestamp": ""} for code in _codes(moment)
    ]
    return new_page(moment, miner, "warning", rows)


def summary_page(moment: Moment, *, miner: str) -> Row:
    """Return `summary` with `new_api`: the rates, and `s` (good) or `e` (bad) for each part."""
    kinds = {code[0]: code for code in _codes(moment)}
    judged: list[Row] = []
    for letter, kind in {"R": "rate", "N": "network", "F": "fans", "P": "temp"}.items():
        bad = letter in kinds
        judged.append({"type": kind, "status": "e" if bad else "s", "code": 0, "msg": _CAUSES[letter] if bad else ""})
    row: Row = {"elapsed": moment.elapsed, "rate_5s": moment.rate / GIGA, "rate_30m": moment.mean(1800) / GIGA}
    row |= {"rate_avg": moment.mean() / GIGA, "rate_ideal": moment.machine.rate / GIGA, "rate_unit": "GH/s"}
    row |= {"hw_all": sum(board.errors for board in moment.boards), "bestshare": max(p.best for p in moment.pools)}
    return new_page(moment, miner, "summary", [{**printf(row), "status": judged}])
