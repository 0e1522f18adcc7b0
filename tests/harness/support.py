"""What several test files need: targets, samples, bounded waits, and proof that nothing stays open."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporter.config import TargetSpec
from exporter.polling.outcome import Outcome
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.questions import Request
from exporter.render import exposition
from exporter.transport.surfaces import Surfaces

SERIES = 10_000


def target(name: str = "m1", host: str = "127.0.0.1", port: int = 4028, **changes: Any) -> Target:
    """A target that is not polled yet."""
    given: dict[str, Any] = {
        "group": "g",
        "labels": (),
        "interval": 30.0,
        "timeout": 5.0,
        "family": None,
        "chips": False,
        "workers": False,
        "credentials": {},
        "expect": None,
    }
    return Target(TargetSpec(name=name, host=host, port=port, **(given | changes)))


def asker(of: Target, limit: int = 1 << 18) -> Callable[[Request], Awaitable[bytes]]:
    """What asks the target's own address over the real transport."""
    return Surfaces(limit=limit).asker(of.spec)


async def polled(of: Target) -> Outcome:
    """One poll of the target over the real transport."""
    return await poll(of, asker(of), SERIES)


def samples(*targets: Target) -> dict[str, dict[tuple[str, ...], float]]:
    """What the page says of the targets: name -> label values except the miner's name -> value."""
    return parsed(b"".join(exposition.page([each.fragments for each in targets])).decode(), but="miner")


def parsed(text: str, but: str = "") -> dict[str, dict[tuple[str, ...], float]]:
    """A page's samples: name -> values of the labels, without that of the label `but` -> value."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = tuple(value for label, value in sample.labels.items() if label != but)
            found.setdefault(sample.name, {})[key] = sample.value
    return found


async def until(condition: Callable[[], object], what: str, seconds: float = 10.0) -> None:
    """Waits for the condition; fails where it does not come."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not condition():
        if loop.time() > end:
            pytest.fail(f"not within {seconds:g} s: {what}")
        await asyncio.sleep(0.01)


def descriptors() -> int:
    """How many files are open, but for devices: an event loop may keep one in reserve from its first connection on."""
    count = 0
    for number in os.listdir("/dev/fd"):  # noqa: PTH208 - a path object would open one of its own
        with suppress(OSError):  # the listing's own is gone by now
            count += not stat.S_ISCHR(os.fstat(int(number)).st_mode)
    return count


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """Fail if more descriptors or tasks are there at the exit than at the entry; older ones may end meanwhile."""
    open_before, tasks_before = descriptors(), len(asyncio.all_tasks())
    yield
    await until(
        lambda: descriptors() <= open_before and len(asyncio.all_tasks()) <= tasks_before,
        "descriptors and tasks are back",
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
