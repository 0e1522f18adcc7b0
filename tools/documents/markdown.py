"""Markdown as the documents use it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Final

WIDTH: Final = 140


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with one line for the head, one for the rule and one for each row."""
    lines = [f"| {' | '.join(cells)} |" for cells in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]])


def code(words: Iterable[str]) -> str:
    """Return the words as code, with a space between two."""
    return " ".join(f"`{word}`" for word in words)


def item(name: str, text: str) -> str:
    """Return an item of a list, wrapped."""
    return textwrap.fill(
        f"* {name}: {text}", WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
