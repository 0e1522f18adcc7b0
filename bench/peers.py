"""pyasic beside the pipeline: its package in a throwaway environment, reading the same miners of the same fleet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from bench.clients import AT_ONCE, Cost
from bench.fleet import HERE, Fleet, places, serving, write
from bench.kinds import S19

PACKAGE: Final = "pyasic"
INSTALL: Final = 300.0  # seconds that the installation may take


class MissingError(Exception):
    """It could not be installed; says why."""


def install(folder: Path) -> Path:
    """The Python of a new environment that has the package. Raises MissingError."""
    try:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True, timeout=INSTALL)
        python = folder / "bin" / "python"
        pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, PACKAGE], check=True, capture_output=True, timeout=INSTALL)
    except subprocess.TimeoutExpired:
        raise MissingError(f"not installed within {INSTALL:g} s") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise MissingError(said[-1] if said else "it cannot be installed") from None
    return python


def measure(*, miners: int = 200, polls: int = 600, rounds: int = 5) -> list[tuple[str, Cost]]:
    """What each of its readings takes: the median of as many processes as `rounds`. Raises MissingError."""
    where = places(1, miners)
    with tempfile.TemporaryDirectory(prefix="bench-pyasic-") as folder:
        python = install(Path(folder))
        with serving([S19], where) as fleet:  # what it joins is told by one poll, and made ready for the others
            asked = json.loads(_work(python, fleet, 1, 1)[0])
        with serving([S19], where, also=[command for command in asked if "+" in command]) as fleet:
            said = [[json.loads(line) for line in _work(python, fleet, AT_ONCE, polls)[1:]] for _ in range(rounds)]
    middle = [sorted(rows, key=lambda row: row["cpu"])[rounds // 2] for rows in zip(*said, strict=True)]
    return [(row["name"], Cost(row["polls"], row["cpu"], row["wall"])) for row in middle]


def _work(python: Path, fleet: Fleet, at_once: int, polls: int) -> list[str]:
    """The lines that the worker prints. Raises MissingError where the package does not do what is asked of it."""
    targets = write(fleet.folder / "pyasic-targets", fleet.places)
    try:
        run = subprocess.run(
            [python, "-P", HERE / "pyasic_worker.py", targets, str(at_once), str(polls)],
            check=True,
            capture_output=True,
            text=True,
            timeout=INSTALL,
            env=os.environ | {"PYTHONHASHSEED": "0"},  # it joins commands in the order of a set
        )
    except subprocess.TimeoutExpired:
        raise MissingError(f"did not end within {INSTALL:g} s") from None
    except subprocess.CalledProcessError as error:
        raise MissingError((error.stderr.strip().splitlines() or ["it ended without a word"])[-1]) from None
    return list(run.stdout.splitlines())
