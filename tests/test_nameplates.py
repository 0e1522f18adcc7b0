"""Nameplates: one model by whatever name a miner gives it, and what it says only where nobody else does."""

from __future__ import annotations

from importlib import resources

import pytest
from mutation import plainly
from recorded import NOW

from exporter import decode, nameplates
from exporter.decode.answers import Answers
from exporter.decode.rows import Reading
from exporter.vocabulary import (
    Board,
    BoardChipsExpected,
    BoardsExpected,
    FansExpected,
    HashrateNominal,
    MinerInfo,
    Part,
)


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
        ("Bitmain", "Antminer S21 Hyd.", (3, 216, 0)),
        ("Bitmain", "Antminer S19 Pro+ Hyd", (4, 180, 0)),
        ("MicroBT", "M60S_VK43", (3, 225, 2)),
        ("MicroBT", "Whatsminer M30S++ V20", (4, 255, 2)),
        ("MicroBT", "M30S+VE100", (3, None, 2)),
        ("MicroBT", "M60SVK4A", (3, 225, 2)),
        ("Canaan", "AvalonMiner 1246-83", (3, 120, 4)),
        ("Canaan", "Avalon Nano3s", (1, 12, 1)),
        ("Innosilicon", "T3H+", (3, 114, 4)),
        ("IceRiver", "KS0", (3, None, None)),
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
    text = resources.files("exporter").joinpath("nameplates.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    models = [line.partition(":")[0] for line in lines]
    assert models == sorted(models, key=str.casefold)
    assert len({nameplates.key(model) for model in models}) == len(models)
    for model in models:
        plate = nameplates.find("", model)
        assert plate is not None
        assert plate.boards is None or 1 <= plate.boards <= 4
        assert plate.chips is None or 1 <= plate.chips <= 512
        assert plate.fans is None or 0 <= plate.fans <= 4


def shown(*said: Part) -> dict[tuple[object, ...], object]:
    """The expectations that are left of `said` and the nameplate of an S9 with the boards 6, 7 and 8."""
    boards = ("6", "7", "8")
    sections = (("", lambda _: iter([MinerInfo(make="Bitmain", model="Antminer S9"), *map(Board, boards), *said])),)
    family = decode.Family(name="any", rank=0, recognise=lambda _: "", sections=sections, fast=())
    parts = decode.decode(family, Reading(Answers(), NOW)).parts
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
