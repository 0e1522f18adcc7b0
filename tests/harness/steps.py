"""Work that is counted instead of timed."""

from __future__ import annotations

from collections.abc import Callable

from bench.check import counting


def steps(work: Callable[[], object]) -> int:
    """The bytecode instructions of the exporter that `work` executes."""
    with counting() as number:
        work()
    return number[0]


def grows_linearly(work: Callable[[int], object], size: int) -> None:
    """Fail where twice the size takes more than twice the steps, and a few."""
    once, twice = steps(lambda: work(size)), steps(lambda: work(2 * size))
    assert 0 < twice <= 2.2 * once + 1000, (size, once, twice)
