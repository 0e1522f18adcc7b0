"""The maker's data of a model: boards, chips, fans and algorithm from nameplates.txt, the hashrate from the name.

Values from the configuration and from the firmware take precedence over a nameplate. Miners spell a model in many ways
("Bitmain Antminer S19j Pro (88) AML", "M60S_VK43"): `key` gives one text for all spellings of a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

from exporter.core.vocabulary import BoardChipsExpected, BoardsExpected, FansExpected, HashrateNominal, Part

SOURCE: Final = "nameplate"

_BRACKETS = re.compile(r"\([^)]*\)")
_CHIPS = re.compile(r"\((\d{2,3})\)")  # "Antminer S19j Pro (126)": the chips on a board
_NO_PIC = re.compile(r"\b(s19j?)(?:\s*\(88\)|[-x]88\b|88nopic\b)")  # "S19-88": 88 chips on a board instead of a PIC
_MAKER = re.compile(r"^(?:bitmain|microbt|whatsminer|canaan)\s+|\bteraflux\s+")
_HYDRO = re.compile(r"hyd(?:ro)?\b")
_BIN = re.compile(r"^(m\d\d.*v[a-z]?[\da-d]*)[\da-z]$")  # the last character of a Whatsminer's bin code is a revision
_REVISION = re.compile(r"^(avalon ?\d+ ?(?:pro|ha|hu)?)-\d+$")
_SOLD_AS = re.compile(r"[ (](\d{1,5}(?:\.\d{1,2})?) ?(?:(t)(?:h(?:/s)?)?|([kmg])(?:h|sol)(?:/s)?)\)?$")  # "S19 95T"
_POWERS: Final = {"k": "e3", "m": "e6", "g": "e9", "t": "e12"}


@dataclass(frozen=True, slots=True)
class Nameplate:
    """The numbers of boards, of chips on each board and of fans, None if unknown; the algorithm, "" if unknown.

    The hashrate is None for models that are sold with several."""

    boards: int | None
    chips: int | None
    fans: int | None
    algorithm: str
    hashrate: float | None = None


def key(model: str) -> str:
    """Return a model's name without the parts that differ between firmwares: case, spaces, maker, build tags."""
    name = _BRACKETS.sub("", _NO_PIC.sub(r"\1 nopic", model.casefold())).strip()
    name = _SOLD_AS.sub("", _MAKER.sub("", name).removesuffix(" aml")).replace("avalonminer", "avalon")
    return re.sub(r"[\s._-]+", "", _HYDRO.sub("hydro", _REVISION.sub(r"\1", name)))


def _read() -> dict[str, Nameplate]:
    lines = resources.files(__package__).joinpath("nameplates.txt").read_text(encoding="utf-8").splitlines()
    found = {}
    for line in lines:
        if line and not line.startswith("#"):
            model, _, data = line.rpartition(":")
            *numbers, algorithm, rate = data.split() if data[-1] in "MGT" else (*data.split(), "")
            boards, chips, fans = (None if word == "-" else int(word) for word in numbers)
            hashrate = float(rate[:-1] + _POWERS[rate[-1].lower()]) if rate else None
            found[key(model)] = Nameplate(boards, chips, fans, algorithm.replace("-", ""), hashrate)
    return found


_PLATES: Final = _read()


def find(make: str, model: str) -> Nameplate | None:
    """Return the nameplate of a model in the miner's spelling, or None; `make` completes names without the maker.

    A number of chips in the name must be that of the nameplate."""
    for name in (key(model), key(f"{make} {model}")):
        for spelt in (name, _BIN.sub(r"\g<1>0", name)):
            if (plate := _PLATES.get(spelt)) is not None:
                chips = _CHIPS.search(model)
                return plate if chips is None or int(chips[1]) == plate.chips else None
    return None


def algorithm(make: str, model: str) -> str:
    """Return the algorithm of a model; "" if unknown."""
    plate = find(make, model) if model else None
    return "" if plate is None else plate.algorithm


def expected(make: str, model: str, boards: Sequence[str]) -> Iterator[Part]:
    """Yield the expected boards, fans and hashrate of a model, and the expected chips of each of the miner's `boards`.

    More boards than the model has mean several machines behind one controller: boards and fans are then left out."""
    plate = find(make, model) if model else None
    if sold_as := _SOLD_AS.search(model.casefold()):
        yield HashrateNominal(SOURCE, float(sold_as[1] + _POWERS[sold_as[2] or sold_as[3]]))
    elif plate is not None and plate.hashrate is not None:
        yield HashrateNominal(SOURCE, plate.hashrate)
    if plate is None:
        return
    if plate.boards is None or len(boards) <= plate.boards:
        yield BoardsExpected(SOURCE, plate.boards)
        yield FansExpected(SOURCE, plate.fans)
    for board in boards:
        yield BoardChipsExpected(board, SOURCE, plate.chips)
