"""The settings of a Whatsminer from either API: its clocks, its start, its power, its heat.

Quirks: a target of the clock is in MHz on old firmware, and a percentage of the factory's clock on new firmware, from
-100 to 100. A power percentage of 0 is none. The power limit that is set may be above the limit in force, which only
the summary has.
"""

from __future__ import annotations

from collections.abc import Iterator

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, traceable
from exporter.core.values import Number, count, flag, number, positive, ratio, text
from exporter.parse.rows import Reading


@traceable
def target_clock(raw: object) -> Number | None:
    """Return the hertz of a target in MHz; None for a percentage."""
    value = positive(raw)
    return None if value is None or value <= 100 else number(value, 1e6)


@traceable
def enabled(raw: object) -> int | None:
    """Return 1 for "enable", 0 for "disable", None for anything else."""
    return {"enable": 1, "disable": 0}.get(text(raw).lower())


@traceable
def power_share(raw: object) -> Number | None:
    """Return a power percentage below 100 as a ratio; None for 0, which holds nobody back."""
    share = ratio(positive(raw))
    return share if share is not None and share < 1 else None


@traceable
def held_back(raw: object) -> int | None:
    """Return 1 for a power percentage that holds the miner back, 0 for another percentage."""
    return None if count(raw) is None else int(power_share(raw) is not None)


def limit(reading: Reading, summary: str, *watts: object) -> v.Miner:
    """Return the power limit that is set; None if the `summary` tells the limit in force, or was not readable."""
    known = reading.rows(summary) or reading.failed(summary)
    return v.Miner(power_limit_watts=None if known else coalesce(*[positive(each) for each in watts]))


def setting(reading: Reading) -> Iterator[v.Part]:
    """Yield the settings that API 3 tells; a program sets the power percentage, which a restart forgets."""
    row = reading.row("v3_miner_setting")
    yield limit(reading, "v3_summary", row["power-limit"], reading.row("v3_miner")["power-limit-set"])
    yield v.Miner(fast_boot=enabled(row["fast-boot"]))
    yield v.Profile(text(row.static("power-mode")))
    yield v.HeatMode(text(row.static("heat-mode")))
    percent = row["power-percent"]
    if flag(reading.row("v3_miner").static("working")):  # who switched a miner off is not told
        yield v.Curtailment("remote", held_back(percent), power_share(percent))
