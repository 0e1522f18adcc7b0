"""Parts to bytes, and bytes to the page: one fragment per target and metric family, rendered when a target is polled.

Invariant: a fragment holds whole lines of one metric family of one target, and is never changed. A scrape only joins
fragments. A target's fragments are one tuple, swapped in by one assignment, so every scrape sees each target whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from operator import attrgetter
from typing import Any, Final

from exporter.catalogue import CATALOGUE, PARTS, STATUS_PARTS, Family, header
from exporter.vocabulary import INFO_KEYS, Part

Fragments = tuple[bytes, ...]

EMPTY: Final[Fragments] = (b"",) * len(CATALOGUE)
SLICE: Final = 128 * 1024
STEP: Final = 1000  # targets that are looked at in one go

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def labels(pairs: Iterable[tuple[str, str]]) -> str:
    """`a="1",b="2"` for the pairs that have a value: to Prometheus an empty label is no label."""
    return ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in pairs if value)


class _Plan:
    """What rendering one class of parts takes, looked up once."""

    def __init__(self, cls: type[Part]) -> None:
        families = [(i, family) for i, family in enumerate(CATALOGUE) if family.part is cls]
        self.label_names = families[0][1].labels
        self.label_values = _getter(self.label_names)
        self.names = [(i, family.name) for i, family in families]
        said = _getter([name for name in self.label_names if name not in INFO_KEYS])
        readings = _getter([family.field for _, family in families if family.field])
        # An info that says nothing but which thing it is about says nothing.
        self.values = (lambda part: (1 if any(said(part)) else None,)) if cls.INFO else readings


def _getter(names: Sequence[str]) -> Any:
    """A function from an object to the tuple of its attributes, whatever their number."""
    if len(names) == 1:
        get = attrgetter(names[0])
        return lambda part: (get(part),)
    return attrgetter(*names) if names else lambda _: ()


_PLANS: Final = {cls: _Plan(cls) for cls in PARTS}


def render(parts: Iterable[Part], identity: str, limit: int) -> tuple[Fragments, int]:
    """The fragments of `parts` with the labels `identity` on every line, and how many series `limit` left out.

    A target's status always stays, and expendable parts (chips) go first."""
    lines: list[list[str]] = [[] for _ in CATALOGUE]
    written = dropped = 0
    for part in sorted(parts, key=lambda part: part.EXPENDABLE):
        plan = _PLANS[type(part)]
        own = labels(zip(plan.label_names, plan.label_values(part), strict=True))
        text = f"{{{identity},{own}}} " if own else f"{{{identity}}} "
        for (i, name), value in zip(plan.names, plan.values(part), strict=True):
            if value.__class__ is not int and value.__class__ is not float:
                continue  # None; and nothing but a number can ever reach the page
            if written >= limit and type(part) not in STATUS_PARTS:
                dropped += 1
            else:
                lines[i].append(f"{name}{text}{value!r}\n")
                written += 1
    return tuple("".join(family).encode() if family else b"" for family in lines), dropped


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
