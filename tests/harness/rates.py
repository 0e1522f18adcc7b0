"""Rates that a made-up answer says, and whether they are read as they were put in."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from exporter import decode
from exporter.core import plausible
from exporter.core.vocabulary import Board, HashrateNominal, HashrateWindow, Miner, Part
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading
from tests.harness.mutation import plainly
from tests.harness.recorded import NOW

# How firmware spells its units.
WORDS = {1.0: ("H/s", "Sol/s", "sol"), 1e3: ("KH/s", "kSol/s", "KSol"), 1e6: ("MH/s", "Mh/s", "MH")}
WORDS |= {1e9: ("GH/s", "GH", "G"), 1e12: ("TH/s", "Th/s", "th")}


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
