"""Who is polled when, in virtual time: nobody late, nobody twice at once, the dead in nobody's way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from exporter.daemon import background
from exporter.daemon.lanes import Lane
from exporter.daemon.schedule import AT_ONCE, MAX_TICK, TICK, Schedule
from exporter.daemon.telemetry import Telemetry
from exporter.polling.outcome import Outcome
from exporter.polling.poll import poll
from exporter.polling.session import Ask
from exporter.polling.target import Target
from exporter.transport.tcp4028 import unanswered
from tests.harness.network import Network
from tests.harness.support import samples, target
from tests.harness.virtual import CLOCK

pytestmark = pytest.mark.virtual_time

INTERVAL, TIMEOUT = 10.0, 4.0  # seconds


def on_time(times: list[float]) -> bool:
    """Whether the polls are an interval apart, but for the tick."""
    return all(abs(after - before - INTERVAL) <= TICK + 1e-6 for before, after in pairwise(times))


def fleet(count: int) -> list[Target]:
    return [target(f"m{n}", f"10.0.{n // 250}.{n % 250}", interval=INTERVAL, timeout=TIMEOUT) for n in range(count)]


@asynccontextmanager
async def running(targets: list[Target], bound: int = 1000) -> AsyncIterator[Schedule]:
    schedule = Schedule(Telemetry(), answer_bytes=1 << 18, series=10_000, bound=bound)
    schedule.add(targets)
    task = asyncio.create_task(schedule.run())
    try:
        yield schedule
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert not schedule.tasks


async def test_starts_are_spread_evenly_and_kept(net: Network) -> None:
    targets = fleet(200)
    async with running(targets) as schedule:
        assert not schedule.all_polled()
        await asyncio.sleep(5)
        assert all(t.up for t in targets), "a small fleet is there at once"
        assert schedule.all_polled()
        await asyncio.sleep(6 * INTERVAL - 5)
    seconds = Counter(int(time) for times in net.polls.values() for time in times[2:])
    assert max(seconds.values()) <= 1.2 * 200 / INTERVAL
    for times in net.polls.values():
        assert on_time(times[2:])


@pytest.mark.parametrize("bound", [8, 50])
async def test_a_third_silent_delays_nobody_else(net: Network, bound: int) -> None:
    """Nor where there is too little room for all the silent ones, as in a process of few descriptors."""
    targets = fleet(100)
    net.silent = {t.spec.host for t in targets[::3]}
    async with running(targets, bound) as schedule:
        await asyncio.sleep(20 * INTERVAL)
        for t in targets:
            assert t.up is (t.spec.host not in net.silent)
            if t.up:
                times = net.polls[t.spec.host]
                assert on_time(times[4:])
        assert -schedule.lanes["healthy"].pause(asyncio.get_running_loop().time()) <= TICK
    assert net.most <= 2 * bound


@pytest.mark.parametrize("bound", [1, 3])
async def test_the_bound_of_each_lane_holds(net: Network, bound: int) -> None:
    targets = fleet(40)
    net.silent = {t.spec.host for t in targets[20:]}
    async with running(targets, bound) as schedule:
        for _ in range(600):
            await asyncio.sleep(0.5)
            assert all(lane.running <= bound for lane in schedule.lanes.values())
    assert net.most <= 2 * bound
    assert len(net.polls) == 40, "slowly, but all of them"


@pytest.mark.parametrize("lost_for", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("how", ["silent", "closed"])
async def test_recovery_is_noticed_within_two_intervals(net: Network, how: str, lost_for: int) -> None:
    targets = fleet(3)
    (lost, *_) = targets
    gone: set[str] = getattr(net, how)
    async with running(targets):
        await asyncio.sleep(3 * INTERVAL)
        gone.add(lost.spec.host)
        await asyncio.sleep(lost_for * INTERVAL + TIMEOUT)
        assert lost.up is False
        assert samples(lost)["asic_up"] == {(): 0}
        gone.clear()
        await asyncio.sleep(2 * INTERVAL)
        assert lost.up


async def test_a_poll_that_raises_costs_only_itself(net: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    targets = fleet(5)
    (victim, *others) = targets
    broken = True

    async def flawed(of: Target, ask: Ask, limit: int) -> Outcome:
        if of is victim and broken:
            raise KeyError("a mistake")
        return await poll(of, ask, limit)

    monkeypatch.setattr("exporter.daemon.schedule.poll", flawed)
    async with running(targets) as schedule:
        await asyncio.sleep(3 * INTERVAL)
        assert all(t.up for t in others)
        assert (schedule.telemetry.registry.get_sample_value("asic_exporter_internal_errors_total") or 0) >= 3
        broken = False
        await asyncio.sleep(2 * INTERVAL)
        assert victim.up


async def test_a_schedule_that_fails_begins_anew(net: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every target, also those whose polls had not begun yet."""
    targets = fleet(300)
    schedule = Schedule(Telemetry(), answer_bytes=1 << 18, series=10_000, bound=20)
    schedule.add(targets)
    net.silent = {t.spec.host for t in targets[::10]}
    task = asyncio.create_task(background.always(schedule.run, schedule.telemetry))
    for _ in range(5):
        await asyncio.sleep(INTERVAL)
        with monkeypatch.context() as broken:
            broken.setattr(Lane, "pause", None)
            await asyncio.sleep(INTERVAL / 7)
    before = {host: len(times) for host, times in net.polls.items()}
    await asyncio.sleep(3 * INTERVAL)
    assert all(len(times) - before[host] >= 2 - (host in net.silent) for host, times in net.polls.items())
    assert len(net.polls) == 300
    assert [t.up for t in targets] == [t.spec.host not in net.silent for t in targets]
    assert (schedule.telemetry.registry.get_sample_value("asic_exporter_internal_errors_total") or 0) >= 5
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert all(lane.running == 0 for lane in schedule.lanes.values())


async def test_readings_that_cannot_be_rendered_leave_the_page(net: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake after the decoding must not leave old readings on the page."""
    (of,) = targets = fleet(1)
    async with running(targets):
        await asyncio.sleep(INTERVAL)
        assert "asic_hashrate_hashes_per_second" in samples(of)
        with monkeypatch.context() as broken:
            broken.setattr("exporter.polling.poll._notice_restart", lambda *_: 1 / 0)
            await asyncio.sleep(2 * INTERVAL)
            page = samples(of)
            assert "asic_hashrate_hashes_per_second" not in page
            assert page["asic_up"] == {(): 0}
            assert ("internal",) in page["asic_poll_failures_total"]
        await asyncio.sleep(2 * INTERVAL)
        assert samples(of)["asic_up"] == {(): 1}


async def test_what_a_process_is_late_with_waits_in_the_queue(net: Network) -> None:
    """Polls in flight take memory, and a process that cannot keep up would have ever more of them."""
    async with running(fleet(2000)):
        await asyncio.sleep(2 * INTERVAL)
        CLOCK.now += 1.0
        at = asyncio.get_running_loop().time()
        await asyncio.sleep(3 * INTERVAL)
        starts = Counter(time for times in net.polls.values() for time in times if time >= at)
        assert AT_ONCE <= max(starts.values()) < 2 * AT_ONCE, "not two hundred at once"
        assert sum(count for time, count in starts.items() if time < at + 1) > 1.8 * 2000 / INTERVAL, "made up for"
        assert all(on_time(times[-2:]) for times in net.polls.values())


async def test_a_suspended_machine_wakes_without_a_flood(net: Network) -> None:
    async with running(fleet(100), 50):
        await asyncio.sleep(3 * INTERVAL)
        before = {host: len(times) for host, times in net.polls.items()}
        CLOCK.now += 3600
        await asyncio.sleep(2 * INTERVAL)
        more = {len(times) - before[host] for host, times in net.polls.items()}
        assert more <= {2, 3}, "no poll is made up for"


async def test_a_question_that_was_too_much_for_a_miner_that_answers_is_forgotten(net: Network) -> None:
    (good,) = targets = fleet(1)
    place = good.spec.host, good.spec.port
    async with running(targets):
        await asyncio.sleep(INTERVAL / 2)
        assert good.up
        unanswered.add(place)
        await asyncio.sleep(2 * INTERVAL)
        assert net.polls[good.spec.host]
        assert place not in unanswered


async def test_who_takes_every_question_and_answers_none_is_left_alone_longer_and_longer(net: Network) -> None:
    """Each question may cost it a connection for good. One that is merely away is found as soon as ever."""
    targets = fleet(3)
    mute, silent, good = (t.spec.host for t in targets)
    net.mute.add(mute)
    net.silent.add(silent)
    async with running(targets):
        await asyncio.sleep(3600)
        hour = len(net.polls[mute])
        assert hour > 3600 / (2 * INTERVAL), "at first as often as any that is lost"
        await asyncio.sleep(6 * 3600)
        assert len(net.polls[mute]) - hour < 6 * 3600 / (10 * INTERVAL)
        pauses = [after - before for before, after in pairwise(net.polls[mute])]
        assert max(pauses) <= 20 * INTERVAL + TIMEOUT
        assert min(pauses[-5:]) > 19 * INTERVAL
        assert len(net.polls[silent]) > 7 * 3600 / (2 * INTERVAL)
        assert on_time(net.polls[good][2:])
        assert samples(targets[0])["asic_up"] == {(): 0}
        net.mute.clear()
        await asyncio.sleep(20 * INTERVAL + TIMEOUT)
        assert targets[0].up, "it is found when it comes back"
        before = len(net.polls[mute])
        net.mute.add(mute)
        await asyncio.sleep(20 * INTERVAL)
        assert len(net.polls[mute]) - before > 8, "and what was is forgotten"


async def test_what_a_machine_that_was_suspended_had_read_is_not_shown_as_new(net: Network) -> None:
    """Whatever looks at the page first."""
    targets = fleet(3)
    async with running(targets) as schedule:
        await asyncio.sleep(3 * INTERVAL)
        CLOCK.now += INTERVAL  # all but due, and still good
        schedule.notice_stop()
        assert all(t.up for t in targets)
        await asyncio.sleep(2 * INTERVAL)
        assert all(t.up for t in targets)
        CLOCK.now += 2 * INTERVAL + TIMEOUT
        schedule.notice_stop()
        for t in targets:
            assert samples(t)["asic_up"] == {(): 0}
            assert "asic_hashrate_hashes_per_second" not in samples(t)
        await asyncio.sleep(INTERVAL)
        assert all(t.up for t in targets)
        CLOCK.now += 2 * INTERVAL + TIMEOUT
        net.silent = {t.spec.host for t in targets}
        await asyncio.sleep(MAX_TICK)  # the schedule itself notices too
        assert not any(t.up for t in targets)
