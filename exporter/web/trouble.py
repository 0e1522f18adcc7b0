"""The state of a miner on the status page: the colour of its dot, and its trouble in words."""

from __future__ import annotations

from typing import Any, Final

WORKING: Final = frozenset({"up", "mining", "tuning", "starting"})
STEADY: Final = frozenset({"up", "mining"})  # states in which the nominal hashrate is expected
SHORT: Final = 0.9  # share of the nominal hashrate below which a miner is marked as short
MARKS: Final = {
    "down": 0,
    "bad": 1,
    "new": 2,
    "short": 3,
    "up": 4,
    "rest": 4,
}  # the CSS classes of the dot, with their rank by gravity, gravest first


def missing(row: dict[str, Any]) -> int:
    """Return the number of boards that a working miner lacks; 0 for a miner at rest."""
    if row["up"] != "up" or row["state"] not in WORKING:
        return 0
    lost: int = row.get("boards_expected", 0) - row.get("boards", row.get("boards_expected", 0))
    return max(0, lost)


def part(row: dict[str, Any]) -> float:
    """Return the share of the nominal hashrate that a miner reaches; 1 if unknown or if the miner is not steady."""
    reached: float = row.get("of_nominal", 1.0) if row["state"] in STEADY else 1.0
    return reached


def mark(row: dict[str, Any]) -> str:
    """Return the miner's state as a key of MARKS."""
    if row["up"] != "up":
        return "rest" if "planned_off" in row else str(row["up"])
    if row.get("critical") or "unexpected_pool" in row or row["state"] == "faulted" or idle(row):
        return "bad"
    if not row.keys().isdisjoint(("hot", "unexpected", "boards_missing", "twins")):
        return "short"
    if row["state"] not in WORKING:
        return "rest"
    return "short" if part(row) < SHORT else "up"


def idle(row: dict[str, Any]) -> bool:
    """Return True for a miner that claims to mine and has a hashrate of 0."""
    return row["state"] == "mining" and row.get("hashrate") == 0


def trouble(row: dict[str, Any]) -> str:
    """Return why a miner is down, or the troubles of a running miner, the gravest first."""
    if "last_error" in row:
        return "planned to be off" if "planned_off" in row else str(row["last_error"])
    lost, limit = row.get("boards_missing", 0), row.get("hot", 0)
    found = [
        "works for an unexpected pool" if "unexpected_pool" in row else "",
        f"same MAC address as {row['twins']}" if "twins" in row else "",
        "hashes nothing" if idle(row) else "",
        f"{lost} of {row.get('boards_expected')} boards missing" if lost else "",
        f"{row['temperature']:.0f} °C, over {limit:.0f}" if limit else "",
        f"{100 * part(row):.0f} % of its nominal hashrate" if part(row) < SHORT and not lost and not idle(row) else "",
        row.get("faults", ""),
        f"not as expected: {', '.join(row['unexpected'])}" if "unexpected" in row else "",
    ]
    return "; ".join(filter(None, found))
