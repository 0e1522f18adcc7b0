"""The stats row that Bitmain began and most Antminer firmware keeps: one flat object with a number at each key's end.

Odd about it: "GHS" means another unit on the models that do not do SHA-256; boards stand at 1-3, 6-8 or 1-13, and an
empty slot is a row of zeros; numbers come as strings; the two rows may stand side by side without a comma.
"""

from __future__ import annotations

import re
from typing import Final

from exporter.core.tracing import traceable, untraced
from exporter.core.values import EXACT, Number, number, positive, text
from exporter.decode.common import scale
from exporter.parse.rows import Reading, Row

# By the start of a model's name: what is hashed, what "GHS" means, and about how many hashes a second it does where the
# same name means several units. The name is the last that is asked for the unit.
MODELS: Final[tuple[tuple[str, str, Number, Number | None], ...]] = (
    ("antminer a3", "blake2b", 1e9, 8e11),
    ("antminer al", "blake3", 1e9, 1e13),
    ("antminer b", "tensority", 1, None),
    ("antminer d3", "x11", 1e6, 1.7e10),
    ("antminer d5", "x11", 1e9, 1.2e11),
    ("antminer dr", "blake256r14", 1e9, 2e13),
    ("antminer d", "x11", 1e9, 1.5e12),
    ("antminer e3", "ethash", 1e6, 1.9e8),
    ("antminer e", "ethash", 1e6, 4e9),
    ("antminer hs", "handshake", 1e9, 9e12),
    ("antminer k5", "eaglesong", 1e9, 1.1e12),
    ("antminer k7", "eaglesong", 1e9, 6e13),
    ("antminer ka", "kadena", 1e9, 1.6e14),
    ("antminer ks", "kheavyhash", 1e9, 1.5e13),
    ("antminer l3", "scrypt", 1e6, 5e8),
    ("antminer l7", "scrypt", 1e6, 9e9),
    ("antminer l", "scrypt", 1e9, 1.6e10),
    ("antminer r", "sha256", 1e9, None),
    ("antminer s", "sha256", 1e9, None),
    ("antminer t", "sha256", 1e9, None),
    ("antminer v9", "sha256", 1e9, None),
    ("antminer x3", "cryptonight", 1e3, 2.2e5),
    ("antminer x", "randomx", 1e3, 2.2e5),
    ("antminer z9", "equihash", 1e3, 3e4),
    ("antminer z", "equihash", 1e3, 4e5),
    ("hammer d", "scrypt", 1e6, 5e9),
    ("volcminer d", "scrypt", 1e6, 1.2e10),
)
UNKNOWN: Final = ("", "", 1e9, None)
MARKS: Final = ("GHS 5s", "MHS 5s", "fan_num", "chain_acn1", "chain_acn6", "fan1", "temp1")  # of the row of readings
PAGES: Final = ("stats", "stats_new_api")  # what may come in the shape of the web pages, and names the model beside
SLOTS: Final = range(1, 17)

_MAKER = re.compile(r"^(?:antminer\s*(?=\w)|(?=(?:AL|DR|HS|KA|KS|[ABDEKLRSTVXZ])\d))", re.ASCII | re.IGNORECASE)
_COOLED = re.compile(r"(hyd|imm)(?:ro|ersion)?\b", re.ASCII | re.IGNORECASE)
_positive, _spelt = untraced(positive), untraced(scale.spelt)
_KEYED = re.compile(r"(chain_acn|chain_rate|freq|temp|CHAIN AVG HASHRATE|temp_in_chip_)(\d{1,2})", re.ASCII)


def model(raw: object) -> str:
    """A model's name without maker, build tags in brackets or after "v.", and what some builds append: their own name,
    or a line. MSKMiner leaves out the first word: "S19-88 v.2.6.0.39"."""
    said = raw if isinstance(raw, str) else ""
    name = text(said.split("\n", maxsplit=1)[0].partition("(")[0]).removeprefix("Bitmain ")
    name = re.sub(r"( v\.?\d[\w.]*( beta)?| Hiveon| Blissz)+$", "", name)
    return _MAKER.sub("Antminer ", name)


def known(name: str) -> tuple[str, Number, Number | None]:
    """(algorithm, hashes per second in its "GHS", about how many of them it does) of a model, by its name."""
    lower = name.casefold()
    return next((model for model in MODELS if lower.startswith(model[0])), UNKNOWN)[1:]


def cooling(name: str) -> str:
    """The cooling that a model's name tells: "S19 Pro Hyd.", "S21 XP Immersion"; "" for other names."""
    match = _COOLED.search(name)
    return "" if match is None else "hydro" if match[1].lower() == "hyd" else "immersion"


def stats_rows(reading: Reading) -> tuple[Row, Row]:
    """(header, readings) of classic stats: the row that names the miner, and the row with everything else."""
    rows = reading.rows("stats")
    header = next((row for row in rows if "Type" in row), reading.empty)
    readings = next((row for row in rows if any(key in row for key in MARKS)), reading.empty)
    return header, readings


def identity(reading: Reading, key: str) -> str:
    """What the miner says of itself: in the header of stats, where it is there, else in version."""
    return text(stats_rows(reading)[0].static(key)) or text(reading.row("version").static(key))


def name_of(reading: Reading) -> str:
    """The model's name, by whatever surface says it."""
    name = model(stats_rows(reading)[0].static("Type")) or model(reading.row("version").static("Type"))
    name = name or model(reading.row("get_system_info").static("minertype"))
    info = (row for section in PAGES for row in reading.others(section, "INFO"))
    return name or next((said for row in info if (said := model(row.static("type")))), "")


@traceable
def above(value: Number | None, least: Number) -> int | None:
    """1 where the value is above `least`, 0 where not."""
    return None if value is None else int(value > least)


@traceable
def something(raw: object) -> bool:
    """Whether a number above zero is said, with or without the unit of a hashrate."""
    return raw > 0 if type(raw) is int and raw <= EXACT else bool(_positive(raw) or _spelt(raw))


def boards(row: Row) -> list[int]:
    """The slots that hold a board: those about which anything above zero is said."""
    keys: dict[int, list[str]] = {}
    for key in row:
        if match := _KEYED.fullmatch(key):
            keys.setdefault(int(match[2]), []).append(key)
    return [slot for slot in SLOTS if slot in keys and row.any(something, *keys[slot])]


@traceable
def voltage(raw: object) -> Number | None:
    """Volts, from volts (8.9), hundredths (880) or thousandths (19000) of a volt: no board runs above 30 V."""
    value = positive(raw)
    if value is None or value <= 30:
        return value
    return number(value, 0.01 if value <= 3000 else 0.001)


@traceable
def serial(raw: object) -> str:
    """A serial number, "" for the words that stand for none."""
    name = text(raw)
    return "" if name.lower() in ("unknow", "unknown", "n/a", "null", "0") else name
