"""Elphapex (DG1, DG Home): Antminer's new web pages with their own login, for scrypt.

Quirks: rates are in the unit that `rate_unit` names. Chip temperatures are texts in thousandths of a degree, the
supply's temperature is in tenths. A slot without a board is listed with the temperatures of another board. The unit of
`freq_avg` is unknown. Nothing counts errors: `hw_all` repeats the average rate, and `hw` the number of chips. A pool's
difficulties are those of a single share.
"""

from __future__ import annotations

from collections.abc import Iterator

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable
from exporter.core.values import Number, celsius, count, mac, number, positive, ratio, text
from exporter.decode.antminer.faults import health
from exporter.decode.common import pooltable, scale
from exporter.decode.common.counts import of_work
from exporter.decode.common.flags import above
from exporter.decode.common.identity import serial
from exporter.decode.common.nested import at, how_long
from exporter.decode.common.poolvalues import best
from exporter.decode.common.sensors import chip_range, failed_chips
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row
from exporter.questions import Digest, page

LOGIN = Digest("elphapex")
SUMMARY = page("elphapex_summary", "/cgi-bin/summary.cgi", section="SUMMARY", login=LOGIN)
STATS = page("elphapex_stats", "/cgi-bin/stats.cgi", section="STATS", login=LOGIN)
POOLS = page("elphapex_pools", "/cgi-bin/pools.cgi", section="POOLS", login=LOGIN)
SYSTEM = page("elphapex_system", "/cgi-bin/get_system_info.cgi", login=LOGIN, identity_only=True)
POWER = page("elphapex_power", "/cgi-bin/get_power.cgi", login=LOGIN)
WINDOWS = (("rate_15m", "15m"), ("rate_30m", "30m"), ("rate_avg", "average"))


def factor(row: Row) -> Number:
    """Return the hashes per second in the unit of the row's rates."""
    return scale.named(row.static("rate_unit")) or 1e6


def summary(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("elphapex_summary")
    unit = factor(row)
    yield v.Miner(
        miner_uptime_seconds=count(row["elapsed"]),
        hashrate_hashes_per_second=number(count(row["rate_5s"]), unit),
        best_share_difficulty=best(row["bestshare"]),
    )
    for key, window in (("rate_5s", "5s"), *WINDOWS):
        rate = filled(row[key], row["rate_15m"]) if window == "30m" else count(row[key])
        yield v.HashrateWindow(window, number(rate, unit))
    yield v.HashrateNominal("firmware", number(positive(row["rate_ideal"]), unit))
    yield from health(row)


@traceable
def filled(longer: object, shorter: object) -> Number | None:
    """Return the longer window's rate; None for an unfilled window, which is 0 while the shorter window has a rate."""
    rate = count(longer)
    return None if rate == 0 and count(shorter) != 0 else rate


def stats(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("elphapex_stats")
    unit = factor(row)
    yield v.Miner(hardware_error_ratio=of_work(ratio(row["hwp_total"]), row["rate_avg"]))
    for board in row.rows("chain"):
        if label := text(board.static("index")):
            yield v.Board(label, up=above(count(board["asic_num"]), 0))
            if board.any(positive, "asic_num"):
                yield from chain(board, label, unit)
    for n in range(static(how_long(row["fan"]))):
        yield v.Fan(str(n), count(at(row["fan"], n)))
    yield v.FansExpected("firmware", positive(row["fan_num"]))


def chain(row: Row, label: str, unit: Number) -> Iterator[v.Part]:
    """Yield a fitted board."""
    yield v.Board(
        label,
        hashrate_hashes_per_second=number(count(row["rate_real"]), unit),
        hashrate_nominal_hashes_per_second=number(positive(row["rate_ideal"]), unit),
        chips=positive(row["asic_num"]),
        chips_failed=failed_chips(row["asic"]),
    )
    yield v.BoardInfo(label, serial=serial(row["sn"]))
    for key, place, part in (("temp_pcb", "pcb", 1), ("temp_chip", "chip", 1e-3), ("temp_pic", "pic", 1)):
        degrees = [celsius(number(at(row[key], n), part)) for n in range(static(how_long(row[key])))]
        for n, value in enumerate(degrees):
            yield v.BoardSensor(label, place, str(n), value)
        if place == "chip":
            yield chip_range(label, degrees)


def pools(reading: Reading) -> Iterator[v.Part]:
    for part in pooltable.pools("elphapex_pools", reading):
        if isinstance(part, v.Pool):
            part.share_difficulty_accepted_total = None
            part.share_difficulty_rejected_total = None
            part.share_difficulty_stale_total = None
        yield part


def power(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("elphapex_power")
    yield v.Power("firmware", positive(row["power_output"]))
    yield v.Psu(
        "0", output_watts=positive(row["power_output"]), temperature_celsius=celsius(number(row["power_temp"], 0.1))
    )
    yield v.PsuInfo("0", serial=serial(row["power_sn"]))


def identity(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("elphapex_system")
    about = next(iter(reading.others("elphapex_summary", "INFO")), reading.empty)
    version = text(row.static("system_filesystem_version")).rpartition("_")[2]
    yield v.MinerInfo(
        make="Elphapex",
        model=text(row.static("minertype")),
        firmware="stock",
        firmware_version=version.removeprefix("V"),
        hostname=text(row["hostname"]),
        mac=mac(row["macaddr"]),
        serial=serial(about["dev_sn"]),
        platform=text(about.static("hw_version")),
        algorithm=text(row.static("Algorithm")).lower() or "scrypt",
    )


def state(reading: Reading) -> Iterator[v.Part]:
    yield from v.miner_states("mining" if reading.row("elphapex_summary").any(positive, "rate_5s") else None)


def recognise(reading: Reading) -> str:
    row = reading.row("elphapex_system")
    named = text(row.static("minertype")).startswith("DG") and "Algorithm" in row
    return "minertype of get_system_info begins with DG" if named else ""


FAMILY = Family(
    name="elphapex",
    rank=206,
    recognise=recognise,
    sections=(
        ("elphapex_summary", summary),
        ("elphapex_stats", stats),
        ("elphapex_pools", pools),
        ("elphapex_power", power),
        ("", identity),
        ("", state),
    ),
    fast=(SUMMARY, STATS, POOLS, POWER),
    slow=(SYSTEM,),
    fingerprint=SYSTEM,
)
