"""IceRiver (KS and AL machines): the page behind the user panel, which is read by POST.

Quirks: with another number in the query, the same path changes the miner. Rates are texts with a unit, "36.71G", or
without a unit, which then is under `unit`. A pool's difficulty is the number of hashes for a share, "2199.02 G" for
512. The time since the start is "dd:hh:mm:ss". Some firmware writes whole numbers as 1.0. A login would carry its
password in the address, so the exporter never logs in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, item, length, static, traceable, truthy
from exporter.core.values import Number, celsius, celsius_list, count, mac, number, positive, quantity, shares, text
from exporter.decode.common.flags import switch
from exporter.decode.common.nested import at, how_long
from exporter.decode.common.poolvalues import blank, pool_host, reached
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row
from exporter.questions import page

PANEL = page("iceriver_panel", "/user/userpanel", section="data", posted=True)

HASHES: Final = 2**32  # hashes that a share of difficulty 1 takes

_RUNTIME = re.compile(r"(\d{1,5}):([01]?\d|2[0-3]):([0-5]?\d):([0-5]?\d)", re.ASCII)
_MODEL = re.compile(r"(?:.*_)?([a-z]{2}\d{1,2}[a-z]{0,6}?)(?:_?miner)?", re.ASCII | re.IGNORECASE)
_UNIT = re.compile(r"[KMGTPE]", re.ASCII)


@traceable
def rate(raw: object, unit: object) -> Number | None:
    """Return the hashes per second of a text such as "36.71G", or of a text without a unit in the panel's `unit`."""
    if isinstance(raw, str) and raw and raw[-1:].isdigit() and isinstance(unit, str) and _UNIT.fullmatch(unit):
        raw += unit
    found = quantity(raw, "H/s") if isinstance(raw, str) and not raw[-1:].isdigit() else None
    return None if found is None or found < 0 else found


@traceable
def seconds(raw: object) -> int | None:
    """Return the seconds of "dd:hh:mm:ss"."""
    match = _RUNTIME.fullmatch(raw) if isinstance(raw, str) else None
    if match is None:
        return None
    days, hours, minutes, rest = map(int, match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest


@traceable
def label(raw: object) -> str:
    """Return the number of a board or pool, which some firmware writes as 1.0."""
    value = count(raw)
    return str(int(value)) if value is not None and value < 1000 and value == int(value) else ""


def panel(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("iceriver_panel")
    now = rate(row["rtpow"], row["unit"])
    yield v.Miner(hashrate_hashes_per_second=now, miner_uptime_seconds=seconds(row["runtime"]))
    yield v.HashrateWindow("average", rate(row["avgpow"], row["unit"]))
    for n in range(static(how_long(row["fans"]))):
        yield v.Fan(str(n), count(at(row["fans"], n)))
    for board in row.rows("boards"):
        if name := label(board.static("no")):
            yield from parts(name, board, row)
    yield v.MinerInfo(
        make="IceRiver",
        model=model(row),
        firmware="stock",
        firmware_version=coalesce(text(row["firmver1"]), text(row["softver1"])),
        hostname=text(row["host"]),
        mac=mac(row["mac"]),
    )
    yield from v.miner_states("mining" if static(truthy(now)) else None)


def model(row: Row) -> str:
    """Return the model's name, or else the model in the program's name: "10303_ks0_miner"."""
    name = text(row.static("model"))
    if name and name != "none":
        return name
    match = _MODEL.fullmatch(text(row.static("softver1")))
    return match[1].upper() if match else ""


def parts(name: str, board: Row, row: Row) -> Iterator[v.Part]:
    yield v.Board(
        name,
        up=switch(board["state"]),
        hashrate_hashes_per_second=rate(board["rtpow"], row["unit"]),
        hashrate_nominal_hashes_per_second=positive(rate(board["idealpow"], row["unit"])),
        chips=count(board["chipnum"]),
        frequency_hertz=number(positive(board["freq"]), 1e6),
    )
    degrees = celsius_list(board["pcbtemp"])
    for n in range(static(length(degrees))):
        yield v.BoardSensor(name, "pcb", str(n), item(degrees, n))
    yield v.BoardSensor(name, "inlet", "0", celsius(board["intmp"]))
    yield v.BoardSensor(name, "outlet", "0", celsius(board["outtmp"]))


def pools(reading: Reading) -> Iterator[v.Part]:
    rows = reading.row("iceriver_panel").rows("pools")
    for n, row in enumerate(rows):
        if (name := label(row.static("no"))) and not static(blank(row["addr"])):
            yield v.Pool(
                name,
                # An earlier entry that is no object may be a connected pool, so its state counts as unknown.
                up=reached(row["connect"], *[other["connect"] for other in rows[:n]], *[None] * (row.position - n)),
                priority=count(row["priority"]),
                shares_accepted_total=shares(row["accepted"]),
                shares_rejected_total=shares(row["rejected"]),
                difficulty=number(positive(quantity(row["diff"])), 1 / HASHES),
            )
            yield v.PoolInfo(name, pool_host(row["addr"]), "user", text(row["user"]) if reading.workers else "")


def recognise(reading: Reading) -> str:
    row = reading.row("iceriver_panel")
    return "/user/userpanel with rtpow and boards" if "rtpow" in row and "boards" in row else ""


FAMILY = Family(
    name="iceriver",
    rank=213,
    recognise=recognise,
    sections=(("iceriver_panel", panel), ("iceriver_panel", pools)),
    fast=(PANEL,),
    fingerprint=PANEL,
)
