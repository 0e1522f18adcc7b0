"""FDMiner, Foundry's firmware for Antminers: stock's answers, in which some numbers mean something else.

Quirks: the average is that of the last hour. The difficulties beside the counts of shares are those of the last share,
and several of cgminer's counts are constants. The number of chips is that of the letters in the map of chips. A pool's
status tells the pool in use from the pools that wait. State, errors and names of parts are on pages with a login. The
power is on a page with the pools' passwords, which is never read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import traceable
from exporter.core.values import celsius, ratio, text
from exporter.decode import cgminer
from exporter.decode.antminer import api as antminer
from exporter.decode.antminer import classic
from exporter.decode.antminer.api import LOGIN, SYSTEM
from exporter.decode.antminer.chips import chips, drawn
from exporter.decode.antminer.stats import classic_stats
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common.faults import CRITICAL, MOST, coded
from exporter.decode.common.flags import above
from exporter.decode.common.hashrate import AVERAGE
from exporter.decode.common.identity import serial
from exporter.decode.common.labels import index
from exporter.decode.common.manual import reads
from exporter.decode.common.poolvalues import pool_up
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row
from exporter.questions import page

STATUS = page("fdminer_status", "/cgi-bin/getMinerStatus.cgi", section="MinerStatus", login=LOGIN, locked=True)
ERRORS = page("fdminer_errors", "/cgi-bin/getError.cgi", section="errors", login=LOGIN, locked=True)
TUNING = page("fdminer_tuning", "/cgi-bin/getAtStatus.cgi", login=LOGIN, locked=True)
BOARD = page("fdminer_board", "/cgi-bin/getBoardTemp.cgi", login=LOGIN, locked=True)
EEPROM = page(
    "fdminer_eeprom",
    "/cgi-bin/getEepromData.cgi",
    section="minerEepromArray",
    login=LOGIN,
    locked=True,
    hourly=True,
    identity_only=True,
)

STATES: Final = {
    "starting": "starting",
    "booting": "starting",
    "disable hb": "starting",
    "enable psu": "starting",
    "hb init": "starting",
    "restarting": "starting",
    "mining": "mining",
    "throttle mode": "mining",
    "sleeping": "sleeping",
}
THROTTLE: Final = "throttle mode"
IN_USE: Final = {"active": 1, "alive": 0, "dead": 0}
# Keys of counts that the firmware does not keep, or that hold something else.
UNCOUNTED: Final = frozenset(
    (
        *("Difficulty Accepted", "Difficulty Rejected", "Difficulty Stale", "Total MH", "Found Blocks", "Discarded"),
        *("Get Failures", "Remote Failures", "Local Work", "Network Blocks", "Quota"),
        *(f"chain_acn{slot}" for slot in classic.SLOTS),
    )
)


def hide(row: Row) -> None:
    """Hide what the firmware does not count."""
    row.hide(UNCOUNTED)


@traceable
def in_use(status: object) -> int | None:
    """Return 1 for the pool in use, 0 for another pool; None for an unknown word."""
    return IN_USE.get(text(status).lower())


def hourly(of: Callable[[Reading], Iterator[v.Part]], reading: Reading) -> Iterator[v.Part]:
    """Yield the parts of stock's decoder, with the average as that of the last hour."""
    for part in of(reading):
        if isinstance(part, v.HashrateWindow) and part.window == AVERAGE:
            part.window = "1h"
        yield part


def boards(reading: Reading) -> Iterator[v.Part]:
    """Yield the chips of each board's map."""
    _, row = classic.stats_rows(reading)
    for slot in classic.boards(row):
        fitted = drawn(row[f"chain_acs{slot}"])
        yield v.Board(str(slot), chips=fitted, up=above(fitted, 0))
        yield from chips(str(slot), row[f"chain_acs{slot}"], fitted, reading)


def pools(reading: Reading) -> Iterator[v.Part]:
    """Yield the pools, and by their statuses alone the pool in use, because every pool claims to be connected."""
    words = {index(row, ("POOL",)): row["Status"] for row in reading.rows("pools")}
    for part in cgminer.pools(reading):
        if isinstance(part, v.Pool) and (word := words.get(part.pool)) is not None:
            part.up, part.active = pool_up(word), in_use(word)
        yield part


def errors(reading: Reading) -> Iterator[v.Part]:
    for row in reading.rows("fdminer_errors")[:MOST]:
        if code := coded(serial(row.static("errNo"))):
            yield v.Fault(code, "miner", CRITICAL, 1)


def eeprom(reading: Reading) -> Iterator[v.Part]:
    for row in reading.rows("fdminer_eeprom"):
        if label := index(row, ("Hashboard",)):
            yield v.BoardInfo(label, name=text(row["BoardName"]), serial=serial(row["BoardSerialNumber"]))


def rest(reading: Reading) -> Iterator[v.Part]:
    """Yield the tuner's progress and the control board's temperature."""
    yield v.Miner(tuner_progress_ratio=ratio(reading.row("fdminer_tuning")["percentage"]))
    yield v.Sensor("control_board", "0", celsius(reading.row("fdminer_board")["boardTemperature"]))


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield the state of the page, and whether a miner at work is held back; else the state by the hashrates."""
    word = text(reading.row("fdminer_status").static("MinerStatus")).lower()
    if word in STATES:
        yield from v.miner_states(STATES[word])
        if STATES[word] == "mining":
            yield v.Curtailment("other", int(word == THROTTLE))
    else:
        yield from antminer.state(reading)


def recognise(reading: Reading) -> str:
    row = reading.row("version")
    found = next((key for key in ("BCFMiner", "FDMiner") if key in row), "")
    return f"{found} in version" if found else reading.described(r"(?:BCF|FD)Miner ", own=True)


FAMILY = Family(
    name="fdminer",
    rank=76,
    recognise=recognise,
    sections=(
        ("stats", partial(hourly, classic_stats)),
        ("stats", boards),
        ("summary", partial(hourly, antminer.summary)),
        ("pools", pools),
        ("get_system_info", antminer.system),
        ("fdminer_errors", errors),
        ("fdminer_eeprom", eeprom),
        ("", rest),
        ("", antminer.version),
        ("", state),
    ),
    fast=(SUMMARY, STATS, POOLS, STATUS),
    slow=(VERSION, SYSTEM, ERRORS, TUNING, BOARD, EEPROM),
    manual=reads("devs"),
    documented=True,
    prepare=hide,
)
