"""Jasminer (X4, X16) through the pages of its web server, behind a digest login.

Quirks: rates are texts with their unit, "1971.15 MH/s". A socket without a fan counts in fan_num, and stands still. The
X16 tells its model, its serial number and the temperature of each chip, the X4 the temperature of each board.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable, truthy
from exporter.core.values import celsius, count, mac, number, positive, ratio, shares, text
from exporter.decode.common.flags import above
from exporter.decode.common.identity import serial
from exporter.decode.common.nested import at, how_long, inner, keys
from exporter.decode.common.poolvalues import pool_host, pool_up
from exporter.decode.common.scale import spelt
from exporter.decode.common.sensors import chip_range
from exporter.decode.family import Family
from exporter.parse.rows import Reading
from exporter.questions import Digest, page

LOGIN = Digest("jasminer")
STATUS = page("jasminer_status", "/cgi-bin/minerStatus.cgi", login=LOGIN)
INDEX = page("jasminer_index", "/cgi-bin/index.cgi", login=LOGIN, locked=True, hourly=True, identity_only=True)

SOCKETS: Final = range(1, 9)
USED: Final = "in use"

_CHIP = re.compile(r"asic(\d{1,3})_temp", re.ASCII)


def summary(reading: Reading) -> Iterator[v.Part]:
    row = inner(reading.row("jasminer_status"), "summary")
    rate = spelt(row["rt"])
    yield v.Miner(hashrate_hashes_per_second=rate, miner_uptime_seconds=count(row["uptime"]))
    yield v.HashrateWindow("average", spelt(row["avg"]))
    yield v.Board(
        chip_temperature_min_celsius=celsius(row["temp_min"]), chip_temperature_max_celsius=celsius(row["temp_max"])
    )
    yield from v.miner_states("mining" if static(truthy(rate)) else None)


def boards(reading: Reading) -> Iterator[v.Part]:
    """Yield the boards, labelled by place, and the temperatures of their chips."""
    listed = reading.row("jasminer_status")["boards"]
    for n in range(static(how_long(at(listed, "board")))):
        label, chips = str(n), count(at(listed, "board", n, "asics"))
        yield v.Board(
            label,
            up=above(chips, 0),
            hashrate_hashes_per_second=spelt(at(listed, "board", n, "rate")),
            chips=chips,
            frequency_hertz=number(positive(at(listed, "board", n, "freq")), 1e6),
        )
        yield v.BoardSensor(label, "pcb", "0", celsius(at(listed, "board", n, "temp")))
        names = [match for key in static(keys(at(listed, "board", n))) if (match := _CHIP.fullmatch(key))]
        degrees = {match[1]: celsius(at(listed, "board", n, match[0])) for match in names}
        yield chip_range(label, [*degrees.values()])
        if reading.chips:
            yield from (v.Chip(label, chip, temperature_celsius=value) for chip, value in degrees.items())


def fans(reading: Reading) -> Iterator[v.Part]:
    """Yield the fans up to the last turning fan: a socket behind that fan may be empty."""
    row = inner(reading.row("jasminer_status"), "boards")
    turning = [n for n in SOCKETS if row.any(positive, f"fan{n}")]
    for n in range(1, max(turning, default=0) + 1):
        yield v.Fan(str(n), count(row[f"fan{n}"]), duty_ratio=ratio(row[f"fan_percent{n}"]))


def pools(reading: Reading) -> Iterator[v.Part]:
    listed = reading.row("jasminer_status")["pools"]
    places = range(static(how_long(at(listed, "pool"))))
    states = [at(listed, "pool", n, "status") for n in places]
    for n in places:
        if static(truthy(at(listed, "pool", n, "url"))):
            label, user = str(n), text(at(listed, "pool", n, "user")) if reading.workers else ""
            yield v.Pool(
                label,
                up=up(states[n]),
                active=active(states[n], *states),
                shares_accepted_total=shares(at(listed, "pool", n, "accept")),
                shares_rejected_total=shares(at(listed, "pool", n, "reject")),
            )
            yield v.PoolInfo(label, pool_host(at(listed, "pool", n, "url")), "user", user)


@traceable
def up(status: object) -> int | None:
    """Return 1 for the pool in use and for another good word, 0 for a bad word."""
    return 1 if text(status).lower() == USED else pool_up(status)


@traceable
def active(status: object, *all_: object) -> int | None:
    """Return 1 for the pool in use, 0 beside a pool in use; None if no pool is called so."""
    return int(text(status).lower() == USED) if any(text(each).lower() == USED for each in all_) else None


def identity(reading: Reading) -> Iterator[v.Part]:
    row, totals = reading.row("jasminer_index"), inner(reading.row("jasminer_status"), "summary")
    yield v.MinerInfo(
        make="Jasminer",
        model=text(totals.static("miner")) or text(row.static("minertype")),
        firmware="stock",
        firmware_version=text(totals.static("version")) or text(row.static("fs_version")),
        mac=mac(row["macaddr"]),
        serial=serial(totals["machine_sn"]),
        algorithm="ethash",
    )


def recognise(reading: Reading) -> str:
    row = reading.row("jasminer_status")
    told = inner(row, "summary")
    known = "boards" in row and "pools" in row and {"rt", "avg"} <= set(told)
    return "minerStatus.cgi with rt, boards and pools" if known else ""


FAMILY = Family(
    name="jasminer",
    documented=True,
    rank=216,
    recognise=recognise,
    sections=(
        ("jasminer_status", summary),
        ("jasminer_status", boards),
        ("jasminer_status", fans),
        ("jasminer_status", pools),
        ("", identity),
    ),
    fast=(STATUS,),
    slow=(INDEX,),
    fingerprint=STATUS,
    required_keys={"jasminer_status": "summary"},
)
