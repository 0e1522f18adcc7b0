"""VolcMiner (D1, D3) through the pages of its web server, if port 4028 is closed.

Quirks: the data of a page is an object between quotes, and so are the lists of boards and pools within. Numbers are
texts, with commas between thousands. The rates are in MH/s. The uptime is in words, "1d 2h 3m 4s".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable, truthy
from exporter.core.values import Number, celsius, count, number, positive, shares, text
from exporter.decode.blackminer.api import LOGIN
from exporter.decode.common import pooltable, systeminfo
from exporter.decode.common.counts import Table, fill
from exporter.decode.common.flags import above
from exporter.decode.common.nested import inner
from exporter.decode.common.poolvalues import best
from exporter.decode.common.sensors import failed_chips
from exporter.decode.family import Family
from exporter.parse.rows import Reading
from exporter.questions import page

SECTION: Final = "data"
SLOTS: Final = range(1, 9)
TOTALS: Final[Table] = (
    ("t_accepted", "shares_accepted_total", shares),
    ("t_rejected", "shares_rejected_total", shares),
    ("t_stale", "shares_stale_total", shares),
    ("t_discarded", "shares_discarded_total", shares),
    ("t_diffa", "share_difficulty_accepted_total", count),
    ("t_diffr", "share_difficulty_rejected_total", count),
    ("t_diffs", "share_difficulty_stale_total", count),
    ("t_getworks", "getworks_total", count),
)
WORK: Final[Table] = (("bestshare", "best_share_difficulty", best), ("localwork", "local_work_total", count))

_THOUSANDS = re.compile(r"\s{0,4}(-?\d{1,3}(?:,\d{3}){1,6}(?:\.\d{1,12})?)\s{0,4}", re.ASCII)
_SPAN = re.compile(r"(?=\d)(?:(\d{1,5})d)?\s?(?:(\d{1,2})h)?\s?(?:(\d{1,2})m)?\s?(?:(\d{1,2})s)?", re.ASCII)


def flat(document: dict[str, Any]) -> dict[str, Any]:
    """Return the page with totals and pools beside the boards, and with numbers without commas between thousands."""
    data = document.get(SECTION)
    if not isinstance(data, dict):
        return document
    pools = data.get("pools")
    below = (
        {"total": pools.get("total"), "hw": pools.get("hw"), "pools": pools.get("pool_dtls")}
        if isinstance(pools, dict)
        else {}
    )
    return {SECTION: {key: plain(value) for key, value in (data | below).items()}}


def plain(value: Any) -> Any:
    """Return the value with numbers that have no comma, down to the fields of a list's objects."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    match = _THOUSANDS.fullmatch(value) if isinstance(value, str) else None
    return match[1].replace(",", "") if match else value


STATUS = page("volcminer_status", "/cgi-bin/get_miner_statusV1.cgi", section=SECTION, login=LOGIN, excerpt=flat)
SYSTEM = page(
    "volcminer_system",
    "/cgi-bin/get_system_infoV1.cgi",
    section=SECTION,
    login=LOGIN,
    locked=True,
    hourly=True,
    identity_only=True,
)


@traceable
def seconds(raw: object) -> Number | None:
    """Return the seconds of "1d 2h 3m 4s", or of a number."""
    match = _SPAN.fullmatch(raw.strip()) if isinstance(raw, str) and len(raw) < 32 else None
    if match is None:
        return count(raw)
    days, hours, minutes, rest = (int(each or 0) for each in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest


def summary(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("volcminer_status")
    rate = number(count(row["ghs5s"]), 1e6)
    miner = v.Miner(hashrate_hashes_per_second=rate, miner_uptime_seconds=seconds(row["elapsed"]))
    fill(miner, inner(row, "total"), TOTALS)
    fill(miner, row, WORK)
    miner.hardware_errors_total = count(inner(row, "hw")["h_hw"])
    yield miner
    yield v.HashrateWindow("5s", rate)
    yield v.HashrateWindow("average", number(count(row["ghsav"]), 1e6))
    yield from pooltable.listed(reading, row.rows("pools"))
    yield from v.miner_states("mining" if static(truthy(rate)) else None)


def boards(reading: Reading) -> Iterator[v.Part]:
    """Yield the boards; a slot without chips, rate and temperature is empty."""
    row = reading.row("volcminer_status")
    for board in row.rows("chains"):
        label, chips = text(board.static("index")), count(board["chain_acn"])
        if label and board.any(positive, "chain_acn", "chain_rate", "temp"):
            yield v.Board(
                label,
                up=above(chips, 0),
                hashrate_hashes_per_second=number(count(board["chain_rate"]), 1e6),
                chips=chips,
                chips_failed=failed_chips(board["chain_acs"]),
                frequency_hertz=number(positive(board["freq"]), 1e6),
                hardware_errors_total=count(board["hw"]),
            )
            yield v.BoardSensor(label, "pcb", "0", celsius(board["temp"]))
    speeds = inner(row, "fan")
    turning = [n for n in SLOTS if speeds.any(positive, f"fan{n}")]
    yield from (v.Fan(str(n), count(speeds[f"fan{n}"])) for n in turning)


def identity(reading: Reading) -> Iterator[v.Part]:
    model = text(reading.row("volcminer_system").static("minertype"))
    yield v.MinerInfo(make="VolcMiner", model=model, firmware="stock", algorithm="scrypt")


def recognise(reading: Reading) -> str:
    row = reading.row("volcminer_status")
    known = "chains" in row and "pools" in row and "ghs5s" in row
    return "get_miner_statusV1 with ghs5s, chains and pools" if known else ""


FAMILY = Family(
    name="volcminer_web",
    shown="blackminer",
    documented=True,
    rank=209,  # before blackminer_cgi, whose page this firmware has too
    recognise=recognise,
    sections=(
        ("volcminer_status", summary),
        ("volcminer_status", boards),
        systeminfo.section(SYSTEM),
        ("", identity),
    ),
    fast=(STATUS,),
    slow=(SYSTEM,),
    fingerprint=STATUS,
)
