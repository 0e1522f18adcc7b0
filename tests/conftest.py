"""Programs from outside Python that some tests need, event loops, and a network of miners for each test."""

from __future__ import annotations

import asyncio
import os
import shutil
import zlib
from collections.abc import Callable
from inspect import iscoroutinefunction

import pytest
from hypothesis import settings

from exporter import decode
from exporter.daemon import loop
from exporter.polling.target import Target
from exporter.transport import frames, tcp4028
from exporter.transport.http import Web
from tests.harness import served, virtual
from tests.harness.network import Network

Loop = asyncio.AbstractEventLoop
decode.families()  # all questions are declared before a test makes the first request

settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("program"):
        for name in mark.args:
            if shutil.which(name) is None:
                if os.environ.get("REQUIRE_ALL") == "1":
                    pytest.fail(f"the program {name} is missing")
                pytest.skip(f"the program {name} is missing")


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], Loop]]:
    """What touches sockets is tried on the exporter's own event loop and on asyncio's, all else on the former."""
    if item.get_closest_marker("virtual_time"):
        return {"virtual": virtual.Loop}
    loops: dict[str, Callable[[], Loop]] = {"own": loop.new}
    return loops | {"asyncio": asyncio.new_event_loop} if item.get_closest_marker("both_loops") else loops


@pytest.fixture
def network(request: pytest.FixtureRequest) -> str:
    """A loopback network of the test's own, so that tests beside each other do not meet."""
    return f"127.28.{zlib.crc32(f'{request.node.nodeid} {os.getpid()}'.encode()) % 254 + 1}.0/24"


@pytest.fixture(autouse=True)
def clocks(request: pytest.FixtureRequest) -> None:
    """In virtual time all clocks show it, and slow questions come at their latest."""
    if request.node.get_closest_marker("virtual_time") and iscoroutinefunction(request.function):
        patch = request.getfixturevalue("monkeypatch")
        virtual.stand_in(patch)
        patch.setattr(Target, "jitter", 1.0)


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> Network:
    """A network without sockets, in the transport's place."""
    network = Network()
    monkeypatch.setattr(tcp4028, "ask", network.ask)
    monkeypatch.setattr(Web, "get", lambda web, request: network.get(web.host, request))
    monkeypatch.setattr(Web, "post", network.frame)
    monkeypatch.setattr(frames, "ask", network.frame)
    return network


@pytest.fixture(scope="session")
def miners() -> list[Target]:
    """Sixteen targets of all families, each polled once; to be looked at, not changed."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        return virtual.run(served.readings(16), monkeypatch)
