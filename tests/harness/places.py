"""Where the tests' data stands."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
TESTS: Final = ROOT / "tests"
FIXTURES: Final = TESTS / "fixtures"
"""Recorded miners: a folder for each, in a folder for each family."""
GOLDEN: Final = TESTS / "golden"
"""Expected outputs that were reviewed."""
CONFIG: Final = TESTS / "config" / "files"
"""Configurations, good and bad."""
SHARED: Final = ROOT.parent / "shared"
"""An optional folder beside the checkout."""
CAPTURES: Final = SHARED / "captures"
"""Answers of real miners there."""
