"""The commands of a classic cgminer 4, for firmwares that change a few of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exporter.simulator.api import Api, Handler, Reply
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board
from exporter.simulator.rows import Row, printf
from exporter.simulator.sections import counts, device_counts, devs_reply, pool_row, pools_reply, rates, timing

Windows = Mapping[str, float | None]

CONDITIONS = frozenset({"dead_board", "dead_pool", "no_pool", "hot", "restless"})
"""Conditions that the classic commands show."""
WINDOWS: Windows = {"av": None, "5s": 0, "1m": 60, "5m": 300, "15m": 900}


def nothing(*_: object) -> Row:
    """Return no fields, for a section without additional fields."""
    return {}


def temperature(board: Board) -> float:
    """Return the board's temperature; zero for a dead board, as cgminer writes it."""
    return board.pcb if board.works else 0.0


def version(fields: Row, name: str = "CGMiner versions") -> Handler:
    """Return the handler of `version`, with these fields and the API's version."""
    return lambda _moment, _: Reply(22, name, {"VERSION": [fields]})


def summary(extra: Callable[[Moment], Row] = nothing, windows: Windows = WINDOWS) -> Handler:
    """Return the handler of `summary`, with the fields of `extra` at the end."""

    def reply(moment: Moment, _: str) -> Reply:
        row: Row = {"Elapsed": moment.elapsed, **rates(moment, "MHS", windows), **counts(moment), **extra(moment)}
        return Reply(11, "Summary", {"SUMMARY": [printf(row)]})

    return reply


def pools(moment: Moment, _: str) -> Reply:
    """Answer the command `pools`."""
    return pools_reply([printf(pool_row(pool)) for pool in moment.pools])


def stats(rows: Callable[[Moment], list[Row]]) -> Handler:
    """Return the handler of `stats`: the firmware's own rows, then cgminer's row for each pool."""

    def reply(moment: Moment, _: str) -> Reply:
        own = rows(moment)
        pools = [printf(timing(moment, len(own) + pool.index, f"POOL{pool.index}")) for pool in moment.pools]
        return Reply(70, "CGMiner stats", {"STATS": [*own, *pools]})

    return reply


def devs(
    name: str, extra: Callable[[Moment, Board], Row] = nothing, kind: str = "ASC", windows: Windows = WINDOWS
) -> Handler:
    """Return the handler of `devs`; the fields of `extra` replace cgminer's fields."""

    def reply(moment: Moment, _: str) -> Reply:
        rows = []
        for board in moment.boards:
            row: Row = {kind: board.index, "Name": name, "ID": board.index, "Enabled": "Y"}
            row |= {"Status": "Alive" if board.works else "Dead"}
            row |= {**rates(moment, "MHS", windows, board), **device_counts(moment, board)}
            rows.append(printf({**row, **extra(moment, board)}))
        return devs_reply(rows, kind)

    return reply


def classic(
    description: str,
    commands: Mapping[str, Handler],
    *,
    conditions: frozenset[str] = CONDITIONS,
    readings: str = "",
) -> Api:
    """Return a dialect of cgminer's version, summary and pools, and of `commands`, which may replace them."""
    shared = {
        "version": version({"CGMiner": description.partition(" ")[2], "API": "3.7"}),
        "summary": summary(),
        "pools": pools,
    }
    return Api(description, {**shared, **commands}, conditions=conditions, readings=readings)
