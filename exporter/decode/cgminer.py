"""Classic cgminer, the dialect that most firmware shares, and the family of unknown firmware with this dialect.

Quirks: the name of a hashrate field carries both unit and window (`MHS 5s`, `GHS 30m`, `KHS av`). The first window
depends on how the program was started. `Stratum Active` means connected: after an outage, a pool is connected beside
the pool at work until the connection has proved stable. Until then, `active` has no value for both pools. Devices of
each kind are counted from 0. The family also covers sgminer, bfgminer, ccminer and their forks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import item, static, traceable, truthy
from exporter.core.values import Number, celsius, flag, number, positive, ratio, text
from exporter.decode.common import hashrate, programs
from exporter.decode.common.counts import BOARD_FIELDS, FAILED, POOL_FIELDS, SUMMARY_FIELDS, error_ratio, fill
from exporter.decode.common.devices import none_listed, several_kinds
from exporter.decode.common.flags import alive, switch
from exporter.decode.common.labels import index
from exporter.decode.common.manual import CGMINER, reads
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
from exporter.decode.common.sums import total
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row
from exporter.parse.sections import KINDS
from exporter.questions import line

VERSION, SUMMARY, STATS = line("version", identity_only=True), line("summary"), line("stats")
POOLS, DEVS, DEVDETAILS = line("pools"), line("devs"), line("devdetails")
COIN = line("coin")
HEIGHT: Final = "Current Block Height"


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield mining if any rate is above zero; the dialect has no other state."""
    yield from v.miner_states("mining" if hashrate.hashing(reading) else None)


def any_state(reading: Reading) -> Iterator[v.Part]:
    """Yield the state of an unknown program: faulted without a device, or with every enabled device dead."""
    used = [row for row in reading.rows("devs") if flag(row.static("Enabled")) is not False]
    broken = all(static(alive(row["Status"])) == 0 for row in used) if used else none_listed(reading)
    if broken and not any(static(truthy(hashrate.current(row))) for row in used):  # the miner's rate falls too slowly
        yield from v.miner_states("faulted")
    elif hashrate.hashing(reading):
        yield from v.miner_states("mining")


def summary(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("summary")
    miner = v.Miner()
    fill(miner, row, SUMMARY_FIELDS)
    miner.hashes_total = hashrate.done(row)
    if not any("GPU" in device for device in reading.rows("devs")):  # whose results are not of difficulty 1
        miner.hardware_error_ratio = error_ratio(row[FAILED], row["Hardware Errors"], row["Work Utility"])
    yield miner
    yield from hashrate.windows(row)


def pools(reading: Reading, other: str = "user") -> Iterator[v.Part]:
    """Yield the pools; `other` is the kind of all pools except the firmware maker's pools."""
    return pool_parts(reading, reading.rows("pools"), other)


def pool_parts(reading: Reading, rows: list[Row], other: str = "user") -> Iterator[v.Part]:
    """Yield the pools of these rows, which have the keys of the dialect."""
    # A slot without a URL is not a pool.
    named = [(pool, row) for row, pool in numbered(rows) if pool and not static(blank(row["URL"]))]
    kinds = [pool_kind(row["URL"], row["Priority"], other) for _, row in named]
    working = active(reading, [row for _, row in named])
    timed = static(dated(*[row["Last Share Time"] for _, row in named]))
    when = next(iter(reading.others("pools", "STATUS")), reading.empty)["When"] if timed else None
    for n, (pool, row) in enumerate(named):
        part = v.Pool(pool, up=pool_up(row["Status"], row["Stratum Active"]), active=working[n])
        fill(part, row, POOL_FIELDS)
        shared = last_share(row["Last Share Time"], part.shares_accepted_total, reading.now, when)
        part.last_share_timestamp_seconds = shared
        yield part
        user = text(row["User"]) if reading.workers else ""
        yield v.PoolInfo(pool, pool_host(row["URL"]), kinds[n], user)
    if any(HEIGHT in row for _, row in named) and all(row.position == n for n, row in enumerate(rows)):
        heights = [each for at, (_, row) in zip(working, named, strict=True) for each in (at, row[HEIGHT])]
        yield v.Miner(network_block_height=height(*heights))


@traceable
def height(*pairs: object) -> Number | None:
    """Return the height of the block of the pool at work; None for all bits set, which means no block.

    `pairs` alternates `active` and heights."""
    states = pairs[::2]
    found = positive(pairs[2 * states.index(1) + 1]) if 1 in states else None
    return found if found is not None and found < 2**32 - 1 else None


def numbered(rows: list[Row]) -> list[tuple[Row, str]]:
    """Return each pool's row with its number, or with its position if the firmware does not number pools."""
    if any("POOL" in row for row in rows):
        return [(row, index(row, ("POOL",))) for row in rows]
    return [(row, str(row.position) if "URL" in row else "") for row in rows]


def active(reading: Reading, rows: list[Row]) -> Sequence[v.Value]:
    """Return for each pool 1 at work, 0 not at work, None if unclear.

    A connected pool is at work, unless several may be connected."""
    cut = "truncated" in reading.answers.repairs
    if (
        cut
        or any(flag(row.static("Has GBT")) for row in rows)
        or static(several(*[row["Stratum Active"] for row in rows]))
    ):
        more = [None] * len(AT_WORK) if cut else []  # in place of a pool that a truncated answer may lack
        found = at_work(*[row[key] for row in rows for key in AT_WORK], *more)
        return [item(found, n) for n in range(len(rows))]
    return [switch(row["Stratum Active"]) for row in rows]


def any_pools(reading: Reading) -> Iterator[v.Part]:
    """Yield the pools of an unknown program, and the algorithm.

    The pools have no kind, because any pool may be the maker's."""
    yield from pools(reading, other="")
    rows = [row for row in reading.rows("pools") if "Algorithm" in row]
    yield v.MinerInfo(algorithm=algorithm(*[row[key] for row in rows for key in ("Stratum Active", "Algorithm")]))


def devs(reading: Reading) -> Iterator[v.Part]:
    """Yield the devices, labelled by number.

    If there are several kinds, each counted from 0, the label is kind and number."""
    rates, rows = [], reading.rows("devs")
    mixed, told = several_kinds(reading), any("No Device" in row for row in rows)
    for row in rows:
        if board := index(row, (*KINDS, "ID")):
            board = next((kind for kind in KINDS if mixed and kind in row), "") + board
            part = device(row, board)
            fill(part, row, BOARD_FIELDS)
            if told and "GPU" not in row:
                part.up = plugged(part.up, row["No Device"])
            if "GPU" in row:
                part.hardware_error_ratio = None
                part.frequency_hertz = number(positive(row["GPU Clock"]), 1e6)
                part.voltage_volts = positive(row["GPU Voltage"])
            yield part
            location = "chip" if "GPU" in row else "pcb"
            yield v.BoardSensor(board, location, "0", celsius(row["Temperature"]))
            if row.any(positive, "Fan Speed"):
                yield v.Fan(board, positive(row["Fan Speed"]), ratio(row["Fan Percent"]))
            rates.append(part.hashrate_hashes_per_second)
    if hashrate.current(reading.row("summary")) is None:
        yield sum_of(reading, rates)


@traceable
def plugged(up: Number | None, missing: object) -> Number | None:
    """Return 0 for a device that was pulled out, None where that is unreadable, else `up`.

    The program lists such a device on."""
    if missing is False:
        return up
    pulled = flag(missing)
    return None if pulled is None else 0 if pulled else up


def device(row: Row, board: str) -> v.Board:
    """Return a board with its state, hashrate and share of errors, from a row of devs."""
    part = v.Board(board, up=alive(row["Status"], row["Enabled"]), hashrate_hashes_per_second=hashrate.current(row))
    if FAILED in row:
        part.hardware_error_ratio = error_ratio(row[FAILED], row["Hardware Errors"], row["Diff1 Work"])
    return part


def sum_of(reading: Reading, rates: Sequence[v.Value]) -> v.Miner:
    """Return the miner with the sum of all boards' hashrates, for firmware without a total; None if boards may be
    missing."""
    complete = "truncated" not in reading.answers.repairs
    return v.Miner(hashrate_hashes_per_second=total(*rates) if complete else None)


def nominal(rows: list[Row]) -> Iterator[v.Part]:
    """Yield each board's nominal hashrate, and their sum as the miner's nominal hashrate, if devs has `Nominal MHS`."""
    found = [positive(row["Nominal MHS"]) for row in rows]
    for row, value in zip(rows, found, strict=True):
        yield v.Board(index(row), hashrate_nominal_hashes_per_second=number(value, 1e6))
    yield v.HashrateNominal("firmware", number(total(*found), 1e6))


def coin(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("coin")
    yield v.MinerInfo(algorithm=text(row.static("Hash Method")))
    yield v.Miner(network_difficulty=positive(row["Network Difficulty"]))


def version(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("version")
    program, number = programs.of(row)
    yield v.MinerInfo(firmware=program, firmware_version=number, api_version=text(row.static("API")))


def unanswered(reading: Reading) -> bool:
    """Tell whether no question of the API was answered, so that only pages of a web server describe the miner."""
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
    slow=(
        VERSION,
        COIN,
        NOTIFY,
        STATS,
    ),  # stats has the marks of other families, and is the only answer of some firmware
    manual=(*CGMINER, *reads("pgacount usbstats dbgstats"), line("pga", parameter="0")),
)
