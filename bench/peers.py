"""pyasic beside the pipeline: its package in a throwaway environment, reading the same miners of the same fleet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from bench.clients import AT_ONCE, Cost
from bench.fleet import HERE, Fleet, places, serving, write
from bench.kinds import S19

PACKAGE: Final = "pyasic"
INSTALL: Final = 300.0  # seconds that the installation may take


class Missing(Exception):
    """It could not be installed; says why."""


def install(folder: Path) -> Path:
    """The Python of a new environment that has the package. Raises Missing."""
    try:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True, timeout=INSTALL)
        python = folder / "bin" / "python"
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE]
        subprocess.run(command, check=True, capture_output=True, timeout=INSTALL)
    except subprocess.TimeoutExpired:
        raise Missing(f"not installed within {INSTALL:g} s") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise Missing(said[-1] if said else "it cannot be installed") from None
    return python


def measure(*, miners: int = 200, polls: int = 600) -> list[tuple[str, Cost]]:
    """What each of its readings takes. Raises Missing."""
    where = places(1, miners)
    with tempfile.TemporaryDirectory(prefix="bench-pyasic-") as folder:
        python = install(Path(folder))
        with serving([S19], where) as fleet:  # what it joins is told by one poll, and made ready for the others
            asked = json.loads(_work(python, fleet, 1, 1)[0])
        with serving([S19], where, also=[command for command in asked if "+" in command]) as fleet:
            said = [json.loads(line) for line in _work(python, fleet, AT_ONCE, polls)[1:]]
    return [(row["name"], Cost(row["polls"], row["cpu"], row["wall"])) for row in said]


def _work(python: Path, fleet: Fleet, at_once: int, polls: int) -> Sequence[str]:
    command = [python, "-P", HERE / "pyasic_worker.py", write(fleet.folder / "pyasic-targets", fleet.places)]
    with suppress(subprocess.TimeoutExpired):
        run = subprocess.run(
            [*command, str(at_once), str(polls)],
            capture_output=True,
            text=True,
            timeout=INSTALL,
            env=os.environ | {"PYTHONHASHSEED": "0"},  # it joins commands in the order of a set
        )
        if run.returncode == 0:
            return run.stdout.splitlines()
        raise Missing((run.stderr.strip().splitlines() or ["it ended without a word"])[-1])
    raise Missing(f"did not end within {INSTALL:g} s")
