"""An Antminer's stats and summary in the shape of the web pages, which the API uses, too.

Quirks: boards count from 0, and are numbered here from 1 as in classic stats. Depending on model and firmware, the API
gives this shape for the flag `new_api`, or for the plain question.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, item, static, truthy
from exporter.core.values import Number, celsius, count, flag, number, positive, ratio
from exporter.decode.antminer import classic
from exporter.decode.antminer.chips import chips
from exporter.decode.antminer.faults import health
from exporter.decode.antminer.units import unit_by_name
from exporter.decode.common import scale
from exporter.decode.common.counts import of_work
from exporter.decode.common.fans import fitted
from exporter.decode.common.faults import WARNING
from exporter.decode.common.flags import above
from exporter.decode.common.identity import serial
from exporter.decode.common.nested import at, how_long
from exporter.decode.common.poolvalues import best
from exporter.decode.common.sensors import chip_range, failed_chips
from exporter.parse.rows import Reading, Row

WINDOWS: Final = (("rate_5s", "5s"), ("rate_30m", "30m"), ("rate_avg", "average"))
MODES: Final[dict[Number | None, str]] = {0: "normal", 1: "sleep", 3: "low power"}


def shaped(row: Row) -> bool:
    """Tell whether a row of stats has the pages' shape: classic stats has no list of boards."""
    return "chain" in row or "rate_5s" in row


def stats(section: str, reading: Reading) -> Iterator[v.Part]:
    """Yield hashrates, power and boards, numbered from 1 as in classic stats."""
    row = reading.row(section)
    if not shaped(row):
        return
    own_unit = scale.named(row.static("rate_unit"))
    factor = unit_by_name(reading) if own_unit is None else own_unit
    rates = [scale.scaled(row[key], factor) for key, _ in WINDOWS]
    yield v.Miner(
        hashrate_hashes_per_second=rates[0],
        miner_uptime_seconds=count(row["elapsed"]),
        hardware_error_ratio=of_work(ratio(row["hwp_total"]), row["rate_avg"]),
    )
    yield v.Profile(profile(row))
    yield from windows(row, factor)
    ideal = scale.nominal(row["rate_ideal"], factor)
    yield v.HashrateNominal("firmware", ideal)
    yield v.Power("firmware", coalesce(positive(row["watt"]), positive(row["power"])))
    chains = [(chain, count(chain.static("index"))) for chain in row.rows("chain")[: len(classic.SLOTS)]]
    real = static(scale.agreeing(factor, scale.added(*[chain["rate_real"] for chain, _ in chains]), *rates))
    nominal = static(scale.agreeing(factor, scale.added(*[chain["rate_ideal"] for chain, _ in chains]), ideal))
    for chain, position in chains:
        if position is not None:
            label = str(int(position) + 1)
            yield from board(chain, label, real, nominal)
            yield from chips(label, chain["asic"], count(chain["asic_num"]), reading)


def windows(row: Row, factor: Number | None) -> Iterator[v.Part]:
    """Yield the hashrate of each window."""
    for key, window in WINDOWS:
        yield v.HashrateWindow(window, scale.scaled(row[key], factor))


def profile(row: Row) -> str:
    """Return the mode of work, with the part of the hashrate that the owner chose if that is not all."""
    mode, level = MODES.get(count(row.static("miner-mode")), ""), count(row.static("freq-level"))
    return f"{mode} {level:g}%" if mode and level not in (None, 0, 100) else mode


def board(chain: Row, label: str, factor: Number | None, ideal: Number | None) -> Iterator[v.Part]:
    part = v.Board(label)
    part.chips = count(chain["asic_num"])
    part.up = above(part.chips, 0)
    part.chips_failed = failed_chips(chain["asic"])
    part.hashrate_hashes_per_second = scale.scaled(chain["rate_real"], factor)
    part.hashrate_nominal_hashes_per_second = scale.nominal(chain["rate_ideal"], ideal)
    part.frequency_hertz = number(positive(chain["freq_avg"]), 1e6)
    part.hardware_errors_total = count(chain["hw"])
    part.hardware_error_ratio = of_work(ratio(chain["hwp"]), chain["rate_real"])
    yield part
    yield v.BoardInfo(label, serial=serial(chain["sn"]))
    for key, place in (("temp_pcb", "pcb"), ("temp_chip", "chip"), ("temp_pic", "pic")):
        for n in range(min(static(how_long(chain[key])), 16)):
            yield v.BoardSensor(label, place, str(n), celsius(item(chain[key], n)))


def summary(section: str, reading: Reading) -> Iterator[v.Part]:
    """Yield counts, faults by the parts' health, and the windows, of which stats may lack some."""
    row = reading.row(section)
    yield from windows(row, scale.named(row.static("rate_unit")))
    yield v.Miner(hardware_errors_total=count(row["hw_all"]), best_share_difficulty=best(row["bestshare"]))
    yield from health(row)
    if flag(row.static("safe_mode")):
        yield v.Fault("safe_mode", "miner", WARNING, 1)


def rest(section: str, reading: Reading) -> Iterator[v.Part]:
    """Yield fans, the ambient temperature, and for each board the range over its chip sensors.

    `fan_num` distinguishes a stopped fan from an empty slot, as in the API."""
    row = reading.row(section)
    for chain in row.rows("chain")[: len(classic.SLOTS)]:
        if (position := count(chain.static("index"))) is not None:
            sensors = [celsius(at(chain["temp_chip"], n)) for n in range(static(how_long(chain["temp_chip"])))]
            yield chip_range(str(int(position) + 1), sensors)
    slots = range(1, static(how_long(row["fan"])) + 1)
    turning = [n for n in slots if static(truthy(positive(at(row["fan"], n - 1))))]
    for n in fitted(slots, turning, min(count(row.static("fan_num")) or 0, len(slots))):
        yield v.Fan(str(n), count(at(row["fan"], n - 1)))
    yield v.Sensor("ambient", "0", celsius(row["ambient_temp"]))
