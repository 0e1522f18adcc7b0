"""Goldshell's web pages under /mcb, read without a login, on miners with port 4028 closed.

Quirks: rates are MH/s for every algorithm. Fans and temperatures are texts with slashes, "2940 rpm / 2910 rpm" and
"83.0 °C / 73.8 °C". The temperatures are the chips', as in the API. Older firmware has a key for each sensor, with 0
for a missing sensor. Every board repeats the machine's fans. Pools lack counts, and boards lack a state. Later firmware
needs a login for these pages, and gives only the model without a login.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, traceable
from exporter.core.values import Number, celsius, count, flag, mac, number, text
from exporter.decode.common.counts import of_work
from exporter.decode.common.flags import switch
from exporter.decode.common.nested import at, how_long
from exporter.decode.common.poolvalues import blank, pool_host
from exporter.decode.common.sensors import chip_range
from exporter.decode.common.sums import total, whole
from exporter.decode.family import Family
from exporter.parse.jsontext import LIST
from exporter.parse.rows import Reading, Row
from exporter.questions import page

BOARDS = page("mcb_cgminer", "/mcb/cgminer", section="data")
POOLS = page("mcb_pools", "/mcb/pools", section=LIST)
STATUS = page("mcb_status", "/mcb/status", hourly=True, identity_only=True)
SETTING = page("mcb_setting", "/mcb/setting")

LEVELS: Final = 100  # more than any miner has
SENSORS: Final = ("r_temp", "m_temp", "l_temp", "t_temp")

_READING = re.compile(r"\s*(-?\d{1,6}(?:\.\d{1,6})?)\s{0,4}(rpm|.{0,2}°\s?C)\s*", re.ASCII)


@traceable
def readings(raw: object, unit: str) -> list[Number | None]:
    """Return the numbers of a text such as "83.0 °C / 73.8 °C"; [] if any number has another unit."""
    if not isinstance(raw, str) or len(raw) > 256:
        return []
    found = [_READING.fullmatch(piece) for piece in raw.split("/")]
    good = [match for match in found if match is not None and match[2].endswith(unit)]
    return [number(match[1]) for match in good] if len(good) == len(found) else []


@traceable
def share(raw: object) -> Number | None:
    """Return a share of errors, which the page has as a part of one."""
    value = count(raw)
    return value if value is not None and value <= 1 else None


def boards(reading: Reading) -> Iterator[v.Part]:
    rows = reading.rows("mcb_cgminer")
    rates = [number(count(row["hashrate"]), 1e6) for row in rows]
    labels = [text(row.static("id")) for row in rows]
    if labels and labels == [str(n) for n in range(len(rows))] and "truncated" not in reading.answers.repairs:
        yield from sums(rows)  # a sum without all boards would be wrong
    for row, rate, label in zip(rows, rates, labels, strict=True):
        if label:
            yield v.Board(
                label,
                hashrate_hashes_per_second=rate,
                hardware_errors_total=count(row["hwerrors"]),
                hardware_error_ratio=of_work(share(row["hwerr_ration"]), row["nonces"]),
                shares_accepted_total=count(row["accepted"]),
                shares_rejected_total=count(row["rejected"]),
            )
            yield from heat(row, label)
    yield v.Miner(miner_uptime_seconds=coalesce(*[count(row["time"]) for row in rows]))
    yield from fans(reading)


def heat(row: Row, label: str) -> Iterator[v.Part]:
    """Yield the sensors of a board, from a single text or from a key for each sensor."""
    degrees = readings(row["temp"], "C")
    found = [(str(n), celsius(at(degrees, n))) for n in range(static(how_long(degrees)))]
    found += [(key[0], celsius(at(readings(row[key], "C"), 0))) for key in SENSORS if key in row]
    for sensor, value in found:
        yield v.BoardSensor(label, "chip", sensor, value)
    yield chip_range(label, [value for _, value in found])


def sums(rows: list[Row]) -> Iterator[v.Part]:
    """Yield the machine's readings as sums over its boards."""
    yield v.Miner(
        hashrate_hashes_per_second=total(*[number(count(row["hashrate"]), 1e6) for row in rows]),
        shares_accepted_total=total(*[count(row["accepted"]) for row in rows]),
        shares_rejected_total=total(*[count(row["rejected"]) for row in rows]),
        hardware_errors_total=total(*[count(row["hwerrors"]) for row in rows]),
    )
    yield v.HashrateWindow("average", total(*[number(count(row["av_hashrate"]), 1e6) for row in rows]))


def fans(reading: Reading) -> Iterator[v.Part]:
    """Yield the fans of the first board that has any."""
    for row in reading.rows("mcb_cgminer"):
        speeds = readings(row["fanspeed"], "rpm")
        if fitted := static(how_long(speeds)):
            for n in range(fitted):
                yield v.Fan(str(n), count(at(speeds, n)))
            return


def pools(reading: Reading) -> Iterator[v.Part]:
    for row in reading.rows("mcb_pools"):
        if (label := text(row.static("dragid"))) and not static(blank(row["url"])):
            yield v.Pool(label, active=switch(row["active"]), priority=count(row["pool-priority"]))
            yield v.PoolInfo(label, pool_host(row["url"]), "user", text(row["user"]) if reading.workers else "")


def setting(reading: Reading) -> Iterator[v.Part]:
    """Yield the power plan, by its level or as set by hand, and the temperature that the fans work to.

    The name is the MAC address, unless the owner chose another name."""
    row = reading.row("mcb_setting")
    yield v.MinerInfo(mac=mac(row["name"]))
    chosen = count(row.static("select"))
    levels = [count(plan.static("level")) for plan in whole(reading, row, "powerplans")]
    level = levels[chosen] if type(chosen) is int and chosen < len(levels) else None
    by_hand = flag(row.static("manual"))
    by_level = f"level {level}" if by_hand is False and type(level) is int and level < LEVELS else ""
    yield v.Profile("manual" if by_hand else by_level)
    yield v.TemperatureLimit("target", celsius(row["temp_target"]))


def identity(reading: Reading) -> Iterator[v.Part]:
    """Yield what the miner is, from the page that needs no login."""
    row = reading.row("mcb_status")
    yield v.MinerInfo(
        make="Goldshell",
        model=text(row.static("model")).removeprefix("Goldshell-").replace("-", " "),
        firmware="stock",
        firmware_version=text(row["firmware"]),
        platform=text(row["hardware"]),
    )


def state(reading: Reading) -> Iterator[v.Part]:
    hashing = any(row.any(count, "hashrate") for row in reading.rows("mcb_cgminer"))
    yield from v.miner_states("mining" if hashing else None)


def recognise(reading: Reading) -> str:
    row = reading.row("mcb_cgminer")
    return "/mcb/cgminer with av_hashrate and fanspeed" if "av_hashrate" in row and "fanspeed" in row else ""


FAMILY = Family(
    name="goldshell_mcb",
    shown="goldshell",
    rank=207,
    recognise=recognise,
    sections=(
        ("mcb_cgminer", boards),
        ("mcb_pools", pools),
        ("mcb_setting", setting),
        ("", identity),
        ("", state),
    ),
    fast=(BOARDS, POOLS),
    slow=(STATUS, SETTING),
    fingerprint=BOARDS,
)
