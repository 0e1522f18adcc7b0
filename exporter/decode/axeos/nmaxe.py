"""NMAxe and NMQAxe++: a firmware that grew from AxeOS, with a page of its own at the same path.

Quirks: the page has objects by topic. The shortest hashrate is that of three minutes. Difficulties are texts, "88.55T".
The pool is the pool in use, be it the first or the backup. Some versions write the values of the session in the place
of the values that are kept over restarts. The page has no MAC address.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable, truthy, where
from exporter.core.values import Number, count, flag, number, positive, ratio, shares, text
from exporter.decode.axeos.device import signal
from exporter.decode.axeos.pools import difficulty
from exporter.decode.axeos.web import BOARD, INFO, sensor_celsius
from exporter.decode.common.nested import at, how_long, inner
from exporter.decode.common.poolvalues import pool_host
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row

WORDS: Final = {"running": "mining", "initializing": "starting", "error": "faulted", "disabled": "paused"}
ENDLESS: Final = 2**32  # seconds, more than a century


def info(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("system_info")
    mined, asic, fans = inner(row, "miner"), inner(row, "asic"), row["fans"]
    rate = number(count(mined["hashRate"]), 1e9)
    kept = lasting(mined["uptimeEver"], mined["uptimeSeconds"])
    yield v.Miner(
        hashrate_hashes_per_second=rate,
        device_uptime_seconds=count(mined["uptimeSeconds"]),
        shares_accepted_total=shares(mined["sAccepted"]),
        shares_rejected_total=shares(mined["sRejected"]),
        best_share_difficulty=difficulty(mined["bestDiffSession"]),
        network_difficulty=difficulty(mined["networkDiff"]),
        lifetime_uptime_seconds=kept,
        lifetime_blocks_found=where(kept, count(mined["blkhits"])),
        lifetime_best_share_difficulty=where(kept, difficulty(mined["bestDiffEver"])),
    )
    yield v.HashrateWindow("3m", rate)
    yield v.Device(
        wifi_signal_dbm=signal(inner(row, "identity")["rssi"]),
        memory_free_bytes=positive(mined["freeHeap"]),
        memory_free_min_bytes=positive(mined["minFreeHeap"]),
    )
    yield from electric(inner(row, "power"))
    yield v.Board(
        BOARD,
        hashrate_hashes_per_second=rate,
        chips=positive(asic["count"]),
        frequency_hertz=number(positive(asic["freqReq"]), 1e6),
        voltage_volts=number(count(asic["vcoreReal"]), 1e-3),
        voltage_target_volts=number(positive(asic["vcoreReq"]), 1e-3),
    )
    yield v.BoardInfo(BOARD, chip_type=text(asic["model"]))
    temps = inner(row, "temps")
    yield v.BoardSensor(BOARD, "chip", "0", sensor_celsius(temps["asic"]))
    yield v.Sensor("vr", "0", sensor_celsius(temps["vcore"]))
    yield v.Sensor("control_board", "0", sensor_celsius(temps["mcu"]))
    for n in range(static(how_long(fans))):
        yield v.Fan(str(n), count(at(fans, n, "rpm")), ratio(at(fans, n, "speed")))


def electric(row: Row) -> Iterator[v.Part]:
    """Yield the power, which the firmware multiplies from the meter's voltage and current."""
    yield v.Power("measured", positive(row["power"]))
    volts, amperes = (number(positive(row[key]), 1e-3) for key in ("vbus", "ibus"))
    yield v.Psu("0", input_volts=volts, input_amperes=amperes)


@traceable
def lasting(ever: object, session: object) -> Number | None:
    """Return a time that is kept over restarts; None for a repetition of the session's time."""
    whole, now = count(ever), count(session)
    return whole if whole is not None and now is not None and now < whole < ENDLESS else None


def pool(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("system_info")
    mined, stratum = inner(row, "miner"), inner(row, "stratum")
    if not static(truthy(text(stratum["url"]))):
        return
    yield v.Pool(
        "0",
        difficulty=difficulty(mined["poolDiff"]),
        last_share_difficulty=difficulty(mined["lastDiff"]),
    )
    yield v.PoolInfo("0", pool_host(stratum["url"]), "user", text(stratum["user"]) if reading.workers else "")


def identity(reading: Reading) -> Iterator[v.Part]:
    row = inner(reading.row("system_info"), "identity")
    yield v.MinerInfo(
        make="NMAxe",
        model=text(row.static("hwModel")),
        firmware="NMAxe",
        firmware_version=text(row["fwVersion"]),
        hostname=text(row["hostName"]),
        algorithm="sha256",
    )


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield the state by the flag, by the word, or by the hashrate where there is no word."""
    row = inner(reading.row("system_info"), "miner")
    word = text(row.static("state"))
    if flag(row.static("paused")):
        yield from v.miner_states("paused")
    elif word and WORDS.get(word) != "mining":
        yield from v.miner_states(WORDS.get(word))
    else:
        yield from v.miner_states("mining" if row.any(positive, "hashRate") else None)


def recognise(reading: Reading) -> str:
    row = reading.row("system_info")
    own = "hwModel" in inner(row, "identity") and "vcoreReq" in inner(row, "asic") and "miner" in row
    return "/api/system/info with hwModel and vcoreReq" if own else ""


FAMILY = Family(
    name="nmaxe",
    rank=203,
    documented=True,
    recognise=recognise,
    sections=(("system_info", info), ("system_info", pool), ("system_info", identity), ("system_info", state)),
    fast=(INFO,),
    fingerprint=INFO,
)
