"""Nothing but the listed reads ever reaches a miner, and one connection at a time: a daemon's run, recorded."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from exporter import decode
from exporter.questions import REGISTRY, Line, Login
from exporter.questions.readonly import NEVER, POST
from exporter.simulator import Miner, configuration, fleet, serving
from exporter.simulator.logins import KEY
from tests.harness.places import GOLDEN
from tests.harness.processes import WAIT, exporter, get, listening, program, ready
from tests.harness.support import parsed, until

# All requests, each as it is sent. The diff of that file is where a new question is judged.
REQUESTS = (GOLDEN / "requests.txt").read_text().splitlines()
COMMANDS = frozenset(
    command for line in REQUESTS if line.startswith('{"command"') for command in json.loads(line)["command"].split("+")
)
PAGES = frozenset("/" + line.partition("/")[2] for line in REQUESTS if line.startswith("GET :"))
FRAMES = frozenset(line.encode() for line in REQUESTS if line.startswith('{"cmd"'))
PAGES_POSTED = [
    line for line in REQUESTS if line.startswith("POST :") and not line.startswith(f"POST :{POST[0]}{POST[1]} ")
]
POSTED = frozenset("/" + line.partition("/")[2] for line in PAGES_POSTED)
# Each login as its family declares it, with the name and password that the simulated miners take.
LOGINS = {
    (login.path, login.body(KEY.username, KEY.password))
    for question in REGISTRY
    if isinstance(login := question.login, Login)
}
# The client's side is not closed yet, in each of the states that the kernel has for that.
ESTABLISHED, FIN_WAIT1, FIN_WAIT2 = 1, 4, 5


class Relay:
    """Stands in front of a simulated miner and notes what it is asked, and who is connected at once."""

    def __init__(self, miner: Miner) -> None:
        self.host, self.port = miner.host, miner.port
        # Who is not known yet is asked for pages and in frames once a minute.
        self.least = 1 if miner.fault and not miner.dialect.moves else 2
        self.requests: list[bytes] = []
        self.clients: list[socket.socket] = []
        self.most = 0

    def alive(self) -> int:
        """Connections that the client has not closed, as the kernel knows it."""
        states = [c.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] for c in self.clients if c.fileno() >= 0]
        return sum(state in (ESTABLISHED, FIN_WAIT1, FIN_WAIT2) for state in states)

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.clients.append(writer.get_extra_info("socket"))
        self.most = max(self.most, self.alive())
        back, forth = await asyncio.open_connection(self.host, self.port)
        heard = bytearray()

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, note: bytearray) -> None:
            with suppress(OSError):
                while (data := await source.read(65536)) and not sink.is_closing():
                    note += data
                    sink.write(data)
            sink.close()

        await asyncio.gather(pump(reader, forth, heard), pump(back, writer, bytearray()))
        self.requests.append(bytes(heard))


@asynccontextmanager
async def relayed(network: str) -> AsyncIterator[tuple[list[Relay], str]]:
    """(relays in front of a fleet, the configuration that polls them)"""
    fleet_ = [m for m in fleet(listen=network, faults=True) if m.fault != "refuses"]
    async with serving(fleet_) as miners, AsyncExitStack() as stack:
        relays = [Relay(miner) for miner in miners]
        for relay, miner in zip(relays, miners, strict=True):
            # What cannot be told another port has one more address with the same one.
            other = str(ipaddress.ip_address(miner.host) + 100)
            place = ("127.0.0.1", 0) if miner.dialect.moves else (other, miner.port)
            server = await asyncio.start_server(relay.relay, *place)
            stack.push_async_callback(server.wait_closed)
            stack.callback(server.close)
            miner.host, miner.port = server.sockets[0].getsockname()
        yield relays, configuration(miners)


def read_elsewhere(request: bytes) -> bool:
    """Whether it is no request of the API; fails where it is a page, a login or a frame that is not listed."""
    if request.startswith(b"GET "):
        assert request.split()[1].decode() in PAGES
        assert request.endswith(b"\r\n\r\n")
        return True
    if request.startswith(b"POST "):
        path, body = request.split()[1].decode(), request.partition(b"\r\n\r\n")[2]
        if f"{path} {body.decode()}" not in POSTED:
            assert (path, body) in LOGINS
        return True
    if request.startswith(b"{"):
        return False
    assert int.from_bytes(request[:4], "little") == len(request) - 4
    assert request[4:] in FRAMES
    return True


def read(request: bytes) -> set[str]:
    """The commands of a request; fails where it is more than one line of one read."""
    assert request.endswith(b"\n")
    assert request.count(b"\n") == 1
    asked = json.loads(request)
    assert set(asked) <= {"command", "parameter", "new_api"}
    assert asked.get("new_api", True) is True
    assert asked.get("parameter", "0").isdigit()
    if asked["command"] == "healthchipget":
        assert "parameter" in asked, "without a board it stops the miner's API"
    return set(asked["command"].split("+"))


async def test_a_whole_run_asks_nothing_but_reads_and_one_at_a_time(network: str, tmp_path: Path) -> None:
    file = tmp_path / "exporter.yaml"
    async with relayed(network) as (relays, text):
        chips = "    collectors: {chips: true, workers: true}\n    targets:"
        file.write_text(text.replace("interval: 5s", "interval: 4s").replace("    targets:", chips))
        command = exporter(f"--config.file={file}", "--web.listen-address=127.0.0.1:0")
        async with program(*command) as daemon:
            await daemon.line("msg=listening")
            base = f"http://{listening(daemon.err)}"
            await ready(base)
            await until(lambda: all(len(r.requests) >= r.least for r in relays), "each is asked more than once", WAIT)
            await until(lambda: any(b"healthchipget" in q for r in relays for q in r.requests), "chips", WAIT)
            up = sum(parsed(await get(f"{base}/metrics"))["asic_up"].values())
            assert up > len(relays) / 2
            daemon.signal(signal.SIGTERM)
            assert await daemon.ended() == 0
        await until(lambda: not any(relay.alive() for relay in relays), "the daemon's connections are gone")
    heard = [request for relay in relays for request in relay.requests if request]
    commands = set().union(*[read(request) for request in heard if not read_elsewhere(request)])
    assert commands <= COMMANDS - by_hand()
    assert {relay.most for relay in relays} == {1}


def by_hand() -> set[str]:
    """The commands that no poll asks: a person may, of one miner, with `query`."""
    manual = {
        question.command for family in decode.families() for question in family.manual if isinstance(question, Line)
    }
    polled = {
        question.command for family in decode.families() for question in family.polled() if isinstance(question, Line)
    }
    return manual - polled


def test_the_questions_on_port_4028_are_the_listed_reads() -> None:
    decode.families()
    assert {question.command for question in REGISTRY if isinstance(question, Line)} == COMMANDS
    assert by_hand() < COMMANDS
    assert not COMMANDS & NEVER
