"""The types of single values in the configuration, each a function from a YAML node to a checked value.

Each raises ValueError with a message for the operator.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from pydantic import PlainValidator, ValidationInfo

from exporter.config import addresses, patterns
from exporter.config.addresses import Single, Span
from exporter.config.secret import Secret
from exporter.config.yamltree import Scalar, found, noun
from exporter.core.values import UNPRINTABLE

RESERVED_LABELS: Final = frozenset({"miner", "job", "instance", "le", "quantile"})
LONGEST_DURATION: Final = 86_400.0

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_DURATION: Final = re.compile(r"(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?", re.ASCII)
_HASHRATE: Final = re.compile(r"(\d{1,12}(?:\.\d{1,12})?) ?([kMGTPE]?)H/s", re.ASCII)
_MAC: Final = re.compile(r"[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}")
_PLACE: Final = re.compile(r"\{([^{}]*)\}")
PLACES: Final = ("mac", "hostname", "serial", "address")  # what a miner's name may be made of
_LABEL: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


class Context(NamedTuple):
    """The names of all families, and the reserved label names: the names of labels that the exporter sets."""

    families: frozenset[str]
    reserved: frozenset[str]


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean ...?` if a known word is near, else an empty text."""
    near = difflib.get_close_matches(word[:64], sorted(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def text(node: object, limit: int = 1024) -> str:
    """Return a text without control characters; each YAML version has to read the value as text. Raises ValueError."""
    if not isinstance(node, Scalar) or node.text == "":
        raise ValueError(f"expected text, found {found(node)}")
    if node.kind != "text":
        raise ValueError(f'expected text, but YAML reads {found(node)} as {noun(node)}; quote it: "{node.text[:64]}"')
    return visible(bounded(node.text, limit))


def quiet(node: object) -> str:
    """Return a text where an operator may write a secret by mistake: messages never show the text."""
    if not isinstance(node, Scalar) or node.kind != "text" or not node.text:
        raise ValueError(f"expected text, found {noun(node)}")
    return visible(bounded(node.text, 1024))


def visible(value: str) -> str:
    """Return the value if all characters are visible, and none changes the direction of text. Raises ValueError."""
    if unseen := UNPRINTABLE.search(value):
        raise ValueError(f"character U+{ord(unseen[0][0]):04X} is not allowed: it cannot be seen")
    return value


def bounded(value: str, limit: int) -> str:
    """Return the value if it has at most `limit` characters and no control characters. Raises ValueError."""
    if len(value) > limit:
        raise ValueError(f"{len(value)} characters; at most {limit} are allowed")
    if control := _CONTROL.search(value):
        raise ValueError(f"control character U+{ord(control[0]):04X} is not allowed")
    return value


def name(node: object) -> str:
    return text(node, 128)


def miner_name(node: object) -> str:
    """Return a miner's name, or a pattern of one. Raises ValueError for a place that no miner fills."""
    value = name(node)
    for place in _PLACE.findall(value):
        if place not in PLACES:
            known = ", ".join(f"{{{known}}}" for known in PLACES)
            raise ValueError(f"{{{place}}} is no place in a name; {known} are")
    if "{" in _PLACE.sub("", value) or "}" in _PLACE.sub("", value):
        raise ValueError("a brace without its other half")
    return value


def name_pattern(node: object) -> str:
    """Return a pattern of the names of many miners. Raises ValueError for a text that gives them all one name."""
    value = miner_name(node)
    if not _PLACE.search(value):
        raise ValueError("the name of all miners of the group; a place such as {mac} makes names differ")
    return value


def login_name(key: str) -> str:
    return visible(bounded(key, 128))


def label_value(node: object) -> str:
    if isinstance(node, Scalar) and node.kind == "integer":
        return bounded(node.text, 128)
    return text(node, 128)


def label_name(key: str, info: ValidationInfo[Context]) -> str:
    if not _LABEL.fullmatch(key):
        raise ValueError("not a label name; letters, digits and _ make one, and it does not begin with a digit")
    if key.startswith("__"):
        raise ValueError("label names that begin with __ belong to Prometheus")
    if key in RESERVED_LABELS or key in info.context.reserved:
        raise ValueError("this label name is used by the exporter or by Prometheus; choose another")
    return key


def password(node: object) -> Secret:
    """Return a text as a `Secret`; messages never show it."""
    if not isinstance(node, Scalar) or node.kind != "text" or not node.text:
        raise ValueError(f"expected text in quotes, found {noun(node)}")
    return Secret(bounded(node.text, 4096))


def flag(node: object) -> bool:
    if isinstance(node, Scalar) and node.kind == "boolean" and node.text.lower() in ("true", "false"):
        return node.text.lower() == "true"
    raise ValueError(f"expected true or false, found {found(node)}")


def whole(low: int, high: int) -> PlainValidator:
    """Return a validator of whole numbers from `low` to `high`, written without sign, quotes or leading zeros."""

    def check(node: object) -> int:
        if (
            isinstance(node, Scalar)
            and node.kind == "integer"
            and len(node.text) < 20
            and low <= int(node.text) <= high
        ):
            return int(node.text)
        raise ValueError(f"expected a whole number from {low} to {high}, found {found(node)}")

    return PlainValidator(check)


def duration(node: object) -> float:
    """Return the seconds of a duration such as 1m30s."""
    written = node.text if isinstance(node, Scalar) and node.kind == "text" else ""
    if not written or not (match := _DURATION.fullmatch(written)):
        hint = f'; did you mean "{found(node)}s"?' if isinstance(node, Scalar) and node.kind == "integer" else ""
        raise ValueError(f'expected a duration such as "30s", "1m30s" or "500ms", found {found(node)}{hint}')
    hours, minutes, seconds, milliseconds = (int(part or 0) for part in match.groups())
    value = hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
    if not 0 < value <= LONGEST_DURATION:
        raise ValueError(f"expected a duration over 0s and of at most 24h, found {found(node)}")
    return value


def hashrate(node: object) -> float:
    """Return the hashes per second of a rate such as 110 TH/s."""
    match = _HASHRATE.fullmatch(node.text) if isinstance(node, Scalar) else None
    if match is None or float(match[1]) == 0:
        raise ValueError(f'expected a hashrate over zero such as "110 TH/s", found {found(node)}')
    return float(match[1]) * 1000.0 ** " kMGTPE".index(match[2] or " ")


def mac(node: object) -> str:
    """Return a MAC address in lower case, with colons."""
    written = text(node).lower()
    if not _MAC.fullmatch(written):
        raise ValueError(f'expected a MAC address such as "02:00:5e:10:00:01", found {found(node)}')
    return written.replace("-", ":")


def regex(node: object) -> re.Pattern[str]:
    return patterns.compiled(text(node))


def family(node: object, info: ValidationInfo[Context]) -> str:
    word, families = name(node), info.context.families
    if word not in families:
        raise ValueError(f"unknown family {word[:64]!a}{suggestion(word, families)}")
    return word


def login_family(key: str, info: ValidationInfo[Context]) -> str:
    """Return the family of a login, "" for all. Messages never show the key, which may be a password by mistake."""
    if key and key not in info.context.families:
        raise ValueError(f"unknown family{suggestion(key, info.context.families)}")
    return key


def place(node: object) -> Single | Span:
    return addresses.parse(text(node))


def host(node: object) -> str:
    """Return one address or host name."""
    match place(node):
        case Single(host, None):
            return host
        case Single():
            raise ValueError("expected a host without a port; the port has a key of its own")
    raise ValueError("expected one host; a range is an entry by itself, and its labels are the group's")
