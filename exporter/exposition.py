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
SLICE: Final = 128 * 1024
STEP: Final = 1000  # targets that are looked at in one go

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def labels(pairs: Iterable[tuple[str, str]]) -> str:
    """`a="1",b="2"` for the pairs that have a value: to Prometheus an empty label is no label."""
    return ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in pairs if value)


def page(targets: Sequence[Fragments], *, openmetrics: bool = False, names: Set[str] = frozenset()) -> Iterator[bytes]:
    """The exposition of all targets in parts of at most SLICE bytes, some of them empty: none takes long to make.

    `names` restricts it to those families; a family that no target has is left out with its header."""
    for i, family in enumerate(CATALOGUE):
        if not names or _wanted(family, names):
            head = header(family, openmetrics=openmetrics)
            for start in range(0, len(targets), STEP):
                for part in _parts([fragments[i] for fragments in targets[start : start + STEP]]):
                    yield head + part if part else part
                    head = b"" if part else head


def _wanted(family: Family, names: Set[str]) -> bool:
    return family.name in names or family.name.removesuffix("_total") in names


def _parts(fragments: Sequence[bytes]) -> Iterator[bytes]:
    """The fragments joined, in halves of halves where they are more than SLICE bytes together."""
    if len(fragments) == 1 or sum(map(len, fragments)) <= SLICE:
        yield b"".join(fragments)
    else:
        half = len(fragments) // 2
        yield from _parts(fragments[:half])
        yield from _parts(fragments[half:])
