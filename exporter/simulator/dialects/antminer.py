"""Bitmain's stock firmware: rates in GHS, the last share as an age, and another shape of `stats` on each model."""

from __future__ import annotations

from functools import partial

from exporter.simulator.antminers import S9, S19, S19_PRO, S19J_PRO, S21
from exporter.simulator.api import Api, Handler, Reply
from exporter.simulator.dialect import Simulated
from exporter.simulator.dialects.antminer_health import summary_page, warning_page
from exporter.simulator.dialects.antminer_stats import COMPILED, four_slots, sixteen_slots, web_page
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Pool
from exporter.simulator.rows import Row, printf
from exporter.simulator.sections import (
    GIGA,
    age,
    coin,
    config,
    counts,
    device_counts,
    devs_reply,
    pool_row,
    pools_reply,
    rates,
    short_difficulty,
)

_CONDITIONS = frozenset({"failing_board", "dead_board", "dead_pool", "no_pool", "hot", "failed_fan", "restless"})
_DROPPED = (
    "Works",
    "Work Difficulty",
    "Stratum Difficulty",
    "Has Vmask",
    "Bad Work",
    "Current Block Height",
    "Current Block Version",
)


def _version(moment: Moment, _: str, *, core: str, miner: str, what: str) -> Reply:
    row: Row = {"BMMiner": core, "API": "3.1", "Miner": miner, "CompileTime": COMPILED, "Type": moment.machine.name}
    return Reply(22, f"{what} versions", {"VERSION": [row]})


def pool(moment: Moment, pool: Pool, stale_key: str = "Pool Stale%") -> Row:
    """Return a row of POOLS: `Diff` shortened, the last share as an age, and fewer keys than cgminer."""
    row: Row = {}
    for key, value in pool_row(pool).items():
        if key == "Last Share Time":
            row[key] = "0" if pool.last_share is None else age(moment.time - pool.last_share)
            row["Diff"] = short_difficulty(pool.difficulty) if pool.submitted else ""
        elif key == "Pool Stale%":
            row[stale_key] = value
        elif key not in _DROPPED:
            row[key] = value
    return printf(row)


def _pools(moment: Moment, _: str, *, stale_key: str) -> Reply:
    rows = [pool(moment, one, stale_key) for one in moment.pools]
    # The web page has three lines for pools; an empty line is a dead pool without a name.
    unused = Pool(2, "", "", alive=False, active=False, difficulty=0.0, submitted=0, last_share=None, getworks=0)
    return pools_reply([*rows, {**pool(moment, unused, stale_key), "Has Stratum": False}])


def _summary(moment: Moment, _: str, *, windows: dict[str, float | None], quoted: bool) -> Reply:
    shown = printf({"Elapsed": moment.elapsed, **rates(moment, "GHS", windows), **counts(moment)})
    if quoted:
        return Reply(11, "Summary", {"SUMMARY": [{**shown, "GHS 5s": f"{moment.rate / GIGA:.2f}"}]})
    # Later firmware has Getwork in place of Getworks.
    return Reply(11, "Summary", {"SUMMARY": [{"Getwork" if k == "Getworks" else k: v for k, v in shown.items()}]})


def _devs(moment: Moment, _: str) -> Reply:
    """Answer `devs` as the firmware does: one device for all boards, no rates, and a time in place of a difficulty."""
    facts = device_counts(moment, moment.boards[0])
    row: Row = {"ASC": 0, "Name": "BTM_SOC", "ID": 0, "Enabled": "Y", "Status": "Alive", "Tenperature": 0.0}
    row |= {
        "MHS av": 0.0,
        "MHS 5s": 0.0,
        **facts,
        "Accepted": moment.total("accepted"),
        "Total MH": 0.0,
        "Diff1 Work": 0,
    }
    row |= {
        "Rejected": moment.total("rejected"),
        "Hardware Errors": 0,
        "Last Share Difficulty": facts["Last Share Time"],
    }
    return devs_reply([printf(row)])


def _bmminer(core: str, miner: str) -> dict[str, Handler]:
    return {
        "version": partial(_version, core=core, miner=miner, what="BMMiner"),
        "summary": partial(_summary, windows={"5s": 0, "av": None}, quoted=True),
        "stats": sixteen_slots,
        "pools": partial(_pools, stale_key="Pool Stale%"),
        "devs": _devs,
        "config": config,
        "coin": coin,
    }


def _shell(miner: str) -> dict[str, Handler]:
    return {
        "version": partial(_version, core="1.0.0", miner=miner, what="CGMiner"),
        "summary": partial(_summary, windows={"5s": 0, "av": None, "30m": 1800}, quoted=False),
        "stats": partial(four_slots, miner=miner),
        "pools": partial(_pools, stale_key="Pool Stale%%"),
        "devs": _devs,
    }


BMMINER = Api(
    "bmminer 1.0.0",
    _bmminer("2.0.0", "30.0.1.3"),
    conditions=_CONDITIONS,
    readings="rate fans boards accepted rejected stale failed_chips",
)
STOCK = Api(
    "cgminer 1.0.0",
    _shell("49.0.1.3"),
    joins="refused",
    conditions=_CONDITIONS | {"sleeping"},
    readings="rate fans boards accepted rejected stale failed_chips",
)
STOCK_NEW_API = Api(
    "cgminer 1.0.0",
    _shell("uart_trans.1.3"),
    joins="refused",
    new_api={
        word: partial(page, miner="uart_trans.1.3")
        for word, page in (("stats", web_page), ("summary", summary_page), ("warning", warning_page))
    },
    conditions=_CONDITIONS | {"sleeping"},
    readings="rate watts fans boards accepted rejected stale board_up failed_chips",
)

SIMULATED = (
    Simulated("antminer", S19_PRO, STOCK, order=10),
    Simulated("antminer", S21, STOCK_NEW_API, order=40),
    Simulated("antminer", S9, BMMINER, order=60),
    Simulated("antminer", S19J_PRO, STOCK, order=120),
    Simulated("antminer", S19, STOCK, order=160),
    Simulated("antminer", S21, STOCK_NEW_API, order=170),
)
