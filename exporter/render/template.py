"""Templates from parts to fragments: a miner's lines are laid out once, with holes for traced values and labels.

Holes are numbered: first those of values, then those of labels. `Template.render` takes their contents in that order.
Parts without traced values give a template without holes.

Invariant: only numbers fill the holes of values, and only text from a converter fills the holes of labels. So no answer
can add a line. Budget: 0.15 µs a series. One call formats all numbers, and another fills all holes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

import orjson

from exporter.core.catalogue import CATALOGUE, STATUS_PARTS, MetricFamily
from exporter.core.tracing import Traced, traceable
from exporter.core.vocabulary import INFO_KEYS, Part
from exporter.render.exposition import Fragments, labels, numbers, pack

VARIANTS: Final = 8  # patterns of absent values that a template keeps
PIECE, VARIANT, HOLE = 100, 4000, 40  # approximate bytes of a piece without its text, of a variant, of a hole

_NUMERALS: Final = b"0123456789+-.eE"
_IDENTITY: Final = b"\xff"  # stands for the target's own labels: a byte that no UTF-8 text holds
_BOUNDARY: Final = b"\xfe"  # separates metric families: another byte that no UTF-8 text holds
# The metric families of each class of parts, with their places in the catalogue.
_FAMILIES: Final[dict[type[Part], list[tuple[int, MetricFamily]]]] = {}
for _place, _family in enumerate(CATALOGUE):
    _FAMILIES.setdefault(_family.part, []).append((_place, _family))


class _Series(NamedTuple):
    """A value of a part, with the labels that follow the target's own labels; both may be traced."""

    family: int  # the place of the metric family in the catalogue
    labels: Any
    value: Any
    status: bool  # whether the series belongs to the target's status, which is never dropped


class _Line(NamedTuple):
    """A series, ready to be written."""

    family: int
    status: bool
    pieces: tuple[bytes | int, ...]  # text, and the numbers of holes


class _Variant(NamedTuple):
    """The lines of a template whose holes are all present, as one text with holes."""

    template: bytes  # the text, with %b for each hole
    fill: Callable[[list[bytes]], tuple[bytes, ...]]  # picks the contents for each %b from the contents of all holes
    order: bytes  # the numbers of the families that have lines
    dropped: int  # number of series beyond the limit
    size: int  # approximate bytes


# The pattern of absent values in `render`, the limit of series, and for each label text whether the text is present.
_Key = tuple[bytes, int, *tuple[bool, ...]]


class Layout(NamedTuple):
    """A template, and the traced values and labels for its holes, in the order in which `render` takes them."""

    template: Template
    values: list[Traced[Any]]
    labels: list[Traced[Any]]


class Template:
    """The lines of some parts, with holes for traced values and labels.

    Each pattern of absent values has a variant, made when the pattern first occurs."""

    def __init__(self, lines: list[_Line]) -> None:
        self.lines = lines
        self._variants: dict[_Key, _Variant] = {}
        self._bytes = sum([PIECE + len(piece) for line in lines for piece in line.pieces if type(piece) is bytes])

    @property
    def size(self) -> int:
        """Return the approximate size of the template in bytes."""
        return self._bytes + sum([variant.size for variant in self._variants.values()])

    def render(
        self, values: Sequence[Any], texts: Sequence[bytes], identity: bytes, limit: int
    ) -> tuple[Fragments, int]:
        """Return the fragments with the labels `identity` on every line, and the number of series beyond `limit`.

        `values` are numbers or None, and anything else counts as None. `texts` are labels in UTF-8, empty if absent.
        The target's status counts too, but is never left out; expendable parts (chips) go first."""
        dumped = orjson.dumps(values)[1:-1]  # such as 5940,null,6120
        pattern = dumped.translate(None, _NUMERALS)  # such as ,null, where nothing is left of a number
        key: _Key = (pattern, limit, *map(bool, texts))
        variant = self._variants.get(key)
        if variant is None:
            left = pattern.split(b",")
            if not {b"", b"null"}.issuperset(left):  # a value that is no number
                return self.render([_number(value) for value in values], texts, identity, limit)
            variant = self._add_variant(key, [*map(bool, left), *[not text for text in texts]])
        text = variant.template % variant.fill([*dumped.split(b","), *texts])
        return pack(text.replace(_IDENTITY, identity).split(_BOUNDARY), variant.order), variant.dropped

    def _add_variant(self, key: _Key, absent: Sequence[bool]) -> _Variant:
        """Make the variant for holes of which some are absent: `absent` has a truth value for each hole.

        The oldest variant is dropped beyond VARIANTS."""
        limit = key[1]
        families: list[list[bytes]] = [[] for _ in CATALOGUE]
        holes: list[list[int]] = [[] for _ in CATALOGUE]
        written = dropped = 0
        for line in self.lines:
            if any(absent[piece] for piece in line.pieces if isinstance(piece, int)):
                continue
            if written >= limit and not line.status:
                dropped += 1
                continue
            written += 1
            for piece in line.pieces:
                if isinstance(piece, int):
                    holes[line.family].append(piece)
                families[line.family].append(b"%b" if isinstance(piece, int) else piece.replace(b"%", b"%%"))
        template = _BOUNDARY.join([b"".join(pieces) for pieces in families if pieces])
        order = [hole for family in holes for hole in family]
        if len(self._variants) >= VARIANTS:
            del self._variants[next(iter(self._variants))]
        variant = _Variant(
            template, picker(order), numbers(families), dropped, VARIANT + len(template) + HOLE * len(order)
        )
        self._variants[key] = variant
        return variant


def lay_out(parts: Iterable[Part]) -> Layout:
    """Make the template of some parts; expendable parts come last, so that the limit of series drops them first."""
    series = [each for part in sorted(parts, key=lambda part: part.EXPENDABLE) for each in _series(part)]
    values = {id(each.value): each.value for each in series if type(each.value) is Traced}
    texts = {id(each.labels): each.labels for each in series if type(each.labels) is Traced}
    holes = {key: hole for hole, key in enumerate(values)}
    # Without values, hole 0 is empty: `render` splits the values by commas, and an empty text splits into one.
    holes |= {key: hole for hole, key in enumerate(texts, start=max(len(values), 1))}
    lines = [_Line(each.family, each.status, tuple(_pieces(each, holes))) for each in series]
    return Layout(Template(lines), [*values.values()], [*texts.values()])


def render(parts: Iterable[Part], identity: str, limit: int) -> tuple[Fragments, int]:
    """Render parts whose values are plain; see `Template.render`."""
    return lay_out(parts).template.render((), (), identity.encode(), limit)


def picker(order: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """Return a function from a list or mapping to a tuple of the items at the places or keys `order`."""
    if len(order) == 1:
        (only,) = order
        return lambda items: (items[only],)
    return itemgetter(*order) if order else lambda _: ()


def _pieces(series: _Series, holes: Mapping[int, int]) -> Iterator[bytes | int]:
    """Split a series into text and the numbers of its holes, which `holes` has by the ids of traced values."""
    head = CATALOGUE[series.family].name.encode() + b"{" + _IDENTITY
    if type(series.labels) is Traced:
        yield head + b","
        yield holes[id(series.labels)]
        head = b""
    elif series.labels:
        head += b"," + series.labels.encode()
    if type(series.value) is Traced:
        yield head + b"} "
        yield holes[id(series.value)]
        yield b"\n"
    else:
        yield head + b"} " + orjson.dumps(series.value) + b"\n"


def _number(value: object) -> int | float | None:
    """Return a finite number as it is, and None for anything else."""
    return value if type(value) in (int, float) and math.isfinite(value) else None  # type: ignore[arg-type, return-value]


def _series(part: Part) -> Iterator[_Series]:
    """Yield the series of a part: one for each metric family that has a value."""
    families = _FAMILIES[type(part)]
    names = families[0][1].labels  # all metric families of a part have the same labels
    texts = [getattr(part, name) for name in names]
    own: Any = _info(names, *texts) if part.INFO else labels(zip(names, texts, strict=True))
    info = 1 if type(own) is Traced or own else None  # the value of an info, which needs labels
    for place, family in families:
        value = getattr(part, family.field) if family.field else info
        if type(value) in (int, float, Traced):
            yield _Series(place, own, value, type(part) in STATUS_PARTS)


@traceable
def _info(names: tuple[str, ...], *values: str) -> str:
    """Return the labels of an info; "" if only labels of INFO_KEYS have a value."""
    pairs = list(zip(names, values, strict=True))
    return labels(pairs) if any(value for name, value in pairs if name not in INFO_KEYS) else ""
