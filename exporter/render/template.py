"""Parts to fragments: the lines of a miner laid out once, with holes for what changes from poll to poll.

Invariant: only numbers fill the holes of values, and only door-made text those of labels, so nothing that a miner says
can add a line. Budget: 0.1 µs a series; all numbers are formatted by one call, and one template takes them all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

import orjson

from exporter.core.catalogue import CATALOGUE, STATUS_PARTS, MetricFamily
from exporter.core.tracing import Traced, traceable
from exporter.core.vocabulary import INFO_KEYS, Part
from exporter.render.exposition import Fragments, labels
from exporter.render.offsets import Offsets, Place

VARIANTS: Final = 8  # patterns of absent values that one layout keeps
SERIES, VARIANT, HOLE = 100, 4000, 40  # bytes of a piece of text beside what it says, of a form, of each of its holes

_NUMERALS: Final = b"0123456789+-.eE"
_IDENTITY: Final = b"\xff"  # where the target's own labels go: a byte that no UTF-8 text holds
_FAMILIES: Final[dict[type[Part], list[tuple[int, MetricFamily]]]] = {}
for _n, _family in enumerate(CATALOGUE):
    _FAMILIES.setdefault(_family.part, []).append((_n, _family))


@dataclass(frozen=True, slots=True)
class _Line:
    """One series: text, and the number of a hole where a live value or live labels stand."""

    family: int  # its place in the catalogue
    status: bool  # belongs to the target's status, which always stays
    pieces: tuple[bytes | int, ...]


@dataclass(frozen=True, slots=True)
class _Variant:
    """All lines as text in which every second piece is a hole; `fill` picks what fills them."""

    template: bytes  # with %b where a hole is
    fill: Callable[[list[bytes]], tuple[bytes, ...]]
    offsets: Offsets
    dropped: int
    size: int  # bytes that it takes, nearly


# The values that are silent as `render` sees them, how many series may be written, whether each text says anything.
_Key = tuple[bytes, int, *tuple[bool, ...]]


class Template:
    """The lines of some parts, made once: live values and labels in them become holes.

    Which of the lines say something differs from poll to poll: there is a form for each such pattern that came."""

    def __init__(self, parts: Iterable[Part], values: dict[int, Traced[Any]], texts: dict[int, Traced[Any]]) -> None:
        """`values` and `texts` get the live ones by their ids, in the order in which `render` takes what they are."""
        ordered = sorted(parts, key=lambda part: part.EXPENDABLE)
        said = [(type(part) in STATUS_PARTS, *one) for part in ordered for one in _series(part)]
        for _, _, _, own, value in said:
            if type(value) is Traced:
                values.setdefault(id(value), value)
            if type(own) is Traced:
                texts.setdefault(id(own), own)
        # Without values there is one empty text where the first would be: the text of no numbers at all.
        holes = {key: n for n, key in enumerate(values)}
        holes |= {key: n for n, key in enumerate(texts, start=max(len(values), 1))}
        self.lines = [
            _Line(n, status, tuple(_pieces(family, own, value, holes))) for status, n, family, own, value in said
        ]
        self._forms: dict[_Key, _Variant] = {}
        self._bytes = sum([SERIES + len(piece) for line in self.lines for piece in line.pieces if type(piece) is bytes])

    @property
    def size(self) -> int:
        """Bytes that it takes, nearly."""
        return self._bytes + sum([form.size for form in self._forms.values()])

    def render(
        self, values: Sequence[Any], texts: Sequence[bytes], identity: bytes, limit: int
    ) -> tuple[Fragments, int]:
        """(the fragments with the labels `identity` on every line, how many series `limit` left out).

        A target's status always stays, and expendable parts (chips) go first."""
        dumped = orjson.dumps(values)[1:-1]
        # Of numbers and None only commas and null are left. Nothing else has a form, so that nothing but a number can
        # ever reach the page.
        pattern = dumped.translate(None, _NUMERALS)
        form = self._forms.get((pattern, limit, *map(bool, texts)))
        if form is None:
            said = pattern.split(b",")
            if not {b"", b"null"}.issuperset(said):
                return self.render([_number(value) for value in values], texts, identity, limit)
            form = self._form((pattern, limit, *map(bool, texts)), [*map(bool, said), *[not text for text in texts]])
        fill = form.fill([*dumped.split(b","), *texts])
        text = (form.template % fill).replace(_IDENTITY, identity)
        return (text, form.offsets.of(fill, len(identity), len(text))), form.dropped

    def _form(self, key: _Key, silent: Sequence[bool]) -> _Variant:
        """The form for what says nothing at the holes that are `silent`."""
        limit = key[1]
        chosen: list[list[_Line]] = [[] for _ in CATALOGUE]
        written = dropped = 0
        for line in self.lines:
            if any(silent[piece] for piece in line.pieces if isinstance(piece, int)):
                continue
            if written >= limit and not line.status:
                dropped += 1
            else:
                chosen[line.family].append(line)
                written += 1
        pieces: list[bytes] = []
        order: list[int] = []
        fixed = marks = 0
        places = [Place(0, 0, 0)]
        for lines in chosen:
            for piece in (piece for line in lines for piece in line.pieces):
                if isinstance(piece, bytes):
                    pieces.append(piece.replace(b"%", b"%%"))
                    fixed, marks = fixed + len(piece), marks + piece.count(_IDENTITY)
                else:
                    pieces.append(b"%b")
                    order.append(piece)
            places.append(Place(fixed - marks, marks, len(order)))
        if len(self._forms) >= VARIANTS:
            del self._forms[next(iter(self._forms))]
        template = b"".join(pieces)
        size = VARIANT + len(template) + HOLE * len(order)
        form = self._forms[key] = _Variant(template, picker(order), Offsets(places), dropped, size)
        return form


def _pieces(family: MetricFamily, own: Any, value: Any, holes: dict[int, int]) -> Iterator[bytes | int]:
    """A series as text and the numbers of its holes; `holes` has those by the ids of live values."""
    head = family.name.encode() + b"{" + _IDENTITY
    if type(own) is Traced:
        yield head + b","
        yield holes[id(own)]
        head = b""
    elif own:
        head += b"," + own.encode()
    if type(value) is Traced:
        yield head + b"} "
        yield holes[id(value)]
        yield b"\n"
    else:
        yield head + b"} " + orjson.dumps(value) + b"\n"


def picker(order: Sequence[int]) -> Callable[[list[Any]], tuple[Any, ...]]:
    """A function from a list to those of its items, in that order."""
    if len(order) == 1:
        (only,) = order
        return lambda items: (items[only],)
    return itemgetter(*order) if order else lambda _: ()


def _number(value: object) -> float | None:
    return value if type(value) in (int, float) and math.isfinite(value) else None  # type: ignore[arg-type, return-value]


def _series(part: Part) -> Iterator[tuple[int, MetricFamily, Any, Any]]:
    """What a part says: (place of the metric family, the family, labels beside the target's own, value), for each."""
    names = _FAMILIES[type(part)][0][1].labels
    said = [getattr(part, name) for name in names]
    own: Any = _info(names, *said) if part.INFO else labels(zip(names, said, strict=True))
    for n, family in _FAMILIES[type(part)]:
        value = getattr(part, family.field) if family.field else 1 if type(own) is Traced or own else None
        if type(value) in (int, float, Traced):
            yield n, family, own, value


@traceable
def _info(names: tuple[str, ...], *values: str) -> str:
    """The labels of an info; "" where it says nothing but which thing it is about, because then it says nothing."""
    pairs = list(zip(names, values, strict=True))
    return labels(pairs) if any(value for name, value in pairs if name not in INFO_KEYS) else ""


def render(parts: Iterable[Part], identity: str, limit: int) -> tuple[Fragments, int]:
    """The fragments of parts whose values all are plain, as `Layout.render` gives them."""
    return Template(parts, {}, {}).render((), (), identity.encode(), limit)
