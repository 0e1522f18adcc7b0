"""Fragments to the page: one for each target and metric family, rendered when the target is polled.

Invariant: a fragment holds whole lines of one metric family of one target, and is never changed. A scrape only joins
fragments. A target's fragments are one tuple, swapped in by one assignment, so every scrape sees each target whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Final

from exporter.catalogue import CATALOGUE, Family, header

Fragments = tuple[bytes, ...]

EMPTY: Final[Fragments] = (b"",) * len(CATALOGUE)
SLICE: Final = 256 * 1024

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def labels(pairs: Iterable[tuple[str, str]]) -> str:
    """`a="1",b="2"` for the pairs that have a value: to Prometheus an empty label is no label."""
    return ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in pairs if value)


def page(targets: Sequence[Fragments], *, openmetrics: bool = False, names: Set[str] = frozenset()) -> Iterator[bytes]:
    """The exposition of all targets in slices of about SLICE bytes; `names` restricts it to those families.

    A family that no target has is left out with its header."""
    for i, family in enumerate(CATALOGUE):
        if not names or _wanted(family, names):
            yield from _slices([fragments[i] for fragments in targets], header(family, openmetrics=openmetrics))


def _wanted(family: Family, names: Set[str]) -> bool:
    return family.name in names or family.name.removesuffix("_total") in names


def _slices(fragments: Iterable[bytes], head: bytes) -> Iterator[bytes]:
    batch, size = [head], 0
    for fragment in fragments:
        if fragment:
            batch.append(fragment)
            size += len(fragment)
            if size >= SLICE:
                yield b"".join(batch)
                batch, size = [], 0
    if len(batch) > (batch[:1] == [head]):
        yield b"".join(batch)
