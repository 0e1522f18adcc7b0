"""Obelisk (SC1, SC1 Slim): the pages of its web server; the dashboard needs a login.

Quirks: port 4028 is closed. The two generations have different sensors, and different windows of a board's rate, which
is MH/s in both. Fans are among lines of text, "Fan 1 Speed" in rpm and, on the Slim, "Fan Speed" in percent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static
from exporter.core.values import celsius, count, mac, number, positive, quantity, ratio, shares, text
from exporter.decode.common.poolvalues import blank, pool_host, pool_up
from exporter.decode.common.sums import total, whole
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row
from exporter.questions import Login, page

LOGIN: Final = Login(
    family="obelisk", path="/api/login", user="admin", cookie="sessionid", header="Cookie", prefix="sessionid="
)
INFO = page("obelisk_info", "/api/info", identity_only=True)
DASHBOARD = page("obelisk_dashboard", "/api/status/dashboard", login=LOGIN)

RATES: Final = (("hashrate5min", "5m"), ("mhsAvg", "average"))
SENSORS: Final = (
    ("boardTemp", "pcb"),
    ("chipTemp", "chip"),
    ("intakeTemp", "inlet"),
    ("exhaustTemp", "outlet"),
)
_FAN = re.compile(r"Fan (?:(\d{1,2}) )?Speed", re.ASCII)


def rate(row: Row, key: str) -> v.Value:
    return number(count(row[key]), 1e6)


def boards(reading: Reading) -> Iterator[v.Part]:
    """Yield the boards, labelled by position, and the miner's rates as sums over all boards."""
    row = reading.row("obelisk_dashboard")
    for board in row.rows("hashboardStatus"):
        n = board.position
        yield v.Board(str(n), hashrate_hashes_per_second=coalesce(*[rate(board, key) for key, _ in RATES]))
        for key, location in SENSORS:
            yield v.BoardSensor(str(n), location, "0", celsius(board[key]))
    complete = whole(reading, row, "hashboardStatus")
    for key, window in RATES:
        if complete and all(key in board for board in complete):
            sum_of_rates = total(*[rate(board, key) for board in complete])
            yield v.HashrateWindow(window, sum_of_rates)
            if window != "average":
                yield v.Miner(hashrate_hashes_per_second=sum_of_rates)


def fans(reading: Reading) -> Iterator[v.Part]:
    """Yield the fans; a fan with a number in its name has a speed, a fan without a number has a duty."""
    for row in reading.row("obelisk_dashboard").rows("systemInfo"):
        if match := _FAN.fullmatch(text(row.static("name"))):
            if match[1]:
                yield v.Fan(match[1], count(quantity(row["value"], "RPM")))
            else:
                yield v.Fan("0", duty_ratio=ratio(row["value"]))


def pools(reading: Reading) -> Iterator[v.Part]:
    dashboard = reading.row("obelisk_dashboard")
    for row in dashboard.rows("poolStatus"):
        n = row.position
        if not static(blank(row["url"])):
            yield v.Pool(
                str(n),
                up=pool_up(row["status"]),
                shares_accepted_total=shares(row["accepted"]),
                shares_rejected_total=shares(row["rejected"]),
            )
            yield v.PoolInfo(str(n), pool_host(row["url"]), "user", text(row["worker"]) if reading.workers else "")


def identity(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("obelisk_info")
    yield v.MinerInfo(
        make=text(row.static("vendor")), model=text(row.static("model")), firmware="stock", mac=mac(row["macAddress"])
    )


def state(reading: Reading) -> Iterator[v.Part]:
    rows = reading.row("obelisk_dashboard").rows("hashboardStatus")
    yield from v.miner_states("mining" if any(row.any(positive, "hashrate5min") for row in rows) else None)


def recognise(reading: Reading) -> str:
    return "vendor of /api/info is Obelisk" if text(reading.row("obelisk_info").static("vendor")) == "Obelisk" else ""


FAMILY = Family(
    name="obelisk",
    rank=210,
    recognise=recognise,
    sections=(
        ("obelisk_dashboard", boards),
        ("obelisk_dashboard", fans),
        ("obelisk_dashboard", pools),
        ("", identity),
        ("", state),
    ),
    fast=(DASHBOARD,),
    slow=(INFO,),
    fingerprint=INFO,
    required_keys={"obelisk_dashboard": "hashboardStatus"},
)
