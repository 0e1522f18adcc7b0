"""The label of the board, fan or other part that a row describes."""

from __future__ import annotations

from collections.abc import Iterable

from exporter.core.values import text
from exporter.parse.rows import Row


def index(row: Row, keys: Iterable[str] = ("ID", "ASC", "GPU", "PGA")) -> str:
    """Return the text under the first of `keys` that the row has; "" if the row has none of the keys."""
    return next((label for key in keys if (label := text(row.static(key)))), "")
