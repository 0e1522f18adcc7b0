"""Hashrates in every unit that makers use: the answer says which, and the name only where the answer does not."""

from __future__ import annotations

import csv
import re
from importlib import resources
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter import decode
from exporter.core import plausible
from exporter.core.vocabulary import Board, HashrateNominal, HashrateWindow, Miner, Part
from exporter.decode.antminer import models
from exporter.decode.common import scale
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading
from exporter.plans.compiler import compile_plan
from exporter.plans.plan import Plan, PlanMismatch, PlanState
from tests.harness.mutation import plainly, series
from tests.harness.places import SHARED
from tests.harness.recorded import NOW, RECORDINGS

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
WORDS = {1.0: ("H/s", "Sol/s", "sol"), 1e3: ("KH/s", "kSol/s", "KSol"), 1e6: ("MH/s", "Mh/s", "MH")}
WORDS |= {1e9: ("GH/s", "GH", "G"), 1e12: ("TH/s", "Th/s", "th")}
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


def digits(value: float) -> float:
    return float(f"{value:.6g}")


def read(**rows: Any) -> list[Part]:
    """The parts of a miner that answers so, by the family that recognises it. A model may have another's hashrate here,
    which the guard would leave out."""
    reading = Reading(Answers(rows={name: [*each] for name, each in rows.items()}), NOW)
    found = decode.recognise(reading)
    assert found is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plausible, "STRONGEST", {})
        decoded = decode.decode(found[0], reading)
    assert decoded.problems == {}
    return plainly(list(decoded.parts.values()))


class Rates(NamedTuple):
    """What a miner of three like boards truly does, in hashes per second."""

    now: float
    average: float
    ideal: float


def held(parts: list[Part], truly: Rates) -> None:
    """Each hashrate that is said is right, and that of the miner is said."""
    whole = [part.hashrate_hashes_per_second for part in parts if isinstance(part, Miner)]
    assert whole == [pytest.approx(truly.now, rel=0.01)]
    for part in parts:
        if isinstance(part, HashrateWindow) and part.hashrate_window_hashes_per_second is not None:
            wanted = truly.now if part.window == "5s" else truly.average
            assert part.hashrate_window_hashes_per_second == pytest.approx(wanted, rel=0.01)
        if isinstance(part, HashrateNominal) and part.source == "firmware":
            assert part.hashrate_nominal_hashes_per_second in (None, pytest.approx(truly.ideal, rel=0.01))
        if isinstance(part, Board):
            assert part.hashrate_hashes_per_second in (None, pytest.approx(truly.now / 3, rel=0.01))
            assert part.hashrate_nominal_hashes_per_second in (None, pytest.approx(truly.ideal / 3, rel=0.01))


def classic(truly: Rates, unit: float, of_boards: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """(summary, readings of stats) as the classic API has them, in these units."""
    rates = {"GHS 5s": digits(truly.now / unit), "GHS av": digits(truly.average / unit)}
    row: dict[str, Any] = {"STATS": 0, "Elapsed": 50_000, **rates, "rate_30m": digits(truly.average / unit)}
    row |= {f"chain_acn{n}": 100 for n in (1, 2, 3)}
    row |= {f"chain_rate{n}": str(digits(truly.now / 3 / of_boards)) for n in (1, 2, 3)}
    row |= {"total_rateideal": digits(truly.ideal / unit)}
    return {"Elapsed": 50_000, **rates, "GHS 30m": digits(truly.average / unit)}, row


any_name, level, unit = st.sampled_from(NAMES), st.floats(0.2, 1.3), st.sampled_from(UNITS)
cases = st.sampled_from((str, str.upper, str.lower))


@given(any_name, any_name, st.data())
def test_a_text_with_its_unit_is_believed_before_all_else(name: str, other: str, data: Any) -> None:
    """Whatever the key is called, and whichever model it is: only the text says what a number counts in."""
    ideal, shown = sold(other)[0], data.draw(unit)
    truly = Rates(data.draw(level) * ideal, data.draw(level) * ideal, ideal)
    word = data.draw(st.sampled_from([word for word in WORDS[shown] if word.endswith("/s")]))
    texts = [f"{rate / shown:.6f}{data.draw(st.sampled_from(('', ' ')))}{word}" for rate in (*truly, truly.now / 3)]
    summary, row = classic(truly, data.draw(unit), data.draw(unit))
    summary |= {"RT HASHRATE": texts[0], "AV HASHRATE": texts[1], "THEORY HASHRATE": texts[2]}
    if data.draw(st.booleans()):
        row |= {f"CHAIN AVG HASHRATE{n}": texts[3] for n in (1, 2, 3)}
    version = {"BMMiner": "2.0.0", "Type": data.draw(cases)(name)}
    held(read(version=[version], summary=[summary], stats=[version, row]), truly)


@given(any_name, any_name, st.data())
def test_a_field_that_names_the_unit_is_believed_before_the_name(name: str, other: str, data: Any) -> None:
    ideal, key = sold(other)[0], data.draw(unit)
    average = data.draw(level) * ideal
    truly = Rates(data.draw(st.sampled_from((average, 0))), average, ideal)
    summary, row = classic(truly, key, data.draw(unit))
    row["rate_unit"] = data.draw(st.sampled_from(WORDS[key]))
    version = {"BMMiner": "1.0.0", "Type": data.draw(cases)(name)}
    held(read(version=[version], summary=[summary], stats=[version, row]), truly)


@given(any_name.filter(lambda name: name.startswith("Antminer")), any_name, st.data())
def test_a_word_for_the_unit_is_believed_on_the_newer_pages(name: str, other: str, data: Any) -> None:
    ideal, key, of_boards = sold(other)[0], data.draw(unit), data.draw(unit)
    now = data.draw(level) * ideal
    each = {"rate_real": digits(now / 3 / of_boards), "rate_ideal": digits(ideal / 3 / of_boards), "asic_num": 9}
    row: dict[str, Any] = {"elapsed": 9000, "rate_5s": digits(now / key), "rate_avg": digits(now / key)}
    row |= {"rate_ideal": digits(ideal / key), "chain": [{"index": n, **each} for n in range(3)]}
    row |= {"rate_unit": data.draw(st.sampled_from(WORDS[key]))}
    version = {"BMMiner": "1.0.0", "Type": data.draw(cases)(name)}
    held(read(version=[version], stats_new_api=[row]), Rates(now, now, ideal))


@given(any_name, any_name, st.data())
def test_a_page_that_names_the_unit_is_believed_and_an_api_beside_it_held_against_it(
    name: str, other: str, data: Any
) -> None:
    ideal, shown = sold(other)[0], data.draw(unit)
    now = data.draw(level) * ideal
    page = {"hr_realtime": digits(now / shown), "hr_average": digits(now / shown), "hr_nominal": digits(ideal / shown)}
    info = {"miner": name, "fw_name": "Vnish", "hr_measure": data.draw(st.sampled_from(WORDS[shown]))}
    truly = Rates(now, now, ideal)
    held(read(vnish_info=[info], vnish_summary=[{**page, "miner_type": name}]), truly)
    summary, row = classic(truly, data.draw(unit), data.draw(unit))
    header = {"Type": f"{name} (Vnish 1.2.9)"}
    held(read(vnish_info=[info], vnish_summary=[page], summary=[summary], stats=[header, row]), truly)


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


# A recorded miner of each other maker, how its answers spell the model, and how the names of the maker's models begin.
OTHERS = (
    ("whatsminer", "m31s-joined", b"M31S_V40", "M"),
    ("whatsminer_v3", "m60s-behind-a-closed-port", b"M60S_VK30", "M"),
    ("avalon", "a1047", b"1047", "Avalon "),
    ("auradine", "at1500", b"AT1500", "Auradine "),
    ("elphapex", "dg1-two-boards", b"DG1", "Elphapex "),
    ("goldshell_mcb", "ck-two-boards", b"CK5", "Goldshell "),
    ("axeos", "luckyminer-too-hot", b"LV06", "LuckyMiner "),
)
RATE = re.compile(r"asic_(?:board_)?hashrate_(?:window_)?hashes_per_second")


@pytest.mark.parametrize(("family", "device", "word", "maker"), OTHERS, ids=[each[0] for each in OTHERS])
def test_no_other_makers_name_has_a_say_in_a_unit(family: str, device: str, word: bytes, maker: str) -> None:
    """The answers of one miner under each name that its maker sells."""
    (known,) = (each for each in RECORDINGS if (each.family, each.name) == (family, device))
    lines = resources.files("exporter.core").joinpath("nameplates.txt").read_text(encoding="utf-8").splitlines()
    models = {
        line.rpartition(":")[0].removeprefix(maker if " " in maker else "") for line in lines if line.startswith(maker)
    }

    def rates(answers: dict[str, bytes]) -> dict[str, str]:
        return {line: value for line, value in series(known, answers).items() if RATE.match(line)}

    answers = dict(known.answers)
    truly = rates(answers)
    assert truly
    assert any(word in raw for raw in answers.values())
    assert len(models) > 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plausible, "STRONGEST", {})
        for model in sorted(models):
            spelt = model.replace(" ", "_" if b"_" in word else " ").encode()
            assert rates({name: raw.replace(word, spelt) for name, raw in answers.items()}) == truly, model
