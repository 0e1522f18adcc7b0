"""Host names: a name server that hangs costs the names that it hangs on, and nothing else."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from exporter.core.errors import DnsFailed
from exporter.transport import names
from exporter.transport.names import AT_ONCE, HANGING, Names

pytestmark = pytest.mark.both_loops


class Server:
    """Answers for `good`, has no answer for `none`, and hangs on all else until it is let go."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.go = threading.Event()
        self.address = "192.0.2.7"
        self.good = {"good"}

    def getaddrinfo(self, host: str, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        self.asked[host] += 1
        if host == "none":
            raise socket.gaierror("no such name")
        if host not in self.good:
            self.go.wait(20)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self.address, 0))]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server()
    monkeypatch.setattr(socket, "getaddrinfo", server.getaddrinfo)
    yield server
    server.go.set()


async def test_names_that_hang_do_not_hold_up_those_that_resolve(server: Server) -> None:
    known = Names()
    hanging = [asyncio.create_task(known.resolve(f"hangs-{n}")) for n in range(AT_ONCE - 1)]
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        assert await known.resolve("good") == server.address
    again = [asyncio.create_task(known.resolve(f"hangs-{n}")) for n in range(AT_ONCE - 1)]
    await asyncio.sleep(0.05)
    assert not any(task.done() for task in hanging + again)
    assert set(server.asked.values()) == {1}  # at most one lookup of a name at a time
    server.go.set()
    async with asyncio.timeout(10):
        assert set(await asyncio.gather(*hanging, *again)) == {server.address}


async def test_beyond_the_bound_a_new_name_waits_and_an_old_one_keeps_its_address(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Names()
    assert await known.resolve("good") == server.address
    hanging = [asyncio.create_task(known.resolve(f"hangs-{n}")) for n in range(AT_ONCE)]
    await asyncio.sleep(0)
    monkeypatch.setattr(names, "FRESH", -1.0)
    assert await known.resolve("good") == server.address
    more = asyncio.create_task(known.resolve("one-more"))
    await asyncio.sleep(0.05)
    assert not server.asked["one-more"]
    server.go.set()
    async with asyncio.timeout(10):
        assert await more == server.address
        await asyncio.gather(*hanging)


async def test_names_that_hang_leave_half_of_all_to_the_others(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Round after round, also where they are many times as many as there may be lookups."""
    monkeypatch.setattr(names, "HANGS", 0.4)
    monkeypatch.setattr(names, "FRESH", -1.0)
    server.good = {f"good-{n}" for n in range(100)}
    known = Names()
    for turn in range(2):
        hanging = [asyncio.create_task(known.resolve(f"hangs-{n}")) for n in range(60 if turn == 0 else 3 * AT_ONCE)]
        await asyncio.sleep(0.5)
        async with asyncio.timeout(10):
            found = await asyncio.gather(*(known.resolve(name) for name in sorted(server.good)))
        assert set(found) == {server.address}
        assert known.lookups <= AT_ONCE
        assert known.hanging <= HANGING
        for name in known.known.values():
            name.address = ""
        if turn == 0:
            server.go.set()
            await asyncio.gather(*hanging)
            server.go.clear()
            for n in range(3 * AT_ONCE):
                known.known.setdefault(f"hangs-{n}", names._Name()).hangs = True
    server.go.set()
    async with asyncio.timeout(10):
        await asyncio.gather(*hanging)
    assert known.lookups == known.hanging == 0


async def test_an_address_that_changed_is_noticed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Names()
    assert await known.resolve("good") == "192.0.2.7"
    server.address = "192.0.2.8"
    assert await known.resolve("good") == "192.0.2.7"
    monkeypatch.setattr(names, "FRESH", -1.0)
    assert await known.resolve("good") == "192.0.2.7"  # the old one until the new one is there
    lookup = known.known["good"].lookup
    assert lookup is not None
    async with asyncio.timeout(10):
        assert await lookup == await known.resolve("good") == "192.0.2.8"


async def test_a_name_without_an_address_fails_each_time_it_is_asked(server: Server) -> None:
    known = Names()
    for _ in range(2):
        with pytest.raises(DnsFailed, match="no such name"):
            await known.resolve("none")
    assert server.asked["none"] == 2


async def test_a_name_for_which_no_thread_was_left_is_looked_up_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    known = Names()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", none_left)
        for _ in range(2):
            async with asyncio.timeout(10):
                found = await asyncio.gather(
                    *[known.resolve(f"good-{n}") for n in range(2 * AT_ONCE)], return_exceptions=True
                )
            assert {str(error) for error in found} == {"can't start new thread"}
            assert {type(error) for error in found} == {DnsFailed}
            assert known.lookups == known.hanging == 0
    assert await known.resolve("good") == server.address


async def test_an_address_is_its_own(server: Server) -> None:
    known = Names()
    for address in ("192.0.2.1", "::1"):
        assert await known.resolve(address) == address
    assert not server.asked
