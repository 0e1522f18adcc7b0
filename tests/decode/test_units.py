"""Hashrates in every unit that makers use: the answer says which, and the name only where the answer does not."""

from __future__ import annotations

import csv
from importlib import resources
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter import decode
from exporter.decode.antminer import models
from exporter.decode.common import scale
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading
from exporter.plans.compiler import compile_plan
from exporter.plans.plan import Plan, PlanMismatch, PlanState
from tests.harness.places import SHARED
from tests.harness.rates import WORDS, Rates, digits, held, read
from tests.harness.recorded import NOW

TABLE = SHARED / "reference" / "models.csv"
MAKERS = ("Antminer", "Hammer", "VolcMiner")

# What a model does by its maker's word, by the start of its name, and what its firmware has been seen to count in.
SOLD: tuple[tuple[str, float, tuple[float, ...]], ...] = (
    ("Antminer A3", 815e9, (1e9,)),
    ("Antminer AL1", 15.6e12, (1e9, 1e12)),
    ("Antminer D3", 17e9, (1e6,)),
    ("Antminer D5", 119e9, (1e6, 1e9)),
    ("Antminer D", 1.5e12, (1e9,)),
    ("Antminer DR", 34e12, (1e9,)),
    ("Antminer E3", 190e6, (1e6,)),
    ("Antminer E", 3.68e9, (1e6,)),
    ("Antminer HS3", 9e12, (1e9,)),
    ("Antminer K7", 63.5e12, (1e9,)),
    ("Antminer KA3", 166e12, (1e9,)),
    ("Antminer KS", 15e12, (1e9,)),
    ("Antminer L3", 504e6, (1e6,)),
    ("Antminer L7", 9.5e9, (1e6, 1e9)),
    ("Antminer L", 16e9, (1e6, 1e9)),
    ("Antminer Z9", 42e3, (1e3, 1)),
    ("Antminer Z11", 135e3, (1e3, 1)),
    ("Antminer Z15", 420e3, (1e3, 1)),
    ("Antminer Z", 420e3, (1e3, 1)),
    ("Antminer", 100e12, (1e9,)),
    ("Hammer", 5e9, (1e6,)),
    ("VolcMiner", 15e9, (1e6,)),
)
EXTRA = (
    *("Antminer D3", "Antminer D5", "Antminer E3", "Antminer Z9-Mini", "Antminer Z11", "Antminer L11 Pro"),
    *("Antminer A3", "Antminer AL1 Pro", "Antminer L3++", "Antminer S7", "Antminer KS7"),
    *("Hammer D10", "VolcMiner D1", "VolcMiner D1 Mini"),
)
UNITS = tuple(WORDS)


def names() -> list[str]:
    """Each model of these makers that is known by name."""
    lines = resources.files("exporter.core").joinpath("nameplates.txt").read_text(encoding="utf-8").splitlines()
    found = {line.rpartition(":")[0] for line in lines}
    if TABLE.is_file():
        with TABLE.open(encoding="utf-8") as file:
            found |= {f"{row['make']} {row['model']}".replace("AntMiner", "Antminer") for row in csv.DictReader(file)}
    return sorted({*EXTRA, *(name for name in found if name.startswith(MAKERS))})


NAMES = names()


def sold(name: str) -> tuple[float, tuple[float, ...]]:
    found = [(start, rate, units) for start, rate, units in SOLD if name.startswith(start)]
    return max(found, key=lambda each: len(each[0]))[1:]


def classic(truly: Rates, unit: float, of_boards: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """(summary, readings of stats) as the classic API has them, in these units."""
    rates = {"GHS 5s": digits(truly.now / unit), "GHS av": digits(truly.average / unit)}
    row: dict[str, Any] = {"STATS": 0, "Elapsed": 50_000, **rates, "rate_30m": digits(truly.average / unit)}
    row |= {f"chain_acn{n}": 100 for n in (1, 2, 3)}
    row |= {f"chain_rate{n}": str(digits(truly.now / 3 / of_boards)) for n in (1, 2, 3)}
    row |= {"total_rateideal": digits(truly.ideal / unit)}
    return {"Elapsed": 50_000, **rates, "GHS 30m": digits(truly.average / unit)}, row


def in_texts(name: str, truly: Rates, key: float, of_boards: float, word: str) -> dict[str, Any]:
    """BMMiner 2.x: texts with their unit beside numbers that tell none."""
    shown = scale.unit(word) or 1
    texts = [f"{rate / shown:.12f} {word}" for rate in (*truly, truly.now / 3)]
    summary, row = classic(truly, key, of_boards)
    summary |= {"RT HASHRATE": texts[0], "AV HASHRATE": texts[1], "THEORY HASHRATE": texts[2]}
    row |= {f"CHAIN AVG HASHRATE{n}": texts[3] for n in (1, 2, 3)}
    version = {"BMMiner": "2.0.0", "Type": name}
    return {"version": [version], "summary": [summary], "stats": [version, row]}


def in_a_field(name: str, truly: Rates, key: float, of_boards: float, word: str) -> dict[str, Any]:
    """BMMiner 1.x, whose stats name the unit."""
    summary, row = classic(truly, scale.unit(word) or 1, of_boards)
    version = {"BMMiner": "1.0.0", "Type": name}
    return {"version": [version], "summary": [summary], "stats": [version, {**row, "rate_unit": word}]}


def on_new_pages(name: str, truly: Rates, key: float, of_boards: float, word: str) -> dict[str, Any]:
    """The stats of Bitmain's newer pages."""
    shown = scale.unit(word) or 1
    each = {"rate_real": digits(truly.now / 3 / of_boards), "rate_ideal": digits(truly.ideal / 3 / of_boards)}
    row: dict[str, Any] = {"elapsed": 9000, "rate_5s": digits(truly.now / shown), "rate_unit": word}
    row |= {"rate_avg": digits(truly.average / shown), "rate_ideal": digits(truly.ideal / shown)}
    row |= {"chain": [{"index": n, "asic_num": 9, **each} for n in range(3)]}
    return {"version": [{"BMMiner": "1.0.0", "Type": name}], "stats_new_api": [row]}


def on_vnish_pages(name: str, truly: Rates, key: float, of_boards: float, word: str) -> dict[str, Any]:
    shown = scale.unit(word) or 1
    page = {"hr_realtime": digits(truly.now / shown), "hr_average": digits(truly.now / shown)}
    page |= {"hr_nominal": digits(truly.ideal / shown)}
    info = {"miner": name, "fw_name": "Vnish", "hr_measure": word}
    return {"vnish_info": [info], "vnish_summary": [{**page, "miner_type": name}]}


def on_vnish_pages_and_api(name: str, truly: Rates, key: float, of_boards: float, word: str) -> dict[str, Any]:
    rows = on_vnish_pages(name, truly, key, of_boards, word)
    del rows["vnish_summary"][0]["miner_type"]
    summary, row = classic(truly, key, of_boards)
    return {**rows, "summary": [summary], "stats": [{"Type": f"{name} (Vnish 1.2.9)"}, row]}


FIRMWARE = (in_texts, in_a_field, on_new_pages, on_vnish_pages, on_vnish_pages_and_api)
any_name, level, unit = st.sampled_from(NAMES), st.floats(0.2, 1.3), st.sampled_from(UNITS)
cases = st.sampled_from((str, str.upper, str.lower))


def names_of(firmware: Any) -> list[str]:
    return [name for name in NAMES if name.startswith("Antminer")] if firmware is on_new_pages else NAMES


@given(st.sampled_from(FIRMWARE), any_name, st.data())
def test_an_answer_that_says_its_unit_is_believed_before_the_name(firmware: Any, other: str, data: Any) -> None:
    """The hashrate is that of another model; keys and boards count in whatever they like."""
    name = data.draw(cases)(data.draw(st.sampled_from(names_of(firmware))))
    ideal, word = sold(other)[0], data.draw(st.sampled_from(WORDS[data.draw(unit)]))
    if firmware is in_texts and not word.endswith("/s"):
        word = "MH/s"
    now, average = (data.draw(level) * ideal for _ in range(2))
    if firmware is in_a_field:
        now = data.draw(st.sampled_from((now, 0.0)))
    elif firmware is not in_texts:
        average = now  # which boards and totals are held against
    held(
        read(**firmware(name, Rates(now, average, ideal), data.draw(unit), data.draw(unit), word)),
        Rates(now, average, ideal),
    )


@pytest.mark.parametrize("firmware", FIRMWARE, ids=lambda firmware: firmware.__name__)
def test_each_model_in_each_unit(firmware: Any) -> None:
    for name, shown in product(names_of(firmware), UNITS):
        ideal = sold(name)[0]
        truly = Rates(0.9 * ideal, 0.9 * ideal, ideal)
        for key in (1e6, 1e9):
            held(read(**firmware(name, truly, key, shown, WORDS[shown][0])), truly)


@given(any_name, st.data())
def test_an_answer_that_says_no_unit_counts_in_what_its_model_does(name: str, data: Any) -> None:
    ideal, units = sold(name)
    now = data.draw(level) * ideal
    summary, row = classic(Rates(now, now, ideal), data.draw(st.sampled_from(units)), data.draw(st.sampled_from(units)))
    if data.draw(st.booleans()):
        del row["total_rateideal"]
    if not name.startswith("Antminer"):  # whose rates are in megahashes by their names
        summary, row = ({key.replace("GHS", "MHS"): said for key, said in each.items()} for each in (summary, row))
    version = {"CGMiner": "4.9.0", "Type": data.draw(cases)(name)}
    held(read(version=[version], summary=[summary], stats=[version, row]), Rates(now, now, ideal))


@given(any_name, unit, unit, st.lists(st.tuples(level, level), min_size=5, max_size=5))
def test_a_plan_holds_whatever_the_miner_hashes(
    name: str, key: float, of_boards: float, levels: list[tuple[float, float]]
) -> None:
    """Asleep there may be another plan, where boards count in another unit than totals: nothing tells then."""
    ideal = sold(name)[0]
    plans: list[Plan] = []
    for now, average in [*levels, (0.0, 1.0), (0.0, 0.0), levels[0], (0.0, 0.0)]:
        summary, row = classic(Rates(now * ideal, average * ideal, ideal), key, of_boards)
        version = {"BMMiner": "1.0.0", "Type": name}
        answers = Answers(
            rows={"version": [version], "summary": [summary], "stats": [version, {**row, "rate_unit": WORDS[key][0]}]}
        )
        if not any(fits(plan, answers) for plan in plans):
            reading = Reading(answers, NOW)
            found = decode.recognise(reading)
            assert found is not None
            plans.append(compile_plan("", reading, [*decode.decode(found[0], reading).parts.values()], answers.rows))
    assert len(plans) <= 3  # mining, with an average alone, and with nothing


def fits(plan: Plan, answers: Answers) -> bool:
    try:
        plan.read(answers, PlanState(), {"now": NOW})
    except PlanMismatch:
        return False
    return True


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Antminer S19j Pro (126) (Vnish 1.2.9)", "Antminer S19j Pro (126)"),
        ("Bitmain Antminer S19 (88)", "Antminer S19 (88)"),
        ("Antminer S9 (vnish 3.8.6)", "Antminer S9"),
        ("Antminer S9 (", "Antminer S9"),
        ("Antminer L3+ (024)", "Antminer L3+"),
        ("S19-88 v.2.6.0.39", "Antminer S19-88"),
        ("s21+hyd", "Antminer s21+hyd"),
    ],
)
def test_a_name_has_no_tags_but_its_number_of_chips(raw: str, name: str) -> None:
    assert models.name(raw) == name


@pytest.mark.parametrize("name", NAMES)
def test_what_a_model_hashes_is_known(name: str) -> None:
    assert models.known(name.upper())[0] == models.known(name)[0] != ""


@pytest.mark.parametrize(
    ("raw", "rate"),
    [
        ("9529.46 MH/s", 9529.46e6),
        ("21632.89GH/s", 21632.89e9),
        ("141.5 kSol/s", 141.5e3),
        ("840,000.25 Sol/s", 840_000.25),
        ("0.00 MH/s", 0),
        ("95.5 Th/s", 95.5e12),
        ("9,52 GH/s", None),  # a decimal comma, or a digit that is missing
        ("95.5", None),
        (95.5, None),
        ("95.5 W", None),
        ("95.5 MHz", None),
        ("-1 GH/s", None),
        ("nan GH/s", None),
        ("", None),
        (None, None),
    ],
)
def test_a_hashrate_in_words(raw: object, rate: float | None) -> None:
    assert scale.spelt(raw) == (None if rate is None else pytest.approx(rate))


def test_boards_that_agree_with_nothing_have_no_unit() -> None:
    assert scale.agreeing(1e9, 3.0, 3e9) == 1e9
    assert scale.agreeing(1e6, 3.0, 3e9) == 1e9
    assert scale.agreeing(1e9, 3.0, 90e9) is None
    assert scale.agreeing(1e9, 3.0, 90e9, 4e12) == 1e12
    assert scale.agreeing(1e9, 0, 90e9) == scale.agreeing(1e9, 3.0, None) == scale.agreeing(1e9, None, 0) == 1e9
    assert scale.agreeing(1e9, 3.0, 0, None) is None


def test_units_lie_between_h_and_eh() -> None:
    """No power is so great that arithmetic gives up, and with it the section."""
    assert scale.agreeing(1e9, 5e-324, 3e9) is None
    assert scale.by_text(1e9, 1e-300, "5 GH/s") is None
    assert scale.near(1e12, 1e9, 5e-324) == 1e9
    assert scale.agreeing(1, 3.0, 3e18) == 1e18


def test_sums_are_those_of_all_numbers() -> None:
    assert scale.added("1.5", "2") == scale.added(1.5, 2) == 3.5
    assert scale.added("1,500.5", "2 GH/s") == 2e9  # no number, whatever its halves come to
    assert scale.added(1.5, 10**400) == 1.5
