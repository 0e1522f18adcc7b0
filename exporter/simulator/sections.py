"""Sections that most firmwares share, with cgminer's names and units; each dialect adds and renames fields."""

from __future__ import annotations

from collections.abc import Mapping

from exporter.simulator.api import Reply
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board, Pool
from exporter.simulator.rows import Row, printf

MEGA, GIGA, TERA = 1e6, 1e9, 1e12


def rates(moment: Moment, unit: str, windows: Mapping[str, float | None], board: Board | None = None) -> Row:
    """Return hashrates of the miner or of one board, named like `MHS 5m`.

    A window of 0 seconds is the rate now, None the mean since the start.
    """
    scale = {"KHS": 1e3, "MHS": MEGA, "GHS": GIGA}[unit]
    now, index = (moment.rate, None) if board is None else (board.rate, board.index)
    means = {name: now if seconds == 0 else moment.mean(seconds, index) for name, seconds in windows.items()}
    return {f"{unit} {name}": rate / scale for name, rate in means.items()}


def counts(moment: Moment) -> Row:
    """Return the row of SUMMARY without its hashrates."""
    accepted, rejected, errors = (
        moment.total("accepted"),
        moment.total("rejected"),
        sum(b.errors for b in moment.boards),
    )
    submitted, minutes = max(accepted + rejected, 1), max(moment.elapsed, 1) / 60
    return {
        "Found Blocks": 0,
        "Getworks": moment.total("getworks"),
        "Accepted": accepted,
        "Rejected": rejected,
        "Hardware Errors": errors,
        "Utility": accepted / minutes,
        "Discarded": moment.total("discarded"),
        "Stale": moment.total("stale"),
        "Get Failures": moment.elapsed // 90000,
        "Local Work": moment.elapsed * 90,
        "Remote Failures": 0,
        "Network Blocks": moment.elapsed // 600,
        "Total MH": moment.hashes / MEGA,
        "Work Utility": moment.weight("accepted") / minutes,
        "Difficulty Accepted": moment.weight("accepted"),
        "Difficulty Rejected": moment.weight("rejected"),
        "Difficulty Stale": moment.weight("stale"),
        "Best Share": max(pool.best for pool in moment.pools),
        "Device Hardware%": 100.0 * errors / max(moment.hashes / 2**32, 1),
        "Device Rejected%": 100.0 * rejected / submitted,
        "Pool Rejected%": 100.0 * rejected / submitted,
        "Pool Stale%": 100.0 * moment.total("stale") / submitted,
        "Last getwork": moment.now - moment.elapsed % 30,
    }


def pool_row(pool: Pool) -> Row:
    """Return a row of POOLS as cgminer 4 has it: times in unix seconds."""
    decided = max(pool.accepted + pool.rejected, 1)
    return {
        "POOL": pool.index,
        "URL": pool.url,
        "Status": "Alive" if pool.alive else "Dead",
        "Priority": pool.index,
        "Quota": 1,
        "Long Poll": "N",
        "Getworks": pool.getworks,
        "Accepted": pool.accepted,
        "Rejected": pool.rejected,
        "Works": pool.getworks * 40,
        "Discarded": pool.discarded,
        "Stale": pool.stale,
        "Get Failures": 0,
        "Remote Failures": 0,
        "User": pool.user,
        "Last Share Time": int(pool.last_share or 0),
        "Diff1 Shares": int(pool.submitted * pool.difficulty),
        **dict.fromkeys(("Proxy Type", "Proxy"), ""),
        "Difficulty Accepted": pool.accepted * pool.difficulty,
        "Difficulty Rejected": pool.rejected * pool.difficulty,
        "Difficulty Stale": pool.stale * pool.difficulty,
        "Last Share Difficulty": pool.difficulty if pool.submitted else 0.0,
        "Work Difficulty": pool.difficulty if pool.active else 0.0,
        "Has Stratum": True,
        "Stratum Active": pool.active,
        "Stratum URL": pool.url.partition("//")[2].partition(":")[0] if pool.active else "",
        "Stratum Difficulty": pool.difficulty if pool.active else 0.0,
        "Has Vmask": True,
        "Has GBT": False,
        "Best Share": pool.best,
        "Pool Rejected%": 100.0 * pool.rejected / decided,
        "Pool Stale%": 100.0 * pool.stale / decided,
        "Bad Work": 0,
        "Current Block Height": 0,
        "Current Block Version": 536870912,
    }


def device_counts(moment: Moment, board: Board) -> Row:
    """Return the share counts of a row of DEVS."""
    decided, difficulty = max(board.accepted + board.rejected, 1), moment.pools[0].difficulty
    work = int((board.accepted + board.rejected) * difficulty)
    last = int(max(pool.last_share or 0 for pool in moment.pools)) if board.accepted else 0
    return {
        "Accepted": board.accepted,
        "Rejected": board.rejected,
        "Hardware Errors": board.errors,
        "Utility": board.accepted * 60 / max(moment.elapsed, 1),
        "Last Share Pool": 0 if board.accepted else -1,
        "Last Share Time": last,
        "Total MH": sum(moment.work[board.index]) / MEGA,
        "Diff1 Work": work,
        "Difficulty Accepted": board.accepted * difficulty,
        "Difficulty Rejected": board.rejected * difficulty,
        "Last Share Difficulty": difficulty if board.accepted else 0.0,
        "Last Valid Work": moment.now if board.rate else last,
        "Device Hardware%": 100.0 * board.errors / max(board.errors + work, 1),
        "Device Rejected%": 100.0 * board.rejected / decided,
        "Device Elapsed": moment.elapsed,
    }


def timing(moment: Moment, number: int, name: str) -> Row:
    """Return the first fields of a row of STATS: times of getwork, a protocol of the past."""
    row: Row = {"STATS": number, "ID": name, "Elapsed": moment.elapsed, "Calls": 0}
    return {**row, "Wait": 0.0, "Max": 0.0, "Min": 99999999.0}


def pools_reply(rows: list[Row]) -> Reply:
    """Return the answer to `pools`."""
    return Reply(7, f"{len(rows)} Pool(s)", {"POOLS": rows})


def devs_reply(rows: list[Row], kind: str = "ASC") -> Reply:
    """Return the answer to `devs`."""
    return Reply(9, f"{len(rows)} {kind}(s)", {"DEVS": rows})


def age(seconds: float, hours: str = "d") -> str:
    """Return seconds as `H:MM:SS`; `hours` is the format of the hours."""
    whole = max(int(seconds), 0)
    return f"{whole // 3600:{hours}}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def short_difficulty(difficulty: float) -> str:
    """Return a difficulty as Bitmain shortens it: `65.5K`, `524K`."""
    for factor, suffix in ((1e9, "G"), (1e6, "M"), (1e3, "K")):
        if difficulty >= factor:
            return f"{difficulty / factor:.3g}{suffix}"
    return f"{difficulty:.0f}"


def chip_map(board: Board, group: int) -> str:
    """Return a letter for each chip, `o` good and `x` bad, in groups of the machine's size."""
    letters = "".join("x" if chip in board.lost else "o" for chip in range(board.chips))
    return " ".join(letters[start : start + group] for start in range(0, board.chips, group))


def dashed(*degrees: float) -> str:
    """Return temperatures as Bitmain lists them: `73-45-64-65`."""
    return "-".join(f"{value:.0f}" for value in degrees)


def config(moment: Moment, _: str) -> Reply:
    """Answer `config` as a classic cgminer does."""
    row: Row = {"ASC Count": moment.machine.boards, "PGA Count": 0, "Pool Count": len(moment.pools)}
    row |= {"Strategy": "Failover", "Log Interval": 5, "Device Code": "", "OS": "Linux", "Hotplug": "None"}
    return Reply(33, "CGMiner config", {"CONFIG": [row]})


def coin(moment: Moment, _: str) -> Reply:
    """Answer `coin`: the block chain, as the pool shows it."""
    begun = moment.now - moment.now % 600
    row: Row = {"Hash Method": "sha256", "Current Block Time": float(begun), "Current Block Hash": f"{begun:064x}"}
    return Reply(78, "CGMiner coin", {"COIN": [printf({**row, "LP": True, "Network Difficulty": 1.27e14})]})
