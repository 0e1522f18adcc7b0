"""Classic cgminer, the dialect that most firmware shares and that everything unknown falls back to.

Odd about it: the name of a hashrate field carries both its unit and its window (`MHS 5s`, `GHS 30m`, `KHS av`), and the
window of the first depends on how the program was started. Also read here: sgminer, bfgminer, ccminer and their forks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from exporter.decode import Family, Reading
from exporter.decode.answers import Answers, Row
from exporter.questions import declare
from exporter.values import (
    Number,
    age,
    celsius,
    count,
    flag,
    host_port,
    number,
    positive,
    quantity,
    ratio,
    shares,
    text,
)
from exporter.vocabulary import (
    Board,
    BoardSensor,
    Fan,
    HashrateNominal,
    HashrateWindow,
    Miner,
    MinerInfo,
    Part,
    Pool,
    PoolInfo,
    miner_states,
)

VERSION, SUMMARY, STATS = declare("version"), declare("summary"), declare("stats")
POOLS, DEVS, DEVDETAILS = declare("pools"), declare("devs"), declare("devdetails")
CONFIG, COIN = declare("config"), declare("coin")

Door = Callable[[object], Number | None]
Table = tuple[tuple[str, str, Door], ...]

SHARES: Table = (
    ("Accepted", "shares_accepted_total", shares),
    ("Rejected", "shares_rejected_total", shares),
    ("Stale", "shares_stale_total", shares),
    ("Discarded", "shares_discarded_total", shares),
    ("Difficulty Accepted", "share_difficulty_accepted_total", count),
    ("Difficulty Rejected", "share_difficulty_rejected_total", count),
    ("Difficulty Stale", "share_difficulty_stale_total", count),
)
SUMMARY_FIELDS: Table = (
    ("Elapsed", "miner_uptime_seconds", count),
    *SHARES,
    ("Best Share", "best_share_difficulty", positive),
    ("Found Blocks", "blocks_found_total", count),
    ("Hardware Errors", "hardware_errors_total", count),
    ("Getworks", "getworks_total", count),
    ("Getwork", "getworks_total", count),
    ("Get Failures", "get_failures_total", count),
    ("Remote Failures", "remote_failures_total", count),
    ("Local Work", "local_work_total", count),
    ("Network Blocks", "network_blocks_total", count),
)
POOL_FIELDS: Table = (
    ("Priority", "priority", count),
    ("Quota", "quota", count),
    *SHARES,
    ("Diff", "difficulty", lambda raw: positive(quantity(raw))),
    ("Work Difficulty", "difficulty", positive),
    ("Stratum Difficulty", "difficulty", positive),
    ("Last Share Difficulty", "last_share_difficulty", positive),
    ("Best Share", "best_share_difficulty", positive),
    ("Getworks", "getworks_total", count),
    ("Get Failures", "get_failures_total", count),
    ("Remote Failures", "remote_failures_total", count),
    ("Bad Work", "bad_work_total", count),
)
BOARD_FIELDS: Table = (
    ("Hardware Errors", "hardware_errors_total", count),
    ("Accepted", "shares_accepted_total", shares),
    ("Rejected", "shares_rejected_total", shares),
)

_RATE = re.compile(r"([KMGTP]?)HS (av|\d{1,4}[smh])", re.ASCII)
_UNITS = {"": 1, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_ALIAS = {"900s": "15m", "300s": "5m", "60s": "1m", "1800s": "30m"}


def fill(part: Part, row: Row, table: Table) -> None:
    """Sets the part's fields from the row's, each through its door."""
    for key, name, door in table:
        if (raw := row.get(key)) is not None and (value := door(raw)) is not None:
            setattr(part, name, value)


@lru_cache(1024)
def rate_key(key: str) -> tuple[Number, str, int] | None:
    """(factor to hashes per second, window, its length in seconds) of a field name such as `MHS 5s`; av is longest."""
    match = _RATE.fullmatch(key)
    if match is None:
        return None
    if match[2] == "av":
        return _UNITS[match[1]], "average", 2**31
    return _UNITS[match[1]], _ALIAS.get(match[2], match[2]), int(match[2][:-1]) * _SECONDS[match[2][-1]]


def rates(row: Row, factor: Number | None = None) -> list[tuple[int, str, Number]]:
    """The hashrates of a row as (window's length, window, hashes per second), shortest window first.

    `factor` replaces the unit in the field's name where a model is known to mean another."""
    found: dict[str, tuple[int, str, Number]] = {}
    for key, raw in row.items():
        if (known := rate_key(key)) is not None:
            unit, window, length = known
            value = number(raw, factor or unit)
            if value is not None and value >= 0:
                found.setdefault(window, (length, window, value))
    return sorted(found.values())


def hashrates(row: Row, factor: Number | None = None) -> Iterator[Part]:
    """The miner's hashrate and its windows. An average alone is no current hashrate."""
    windows = rates(row, factor)
    if windows and windows[0][1] != "average":
        yield Miner(hashrate_hashes_per_second=windows[0][2])
    for _, window, value in windows:
        yield HashrateWindow(window, value)


def hashing(reading: Reading) -> bool:
    """Whether work is done right now, by the shortest window of summary or, without one, of any board."""
    for row in [reading.row("summary"), *reading.rows("devs")]:
        windows = rates(row)
        if windows and windows[0][1] != "average" and windows[0][2] > 0:
            return True
    return False


def state(reading: Reading) -> Iterator[Part]:
    """Mining where it hashes; why it does not, the dialect does not tell."""
    yield from miner_states("mining" if hashing(reading) else None)


def summary(reading: Reading) -> Iterator[Part]:
    row = reading.row("summary")
    miner = Miner()
    fill(miner, row, SUMMARY_FIELDS)
    if (total := count(row.get("Total MH"))) is not None:
        miner.hashes_total = number(total, 1e6)
    yield miner
    yield from hashrates(row)


def index(row: Row, keys: Iterable[str] = ("ID", "ASC", "GPU", "PGA")) -> str:
    """The first of `keys` that the row has, as a label; "" where it has none."""
    return next((label for key in keys if (label := text(row.get(key)))), "")


def pools(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("pools"):
        url = row.get("URL")
        if (pool := index(row, ("POOL",))) == "" or url == "":  # a slot without a URL is not a pool
            continue
        part = Pool(pool)
        fill(part, row, POOL_FIELDS)
        if (status := text(row.get("Status"))) != "":
            part.up = int(status == "Alive")  # Dead, Disabled, Rejecting, even "Deed"
        if (active := flag(row.get("Stratum Active"))) is not None:
            part.active = int(active)
        if part.shares_accepted_total != 0:  # without a share, some firmware says the age of the pool entry
            part.last_share_timestamp_seconds = last_share(row.get("Last Share Time"), reading.now)
        yield part
        yield PoolInfo(pool, host_port(url), pool_kind(row), text(row.get("User")) if reading.workers else "")


def pool_kind(row: Row) -> str:
    """devfee where the entry says so or stands where only firmware makers put theirs; user else; "" where unknown."""
    if "devfee" in f"{text(row.get('URL'))} {text(row.get('User'))}".lower():
        return "devfee"
    priority = count(row.get("Priority"))
    return "" if priority is None else "devfee" if priority >= 900 else "user"


def last_share(raw: object, now: float) -> Number | None:
    """Unix time of a share said as such, or as its age "H:MM:SS". Never, an uptime, or a date in words give None."""
    if (seconds := age(raw)) is not None:
        return int(now - seconds)
    value = number(raw)
    return value if value is not None and value > 1_000_000_000 else None


def devs(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("devs"):
        if board := index(row, ("ASC", "GPU", "PGA", "ID")):
            part = device(row, board)
            fill(part, row, BOARD_FIELDS)
            yield part
            location = "chip" if "GPU" in row else "pcb"
            yield BoardSensor(board, location, "0", celsius(row.get("Temperature")))
            if "Fan Speed" in row and (rpm := positive(row.get("Fan Speed"))) is not None:
                yield Fan(board, rpm, ratio(row.get("Fan Percent")))


def device(row: Row, board: str) -> Board:
    """A board with its state and hashrate, from a row of devs."""
    part = Board(board)
    if status := text(row.get("Status")):
        part.up = int(status == "Alive" and flag(row.get("Enabled")) is not False)
    windows = rates(row)
    if windows and windows[0][1] != "average":
        part.hashrate_hashes_per_second = windows[0][2]
    return part


def nominal(rows: list[Row]) -> Iterator[Part]:
    """Each board's nominal hashrate, and their sum as the miner's, where devs says them (`Nominal MHS`)."""
    found = [(index(row), value) for row in rows if (value := positive(row.get("Nominal MHS"))) is not None]
    for board, value in found:
        yield Board(board, hashrate_nominal_hashes_per_second=number(value, 1e6))
    if found and len(found) == len(rows):  # the sum over some of the boards is nobody's nominal
        yield HashrateNominal("firmware", number(sum(value for _, value in found), 1e6))


def coin(reading: Reading) -> Iterator[Part]:
    row = reading.row("coin")
    yield MinerInfo(algorithm=text(row.get("Hash Method")))
    yield Miner(network_difficulty=positive(row.get("Network Difficulty")))


def version(reading: Reading) -> Iterator[Part]:
    row = reading.row("version")
    program = next((key for key in row if key not in ("API", "STATUS") and text(row[key])), "")
    yield MinerInfo(firmware=program, firmware_version=text(row.get(program)), api_version=text(row.get("API")))


def recognise(answers: Answers) -> str:
    for section, rows in answers.rows.items():
        if rows:
            return f"{section} answers in the cgminer dialect"
    return ""


FAMILY = Family(
    name="cgminer",
    rank=1000,
    recognise=recognise,
    sections=(
        ("summary", summary),
        ("devs", devs),
        ("pools", pools),
        ("coin", coin),
        ("version", version),
        ("", state),
    ),
    fast=(SUMMARY, DEVS, POOLS),
    slow=(VERSION, CONFIG, COIN, STATS),
)
