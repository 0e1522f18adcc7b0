"""Converters: from the raw value of a field to a clean number, flag, list or label.

Any other raw value gives None; "" from converters to text, [] from converters to lists. Only converters turn a miner's
data into numbers and labels. They never invent, clamp or replace a value. So placeholders, booleans instead of numbers,
non-ASCII digits and infinities give None. No input makes a converter raise. Each converter is traceable: from a traced
value it makes a traced value. `_number`, `_numbers` and `_sensor_list` are the plain functions, for other converters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, TypeVar

from exporter.core.masks import without_login
from exporter.core.tracing import traceable

Number = int | float
Label = TypeVar("Label", str, bytes)

EXACT: Final = 2**53  # up to this number a float holds every integer exactly; Prometheus stores floats
LABEL_LENGTH: Final = 128  # characters

_PLAIN = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_QUANTITY = re.compile(r" {0,4}([+-]?[\d.,]{1,40}) {0,4}([A-Za-z%/]{0,12}) {0,4}(?:\([A-Z]{1,4}\))? {0,4}", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_SIGNED = re.compile(r"-?\d{1,6}(?:\.\d{1,6})?", re.ASCII)
_DEGREES = re.compile(r"([^°℃C]{1,90})(?:°C|℃|C) {0,4}")
_AGE = re.compile(r"(\d{1,7}):(\d{1,2}):(\d{1,2})", re.ASCII)
_MAC = re.compile(r"(?!0{12})[0-9a-f]{12}", re.ASCII)
_HOST = re.compile(r"\[[0-9A-Fa-f:.%]{2,60}\]|[A-Za-z0-9_.\-]{1,253}", re.ASCII)

_SCHEMES = re.compile(r"\A(?:[A-Za-z0-9+.\-]{0,32}://)+", re.ASCII)
_PATH = re.compile(r"[/?#]")
_BLANK = re.compile(r"\s")

_PREFIXES = {"": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
# Control characters, surrogates, which no encoding can hold, and invisible marks, such as those that turn text.
UNPRINTABLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f]+"
)
_FLAGS = dict.fromkeys(("true", "y", "yes"), True) | dict.fromkeys(("false", "n", "no"), False)
_FLAG_NUMBERS: Final[dict[Number, bool]] = {1: True, 0: False, -1: False}


def _number(raw: object, scale: Number = 1) -> Number | None:
    """Return a finite number times `scale`, from a JSON number or a text such as "  5.0000"; None for anything else.

    Integers times integers stay integers up to EXACT."""
    if type(raw) is str:
        text = raw.strip(" ")
        if len(text) > 90 or not _PLAIN.fullmatch(text):
            return None
        raw = int(text) if text.isdigit() else float(text)
    elif type(raw) is not int and type(raw) is not float:
        return None
    try:
        value = raw * scale if scale >= 1 else raw / round(1 / scale)  # 0.01 is no exact float, but 100 is
        if type(value) is int and -EXACT <= value <= EXACT:
            return value
        value = float(value)
    except OverflowError:
        return None
    return value if -1.7e308 < value < 1.7e308 else None  # false also for NaN and the infinities


number = traceable(_number)


@traceable
def count(raw: object) -> Number | None:
    """Return the number if it is zero or above, for quantities that count something."""
    value = _number(raw)
    return value if value is not None and value >= 0 else None


@traceable
def counted(raw: object, accepted: object) -> Number | None:
    """Return a counter that each accepted share raises; some firmware leaves it at zero.

    So a zero is returned only while `accepted`, the raw number of accepted shares, is zero as well."""
    if raw == 0 and type(raw) in (int, float) and type(accepted) in (int, float):
        return raw if accepted == 0 else None
    value = _number(raw)
    return value if value is not None and (value > 0 or (value == 0 and _number(accepted) == 0)) else None


@traceable
def positive(raw: object) -> Number | None:
    """Return the number if it is above zero, for quantities whose zero means "none yet" or "unknown"."""
    value = _number(raw)
    return value if value is not None and value > 0 else None


@traceable
def shares(raw: object) -> Number | None:
    """Return a number of shares; None for a text with decimals, where some ccminer builds print a difficulty."""
    return None if type(raw) is str and "." in raw else count(raw)


@traceable
def ratio(raw: object) -> Number | None:
    """Return a percentage (72, "72", "72%") as a ratio, here 0.72."""
    if type(raw) is str:
        raw = raw.removesuffix("%")
    return _number(raw, 0.01)


@traceable
def quantity(raw: object, unit: str = "") -> Number | None:
    """Return a number in base units, from a number or from a text that may have a metric prefix and a unit.

    Examples are 65.5K, 21632.89GH/s, "2199.02 G", "18,500.5", and "967.50 (AB)" with a remark, which is passed over.
    Only `unit` ("H/s") may follow the prefix; a text with another unit gives None."""
    if type(raw) is not str:
        return _number(raw)
    return _quantity(raw, unit) if len(raw) < 100 else None


@lru_cache(4096)  # difficulties come again and again
def _quantity(raw: str, unit: str) -> Number | None:
    match = _QUANTITY.fullmatch(raw)
    if match is None:
        return None
    digits, suffix = match[1], match[2]
    if "," in digits:  # a thousands separator stands before three digits, never elsewhere
        if not _THOUSANDS.fullmatch(digits):
            return None
        digits = digits.replace(",", "")
    suffix = suffix.removesuffix(unit) if unit else suffix
    scale = _PREFIXES.get(suffix)
    return None if scale is None else _number(digits, scale)


def _numbers(raw: object) -> list[Number]:
    """Return the numbers of a dash list. A single number is a list of one number; anything else gives [].

    A dash separates, and a second dash is a sign: "2--1-20-22" is [2, -1, 20, 22]. Blanks and commas separate, too."""
    if type(raw) is not str:
        value = _number(raw)
        return [] if value is None else [value]
    if len(raw) > 4096:
        return []
    found: list[Number] = []
    rest = raw.strip(" ")
    while rest:
        match = _SIGNED.match(rest)
        if match is None:
            return []  # a part of a list in another format would be a guess
        value = _number(match[0])
        if value is not None:
            found.append(value)
        rest = rest[match.end() :]
        if rest:
            if rest[0] not in "- ,":
                return []
            rest = rest[1:].strip(" ")
    return found


numbers = traceable(_numbers)


@traceable
def celsius(raw: object) -> Number | None:
    """Return degrees Celsius, of a number or of a text such as "61", "61 °C" or "61C"; another unit gives None.

    Absent sensors give zero or impossible values (-273, -83, 6553.5): these become None."""
    value = _number(raw)
    if value is None and type(raw) is str and (match := _DEGREES.fullmatch(raw)):
        value = _number(match[1])
    return value if value is not None and value != 0 and -40 < value < 200 else None


@traceable
def celsius_list(raw: object) -> list[Number | None]:
    """Return the temperatures of a dash list in degrees Celsius, as `sensor_list` returns them."""
    return _sensor_list(_numbers(raw))


def _sensor_list(degrees: list[Number]) -> list[Number | None]:
    """Return the temperatures of a board's sensors, with None for an absent sensor; [] if all sensors are absent.

    A zero is a temperature only if another sensor is below 15 degrees, as in a cold shed, else an absent sensor."""
    near = [value for value in degrees if value != 0 and -40 < value < 200]
    if not near:
        return []
    cold = min(near) < 15
    return [value if -40 < value < 200 and (value != 0 or cold) else None for value in degrees]


sensor_list = traceable(_sensor_list)


@traceable
def age(raw: object) -> Number | None:
    """Return the seconds of "H:MM:SS", which may have more than 24 hours; None for anything else."""
    match = _AGE.fullmatch(raw) if type(raw) is str else None
    return None if match is None else int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])


@traceable
def flag(raw: object) -> bool | None:
    """Return True for a yes in any spelling of miners ("Y", 1, 1.0), False for a no ("false", 0, -1), else None."""
    if type(raw) is bool:
        return raw
    if type(raw) is str and (known := _FLAGS.get(raw.strip().lower())) is not None:
        return known
    value = _number(raw)
    return None if value is None else _FLAG_NUMBERS.get(value)


@traceable
def text(raw: object) -> str:
    """Return printable text of at most LABEL_LENGTH characters for a label, from a text or an integer; else "".

    Unprintable characters and rows of blanks become one blank, and logins in addresses are masked."""
    if type(raw) is int:
        raw = str(raw) if abs(raw) < 10**40 else ""
    if type(raw) is not str:
        return ""
    return _clean(raw[: 4 * LABEL_LENGTH])


@lru_cache(4096)  # most words come again and again
def _clean(raw: str) -> str:
    return " ".join(UNPRINTABLE.sub(" ", without_login(raw)).split())[:LABEL_LENGTH].rstrip()


@traceable
def mac(raw: object) -> str:
    """Return a MAC address as `02:a1:b2:c3:d4:e5`; "" for anything else, also for zeros alone.

    The twelve digits may have colons or dashes between them."""
    digits = raw.replace(":", "").replace("-", "").lower() if type(raw) is str else ""
    return ":".join(digits[n : n + 2] for n in range(0, 12, 2)) if _MAC.fullmatch(digits) else ""


@traceable
def host_port(raw: object) -> str:
    """Return `host:port` of a pool address in lower case, or `host` without a port; "" if the host is in doubt.

    The user, password, path and query are never returned. A password may have any character, so only the text after the
    last "@" can be the host. If a path or a blank comes before that "@", the address needs a port as well."""
    if type(raw) is not str or len(raw) > 2048:
        return ""
    login, _, rest = _SCHEMES.sub("", raw.strip(), count=1).rpartition("@")
    rest = _PATH.split(rest, maxsplit=1)[0]
    match = _HOST.match(rest)
    if match is None:
        return ""
    host, port = match[0], rest[match.end() :]
    if not port:
        return "" if _PATH.search(login) or _BLANK.search(login) else host.lower()
    if not re.fullmatch(r":\d{1,5}", port, re.ASCII) or not 0 < int(port[1:]) < 65536:
        return ""
    return f"{host.lower()}:{int(port[1:])}"


def interned(label: Label, longest: int = LABEL_LENGTH) -> Label:
    """Return an equal label that all miners share, so that memory holds the label once. (No converter.)

    A label longer than `longest` is returned itself, so that it is freed with its miner."""
    return _interned(label) if len(label) <= longest else label


@lru_cache(4096)
def _interned(label: Label) -> Label:
    return label
