"""Classic cgminer, the dialect that most firmware shares and that everything unknown falls back to.

Odd about it: the name of a hashrate field carries both its unit and its window (`MHS 5s`, `GHS 30m`, `KHS av`), and the
window of the first depends on how the program was started. Also read here: sgminer, bfgminer, ccminer and their forks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from exporter.decode import Family, Reading, hashrate
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
    Miner,
    MinerInfo,
    Part,
    Pool,
    PoolInfo,
    miner_states,
)

VERSION, SUMMARY, STATS = declare("version"), declare("summary"), declare("stats")
POOLS, DEVS, DEVDETAILS = declare("pools"), declare("devs"), declare("devdetails")
COIN = declare("coin")

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


def fill(part: Part, row: Row, table: Table) -> None:
    """Sets the part's fields from the row's, each through its door."""
    for key, name, door in table:
        if (raw := row.get(key)) is not None and (value := door(raw)) is not None:
            setattr(part, name, value)


def state(reading: Reading) -> Iterator[Part]:
    """Mining where it hashes; why it does not, the dialect does not tell."""
    yield from miner_states("mining" if hashrate.hashing(reading) else None)


def summary(reading: Reading) -> Iterator[Part]:
    row = reading.row("summary")
    miner = Miner()
    fill(miner, row, SUMMARY_FIELDS)
    if (total := count(row.get("Total MH"))) is not None:
        miner.hashes_total = number(total, 1e6)
    yield miner
    yield from hashrate.windows(row)


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
        host = host_port(url) or ("" if url is None else "unparsable")
        yield PoolInfo(pool, host, pool_kind(row), text(row.get("User")) if reading.workers else "")


def pool_kind(row: Row) -> str:
    """devfee for what only a firmware's maker can set: the priority, or a URL that is no address; never by the worker's
    name, which anybody chooses."""
    priority = count(row.get("Priority"))
    if text(row.get("URL")).lower() in ("devfee", "*") or (priority is not None and priority >= 900):
        return "devfee"
    return "" if priority is None else "user"


def any_pools(reading: Reading) -> Iterator[Part]:
    """Pools of an unknown program, which may list its maker's fee as an entry like any other."""
    for part in pools(reading):
        if isinstance(part, PoolInfo) and part.kind == "user":
            part.kind = ""
        yield part


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
    part.hashrate_hashes_per_second = hashrate.current(row)
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
        ("pools", any_pools),
        ("coin", coin),
        ("version", version),
        ("", state),
    ),
    fast=(SUMMARY, DEVS, POOLS),
    slow=(VERSION, COIN, STATS),  # stats says what else a miner may be, and is all that some answer
)
