"""The merge of parts from several sections: a board in devs, temps and devdetails becomes a single Board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from exporter.core import vocabulary as v
from exporter.core.catalogue import PARTS
from exporter.core.tracing import coalesce, if_none_of

Key = tuple[object, ...]  # the class of a part and the values of its key fields


def _shape(cls: type[v.Part]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (names of key fields, names of value fields) of a part class.

    The key fields tell one part from another."""
    labels = tuple(f.name for f in fields(cls) if not f.metadata)  # type: ignore[arg-type]
    if cls.INFO:
        return tuple(name for name in labels if name in v.INFO_KEYS), labels
    return labels, tuple(f.name for f in fields(cls) if f.metadata)  # type: ignore[arg-type]


_SHAPES = {cls: _shape(cls) for cls in PARTS}


def add(parts: dict[Key, v.Part], part: v.Part) -> None:
    """Add a part. If a part with the same key exists, add only the values that the earlier part lacks."""
    cls = type(part)
    keys, values = _SHAPES[cls]
    key = (cls, *[getattr(part, name) for name in keys])
    known = parts.setdefault(key, part)
    if known is not part:
        for name in values:
            setattr(known, name, coalesce(getattr(known, name), getattr(part, name)))


def prefer_single_boards(parts: Iterable[v.Part]) -> None:
    """Remove a field's value for all boards together (`board` is "") if any single board has a value in that field."""
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
    """Keep a single source of each measurement: the best source with a value, chosen anew at each poll."""
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
