"""The selection of fitted fans: some of the listed slots may be empty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from exporter.core.values import Number, positive
from exporter.parse.rows import Row

MOST: Final = 4  # most fans of an Antminer; a greater fan_num counts the fan headers of the control board


def up_to_the_last_turning(rows: list[Row], key: str) -> list[Row]:
    """Return the rows up to the last fan with a speed above zero under `key`.

    Empty slots come after the fitted fans."""
    last = next((n for n in range(len(rows), 0, -1) if rows[n - 1].any(positive, key)), 0)
    return rows[:last]


def fitted(slots: Sequence[int], turning: list[int], counted: Number | None) -> list[int]:
    """Return the slots with a fan: slots up to `counted` if they include all turning fans, else the turning fans."""
    known = turning and counted is not None and max(turning) <= counted <= MOST
    return [n for n in slots if n <= counted] if known else turning  # type: ignore[operator]
