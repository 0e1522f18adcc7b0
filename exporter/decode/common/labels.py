"""The labels of the things that a row describes."""

from __future__ import annotations

from collections.abc import Iterable

from exporter.core.values import text
from exporter.parse.rows import Row


def index(row: Row, keys: Iterable[str] = ("ID", "ASC", "GPU", "PGA")) -> str:
    """Return the first of `keys` that the row has, as a label; "" where it has none of them."""
    return next((label for key in keys if (label := text(row.static(key)))), "")
