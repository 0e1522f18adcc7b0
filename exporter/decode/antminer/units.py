"""The units of the hashrates in Bitmain's rows. Totals, other windows and boards may have different units.

Quirks: firmware since 2021 repeats its hashrates as texts with a unit, and mostly names the unit in a separate field.
All other firmware counts in the unit of its model, even if the key names another unit.
"""

from __future__ import annotations

from dataclasses import dataclass

from exporter.core.tracing import coalesce, static
from exporter.core.values import Number, positive
from exporter.decode.antminer import classic, models
from exporter.decode.common import scale
from exporter.decode.common.hashrate import AVERAGE, UNITS, fields
from exporter.parse.rows import Reading, Row

RT, AV, THEORY = "RT HASHRATE", "AV HASHRATE", "THEORY HASHRATE"  # the texts with their unit


@dataclass(frozen=True, slots=True)
class Units:
    """The units of the hashrates of a row, in hashes per second; None is an unknown unit."""

    letters: dict[str, Number | None]  # units by the letter in a key's name
    plain: Number | None  # the unit of totals whose keys have no letter
    ideal: Number | None  # the unit of the nominal hashrate
    totals: tuple[Number | None, ...]  # the miner's hashrates in hashes per second, traced: each is a sum of all boards


def texts(reading: Reading) -> tuple[Row, Row]:
    """Return the rows that may have hashrates as texts: summary, and the readings of stats."""
    return reading.row("summary"), classic.stats_rows(reading)[1]


def text(reading: Reading, key: str) -> object:
    """Return the traced text (number and unit) under a key, from the first row with the key; None if missing."""
    return next((row[key] for row in texts(reading) if key in row), None)


def units_of(reading: Reading, row: Row) -> Units:
    """Return the units of a row."""
    own = named(reading)
    letters: dict[str, Number | None] = {**UNITS, "G": unit_by_name(reading) if own is None else own}
    found = fields(row)
    main = found[0][1] if found else "G"
    rt, av, theory = (text(reading, key) for key in (RT, AV, THEORY))
    if rt is not None or av is not None:
        for letter in {letter for _, letter, _ in found}:
            pairs = [
                (row[field], av if window == AVERAGE else rt if field == found[0][2] else None)
                for window, each, field in found
                if each == letter
            ]
            letters[letter] = static(scale.by_text(letters[letter], *[each for pair in pairs for each in pair]))
    plain = letters[main] if own is None or rt is not None else own
    ideal = ideal_unit(reading, row, plain, theory) if own is None or theory is not None else own
    numbers = [scale.scaled(row[field], letters[letter]) for _, letter, field in found]
    totals = (*numbers, *[scale.spelt(each) for each in (rt, av) if each is not None])
    return Units(letters, plain, ideal, totals)


def named(reading: Reading) -> Number | None:
    """Return the unit that a field of stats or of VNish's page names; None without such a field.

    The API may use another unit than the page. A comparison of the nominal hashrate, which both have, shows the
    unit."""
    _, row = classic.stats_rows(reading)
    unit = scale.named(row.static("rate_unit"))
    measure = scale.named(reading.row("vnish_info").static("hr_measure"))
    if unit is not None or measure is None:
        return unit
    nominal = scale.nominal(reading.row("vnish_summary")["hr_nominal"], measure)
    return static(scale.agreeing(measure, positive(row["total_rateideal"]), nominal)) or measure


def unit_by_name(reading: Reading) -> Number:
    """Return the hashes per second in "GHS", by the model's name and its usual hashrate."""
    _, row = classic.stats_rows(reading)
    summary = reading.row("summary")
    since = coalesce(row["Elapsed"], summary["Elapsed"])
    means = [scale.steady(current(each), each["GHS av"], since) for each in (row, summary)]
    rates = [each[field] for each in (row, summary) for _, letter, field in fields(each) if letter == "G"]
    return models.unit(classic.model(reading), *rates, steady=(row["total_rateideal"], *means))


def current(row: Row) -> object:
    """Return the number under the shortest window's key."""
    return next((row[field] for window, _, field in fields(row) if window != AVERAGE), None)


def ideal_unit(reading: Reading, row: Row, factor: Number | None, theory: object) -> Number | None:
    """Return the unit of the nominal hashrate."""
    raw = row["total_rateideal"]
    if raw is None:
        return factor
    if theory is not None:
        return static(scale.by_text(factor, raw, theory))
    typical = models.known(classic.model(reading))[2]
    return factor if typical is None or factor is None else static(scale.near(typical, factor, raw))


def board_unit(row: Row, slots: list[int], units: Units) -> Number | None:
    """Return the unit of the boards' hashrates: from texts, or else so that their sum is the miner's hashrate."""
    raw = [row[f"chain_rate{slot}"] for slot in slots]
    if all(each is None for each in raw):
        return units.plain
    agreed = scale.agreeing(units.plain, scale.added(*raw), *units.totals)
    averages = [row[f"CHAIN AVG HASHRATE{slot}"] for slot in slots]
    if any(each is not None for each in averages):
        agreed = scale.by_text(agreed, *[each for pair in zip(raw, averages, strict=True) for each in pair])
    return static(agreed)


def nominal_board_unit(row: Row, slots: list[int], units: Units) -> Number | None:
    """Return the unit of the boards' nominal hashrates, so that their sum is the miner's nominal hashrate."""
    raw = [row[key] for slot in slots if (key := f"chain_rateideal{slot}") in row]
    if not raw or units.ideal is None:
        return units.ideal
    return static(scale.agreeing(units.ideal, scale.added(*raw), scale.nominal(row["total_rateideal"], units.ideal)))
