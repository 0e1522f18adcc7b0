"""Parts from several sections as one: a board that stands in devs, temps and devdetails becomes one Board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from exporter.core import vocabulary as v
from exporter.core.catalogue import PARTS
from exporter.core.tracing import coalesce, if_none_of

Key = tuple[object, ...]  # the class of a part and the values of its key fields


def _shape(cls: type[v.Part]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (key fields, value fields) of a part: a thing is told from another by its keys."""
    labels = tuple(f.name for f in fields(cls) if not f.metadata)  # type: ignore[arg-type]
    if cls.INFO:
        return tuple(name for name in labels if name in v.INFO_KEYS), labels
    return labels, tuple(f.name for f in fields(cls) if f.metadata)  # type: ignore[arg-type]


_SHAPES = {cls: _shape(cls) for cls in PARTS}


def add(parts: dict[Key, v.Part], part: v.Part) -> None:
    """Add a part; where its key is taken, only the values that the earlier part lacks."""
    cls = type(part)
    keys, values = _SHAPES[cls]
    key = (cls, *[getattr(part, name) for name in keys])
    known = parts.setdefault(key, part)
    if known is not part:
        for name in values:
            setattr(known, name, coalesce(getattr(known, name), getattr(part, name)))


def prefer_single_boards(parts: Iterable[v.Part]) -> None:
    """Remove each value of all boards together (`board` is "") that some board also has by itself."""
    for cls in (v.Board, v.BoardSensor):
        found = [part for part in parts if isinstance(part, cls)]
        for part in found:
            alone = [each for each in found if each.board and _place(each) == _place(part)] if not part.board else []
            for name in _SHAPES[cls][1]:
                if alone and getattr(part, name) is not None:
                    setattr(part, name, if_none_of(getattr(part, name), *[getattr(each, name) for each in alone]))


def _place(part: v.Board | v.BoardSensor) -> str:
    return part.location if isinstance(part, v.BoardSensor) else ""


def best_sources(parts: dict[Key, v.Part]) -> None:
    """Keep one series of each thing that several sources tell: the best source that has a value, at each poll anew."""
    things: dict[Key, list[Key]] = {}
    for key, part in parts.items():
        if part.BEST:
            things.setdefault(key[:-1], []).append(key)
    for keys in things.values():
        better: list[object] = []
        for key in sorted(keys, key=lambda key: parts[key].BEST.index(str(key[-1]))):
            part = parts[key]
            for name in _SHAPES[type(part)][1]:
                value = getattr(part, name)
                if better:
                    setattr(part, name, if_none_of(value, *better))
                better.append(value)
