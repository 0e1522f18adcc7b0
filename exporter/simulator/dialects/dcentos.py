"""DCENT_OS: flat joined answers, rows that list their placeholder zeros, and requests that end with a line break."""

from __future__ import annotations

from exporter.simulator.antminers import S9
from exporter.simulator.api import Api, Reply
from exporter.simulator.dialect import Simulated
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row
from exporter.simulator.sections import MEGA, counts, devs_reply, pool_row, pools_reply, rates

_DAEMON = "dcentrald/0.9.4"
_PLACEHOLDERS = [
    "Discarded",
    "Get Failures",
    "Local Work",
    "Remote Failures",
    "Network Blocks",
    "Work Utility",
    "Found Blocks",
]


def _marked(row: Row, placeholders: list[str], sources: dict[str, str]) -> Row:
    """Return the row with its placeholder zeros, and the two fields that name them."""
    zeros = {key: 0 for key in placeholders if key in row}
    return {**row, **zeros, "_DCENTUnsupported": list(zeros), "_DCENTFieldSources": sources}


def _version(_moment: Moment, _: str) -> Reply:
    row: Row = {"CGMiner": _DAEMON, "API": "3.7", "Type": "Antminer", "Miner": _DAEMON, "BMMiner": _DAEMON}
    row |= {"Firmware": "DCENTOS", "Description": f"DCENT_OS {_DAEMON} (open-source firmware on Antminer hardware)"}
    return Reply(22, "Version", {"VERSION": [row]})


def _summary(moment: Moment, _: str) -> Reply:
    row: Row = {"Elapsed": moment.elapsed, **rates(moment, "MHS", {"av": None, "5s": 0}), **counts(moment)}
    # Hashes are derived from the mean, and shares are counted without their difficulty.
    row["Total MH"] = moment.mean() / MEGA * moment.elapsed
    row |= {f"Difficulty {what.title()}": moment.total(what) for what in ("accepted", "rejected", "stale")}
    sources = {"MHS av": "measured", "Total MH": "derived", "Accepted": "measured"}
    return Reply(11, "Summary", {"SUMMARY": [_marked(row, _PLACEHOLDERS, sources)]})


def _pools(moment: Moment, _: str) -> Reply:
    rows = []
    for pool in moment.pools:
        row = {
            **pool_row(pool),
            "User": "***",
            "Difficulty Accepted": pool.accepted,
            "Difficulty Rejected": pool.rejected,
        }
        row |= {
            "Difficulty Stale": pool.stale,
            "Status": "Dead" if not pool.alive else "Alive" if pool.active else "Standby",
        }
        rows.append(_marked(row, ["Works", "Discarded", "Remote Failures", "Bad Work"], {"Accepted": "measured"}))
    return pools_reply(rows)


def _devs(moment: Moment, _: str) -> Reply:
    rows = []
    for board in moment.boards:
        row: Row = {"ASC": board.index, "Name": f"chain{board.number}", "ID": board.index, "Enabled": "Y"}
        row |= {
            "Status": "Alive" if board.works else "Dead",
            "Temperature": round(board.pcb, 1) if board.works else 0.0,
        }
        row |= {**rates(moment, "MHS", {"5s": 0, "av": None}, board), "Accepted": 0, "Rejected": 0}
        row |= {"Last Share Time": int(max(pool.last_share or 0 for pool in moment.pools))}
        row |= {"Hardware Errors": board.errors, "chain_acn": board.chips if board.works else 0}
        row |= {"frequency": round(board.mhz) if board.works else 0, "voltage": board.volts if board.works else 0.0}
        zeros = ["Accepted", "Rejected", *([] if board.works else ["Temperature", "frequency", "voltage"])]
        rows.append(_marked(row, zeros, {"MHS 5s": "measured", "Temperature": "measured"}))
    return devs_reply(rows)


def _config(moment: Moment, _: str) -> Reply:
    row: Row = {"ASC Count": len(moment.boards), "PGA Count": 0, "Pool Count": len(moment.pools), "OS": "DCENTOS"}
    return Reply(33, "Config", {"CONFIG": [row]})


DCENTOS = Api(
    f"DCENT_OS {_DAEMON}",
    {"version": _version, "summary": _summary, "pools": _pools, "devs": _devs, "config": _config},
    joins="flat",
    text=False,
    end="\n",
    needs_newline=True,
    conditions=frozenset({"dead_board", "dead_pool", "no_pool", "hot", "restless"}),
    misnamed=frozenset({"Total MH"}),
    readings="rate boards accepted rejected stale board_up",
)

SIMULATED = (Simulated("dcentos", S9, DCENTOS, order=70),)
