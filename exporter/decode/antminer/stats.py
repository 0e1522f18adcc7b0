"""The parts of classic stats: the miner's hashrates and its boards, fans and power, from Bitmain's row of readings."""

from __future__ import annotations

from collections.abc import Iterator

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce
from exporter.core.values import Number, count, number, positive, quantity, ratio, text
from exporter.decode.antminer import classic
from exporter.decode.antminer.chips import chips, listed
from exporter.decode.antminer.units import board_unit, nominal_board_unit, units_of
from exporter.decode.common import hashrate, scale
from exporter.decode.common.counts import SUMMARY_FIELDS, fill
from exporter.decode.common.fans import fitted
from exporter.decode.common.flags import above
from exporter.decode.common.identity import serial
from exporter.decode.common.sensors import chip_range, failed_chips, temperatures
from exporter.decode.common.sums import total
from exporter.parse.rows import Reading, Row


def classic_stats(reading: Reading) -> Iterator[v.Part]:
    _, row = classic.stats_rows(reading)
    units, slots = units_of(reading, row), classic.boards(row)
    miner = v.Miner()
    fill(miner, row, SUMMARY_FIELDS)  # asicseer repeats the summary here, and has its name
    yield miner
    yield v.MinerInfo(hostname=text(row["hostname"]))
    yield from hashrate.windows(row, units.letters)
    yield v.HashrateWindow("30m", scale.scaled(row["rate_30m"], units.plain))
    yield v.HashrateNominal("firmware", scale.nominal(row["total_rateideal"], units.ideal))
    yield v.BoardsExpected("firmware", positive(row["miner_count"]))  # the count stays while the miner sleeps
    yield from fans(row)
    factors = board_unit(row, slots, units), nominal_board_unit(row, slots, units)
    for slot in slots:
        yield from board(row, slot, *factors)
        yield from chips(str(slot), row[f"chain_acs{slot}"], count(row[f"chain_acn{slot}"]), reading)
        yield from listed(str(slot), row, factors[0], reading)
    yield from power(row)


def board(row: Row, slot: int, factor: Number | None, ideal: Number | None) -> Iterator[v.Part]:
    label = str(slot)
    part = v.Board(label)
    part.chips = count(row[f"chain_acn{slot}"])
    part.up = above(part.chips, 0)
    part.chips_failed = failed_chips(row[f"chain_acs{slot}"])
    part.hashrate_hashes_per_second = coalesce(
        scale.scaled(row[f"chain_rate{slot}"], factor), scale.spelt(row[f"CHAIN AVG HASHRATE{slot}"])
    )
    part.hashrate_nominal_hashes_per_second = scale.nominal(row[f"chain_rateideal{slot}"], ideal)
    part.hardware_errors_total = count(row[f"chain_hw{slot}"])
    clocks = [positive(row[name]) for name in (f"freq_avg{slot}", f"freq{slot}", f"frequency{slot}")]
    part.frequency_hertz = number(coalesce(*clocks), 1e6)
    part.frequency_target_hertz = number(positive(row["frequency"]), 1e6)
    voltages = [classic.voltage(row[f"{name}{slot}"]) for name in ("voltage", "chain_vol", "chain_voltage")]
    part.voltage_volts = coalesce(*voltages)
    part.power_watts = coalesce(positive(row[f"chain_consumption{slot}"]), positive(row[f"chain_power{slot}"]))
    yield part
    yield v.BoardInfo(label, serial=serial(row[f"chain_SN{slot}"]))
    degrees = temperatures(row, slot, label)
    yield from degrees
    yield chip_range(label, [s.board_temperature_celsius for s in degrees if s.location == "chip"])


def fans(row: Row) -> Iterator[v.Part]:
    """Yield the turning fans, and stopped fans if `fan_num` distinguishes them from empty slots."""
    slots = [n for n in classic.SLOTS if f"fan{n}" in row]
    turning = [n for n in slots if row.any(positive, f"fan{n}")]
    for n in fitted(slots, turning, count(row.static("fan_num"))):
        yield v.Fan(str(n), count(row[f"fan{n}"]), ratio(row["fan_pwm"]))


def power(row: Row) -> Iterator[v.Part]:
    """Yield the power of all boards, which modified firmware adds to stock's fields."""
    each = [count(row[f"chain_consumption{n}"]) for n in classic.boards(row)]
    totals = [positive(quantity(row[key])) for key in ("total_power", "chain_power")]
    yield v.Power("firmware", coalesce(*totals, positive(total(*each))))
