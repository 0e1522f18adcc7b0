"""Ranges, in virtual time: only what answers becomes a target, and what never did has no series."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from exporter import config, decode
from exporter.config.targets import DEFAULT_PORT
from exporter.daemon.scan import AT_ONCE, ROUND, RangeScan
from exporter.daemon.schedule import Schedule
from exporter.daemon.telemetry import Telemetry
from exporter.polling.target import Target
from exporter.questions import Page
from exporter.transport.tcp4028 import unanswered
from tests.harness.fake import miner
from tests.harness.network import Network
from tests.harness.support import samples

pytestmark = pytest.mark.virtual_time

YAML = b"""
groups:
  - name: shed
    labels: {rack: a}
    targets: [10.0.0.0/24, 10.0.0.9]
"""


@asynccontextmanager
async def sweeping() -> AsyncIterator[tuple[Schedule, RangeScan]]:
    read = config.parse(YAML, Path("exporter.yaml"), families=frozenset(), reserved=frozenset())
    schedule = Schedule(Telemetry(), answer_bytes=1 << 18, series=10_000, bound=100)
    sweep = RangeScan(read.ranges, schedule)
    schedule.telemetry.watch(lambda: len(schedule.targets), sweep.candidates, schedule.lag)
    schedule.add([Target(spec) for spec in read.targets])
    tasks = [asyncio.create_task(schedule.run()), asyncio.create_task(sweep.run())]
    try:
        yield schedule, sweep
        assert not any(task.done() for task in tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def addresses(*but: int) -> set[str]:
    return {f"10.0.0.{n}" for n in range(1, 255) if n not in but}


def counted(schedule: Schedule, kind: str) -> float | None:
    return schedule.telemetry.registry.get_sample_value("asic_exporter_targets", {"kind": kind})


async def test_what_answers_becomes_a_target_and_what_never_did_has_no_series(net: Network) -> None:
    net.silent = addresses(7, 9, 70, 170)
    net.closed = {"10.0.0.170"}
    async with sweeping() as (schedule, sweep):
        await asyncio.sleep(60)
        assert set(schedule.targets) == {"10.0.0.9", "10.0.0.7", "10.0.0.70"}
        assert counted(schedule, "target") == 3
        assert counted(schedule, "candidate") == sweep.candidates() == 253 - 2
        found = schedule.targets["10.0.0.7"]
        assert found.spec.group == "shed"
        assert found.spec.labels == (("rack", "a"),)
        assert samples(found)["asic_up"] == {("a",): 1}


async def test_an_address_named_singly_is_a_target_and_is_not_swept(net: Network) -> None:
    net.silent = addresses()
    async with sweeping() as (schedule, sweep):
        assert "10.0.0.9" not in {host for _, host in sweep.untried()}
        await asyncio.sleep(60)
        assert set(schedule.targets) == {"10.0.0.9"}
        assert samples(schedule.targets["10.0.0.9"])["asic_up"] == {("a",): 0}


async def test_candidates_are_tried_gently_and_again_every_round(net: Network) -> None:
    net.silent = addresses()
    async with sweeping() as (schedule, sweep):
        await asyncio.sleep(ROUND - 5)
        assert {len(times) for host, times in net.polls.items() if host != "10.0.0.9"} == {1}
        assert net.most <= AT_ONCE + 1
        net.silent -= {"10.0.0.40"}
        await asyncio.sleep(ROUND / 2)
        assert "10.0.0.40" in schedule.targets
        assert sweep.candidates() == 252


async def test_a_mute_address_in_a_range_is_not_remembered(net: Network) -> None:
    net.silent = addresses(7, 8)
    net.mute = {"10.0.0.7", "10.0.0.8"}
    unanswered.clear()
    async with sweeping():
        await asyncio.sleep(ROUND - 5)
        assert {"10.0.0.7", "10.0.0.8"} <= net.polls.keys()
        assert not unanswered


async def test_a_miner_without_an_api_is_found_by_its_page(net: Network) -> None:
    """An address that refuses is asked for pages once an hour, and a silent one never; nothing is kept of either."""
    net.silent = addresses(7, 8)
    net.closed = {"10.0.0.7", "10.0.0.8", "10.0.0.9"}
    net.pages["10.0.0.7"] = b'{"ASICModel":"BM1370","hashRate":1200}'
    async with sweeping() as (schedule, sweep):
        await asyncio.sleep(10 * ROUND)
        assert set(schedule.targets) == {"10.0.0.9", "10.0.0.7"}
        assert samples(schedule.targets["10.0.0.7"])["asic_up"] == {("a",): 1}
        servers = len(
            {greeting.port for greeting in decode.fingerprints() if isinstance(greeting, Page)} - {DEFAULT_PORT}
        )
        assert net.got["10.0.0.8"] == servers, "one page of each that it might have, but not where it refused"
        assert set(net.got) == net.closed
        assert schedule.surfaces.webs == {}
        assert len(sweep.no_miners) == 1
        await asyncio.sleep(3600)
        assert net.got["10.0.0.8"] == 2 * servers


async def test_a_found_miner_stays_a_target_when_it_goes_silent(net: Network) -> None:
    net.silent = addresses(7)
    async with sweeping() as (schedule, _):
        await asyncio.sleep(60)
        found = schedule.targets["10.0.0.7"]
        await asyncio.sleep(ROUND)
        assert schedule.targets["10.0.0.7"] is found, "not found once more"
        net.silent = addresses()
        await asyncio.sleep(2 * ROUND)
        assert samples(schedule.targets["10.0.0.7"])["asic_up"] == {("a",): 0}
        assert counted(schedule, "target") == 2


async def test_a_miner_that_needs_its_time_is_found(net: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """LuxOS wants a second between connections: its first poll takes longer than a silent address is waited for."""
    net.miner, net.silent = miner("luxos"), addresses(7)
    monkeypatch.setattr("tests.harness.network.TOOK", 0.6)
    async with sweeping() as (schedule, _):
        await asyncio.sleep(60)
        assert "10.0.0.7" in schedule.targets
