"""Elphapex's DG1+: pages like an Antminer's behind digest authentication, numbers as texts, thousandths of degrees."""

from __future__ import annotations

from exporter.simulator.dialect import Simulated
from exporter.simulator.logins import Digest
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board, Pool
from exporter.simulator.rows import Row
from exporter.simulator.sections import MEGA, age, chip_map, short_difficulty
from exporter.simulator.web import Web

_VERSION = "DG1_V1.2.0"


def _document(moment: Moment, name: str, rows: list[Row]) -> Row:
    about: Row = {"miner_version": _VERSION, "CompileTime": "", "dev_sn": moment.life.serial, "type": "DG1"}
    status: Row = {"STATUS": "S", "when": moment.elapsed, "timestamp": moment.now, "api_version": "1.0.0", "Msg": name}
    return {"STATUS": status, "INFO": {**about, "hw_version": "DG1_HW_V1.1"}, name.upper(): rows}


def _rates(moment: Moment) -> Row:
    row: Row = {"elapsed": moment.elapsed, "rate_unit": "MH/s", "rate_5s": moment.rate / MEGA}
    row |= {f"rate_{name}": moment.mean(span) / MEGA for name, span in {"15m": 900, "30m": 1800, "avg": None}.items()}
    return {**row, "rate_ideal": moment.machine.rate / MEGA}


def _summary(moment: Moment) -> Row:
    ill = {"rate": not moment.rate, "network": moment.has("no_pool"), "fans": 0 in moment.fans, "temp": False}
    status = [{"type": kind, "status": "e" if bad else "s", "code": int(bad), "msg": ""} for kind, bad in ill.items()]
    row = {**_rates(moment), "hw_all": moment.mean(None) / MEGA, "status": status}
    return _document(moment, "summary", [{**row, "bestshare": max(pool.best for pool in moment.pools)}])


def _chain(moment: Moment, board: Board) -> Row:
    up = board.works
    row: Row = {"index": board.index, "asic_num": board.chips if up else 0, "hw": board.chips if up else 0}
    row |= {"freq_avg": round(board.mhz * 100) if up else 0, "sn": f"{moment.life.serial[:-1]}{board.index}" * up}
    row |= {"rate_ideal": board.nominal / MEGA if up else 0, "rate_real": board.rate / MEGA}
    row["asic"] = chip_map(board, moment.machine.group) if up else ""
    row["temp_chip"] = [f"{(board.chip + above) * 1000:.0f}" if up else "" for above in (0, -3)]
    return row | {f"temp_{place}": [round(board.pcb + above) for above in (0, -2)] for place in ("pcb", "pic")}


def _stats(moment: Moment) -> Row:
    row = {**_rates(moment), "chain_num": len(moment.boards), "fan_num": len(moment.fans), "hwp_total": 0.1}
    row |= {"fan": [str(rpm) for rpm in moment.fans], "chain": [_chain(moment, board) for board in moment.boards]}
    return _document(moment, "stats", [row])


def _pool(moment: Moment, pool: Pool) -> Row:
    last, weight = pool.last_share, pool.difficulty
    row: Row = {"index": pool.index, "url": pool.url, "user": pool.user, "priority": pool.index}
    row |= {"status": "Alive" if pool.alive else "Unreachable", "getworks": pool.getworks}
    row |= {"accepted": pool.accepted, "rejected": pool.rejected, "stale": pool.stale}
    row |= {"diff": short_difficulty(weight) if pool.submitted else "", "diff1": int(pool.submitted * weight)}
    row |= dict.fromkeys(("diffa", "diffr"), weight if pool.submitted else 0) | {"diffs": 0}
    row["lstime"] = "" if last is None else age(moment.time - last)
    return {**row, "lsdiff": weight if pool.submitted else 0}


def _pools(moment: Moment) -> Row:
    # The web page has three lines for pools; an empty line is listed, too.
    unused = Pool(2, "", "", alive=False, active=False, difficulty=0.0, submitted=0, last_share=None, getworks=0)
    return _document(moment, "pools", [_pool(moment, pool) for pool in (*moment.pools, unused)])


def _system(moment: Moment) -> Row:
    row: Row = {"minertype": moment.machine.name.removeprefix("Elphapex "), "Algorithm": "Scrypt"}
    row |= {"hostname": moment.name, "macaddr": moment.life.mac, "ipaddress": "192.0.2.50", "nettype": "DHCP"}
    return {**row, "system_mode": "GNU/Linux", "system_filesystem_version": _VERSION, "firmware_type": "Release"}


def _power(moment: Moment) -> Row:
    row: Row = {"power_output": f"{moment.watts:.0f}", "power_temp": f"{(moment.hottest - 8) * 10:.0f}"}
    return {**row, "power_sn": f"PS{moment.life.serial[:10]}"}


ELPHAPEX = Web(
    "Elphapex",
    {
        "/cgi-bin/summary.cgi": _summary,
        "/cgi-bin/stats.cgi": _stats,
        "/cgi-bin/pools.cgi": _pools,
        "/cgi-bin/get_system_info.cgi": _system,
        "/cgi-bin/get_power.cgi": _power,
    },
    conditions=frozenset({"failing_board", "dead_board", "dead_pool", "no_pool", "hot", "failed_fan", "restless"}),
    lock=Digest("elphapex", "Miner Configuration"),
    readings="rate watts fans boards accepted rejected stale board_up failed_chips",
    symptoms={
        "dead_pool": ('asic_pool_up{pool="0"} 0', 'asic_pool_up{pool="1"} 1'),
    },
)

DG1_PLUS = Machine(
    "Elphapex DG1+",
    "dg1",
    boards=4,
    chips=204,
    rate=14e9,
    watts=3920,
    mhz=620,
    volts=12.0,
    fans=4,
    group=12,
    first_board=0,
    chip_rise=8.0,
)
SIMULATED = (Simulated("elphapex", DG1_PLUS, ELPHAPEX, order=360),)
