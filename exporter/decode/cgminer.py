"""Classic cgminer, the dialect that most firmware shares and that everything unknown falls back to.

Odd about it: the name of a hashrate field carries both its unit and its window (`MHS 5s`, `GHS 30m`, `KHS av`), and the
window of the first depends on how the program was started. `Stratum Active` means connected: a pool that came back is
so beside the pool at work until it has proved stable, and then neither is called active. Devices of each kind are
counted from 0. Also read here: sgminer, bfgminer, ccminer and their forks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from exporter.core.tracing import item, static, traceable, truthy
from exporter.core.values import Number, celsius, flag, number, positive, ratio, text
from exporter.core.vocabulary import (
    Board,
    BoardSensor,
    Fan,
    HashrateNominal,
    Miner,
    MinerInfo,
    Part,
    Pool,
    PoolInfo,
    Value,
    miner_states,
)
from exporter.decode import Family
from exporter.decode.common import hashrate, programs
from exporter.decode.common.counts import BOARD_FIELDS, POOL_FIELDS, SUMMARY_FIELDS, fill
from exporter.decode.common.devices import none_listed, several_kinds
from exporter.decode.common.notify import NOTIFY, notify
from exporter.decode.common.poolvalues import (
    AT_WORK,
    algorithm,
    at_work,
    blank,
    dated,
    last_share,
    pool_host,
    pool_kind,
    pool_up,
    several,
)
from exporter.parse.rows import Reading, Row
from exporter.parse.sections import KINDS
from exporter.questions import line

VERSION, SUMMARY, STATS = line("version", identity_only=True), line("summary"), line("stats")
POOLS, DEVS, DEVDETAILS = line("pools"), line("devs"), line("devdetails")
COIN = line("coin")


def state(reading: Reading) -> Iterator[Part]:
    """Mining where it hashes; why it does not, the dialect does not tell."""
    yield from miner_states("mining" if hashrate.hashing(reading) else None)


def any_state(reading: Reading) -> Iterator[Part]:
    """The state of an unknown program: faulted where it has no device, or calls every device that it may use dead."""
    used = [row for row in reading.rows("devs") if flag(row.static("Enabled")) is not False]
    broken = all(static(alive(row["Status"])) == 0 for row in used) if used else none_listed(reading)
    if broken and not any(static(truthy(hashrate.current(row))) for row in used):  # the miner's rate only decays then
        yield from miner_states("faulted")
    elif hashrate.hashing(reading):
        yield from miner_states("mining")


def summary(reading: Reading) -> Iterator[Part]:
    row = reading.row("summary")
    miner = Miner()
    fill(miner, row, SUMMARY_FIELDS)
    miner.hashes_total = hashrate.done(row)
    yield miner
    yield from hashrate.windows(row)


def index(row: Row, keys: Iterable[str] = ("ID", "ASC", "GPU", "PGA")) -> str:
    """The first of `keys` that the row has, as a label; "" where it has none."""
    return next((label for key in keys if (label := text(row.static(key)))), "")


def pools(reading: Reading, other: str = "user") -> Iterator[Part]:
    """The pools; `other` is the kind of those that are not the firmware maker's own."""
    return pool_parts(reading, reading.rows("pools"), other)


def pool_parts(reading: Reading, rows: list[Row], other: str = "user") -> Iterator[Part]:
    """The pools of these rows, in the words of the dialect."""
    # A slot without a URL is not a pool.
    named = [(pool, row) for row, pool in numbered(rows) if pool and not static(blank(row["URL"]))]
    kinds = [pool_kind(row["URL"], row["Priority"], other) for _, row in named]
    working = active(reading, [row for _, row in named])
    timed = static(dated(*[row["Last Share Time"] for _, row in named]))
    when = next(iter(reading.others("pools", "STATUS")), reading.empty)["When"] if timed else None
    for n, (pool, row) in enumerate(named):
        part = Pool(pool, up=pool_up(row["Status"], row["Stratum Active"]), active=working[n])
        fill(part, row, POOL_FIELDS)
        shared = last_share(row["Last Share Time"], part.shares_accepted_total, reading.now, when)
        part.last_share_timestamp_seconds = shared
        yield part
        user = text(row["User"]) if reading.workers else ""
        yield PoolInfo(pool, pool_host(row["URL"]), kinds[n], user)


def numbered(rows: list[Row]) -> list[tuple[Row, str]]:
    """Each pool's row with its number, or with its place where the firmware counts no pools."""
    if any("POOL" in row for row in rows):
        return [(row, index(row, ("POOL",))) for row in rows]
    return [(row, str(row.position) if "URL" in row else "") for row in rows]


def active(reading: Reading, rows: list[Row]) -> Sequence[Value]:
    """Tell which of these pools are at work: mostly those that are connected, unless several may be."""
    cut = "truncated" in reading.answers.repairs
    if (
        cut
        or any(flag(row.static("Has GBT")) for row in rows)
        or static(several(*[row["Stratum Active"] for row in rows]))
    ):
        more = [None] * len(AT_WORK) if cut else []  # a pool that was cut off, perhaps
        found = at_work(*[row[key] for row in rows for key in AT_WORK], *more)
        return [item(found, n) for n in range(len(rows))]
    return [switch(row["Stratum Active"]) for row in rows]


def any_pools(reading: Reading) -> Iterator[Part]:
    """Pools of an unknown program, which may list its maker's fee as an entry like any other, and what it hashes."""
    yield from pools(reading, other="")
    rows = [row for row in reading.rows("pools") if "Algorithm" in row]
    yield MinerInfo(algorithm=algorithm(*[row[key] for row in rows for key in ("Stratum Active", "Algorithm")]))


# The words for a device's state. A device that is initialising, waiting or restarting is neither well nor broken.
DEVICE_STATES: Final = {"alive": 1} | dict.fromkeys(("dead", "deed", "sick", "nostart", "disabled"), 0)


@traceable
def alive(status: object, enabled: object = None) -> int | None:
    """1 for a device that is alive, 0 for a known bad word and for a device that is disabled, None for other words."""
    if enabled is not None and flag(enabled) is False:
        return 0
    return 1 if status == "Alive" else DEVICE_STATES.get(text(status).lower())


@traceable
def switch(raw: object) -> int | None:
    """A flag as 1 or 0."""
    on = raw if type(raw) is bool else flag(raw)
    return None if on is None else int(on)


def devs(reading: Reading) -> Iterator[Part]:
    """The devices, by their numbers; where there are several kinds, each of which is counted from 0, by both."""
    rates, rows = [], reading.rows("devs")
    mixed = several_kinds(reading)
    for row in rows:
        if board := index(row, (*KINDS, "ID")):
            board = next((kind for kind in KINDS if mixed and kind in row), "") + board
            part = device(row, board)
            fill(part, row, BOARD_FIELDS)
            yield part
            location = "chip" if "GPU" in row else "pcb"
            yield BoardSensor(board, location, "0", celsius(row["Temperature"]))
            if row.any(positive, "Fan Speed"):
                yield Fan(board, positive(row["Fan Speed"]), ratio(row["Fan Percent"]))
            rates.append(part.hashrate_hashes_per_second)
    if hashrate.current(reading.row("summary")) is None:
        yield sum_of(reading, rates)


def device(row: Row, board: str) -> Board:
    """A board with its state and hashrate, from a row of devs."""
    return Board(board, up=alive(row["Status"], row["Enabled"]), hashrate_hashes_per_second=hashrate.current(row))


@traceable
def total(*values: Number | None) -> Number | None:
    """The sum; None where one is missing, because the sum over some is nobody's total."""
    return None if None in values else sum(value for value in values if value is not None)


def sum_of(reading: Reading, rates: Sequence[Value]) -> Miner:
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
    yield MinerInfo(algorithm=text(row.static("Hash Method")))
    yield Miner(network_difficulty=positive(row["Network Difficulty"]))


def version(reading: Reading) -> Iterator[Part]:
    row = reading.row("version")
    program, said = programs.of(row)
    yield MinerInfo(firmware=program, firmware_version=said, api_version=text(row.static("API")))


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
