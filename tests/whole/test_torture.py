"""Every await of the transport and of a poll fails once in each way: only typed errors come out, nothing stays open."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Coroutine, Generator
from typing import Any

import pytest

from exporter.core.errors import REASONS, AskError
from exporter.decode.cgminer import SUMMARY
from exporter.polling.outcome import Outcome
from exporter.polling.poll import poll
from exporter.questions import request
from exporter.transport import tcp4028
from tests.harness import hostile
from tests.harness.support import SERIES, asker, nothing_left, target

pytestmark = pytest.mark.both_loops

FAULTS: tuple[Callable[[], BaseException], ...] = (
    lambda: ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"),
    lambda: OSError(errno.EMFILE, "Too many open files"),
    TimeoutError,
    asyncio.CancelledError,
    MemoryError,
    RuntimeError,
)
NAMES = ("reset", "emfile", "timeout", "cancelled", "memory", "runtime")
MANY = 100  # more suspensions than anything here has


class FailAt:
    """Awaits a coroutine; where it would go on after its nth suspension, counted from 0, it meets a fault instead."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], nth: int, fault: BaseException) -> None:
        self.coroutine, self.left, self.fault = coroutine, nth, fault
        self.struck = False

    def __await__(self) -> Generator[Any, Any, Any]:
        thrown: BaseException | None = None
        sent = None
        while True:
            try:
                awaited = self.coroutine.send(sent) if thrown is None else self.coroutine.throw(thrown)
            except StopIteration as done:
                return done.value
            thrown, sent = None, None
            try:
                sent = yield awaited
            except BaseException as error:  # the real world's, such as the deadline's cancellation
                thrown = error
            if self.left == 0:
                self.struck, thrown = True, self.fault
            self.left -= 1


async def struck_everywhere(
    make: Callable[[], Coroutine[Any, Any, Any]], fault: Callable[[], BaseException]
) -> list[object]:
    """What came of `make()`, a result or an exception, for each of its suspensions that the fault struck."""
    ends: list[object] = []
    for nth in range(MANY):
        failing = FailAt(make(), nth, fault())
        try:
            end: object = await failing
        except BaseException as error:
            end = error
        if not failing.struck:
            return ends
        ends.append(end)
    pytest.fail("it never comes to its end")


@pytest.mark.parametrize("fault", FAULTS, ids=NAMES)
async def test_ask(fault: Callable[[], BaseException]) -> None:
    asked = request(SUMMARY)
    async with nothing_left(), hostile.serving(hostile.nul_stays_open) as place:
        ends = await struck_everywhere(lambda: tcp4028.ask(place.host, place.port, asked, limit=1 << 18), fault)
    assert len(ends) == 1, "from the question to the answer"
    for end in ends:
        if isinstance(fault(), OSError):
            assert isinstance(end, AskError)
        else:
            assert type(end) is type(fault()), "not the wire's trouble, and not hidden either"


@pytest.mark.parametrize("fault", FAULTS, ids=NAMES)
async def test_ask_whose_deadline_passes(fault: Callable[[], BaseException]) -> None:
    """Nothing waits after that: the connection is closed at once."""
    asked = request(SUMMARY)

    async def late() -> bytes:
        async with asyncio.timeout(0.05):
            return await tcp4028.ask(place.host, place.port, asked, limit=1 << 18)

    async with nothing_left(), hostile.serving(hostile.silent) as place:
        ends = await struck_everywhere(late, fault)
    assert len(ends) == 1
    assert not any(isinstance(end, bytes) for end in ends)


@pytest.mark.parametrize("fault", FAULTS, ids=NAMES)
async def test_poll(fault: Callable[[], BaseException]) -> None:
    async with nothing_left(), hostile.serving(hostile.good) as place:
        of = target(host=place.host, port=place.port)

        async def fresh() -> Outcome:
            of.learnt = target().learnt  # so that every poll begins from nothing
            outcome = await poll(of, asker(of), SERIES)
            assert of.up == (outcome.error is None)
            return outcome

        ends = await struck_everywhere(fresh, fault)
        assert len(ends) >= 3, "several questions"
        for end in ends:
            if isinstance(fault(), asyncio.CancelledError):
                assert isinstance(end, asyncio.CancelledError)
            else:
                assert isinstance(end, Outcome)
                assert end.error is None or end.error.reason in REASONS
        await poll(of, asker(of), SERIES)
        assert of.up, "the next poll is as good as ever"
