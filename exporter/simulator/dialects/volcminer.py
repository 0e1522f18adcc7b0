"""VolcMiner's D1 by its pages: data between quotes, numbers as texts with commas, and an empty slot."""

from __future__ import annotations

from dataclasses import replace

from exporter.simulator.dialect import Simulated
from exporter.simulator.dialects.blackminer import VOLCMINER_D1
from exporter.simulator.logins import Digest
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board, Pool
from exporter.simulator.rows import Printed, Row, dump
from exporter.simulator.sections import MEGA, age, chip_map
from exporter.simulator.web import Web

_EMPTY: Row = {"chain_acn": "0", "temp": "0", "hw": "0", "chain_rate": "", "chain_acs": "", "freq": ""}


def _quoted(value: object) -> Printed:
    """Return an object or a list between quotes, without escapes."""
    return Printed(f'"{dump(value)}"')


def _page(data: Row) -> Printed:
    return Printed(dump({"code": "200", "msg": "ok", "data": _quoted(data)}))


def _chain(moment: Moment, board: Board) -> Row:
    if not board.works:
        return {"index": str(board.number), **_EMPTY}
    row: Row = {"index": str(board.number), "chain_acn": str(board.chips), "temp": f"{board.pcb:.0f}"}
    row |= {"hw": f"{board.errors:,}", "chain_rate": f"{board.rate / MEGA:,.2f}"}
    return {**row, "chain_acs": " " + chip_map(board, moment.machine.group), "freq": f"{moment.machine.mhz:.0f}"}


def _counts(pool: Pool) -> dict[str, float]:
    row = {"getworks": pool.getworks, "accepted": pool.accepted, "rejected": pool.rejected, "stale": pool.stale}
    return row | {"diffa": pool.accepted * pool.difficulty, "diffr": pool.rejected * pool.difficulty}


def _pool(moment: Moment, pool: Pool) -> Row:
    row: Row = {"index": str(pool.index), "url": pool.url, "user": pool.user, "priority": str(pool.index)}
    row |= {"status": "Alive" if pool.alive else "Dead", "diff": f"{pool.difficulty if pool.active else 0:.0f}"}
    row["lstime"] = "0" if pool.last_share is None else age(moment.time - pool.last_share)
    return row | {name: f"{value:,}" for name, value in _counts(pool).items()}


def _status(moment: Moment) -> Printed:
    days, rest = divmod(moment.elapsed, 86_400)
    span = f"{days}d {rest // 3600}h {rest // 60 % 60}m {rest % 60}s"
    row: Row = {"elapsed": span, "ghs5s": f"{moment.rate / MEGA:,.2f}", "ghsav": f"{moment.mean() / MEGA:,.2f}"}
    row |= {"localwork": f"{moment.elapsed * 90:,}", "bestshare": f"{max(pool.best for pool in moment.pools)}"}
    each = [_counts(pool) for pool in moment.pools]
    totals = {f"t_{name}": f"{sum(counts[name] for counts in each):,}" for name in each[0]}
    pools: Row = {"total": totals, "hw": {"h_hw": f"{sum(board.errors for board in moment.boards):,}"}}
    row["pools"] = {**pools, "pool_dtls": _quoted([_pool(moment, pool) for pool in moment.pools])}
    empty: Row = {"index": str(len(moment.boards) + 1), **_EMPTY}
    row["chains"] = _quoted([*(_chain(moment, board) for board in moment.boards), empty])
    row["fan"] = {f"fan{n}": f"{rpm:,}" for n, rpm in enumerate(moment.fans, 1)}
    return _page(row)


def _system(moment: Moment) -> Printed:
    row: Row = {"minertype": moment.machine.name, "hostname": moment.name, "macaddr": moment.life.mac.upper()}
    row |= {"mem_total": "245160", "mem_free": "184848", "cgminer_version": "4.12.0"}
    return _page({**row, "system_filesystem_version": "2025-10-08 04-26-50 CST"})


VOLCMINER = Web(
    "VolcMiner",
    {"/cgi-bin/get_miner_statusV1.cgi": _status, "/cgi-bin/get_system_infoV1.cgi": _system},
    conditions=frozenset({"failing_board", "dead_board", "dead_pool", "no_pool", "hot", "restless"}),
    lock=Digest("blackminer", "blackMiner Configuration"),
    readings="rate fans boards accepted rejected stale failed_chips",
    symptoms={
        "dead_pool": ('asic_pool_up{pool="0"} 0', 'asic_pool_up{pool="1"} 1'),
    },
)
SIMULATED = (Simulated("volcminer_web", replace(VOLCMINER_D1, short="volcweb"), VOLCMINER, order=428),)
