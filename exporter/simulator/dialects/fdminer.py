"""FDMiner on an Antminer: stock's stats with boards in TH/s, and pools of which one is in use."""

from __future__ import annotations

from exporter.simulator.antminers import S19J_PRO
from exporter.simulator.api import Api, Reply
from exporter.simulator.dialect import Simulated
from exporter.simulator.dialects.antminer_stats import COMPILED, four_slots
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row
from exporter.simulator.sections import GIGA, TERA, counts, pool_row, pools_reply, short_difficulty

_VERSION = "2.4.7"
_CONSTANT = {"Found Blocks": 0, "Discarded": 56783, "Local Work": 56813, "Network Blocks": 1}


def _version(moment: Moment, _: str) -> Reply:
    row: Row = {"BCFMiner": _VERSION, "API": "3.1", "Miner": "FCB V2.2", "CompileTime": COMPILED}
    return Reply(22, "BCFMiner Stats", {"VERSION": [{**row, "Type": moment.machine.name}]})


def _summary(moment: Moment, _: str) -> Reply:
    """Answer with the average of the last hour, and with the last share's difficulty in place of sums."""
    rates = {"5s": moment.rate, "av": moment.mean(3600), "30m": moment.mean(1800)}
    row: Row = {"Elapsed": moment.elapsed, **{f"GHS {name}": round(rate / GIGA) for name, rate in rates.items()}}
    last = round(moment.pools[0].difficulty)
    row |= {**counts(moment), **_CONSTANT, "Total MH": moment.rate / TERA}
    return Reply(11, "Summary", {"SUMMARY": [row | {f"Difficulty {what}": last for what in ("Accepted", "Rejected")}]})


def _stats(moment: Moment, _: str) -> Reply:
    header, row = four_slots(moment, _, miner="FCB V2.2").sections["STATS"]
    boards = {f"chain_rate{b.number}": f"{b.rate / TERA:.0f}" if b.works else "" for b in moment.boards}
    chips = {f"chain_acn{b.number}": 79 if b.works else 0 for b in moment.boards}
    average: Row = {"GHS av": round(moment.mean(3600) / GIGA), "total rate": moment.rate / TERA}
    return Reply(
        70, "BCFMiner Stats", {"STATS": [{**header, "BMMiner": _VERSION}, {**row, **average, **boards, **chips}]}
    )


def _pools(moment: Moment, _: str) -> Reply:
    rows = []
    for pool in moment.pools:
        word = "Active" if pool.active else "Alive" if pool.alive else "Dead"
        row: Row = {**pool_row(pool), "Status": word, "Stratum Active": True, "Quota": 0}
        row |= {"Diff": short_difficulty(pool.difficulty), "Last Share Time": str(int(pool.last_share or 0))}
        rows.append(row | {"Difficulty Accepted": round(pool.difficulty), "Difficulty Stale": 0})
    return pools_reply(rows)


FDMINER = Api(
    f"BCFMiner {_VERSION}",
    {"version": _version, "summary": _summary, "stats": _stats, "pools": _pools},
    conditions=frozenset({"failing_board", "dead_pool", "no_pool", "hot", "failed_fan", "restless"}),
    readings="rate fans boards accepted rejected stale failed_chips",
    misnamed=frozenset({"Total MH"}),
    symptoms={"dead_pool": ('asic_pool_up{pool="0"} 0', 'asic_pool_active{pool="1"} 1')},
)

SIMULATED = (Simulated("fdminer", S19J_PRO, FDMINER, order=460),)
