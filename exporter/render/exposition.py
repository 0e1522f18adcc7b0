"""The page, joined from fragments: each has the lines of one target in one metric family, rendered at the poll.

Invariant: a fragment holds whole lines of one metric family of one target, and is never changed. A scrape only joins
fragments. The fragments of a target are one object, replaced by one assignment, so that every scrape sees each target
whole. Budget: 0.02 s for the page of 1,000 targets. A single text for all fragments of a target costs a little of that
time, and saves a sixth of the exporter's memory.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import accumulate
from typing import Final

from exporter.core.catalogue import CATALOGUE, MetricFamily, header

# First the text of the families that have lines, in the order of the catalogue. Then the offset at which each family
# begins, and the end of the text. Last, for each family of the catalogue, the number of its offset from 1, or 0 for a
# family without lines. Miners with the same families share these numbers.
Fragments = tuple[bytes, "array[int]", bytes]

SLICE: Final = 128 * 1024  # bytes of a part of the page, approximately
STEP: Final = 128  # targets whose fragments are joined at a time

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_LABEL: Final = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_ESCAPED: Final = re.compile(r"\\(.)")
_PLACES: Final = {family.name: place for place, family in enumerate(CATALOGUE)}


def labels(pairs: Iterable[tuple[str, str]]) -> str:
    """Return `a="1",b="2"` for the pairs that have a value: to Prometheus an empty label is no label."""
    return ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in pairs if value)


def numbers(there: Iterable[object]) -> bytes:
    """Return the number of each family of the catalogue, from 1, if it is `there`, else 0."""
    count = 0
    return bytes([(count := count + 1) if each else 0 for each in there])


def pack(families: Sequence[bytes], order: bytes = b"") -> Fragments:
    """Join the fragments of families, which are in the order of the catalogue.

    `order` has the `numbers` of these families; without it, `families` has all families of the catalogue."""
    if not order:
        order, families = numbers(families), [*filter(None, families)]
    text = b"".join(families)
    ends = accumulate(map(len, families if text else ()), initial=0)
    return text, array("H" if len(text) < 1 << 16 else "L", ends), order


EMPTY: Final[Fragments] = pack([b""] * len(CATALOGUE))


def unpack(fragments: Fragments) -> list[bytes]:
    """Return the fragment of each family, in the order of the catalogue."""
    text, ends, order = fragments
    return [text[ends[n - 1] : ends[n]] if n else b"" for n in order]


def relabelled(fragments: Fragments, before: bytes, after: bytes) -> Fragments:
    """Return the fragments with other labels of the target: each line opens with these, behind its name."""
    return pack([family.replace(b"{" + before, b"{" + after) for family in unpack(fragments)])


def fragment(fragments: Fragments, family: str) -> str:
    """Return the lines of the metric family with that name; "" if there are none."""
    text, ends, order = fragments
    n = order[_PLACES[family]]
    return text[ends[n - 1] : ends[n]].decode() if n else ""


def samples(lines: str) -> Iterator[tuple[dict[str, str], float]]:
    """Yield (labels, value) of each line of a fragment; the target's own labels are included."""
    for line in lines.split("\n")[:-1]:
        head, _, value = line.rpartition(" ")
        yield {name: plain(text) for name, text in _LABEL.findall(head)}, float(value)


def plain(text: str) -> str:
    """Return the text of a label without its escapes."""
    return _ESCAPED.sub(lambda escape: "\n" if escape[1] == "n" else escape[1], text) if "\\" in text else text


def page(targets: Sequence[Fragments], *, openmetrics: bool = False, names: Set[str] = frozenset()) -> Iterator[bytes]:
    """Yield the page of all targets in parts of about SLICE bytes, some empty, each made in a short time.

    `names` restricts the page to the named families; no names mean all. A family without series is left out."""
    for i, family in enumerate(CATALOGUE):
        if not names or _wanted(family, names):
            head = header(family, openmetrics=openmetrics)
            for start in range(0, len(targets), STEP):
                some = targets[start : start + STEP]
                for part in _parts([text[ends[n - 1] : ends[n]] for text, ends, order in some if (n := order[i])]):
                    yield head + part if part else part
                    head = b"" if part else head


def _wanted(family: MetricFamily, names: Set[str]) -> bool:
    """Tell whether the family is named, with or without the suffix of a counter."""
    return family.name in names or family.name.removesuffix("_total") in names


def _parts(fragments: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the fragments joined; fragments of more than SLICE bytes together are halved until each part fits."""
    if len(fragments) < 2 or sum(map(len, fragments)) <= SLICE:
        yield b"".join(fragments)
    else:
        half = len(fragments) // 2
        yield from _parts(fragments[:half])
        yield from _parts(fragments[half:])
