"""The state of a miner, as the status page says it: the colour of its dot, and the reason in words."""

from __future__ import annotations

from typing import Any, Final

WORKING: Final = frozenset({"up", "mining", "tuning", "starting"})
STEADY: Final = frozenset({"up", "mining"})  # where less than the nominal hashrate is too little
SHORT: Final = 0.9  # of the nominal hashrate
MARKS: Final = {"down": 0, "bad": 1, "new": 2, "short": 3, "up": 4, "rest": 4}  # what a dot says, and how grave that is


def missing(row: dict[str, Any]) -> int:
    """Counts the boards that a working miner lacks; a miner at rest may list none."""
    if row["up"] != "up" or row["state"] not in WORKING:
        return 0
    lost: int = row.get("boards_expected", 0) - row.get("boards", row.get("boards_expected", 0))
    return max(0, lost)


def part(row: dict[str, Any]) -> float:
    """The part of its nominal hashrate that a miner reaches; 1 where that is unknown, or too early to ask."""
    reached: float = row.get("of_nominal", 1.0) if row["state"] in STEADY else 1.0
    return reached


def mark(row: dict[str, Any]) -> str:
    """Names the miner's state in one word of MARKS."""
    if row["up"] != "up":
        return str(row["up"])
    if row.get("critical") or "unexpected_pool" in row or row["state"] == "faulted" or idle(row):
        return "bad"
    if "hot" in row or "unexpected" in row or "boards_missing" in row:
        return "short"
    if row["state"] not in WORKING:
        return "rest"
    return "short" if part(row) < SHORT else "up"


def idle(row: dict[str, Any]) -> bool:
    """Tests that a miner says that it is mining, and hashes nothing."""
    return row["state"] == "mining" and row.get("hashrate") == 0


def trouble(row: dict[str, Any]) -> str:
    """Tells why a miner is down, or what is wrong with one that is up, the gravest first."""
    if "last_error" in row:
        return str(row["last_error"])
    lost, limit = row.get("boards_missing", 0), row.get("hot", 0)
    found = [
        "works for an unexpected pool" if "unexpected_pool" in row else "",
        "hashes nothing" if idle(row) else "",
        f"{lost} of {row.get('boards_expected')} boards missing" if lost else "",
        f"{row['temperature']:.0f} °C, over {limit:.0f}" if limit else "",
        f"{100 * part(row):.0f} % of its nominal hashrate" if part(row) < SHORT and not lost and not idle(row) else "",
        row.get("faults", ""),
        f"not as expected: {', '.join(row['unexpected'])}" if "unexpected" in row else "",
    ]
    return "; ".join(filter(None, found))
