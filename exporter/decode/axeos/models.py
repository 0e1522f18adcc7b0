"""The models of AxeOS miners: by the name that a page tells, else by the version of the board.

Quirks: before version 2.9 no page of AxeOS tells a model. The number of a board's version then belongs to a single
model, and the model to a single type of chip. Other makers took the numbers of a few boards for boards of their own.
"""

from __future__ import annotations

from typing import Final

from exporter.core.values import text
from exporter.parse.rows import Row

# Each model of Bitaxe, its type of chip, and the versions of its boards that no other maker took.
BITAXES: Final = (
    ("Max", "BM1397", "2.2 102"),
    ("Ultra", "BM1366", "201 202 203 204 205 207"),
    ("Hex", "BM1366", ""),
    ("Supra", "BM1368", "400 401 402 403"),
    ("Gamma", "BM1370", "600 601 602 603"),
    ("GammaDuo", "BM1370", "650"),
    ("SupraHex", "BM1368", "701 702"),
    ("GammaTurbo", "BM1370", "801"),
)
MAKERS: Final = (  # by the start of a name
    ("Nerd", "NerdAxe"),
    ("LV0", "LuckyMiner"),
    ("Zyber", "TinyChipHub"),
    ("BITFORGE", "BitForge"),
)
FORGE: Final = "BITFORGE_NANO"  # as newer firmware names the model, with the number 800 of GammaTurbo's first board
NAMES: Final = frozenset(name for name, _, _ in BITAXES)
BOARDS: Final = {(version, chip): name for name, chip, versions in BITAXES for version in versions.split()}


def named(info: Row, asic: Row) -> tuple[str, str]:
    """Return (maker, model) by the first page, and by the page of the chip where that is known."""
    device, miner = text(info.static("deviceModel")), text(info.static("minerModel"))
    board = text(info.static("boardVersion")), text(info.static("ASICModel"))
    known = FORGE if "chiptemp1" in info else BOARDS.get(board, "")
    model = device or miner or text(asic.static("deviceModel")) or known
    return make(model) or ("LuckyMiner" if miner and not device else ""), model


def make(model: str) -> str:
    """Return the maker of a model, by its name; "" for other names."""
    return "Bitaxe" if model in NAMES else next((maker for start, maker in MAKERS if model.startswith(start)), "")
