"""The guard against growing slow: what one poll of each kind of miner executes and keeps, counted, not timed.

Counted are the bytecode instructions of a steady poll (parse, decode, judge, render) over answers of the simulator at
fixed times, and the bytes that stay allocated for a miner beyond its fragments. Neither depends on the machine or on
what else runs on it; both depend on the version of Python, so `baseline.json` has a column for each. What C code does
inside a call is not seen: that is what `make bench` is for.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

import exporter
from bench.kinds import KINDS, SERIES, SPEC, Kind
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.questions import Request

BASELINE: Final = Path(__file__).with_name("baseline.json")
MARGIN: Final = 0.10
SETTLED: Final = 3  # polls after which a miner is known
COUNTED: Final = 4
KEPT: Final = 50  # miners whose memory is weighed together
PYTHON: Final = f"{sys.version_info.major}.{sys.version_info.minor}"
OURS: Final = str(Path(exporter.__file__).parent)
SIMULATOR: Final = str(Path(exporter.__file__).parent / "simulator")

Counts = dict[str, dict[str, int]]


def counts(code: CodeType) -> bool:
    """Whether a piece of code is the exporter's own, or was made for it, as dataclasses and templates are."""
    file = code.co_filename
    return file.startswith((OURS, "<")) and not file.startswith((SIMULATOR, "<frozen"))


@contextmanager
def counting() -> Iterator[list[int]]:
    """Counts the exporter's instructions inside; the list's one item is their number."""
    number = [0]
    if sys.version_info >= (3, 12):
        with _monitored(number):
            yield number
    else:
        before = sys.gettrace()
        sys.settrace(_tracer(number))
        try:
            yield number
        finally:
            sys.settrace(before)


def _tracer(number: list[int]) -> Callable[[FrameType, str, Any], Any]:
    def count(_frame: FrameType, event: str, _: Any) -> Any:
        number[0] += event == "opcode"
        return count

    def enter(frame: FrameType, _event: str, _: Any) -> Any:
        if not counts(frame.f_code):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return count

    return enter


if sys.version_info >= (3, 12):

    @contextmanager
    def _monitored(number: list[int]) -> Iterator[None]:
        monitoring = sys.monitoring
        tool, every = monitoring.PROFILER_ID, monitoring.events.INSTRUCTION

        def count(code: CodeType, _offset: int) -> Any:
            if not counts(code):
                return monitoring.DISABLE
            number[0] += 1
            return None

        monitoring.use_tool_id(tool, "bench-check")
        monitoring.register_callback(tool, every, count)
        monitoring.set_events(tool, every)
        try:
            yield
        finally:
            monitoring.set_events(tool, 0)
            monitoring.free_tool_id(tool)


class Miner:
    """A target with the kind's answers; its life goes on by a step from poll to poll."""

    def __init__(self, kind: Kind, name: str, answers: dict[tuple[bytes, int], bytes]) -> None:
        self.kind, self.answers, self.step = kind, answers, 0
        self.target = Target(SPEC.at("192.0.2.1", 4028, name))
        self.asked: list[bytes] = []

    def prepare(self, request: bytes, step: int) -> bytes:
        if (request, step) not in self.answers:
            self.answers[request, step] = self.kind.answer(request, step)
        return self.answers[request, step]

    async def ask(self, request: Request) -> bytes:
        return bytes(bytearray(self.prepare(request.wire, self.step)))  # a copy: what is kept of it is weighed

    async def polls(self, times: int) -> None:
        for _ in range(times):
            outcome = await poll(self.target, self.ask, SERIES)
            if outcome.error is not None or outcome.bugs:
                raise RuntimeError(f"{self.kind.name}: {outcome.error or outcome.bugs}")
            self.asked = [request.wire for request in outcome.session.requests]
            self.step += 1


async def instructions(miner: Miner) -> int:
    """Of one poll of a miner that is known, as a mean."""
    for step in range(miner.step, miner.step + COUNTED):
        for request in miner.asked:
            miner.prepare(request, step)
    with counting() as number:
        await miner.polls(COUNTED)
    return number[0] // COUNTED


async def kept(kind: Kind, answers: dict[tuple[bytes, int], bytes]) -> int:
    """Bytes that a known miner keeps allocated beyond its fragments, as a mean. The answers are ready."""
    gc.collect()
    tracemalloc.start()
    miners = [Miner(kind, f"miner-{n:05}", answers) for n in range(KEPT)]
    await asyncio.gather(*[miner.polls(SETTLED) for miner in miners])
    targets = [miner.target for miner in miners]
    del miners
    gc.collect()
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (used - sum(sys.getsizeof(target.fragments[0]) for target in targets)) // KEPT


async def measure(kind: Kind) -> dict[str, int]:
    """What a kind of miner takes."""
    miner = Miner(kind, "miner-first", {})
    await miner.polls(SETTLED)
    return {"instructions": await instructions(miner), "kept": await kept(kind, miner.answers)}


def compare(found: Counts, baseline: Counts) -> Iterator[tuple[str, bool]]:
    """A line for each count, and whether it is within the margin; what the baseline does not have is not."""
    yield f"{'':<22}{'instructions a poll':>32}{'bytes kept':>32}", True
    for kind, numbers in found.items():
        cells, good = "", True
        for what, number in numbers.items():
            before = baseline.get(kind, {}).get(what)
            ratio = number / before if before else float("inf")
            good &= ratio <= 1 + MARGIN
            cells += f"{number:>14,} {'new' if before is None else f'{ratio:6.3f} of {before:,}':>17}"
        yield f"{kind:<22}{cells}{'' if good else '  TOO MUCH'}", good


def main() -> int:
    """Returns 0 within the margin, 1 beyond it."""
    parser = argparse.ArgumentParser(prog="bench.check", description=__doc__)
    parser.add_argument("--write", action="store_true", help="take what is counted now as the baseline of this Python")
    arguments = parser.parse_args()
    found = {kind.name: asyncio.run(measure(kind)) for kind in KINDS}
    baselines: dict[str, Counts] = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    if arguments.write:
        baselines[PYTHON] = found
        BASELINE.write_text(json.dumps(dict(sorted(baselines.items())), indent=1) + "\n")
    if PYTHON not in baselines:
        print(f"there is no baseline for Python {PYTHON}; `make bench-check BASELINE=write` writes it", file=sys.stderr)
    lines = list(compare(found, baselines.get(PYTHON, {})))
    for line, _ in lines:
        print(line)
    return int(not all(good for _, good in lines))


if __name__ == "__main__":
    sys.exit(main())
