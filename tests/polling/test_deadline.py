"""Deadlines: what takes too long is cancelled, what does not is left alone, and no timer outlives those that wait."""

from __future__ import annotations

import asyncio

import pytest

from exporter.polling import deadline
from exporter.polling.deadline import TICK, Deadline

pytestmark = pytest.mark.virtual_time


async def waits(seconds: float, within: float) -> str:
    try:
        with Deadline(within):
            await asyncio.sleep(seconds)
    except TimeoutError:
        return "late"
    return "done"


async def test_the_late_are_cancelled_and_the_others_are_not() -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()

    async def one(seconds: float, within: float) -> tuple[str, float]:
        said = await waits(seconds, within)
        return said, loop.time() - start

    # A shorter one that begins after a longer one moves the look forward.
    said = await asyncio.gather(one(10, 5), one(1, 5), one(10, 0.5), one(10, 5.001), one(0.2, 0.3))
    assert [word for word, _ in said] == ["late", "done", "late", "late", "done"]
    for (_, at), wanted in zip(said, (5, 1, 0.5, 5.001, 0.2), strict=True):
        assert wanted <= at + 1e-9 <= wanted + TICK + 1e-6
    assert not deadline._watches


async def test_whoever_is_cancelled_from_outside_is_cancelled() -> None:
    task = asyncio.create_task(waits(10, 5))
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not deadline._watches


async def test_both_at_once_is_a_cancellation() -> None:
    """Whoever cancels the task in the very turn in which its time has passed is not ignored."""

    task = asyncio.create_task(waits(10, 5))
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_at(asyncio.get_running_loop().time() + 5, task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_passes_as_it_is() -> None:
    with pytest.raises(KeyError), Deadline(1):
        raise KeyError
    assert not deadline._watches
    with Deadline(1):
        await asyncio.sleep(0.5)
    assert not deadline._watches


async def test_a_deadline_within_another() -> None:
    with pytest.raises(TimeoutError), Deadline(1):
        await waits(10, 5)  # which would say that it is late
