"""Nameplates: one model by whatever name a miner gives it, and what it says only where nobody else does."""

from __future__ import annotations

import re
from importlib import resources

import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporter import decode
from exporter.core import nameplates, plausible
from exporter.core.vocabulary import (
    Board,
    BoardChipsExpected,
    BoardsExpected,
    FansExpected,
    HashrateNominal,
    MinerInfo,
    Part,
)
from exporter.decode.antminer import models
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading
from tests.harness.captures import devices
from tests.harness.mutation import plainly
from tests.harness.places import CAPTURES
from tests.harness.recorded import NOW, RECORDINGS, Recording, exposition, outside_of_time, settle

SPELT = {"blake2b", "blake3", "eaglesong", "handshake", "kadena"} | {algorithm for _, algorithm, *_ in models.MODELS}


@pytest.mark.parametrize(
    ("make", "model", "facts"),
    [
        ("Bitmain", "Antminer S9", (3, 63, 2)),
        ("", "Bitmain Antminer S9 (v5.1) ", (3, 63, 2)),
        ("Bitmain", "S19 Pro", None),  # without its maker's word before it, it may be anybody's
        ("Antminer", "S19 Pro", (3, 114, 4)),
        ("Bitmain", "Antminer S19K PRO", (3, 77, 4)),
        ("Bitmain", "Antminer S19j Pro (126) AML", (3, 126, 4)),
        ("Bitmain", "Antminer S19J88NoPic", (3, 88, 4)),
        ("Bitmain", "Antminer S19j (88)", (3, 88, 4)),
        ("Bitmain", "Antminer S19x88", (3, 88, 4)),
        ("Bitmain", "Antminer S19 (126)", None),  # another number of chips: another machine
        ("Bitmain", "Antminer S19j Pro (126) (Vnish 1.2.9)", (3, 126, 4)),
        ("Bitmain", "Antminer S21 Hyd.", (3, 216, 0)),
        ("Bitmain", "Antminer S19 Pro+ Hyd", (4, 180, 0)),
        ("Bitmain", "Antminer S19 XP Hyd.", (3, 204, 0)),
        ("Bitmain", "Antminer S19XP+", (3, 108, 4)),
        ("Bitmain", "Antminer S21+ Hyd", (3, 95, 0)),
        ("Bitmain", "Antminer S21+hyd", (3, 95, 0)),
        ("Bitmain", "Antminer S21 EXP Hydro", (3, 160, 0)),
        ("Bitmain", "Antminer S21e XP Hyd.", (3, 160, 0)),
        ("Bitmain", "Antminer S21 EX", None),
        ("Bitmain", "Antminer S21 XP Hyd.", None),  # no cousin's nameplate
        ("Bitmain", "Antminer S21 Imm.", None),
        ("Bitmain", "Antminer S19j Pro Dual", None),
        ("Bitmain", "ANTMINER T21", (3, 108, 4)),
        ("Bitmain", "Antminer-S9k", (3, 60, 2)),
        ("Bitmain", "Antminer KS5 Pro 21T", (3, 92, None)),
        ("MicroBT", "M60S_VK33", (3, 245, 2)),
        ("MicroBT", "Whatsminer M30S++ V20", (4, 255, 2)),
        ("MicroBT", "M30S+VE100", (3, None, 2)),
        ("MicroBT", "M60SVK3A", (3, 245, 2)),
        ("MicroBT", "Whatsminer M63S++ VL60", (4, 380, 0)),
        ("MicroBT", "M60S++_VLA3", (3, None, 2)),
        ("MicroBT", "M60S++", None),
        ("Canaan", "AvalonMiner 1246-83", (3, 120, 4)),
        ("Canaan", "AVALONMINER 1047-20", (2, 120, 2)),
        ("Canaan", "AvalonMiner 1246-88", (3, 120, 4)),
        ("Canaan", "AvalonMiner 15-194", (3, 160, 2)),
        ("Canaan", "AvalonMiner 15Pro-221", (3, 160, 2)),
        ("Canaan", "AvalonMiner 1566HA-480", (4, 160, 0)),
        ("Canaan", "AvalonMiner 741", (1, 88, 1)),
        ("Canaan", "Avalon Q", (1, 160, 4)),
        ("bitmain", "ANTMINER D3", (3, 60, 2)),
        ("Hammer", "HAMMER D10", (3, 108, 4)),
        ("Canaan", "Avalon Nano3s", (1, 12, 1)),
        ("Innosilicon", "T3H+", (3, 114, 4)),
        ("IceRiver", "KS0", (3, None, None)),
        ("Auradine", "Teraflux AT2880", (3, 138, 4)),
        ("Bitaxe", "GammaTurbo", (1, 2, None)),
        ("", "Gamma", None),
        ("NerdAxe", "NerdOCTAXE-γ", (1, 8, None)),
        ("Elphapex", "DG-Home1", (1, 120, 4)),
        ("FutureBit", "Apollo BTC II", (1, 44, 1)),
        ("Bitdeer", "SEALMINER A2", (3, 153, 4)),
        ("Bitdeer", "Sealminer A2 Hyd", None),
        ("Bitmain", "Antminer S19 Pro 110T", (3, 114, 4)),
        ("Bitmain", "Antminer", None),
        ("Bitmain", "Antminer S99 Pro", None),
        ("", "V", None),
    ],
)
def test_a_model_is_found_however_it_is_spelt(make: str, model: str, facts: tuple[int | None, ...] | None) -> None:
    found = nameplates.find(make, model)
    assert (found and (found.boards, found.chips, found.fans)) == facts


def test_the_file_is_sorted_and_no_model_is_another() -> None:
    text = resources.files("exporter.core").joinpath("nameplates.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    models = [line.partition(":")[0] for line in lines]
    assert models == sorted(models, key=str.casefold)
    assert len({nameplates.key(model) for model in models}) == len(models)
    for model in models:
        plate = nameplates.find("", model)
        assert plate is not None
        assert plate.boards is None or 1 <= plate.boards <= 8
        assert plate.chips is None or 1 <= plate.chips <= 512
        assert plate.fans is None or 0 <= plate.fans <= 6  # three boards with two fans each
        assert plate.algorithm == "" or plate.algorithm in SPELT, "as decoders spell it"
        assert plate.hashrate is None or 1e8 <= plate.hashrate <= plausible.STRONGEST.get(plate.algorithm, 2e13)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda r: f"{r.family}-{r.name}")
async def test_no_fixture_has_more_than_its_nameplate(recording: Recording) -> None:
    if (held := await against_its_nameplate(recording)) is not None:
        plate, boards, chips, fans = held
        if plate.boards is not None and len(boards) <= plate.boards:  # else several machines behind one controller
            assert plate.fans is None or sum(rpm > 0 for rpm in fans) <= plate.fans
        assert plate.chips is None or max(chips, default=0) <= plate.chips


@pytest.mark.skipif(not CAPTURES.is_dir(), reason="no shared captures here")
@pytest.mark.parametrize("device", devices(), ids=lambda device: f"{device.family}-{device.name}")
async def test_a_recorded_miner_has_what_its_nameplate_says(device: Recording) -> None:
    """Of a real one no fewer either: as many fans as it lists, and as many chips where all boards list the same."""
    meta = orjson.loads((CAPTURES / device.family / device.name / "meta.json").read_bytes())
    if (held := await against_its_nameplate(device)) is not None:
        plate, boards, chips, fans = held
        if plate.boards is not None and len(boards) <= plate.boards:
            assert not fans or plate.fans is None or len(fans) == plate.fans
        assert plate.chips is None or max(chips, default=0) <= plate.chips
        real = not {"mock", "constructed"} & {file.get("fidelity") for file in meta["files"].values()}
        if real and plate.chips is not None and len(chips) > 1 and len(set(chips)) == 1:
            assert chips[0] == plate.chips


async def against_its_nameplate(
    recording: Recording,
) -> tuple[nameplates.Nameplate, set[str], list[float], list[float]] | None:
    """The nameplate of a recorded miner where there is one, its boards, the chips of each, the speeds of its fans."""
    with outside_of_time():
        of, outcome = await settle(recording)
    if outcome.error is not None:
        return None
    families = {family.name: family for family in text_string_to_metric_families(exposition(of))}
    info = families["asic_miner_info"].samples[0].labels
    plate = nameplates.find(info.get("make", ""), info.get("model", "")) if info.get("model") else None
    said = {name: list(family.samples) for name, family in families.items()}
    boards = {s.labels["board"] for samples in said.values() for s in samples if "board" in s.labels}
    chips = [sample.value for sample in said.get("asic_board_chips", []) if sample.value]
    fans = [sample.value for sample in said.get("asic_fan_speed_rpm", [])]
    return None if plate is None else (plate, boards, chips, fans)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda r: f"{r.family}-{r.name}")
async def test_a_known_model_has_its_algorithm(recording: Recording) -> None:
    with outside_of_time():
        of, _ = await settle(recording)
    info = re.search(r"^asic_miner_info\{.*\} 1$", exposition(of), re.MULTILINE)
    if info is not None and (model := re.search(r',model="([^"]+)"', info[0])):
        make = re.search(r',make="([^"]+)"', info[0])
        if nameplates.algorithm(make[1] if make else "", model[1]):
            assert ',algorithm="' in info[0]


@pytest.mark.parametrize(
    ("make", "model", "algorithm"),
    [
        ("Bitmain", "Antminer L7", "scrypt"),
        ("IceRiver", "KS5L", "kheavyhash"),
        ("IceRiver", "AL3", "blake3"),
        ("Goldshell", "LT5", "scrypt"),
        ("Goldshell", "Byte", ""),
        ("", "", ""),
    ],
)
def test_what_a_model_hashes_is_known(make: str, model: str, algorithm: str) -> None:
    assert nameplates.algorithm(make, model) == algorithm


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda r: f"{r.family}-{r.name}")
async def test_a_family_with_one_algorithm_says_so_of_each_miner(recording: Recording) -> None:
    """Also of a miner that does not tell its model."""
    with outside_of_time():
        of, outcome = await settle(recording)
    info = re.search(r"^asic_miner_info\{.*\} 1$", exposition(of), re.MULTILINE)
    if info is not None and outcome.family in {"avalon", "axeos", "braiins", "dcentos", "elphapex", "luxos", "minerva"}:
        assert ',algorithm="' in info[0]


def shown(*said: Part, answers: Answers | None = None) -> dict[tuple[object, ...], object]:
    """The expectations that are left of `said` and the nameplate of an S9 with the boards 6, 7 and 8."""
    boards = ("6", "7", "8")
    sections = (("", lambda _: iter([MinerInfo(make="Bitmain", model="Antminer S9"), *map(Board, boards), *said])),)
    family = decode.Family(name="any", rank=0, recognise=lambda _: "", sections=sections, fast=())
    parts = decode.decode(family, Reading(answers or Answers(), NOW)).parts
    decode.best_sources(parts)
    names = {
        BoardsExpected: "boards_expected",
        FansExpected: "fans_expected",
        BoardChipsExpected: "board_chips_expected",
    }
    found = {key: getattr(part, names[type(part)]) for key, part in parts.items() if type(part) in names}
    plainly(list(parts.values()))
    return {key: value for key, value in found.items() if value is not None}


def test_a_nameplate_says_what_nobody_else_does() -> None:
    chips = {(BoardChipsExpected, board, "nameplate"): 63 for board in ("6", "7", "8")}
    boards, fans = (BoardsExpected, "nameplate"), (FansExpected, "nameplate")
    assert shown() == {boards: 3, fans: 2} | chips
    assert shown(BoardsExpected("firmware", 2)) == {(BoardsExpected, "firmware"): 2, fans: 2} | chips
    del chips[BoardChipsExpected, "7", "nameplate"]
    one = BoardChipsExpected("7", "firmware", 60)
    assert shown(one) == {boards: 3, fans: 2, (BoardChipsExpected, "7", "firmware"): 60} | chips


def test_what_an_answer_that_was_cut_does_not_list_is_not_missing() -> None:
    cut = Answers()
    cut.repairs["truncated"] += 1
    assert shown(answers=cut) == {(BoardChipsExpected, board, "nameplate"): 63 for board in ("6", "7", "8")}
    assert shown(BoardsExpected("firmware", 3), answers=cut).keys() - shown(answers=cut).keys() == {
        (BoardsExpected, "firmware")
    }


def test_of_several_machines_behind_one_controller_the_chips_are_known_alone() -> None:
    found = shown(Board("9"))
    assert {key[0] for key in found} == {BoardChipsExpected}
    assert len(found) == 4


@pytest.mark.parametrize(
    ("model", "rate"),
    [
        ("Antminer S19j Pro 104T", 104e12),
        ("Antminer S9 13.5 TH/s", 13.5e12),
        ("Antminer S99 200Th", 200e12),
        ("Antminer KS5L 12T", 12e12),
        ("Antminer L9 16 GH/s", 16e9),
        ("Antminer L7 9050MH/s", 9.05e9),
        ("Antminer Z15 420 kSol/s", 420e3),
        ("M30S+ 100T", 100e12),
        ("AvalonMiner 1466 (153T)", 153e12),
        ("Innosilicon A10 Pro 6G", None),  # its memory
        ("Jasminer X16-Q 1950", None),
        ("Goldshell LT6", 3.35e9),
        ("Goldshell KD Max", None),  # with a mode of low power
        ("IceRiver KS0", 100e9),
        ("IceRiver KS5L 11.5T", 11.5e12),  # the name before the data sheet
        ("Bitaxe Gamma", 1.2e12),
        ("Bitaxe Supra", None),  # data sheets differ
        ("Avalon Q", 90e12),
        ("Antminer T19", None),
        ("Antminer T17", None),
        ("AT1500", None),
        ("Antminer 104T S19", None),
        ("AvalonMiner 1246-83", None),
        ("M60S VK40", None),
        ("", None),
    ],
)
def test_a_name_with_a_hashrate_in_it_is_a_nominal_one(model: str, rate: float | None) -> None:
    found = [part for part in nameplates.expected("Bitmain", model, []) if isinstance(part, HashrateNominal)]
    wanted = [] if rate is None else [HashrateNominal("nameplate", rate)]
    assert found == wanted
