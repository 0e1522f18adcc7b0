"""Classic cgminer, the dialect that most firmware shares and that everything unknown falls back to.

Odd about it: the name of a hashrate field carries both its unit and its window (`MHS 5s`, `GHS 30m`, `KHS av`), and the
window of the first depends on how the program was started. Also read here: sgminer, bfgminer, ccminer and their forks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from exporter.decode import Family, hashrate, programs
from exporter.decode.counts import BOARD_FIELDS, POOL_FIELDS, SUMMARY_FIELDS, fill
from exporter.decode.notify import NOTIFY, notify
from exporter.decode.poolvalues import algorithm, blank, last_share, pool_host, pool_kind
from exporter.decode.rows import Reading, Row
from exporter.live import door, fact
from exporter.questions import declare, introduction
from exporter.values import (
    Number,
    celsius,
    flag,
    number,
    positive,
    ratio,
    text,
)
from exporter.vocabulary import (
    Board,
    BoardSensor,
    Fan,
    HashrateNominal,
    Miner,
    MinerInfo,
    Part,
    Pool,
    PoolInfo,
    miner_states,
)

VERSION, SUMMARY, STATS = introduction(declare("version")), declare("summary"), declare("stats")
POOLS, DEVS, DEVDETAILS = declare("pools"), declare("devs"), declare("devdetails")
COIN = declare("coin")


def state(reading: Reading) -> Iterator[Part]:
    """Mining where it hashes; why it does not, the dialect does not tell."""
    yield from miner_states("mining" if hashrate.hashing(reading) else None)


def any_state(reading: Reading) -> Iterator[Part]:
    """The state of an unknown program: faulted where it calls every device that it may use dead."""
    if hashrate.hashing(reading):
        yield from miner_states("mining")
    else:
        used = [row for row in reading.rows("devs") if flag(row.fact("Enabled")) is not False]
        dead = used and all(text(row.fact("Status")) in ("Dead", "Sick", "NoStart") for row in used)
        yield from miner_states("faulted" if dead else None)


def summary(reading: Reading) -> Iterator[Part]:
    row = reading.row("summary")
    miner = Miner()
    fill(miner, row, SUMMARY_FIELDS)
    miner.hashes_total = hashrate.done(row)
    yield miner
    yield from hashrate.windows(row)


def index(row: Row, keys: Iterable[str] = ("ID", "ASC", "GPU", "PGA")) -> str:
    """The first of `keys` that the row has, as a label; "" where it has none."""
    return next((label for key in keys if (label := text(row.fact(key)))), "")


def pools(reading: Reading, other: str = "user") -> Iterator[Part]:
    """The pools; `other` is the kind of those that are not the firmware maker's own."""
    return pool_parts(reading, reading.rows("pools"), other)


def pool_parts(reading: Reading, rows: list[Row], other: str = "user") -> Iterator[Part]:
    """The pools of these rows, in the words of the dialect."""
    for row in rows:
        url = row["URL"]
        if (pool := index(row, ("POOL",))) == "" or fact(blank(url)):  # a slot without a URL is not a pool
            continue
        part = Pool(pool, up=alive(row["Status"]), active=switch(row["Stratum Active"]))
        fill(part, row, POOL_FIELDS)
        part.last_share_timestamp_seconds = last_share(row["Last Share Time"], part.shares_accepted_total, reading.now)
        yield part
        user = text(row["User"]) if reading.workers else ""
        yield PoolInfo(pool, pool_host(url), pool_kind(url, row["Priority"], other), user)


def any_pools(reading: Reading) -> Iterator[Part]:
    """Pools of an unknown program, which may list its maker's fee as an entry like any other, and what it hashes."""
    yield from pools(reading, other="")
    rows = [row for row in reading.rows("pools") if "Algorithm" in row]
    yield MinerInfo(algorithm=algorithm(*[row[key] for row in rows for key in ("Stratum Active", "Algorithm")]))


@door
def alive(status: object, enabled: object = None) -> int | None:
    """1 for Alive, 0 for any other word: Dead, Disabled, Rejecting, even "Deed"."""
    word = status if status == "Alive" else text(status)
    return int(word == "Alive" and (enabled is None or flag(enabled) is not False)) if word else None


@door
def switch(raw: object) -> int | None:
    """A flag as 1 or 0."""
    on = raw if type(raw) is bool else flag(raw)
    return None if on is None else int(on)


def devs(reading: Reading) -> Iterator[Part]:
    rates = []
    for row in reading.rows("devs"):
        if board := index(row, ("ASC", "GPU", "PGA", "ID")):
            part = device(row, board)
            fill(part, row, BOARD_FIELDS)
            yield part
            location = "chip" if "GPU" in row else "pcb"
            yield BoardSensor(board, location, "0", celsius(row["Temperature"]))
            if row.any(positive, "Fan Speed"):
                yield Fan(board, positive(row["Fan Speed"]), ratio(row["Fan Percent"]))
            rates.append(part.hashrate_hashes_per_second)
    if "summary" not in reading.answers.rows:
        yield sum_of(reading, rates)


def device(row: Row, board: str) -> Board:
    """A board with its state and hashrate, from a row of devs."""
    return Board(board, up=alive(row["Status"], row["Enabled"]), hashrate_hashes_per_second=hashrate.current(row))


@door
def total(*values: Number | None) -> Number | None:
    """The sum; None where one is missing, because the sum over some is nobody's total."""
    return None if None in values else sum(value for value in values if value is not None)


def sum_of(reading: Reading, rates: list[Number | None]) -> Miner:
    """The miner's hashrate as that of all its boards, where it does not say it; a part of them has no such sum."""
    whole = rates and "truncated" not in reading.answers.repairs
    return Miner(hashrate_hashes_per_second=total(*rates) if whole else None)


def nominal(rows: list[Row]) -> Iterator[Part]:
    """Each board's nominal hashrate, and their sum as the miner's, where devs says them (`Nominal MHS`)."""
    found = [positive(row["Nominal MHS"]) for row in rows]
    for row, value in zip(rows, found, strict=True):
        yield Board(index(row), hashrate_nominal_hashes_per_second=number(value, 1e6))
    if found:
        yield HashrateNominal("firmware", number(total(*found), 1e6))


def coin(reading: Reading) -> Iterator[Part]:
    row = reading.row("coin")
    yield MinerInfo(algorithm=text(row.fact("Hash Method")))
    yield Miner(network_difficulty=positive(row["Network Difficulty"]))


def version(reading: Reading) -> Iterator[Part]:
    row = reading.row("version")
    program, said = programs.of(row)
    yield MinerInfo(firmware=program, firmware_version=said, api_version=text(row.fact("API")))


def unanswered(reading: Reading) -> bool:
    """Whether nothing of the API was answered, so that pages of a web server are all that tells what a miner is."""
    return reading.answers.rows.keys().isdisjoint({q.name for q in (VERSION, SUMMARY, DEVS, STATS, POOLS, DEVDETAILS)})


def recognise(reading: Reading) -> str:
    for section in (VERSION, SUMMARY, DEVS, STATS, POOLS, DEVDETAILS):
        if reading.rows(section.name):
            return f"{section.name} answers in the cgminer dialect"
    return ""


FAMILY = Family(
    name="cgminer",
    rank=1000,
    recognise=recognise,
    sections=(
        ("summary", summary),
        ("devs", devs),
        ("pools", any_pools),
        ("coin", coin),
        ("notify", notify),
        ("version", version),
        ("", any_state),
    ),
    fast=(SUMMARY, DEVS, POOLS),
    slow=(VERSION, COIN, NOTIFY, STATS),  # stats says what else a miner may be, and is all that some answer
)
