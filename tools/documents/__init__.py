"""The derived parts of the documents: which document has which part, and the function that makes it.

A part stands between `<!-- name -->` and `<!-- /name -->`. `python -m tools.documents --write` writes all parts anew,
and a test compares them with the documents.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from tools.documents import alerting, commands, firmware, metrics, operating

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
DERIVED: Final[dict[str, tuple[Path, Callable[[], str]]]] = {
    "alerts": (DOCS / "alerts.md", alerting.alerts),
    "by-family": (DOCS / "commands.md", commands.by_family),
    "classic": (DOCS / "commands.md", commands.classic),
    "digests": (ROOT / "SECURITY.md", firmware.digests),
    "discovery": (DOCS / "commands.md", commands.discovery),
    "families": (DOCS / "firmware.md", firmware.families),
    "firmware": (DOCS / "firmware.md", firmware.sections),
    "flags": (DOCS / "operating.md", operating.flags),
    "metrics": (DOCS / "metrics.md", metrics.miners),
    "ranks": (DOCS / "new-family.md", firmware.ranks),
    "own": (DOCS / "metrics.md", metrics.own),
}


def current(name: str) -> str:
    """Return the text of the document that has the part `name`, with the part made anew.

    Raises ValueError for a document without that part."""
    file, derive = DERIVED[name]
    head, opening, rest = file.read_text().partition(f"<!-- {name} -->\n")
    _, closing, tail = rest.partition(f"<!-- /{name} -->")
    if not closing:
        raise ValueError(f"{file.name} has no place for {name}")
    return f"{head}{opening}{derive()}\n{closing}{tail}"


def write() -> None:
    """Write every part into its document."""
    for name, (file, _) in DERIVED.items():
        file.write_text(current(name))
