"""Two readings of a recorded miner compared, series by series."""

from __future__ import annotations

import re

import orjson

from exporter.parse.jsontext import parse
from tests.harness.mutation import Series

# Keys that say which thing a row is about, or what its other keys mean: without them it is about another thing.
NAMES = {
    *("ID", "ASC", "GPU", "PGA", "POOL", "FAN", "URL", "TEMP", "index", "Board", "Chip", "HashchainIndex", "Code"),
    *("Target", "Label", "METADATA", "TopLeft", "TopRight", "BottomLeft", "BottomRight", "PSU", "Priority", "Profile"),
    *("Slot", "slot", "_DCENTUnsupported", "STATS", "Chain ID"),
    *("id", "url", "port", "dragid", "Index", "pool-priority"),
    *("error_level", "error_codes", "components", "hashboard_index", "component_index", "source"),
    *("Throttle Target", "Error Throttle Target"),  # of ePIC: null while the usual target is in force
    "Best Session Share",  # of LuxOS: beside it, Best Share is of all time
    "known",  # of Proto's curtailment: whether its other values are fresh
}
# Metrics made of several readings, or of the best of several: with one of them gone they are made of the others.
DERIVED = re.compile(
    r"asic_(board_chip_(temperature_(min|max|mean)_celsius|hashrate_(min|max)_hashes_per_second)"  # of its chips
    r"|(board_)?hashrate_hashes_per_second"  # the shortest window
    r"|hashrate_nominal_hashes_per_second|power_watts|(boards|fans|board_chips)_expected"  # the best source
    r"|power_limit_watts"  # a target, else a limit, else the profile's
    r"|board_frequency_hertz"  # the clock that is, else that which is set
    r"|pool_last_share_timestamp_seconds"  # only of a pool that has accepted one
    r"|(miner|tuner)_state)\{"  # tuning, where the tuner says so; no tuning without work
    r'|asic_board_temperature_celsius\{miner="rig",location='  # of all boards, where none says its own
)
INFO = re.compile(r"asic_\w+_info\{")
# Labels that stand in two places, of which one says them better.
BETTER = {
    "asic_miner_info": re.compile(r'(?:firmware_version|serial)="[^"]*"'),
    "asic_psu_info": re.compile(r'model="[^"]*"'),
}
NEVER = re.compile(r"(?!)")


def labels(line: str) -> set[str]:
    return set(re.findall(r'\w+="[^"]*"', line))


def kept(before: Series, line: str, value: str) -> bool:
    """Whether a series is what it was before; an info may have lost labels."""
    if INFO.match(line):
        name = line.partition("{")[0]
        said = labels(line) - {*BETTER.get(name, NEVER).findall(line)}
        return any(said <= labels(other) for other in before if other.startswith(name))
    return before.get(line) == value


def changed(wound: str, before: Series, line: str, value: str) -> str:
    """The message of a failure: what was done to the answer, and what became of a series."""
    short = re.sub(r'miner="rig",?', "", line).removesuffix("{}")
    hint = "" if re.search(r'(board|pool|fan|sensor|psu|chip)="', short) else "; a sum over a shortened list?"
    return f"{wound}: {short} became {value}, was {before.get(line, 'absent')}{hint}"


def document_of(raw: bytes) -> object:
    """What is said; a page may be a list alone."""
    return orjson.loads(raw) if raw.startswith(b"[") else parse(raw)[0]
