"""The fleet of simulated miners: its C program built and started on the spot, in as many processes as it takes."""

from __future__ import annotations

import json
import os
import resource
import shutil
import struct
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.kinds import Kind, answers

HERE: Final = Path(__file__).parent
PORT: Final = 4028
STEPS: Final = 1024  # different answers to a question, half of which a miner gives before it starts over
LARGEST: Final = 10_000  # miners of one process, each with a listening socket
FAULTS: Final = {"silent": 0.30, "refuses": 0.10, "drip": 0.05}  # shares of a fleet with faults


@dataclass(frozen=True, slots=True)
class Place:
    """Where a miner is, what it is, and how it behaves."""

    host: str
    port: int
    kind: int
    mode: str = "well"


@dataclass
class Count:
    """What the miners saw: `gaps` are the milliseconds between two polls of a miner that is well."""

    well: int = 0
    accepted: int = 0
    polls: int = 0
    answered: int = 0
    cpu: float = 0.0
    open: int = 0  # the longest that one of them has been waiting for a poll, in milliseconds
    gaps: Counter[int] = field(default_factory=Counter)

    def gap(self, share: float) -> float:
        """The gap in seconds that this share of the gaps does not exceed; NaN where there was none."""
        rest = share * self.gaps.total()
        for gap in sorted(self.gaps):
            rest -= self.gaps[gap]
            if rest <= 0:
                return gap / 1000
        return float("nan")


@dataclass
class Fleet:
    """Running miners; those that refuse are among the `places`, but nobody listens there."""

    folder: Path
    places: Sequence[Place]
    processes: Sequence[subprocess.Popen[str]]

    def count(self) -> Count:
        """What was seen since the reset."""
        total = Count()
        for seen in map(json.loads, self._say("report")):
            for name in ("well", "accepted", "polls", "answered", "cpu"):
                setattr(total, name, getattr(total, name) + seen[name])
            total.open = max(total.open, seen["open"])
            total.gaps.update(dict(seen["gaps"]))
        return total

    def reset(self) -> None:
        self._say("reset")

    def _say(self, word: str) -> list[str]:
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(f"{word}\n")
            process.stdin.flush()
        return [line(process) for process in self.processes]


def line(process: subprocess.Popen[str]) -> str:
    """The next line that a process says. Raises RuntimeError where it ended instead."""
    assert process.stdout is not None
    if said := process.stdout.readline():
        return said
    raise RuntimeError(f"{process.args!r} ended with status {process.wait()}")


def build(name: str, folder: Path) -> Path:
    """The C program of that name, compiled into the folder."""
    if shutil.which("cc") is None:
        raise SystemExit("bench: the C programs need a compiler named cc")
    program = folder / name
    subprocess.run(["cc", "-O2", "-o", program, HERE / f"{name}.c"], check=True)
    return program


def places(kinds: int, miners: int, *, faults: Mapping[str, float] | None = None) -> list[Place]:
    """`miners` places with an address each, the kinds in turn; `faults` are the shares of the modes, spread evenly."""
    network = f"127.{32 + os.getpid() % 200}"  # two benches on one machine are apart
    modes = ["well"] * 100
    for mode, share in (faults or {}).items():
        free = [n for n, taken in enumerate(modes) if taken == "well"]
        count = round(share * 100)
        for n in range(count):
            modes[free[n * len(free) // count]] = mode
    return [
        Place(f"{network}.{n >> 8}.{n & 255}", PORT, n % kinds, modes[n // kinds % 100]) for n in range(1, miners + 1)
    ]


def payload(kinds: Sequence[Kind], also: Iterable[str], steps: int) -> Iterator[bytes]:
    """The answers of the kinds as the fleet reads them."""
    for number, kind in enumerate(kinds):
        for name, variants in answers(kind, also, steps=steps).items():
            yield struct.pack("=II", number, len(name)) + name.encode() + struct.pack("=I", len(variants))
            for variant in variants:
                yield struct.pack("=I", len(variant)) + variant


@contextmanager
def serving(
    kinds: Sequence[Kind], where: Sequence[Place], *, also: Iterable[str] = (), steps: int = STEPS
) -> Iterator[Fleet]:
    """The miners of these kinds while inside; `also` are commands that others than the exporter will ask."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    each = LARGEST if hard == resource.RLIM_INFINITY else min(LARGEST, hard // 2)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        folder = Path(name)
        program, answered = build("fleet", folder), folder / "answers"
        with answered.open("wb") as file:
            file.writelines(payload(kinds, also, steps))
        processes: list[subprocess.Popen[str]] = []
        listening = [place for place in where if place.mode != "refuses"]
        for first in range(0, len(listening), each):
            file_ = write(folder / f"targets-{first}", listening[first : first + each])
            options: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            process = stack.enter_context(subprocess.Popen([program, answered, file_], **options))
            stack.callback(process.kill)
            processes.append(process)
        for process in processes:
            line(process)
        yield Fleet(folder, where, processes)


def write(file: Path, where: Iterable[Place]) -> Path:
    """The places as the C programs read them."""
    file.write_text("".join(f"{p.host} {p.port} {p.kind} {p.mode}\n" for p in where))
    return file
