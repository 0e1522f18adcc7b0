"""The models of Bitmain and of makers with the same firmware: spelling of the name, algorithm, unit of a hashrate.

Quirks: "GHS" means another unit on models that do not mine SHA-256. Some of these model names have several units.
"""

from __future__ import annotations

import re
from typing import Final

from exporter.core.tracing import static
from exporter.core.values import Number, text
from exporter.decode.common import scale

# (start of the model's name, algorithm, hashes per second in "GHS", usual hashrate). The usual hashrate is given if the
# name has several units, and tells which unit is used. Any other evidence of the unit comes first.
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

_MAKER = re.compile(r"^(?:antminer\s*(?=\w)|(?=(?:AL|DR|HS|KA|KS|[ABDEKLRSTVXZ])\d))", re.ASCII | re.IGNORECASE)
_TAG = re.compile(r"\((?![1-9]\d{1,2}\)).*", re.ASCII)
_COOLED = re.compile(r"(hyd|imm)(?:ro|ersion)?\b", re.ASCII | re.IGNORECASE)


def name(raw: object) -> str:
    """Return a model's name without "Bitmain", without build tags in brackets or after "v.", and without names of
    modified firmware. A number of chips in brackets stays: "S19j Pro (126)".

    A second line of the name is dropped. The word "Antminer" is added if missing, as in MSKMiner's "S19-88
    v.2.6.0.39"."""
    line = raw if isinstance(raw, str) else ""
    name = text(_TAG.sub("", line.split("\n", maxsplit=1)[0])).removeprefix("Bitmain ")
    name = re.sub(r"( v\.?\d[\w.]*( beta)?| Hiveon| Blissz)+$", "", name)
    return _MAKER.sub("Antminer ", name)


def make(name: str) -> str:
    """Return the maker of a model, by its name; "" for other makers' models."""
    return "Bitmain" if name.startswith("Antminer") else ""


def known(name: str) -> tuple[str, Number, Number | None]:
    """Return (algorithm, hashes per second in "GHS", usual hashrate or None) of a model, by its name."""
    lower = name.casefold()
    return next((model for model in MODELS if lower.startswith(model[0])), UNKNOWN)[1:]


def cooling(name: str) -> str:
    """Return the cooling from a model's name, such as "S19 Pro Hyd." or "S21 XP Immersion"; "" for other names."""
    match = _COOLED.search(name)
    return "" if match is None else "hydro" if match[1].lower() == "hyd" else "immersion"


def unit(model: str, *rates: object, steady: tuple[object, ...] = ()) -> Number:
    """Return the hashes per second in a model's "GHS". If the name has several units, the usual hashrate decides.

    `rates` and `steady` are numbers in that unit. The first number above zero in `steady` should be near the usual
    hashrate."""
    _, factor, typical = known(model)
    if typical is None:
        return factor
    return static(scale.below(30 * typical, scale.near(typical, factor, *steady), *rates))
