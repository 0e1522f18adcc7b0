"""The daemon as a process: it starts, serves, says what is wrong, and ends in order."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from exporter import decode
from exporter.simulator import FAMILIES, MIX
from tests.harness.places import ROOT
from tests.harness.processes import EXPORTER, WAIT, Process, demo, exporter, get, listening, program, ready, run
from tests.harness.support import free_port, parsed

GOOD = "groups:\n  - name: a\n    targets: [127.0.0.1]\n"


async def test_a_demo_shows_every_family() -> None:
    async with demo() as (process, base):
        first, second = process.out[:2]
        there, missing = int(first.split()[0]), 0
        if "left out" in second:  # for this user, or as another demo has the addresses
            missing = int(second.split()[0])
            assert re.match(r"\d+ more are left out, as port [\d, ]+ of their addresses is in use or not for", second)
        assert there + missing == len(MIX) + 1
        page = parsed(await get(f"{base}/metrics"))
        assert page["asic_exporter_targets"] == {("target",): there, ("candidate",): 0}
        async with asyncio.timeout(3 * WAIT):  # who was too slow for its first greetings is greeted again in a minute
            while sum(page["asic_up"].values()) < there - 2:  # one is switched off, and one comes and goes
                await asyncio.sleep(1)
                page = parsed(await get(f"{base}/metrics"))
        shown = {family.name: family.shown or family.name for family in decode.families()}
        there_is = {shown[name] for name in FAMILIES if name not in second.replace(",", "").split()}
        assert {key for keys in page["asic_miner_info"] for key in keys} >= there_is
        process.signal(signal.SIGTERM)
        assert await process.ended() == 0


def slow_reader(base: str) -> socket.socket:
    """Asks for the page and has read its first bytes; the rest is more than the buffers between hold."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.settimeout(20)
    host, port = base.removeprefix("http://").split(":")
    reader.connect((host, int(port)))
    reader.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
    assert reader.recv(1024).startswith(b"HTTP/1.1 200 OK")
    return reader


def rest(reader: socket.socket) -> bytes:
    got = b""
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)  # from now on it is quick
    with reader:
        try:
            while more := reader.recv(65536):
                got += more
        except ConnectionResetError:
            return got + b"RESET"
    return got


async def closed(base: str) -> None:
    """Waits until nobody listens any more."""
    host, port = base.removeprefix("http://").split(":")
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection(host, int(port))
            except OSError:
                return
            writer.close()
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_when_the_scrapes_under_way_are_done(number: signal.Signals) -> None:
    async with demo("--miners=500") as (process, base):
        reader = slow_reader(base)
        process.signal(number)
        await process.line(f"msg=ending signal={number.name}")
        await closed(base)
        await asyncio.sleep(1)
        assert process.process.returncode is None, "it waits for the reader"
        page = await asyncio.to_thread(rest, reader)
        assert page.endswith(b"\r\n0\r\n\r\n")
        assert b"asic_exporter_build_info{" in page
        assert await process.ended() == 0
        assert "msg=ended" in process.err[-1]


async def test_readers_that_are_stuck_do_not_hold_up_the_end() -> None:
    async with demo("--miners=300") as (process, base):
        with ExitStack() as stack:
            for _ in range(20):
                stack.enter_context(slow_reader(base))
            process.signal(signal.SIGTERM)
            assert await process.ended() == 0
        assert "msg=ended" in process.err[-1]


async def test_a_second_signal_ends_it_at_once() -> None:
    async with demo("--miners=500") as (process, base):
        reader = slow_reader(base)
        process.signal(signal.SIGTERM)
        await process.line("msg=ending signal=SIGTERM")
        process.signal(signal.SIGINT)
        assert await process.ended() == 1
        assert 'msg="ending at once" signal=SIGINT' in process.err[-1]
        assert not (await asyncio.to_thread(rest, reader)).endswith(b"\r\n0\r\n\r\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_during_the_imports_ends_it_well(number: signal.Signals, tmp_path: Path) -> None:
    """The first module that is imported sends the signal, so that none of the others is there yet."""
    (tmp_path / "argparse.py").write_text(f"import os\nos.kill(os.getpid(), {int(number)})\nraise SystemExit(3)\n")
    async with program(*EXPORTER, "--version", PYTHONPATH=str(tmp_path)) as process:
        assert await process.ended() == 0
        assert process.err == []


async def test_a_port_in_use_is_said_clearly(tmp_path: Path) -> None:
    file = tmp_path / "exporter.yaml"
    file.write_text(GOOD)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        status, out, err = await run(f"--config.file={file}", f"--web.listen-address={place}")
    assert status == 1
    assert out == []
    assert re.search(r'level=error msg="cannot start" error=".*address already in use"', err[-1])


async def test_a_good_configuration_is_checked_and_served(tmp_path: Path) -> None:
    file = tmp_path / "exporter.yaml"
    file.write_text(GOOD.replace("127.0.0.1", f"127.0.0.1:{free_port()}"))
    status, out, err = await run(f"--config.file={file}", "--config.check")
    assert (status, err) == (0, [])
    assert out == [f"{file}: good, 1 targets, 0 addresses in ranges"]
    command = exporter("serve", f"--config.file={file}", "--web.listen-address=127.0.0.1:0", "--log.format=json")
    async with program(*command) as process:
        line = await process.line('"msg": "listening"')
        (address,) = re.findall(r'"address": "([^"]+)"', line)
        await ready(f"http://{address}")
        page = parsed(await get(f"http://{address}/metrics"))
        assert list(page["asic_up"].values()) == [0]
        assert list(page["asic_poll_failures_total"].values()) == [1]
        port = address.rpartition(":")[2]
        assert (await run("healthcheck", f"--port={port}"))[0] == 0
        process.signal(signal.SIGTERM)
        assert await process.ended() == 0
    status, _, err = await run("healthcheck", f"--port={port}")
    assert status == 1
    assert "refused" in err[0]


async def test_simulate_prints_a_configuration_that_the_daemon_reads(network: str, tmp_path: Path) -> None:
    file = tmp_path / "exporter.yaml"
    async with program(*exporter("simulate", "--miners=6", f"--listen={network}", "--family=antminer")) as fleet:
        await fleet.line("6 simulated miners")
        file.write_text("\n".join(fleet.out))
        serve = exporter(f"--config.file={file}", "--web.listen-address=127.0.0.1:0")
        async with program(*serve) as daemon:
            await daemon.line("msg=listening")
            await ready(f"http://{listening(daemon.err)}")
            page = parsed(await get(f"http://{listening(daemon.err)}/metrics"))
            assert list(page["asic_up"].values()) == [1] * 6
            await end(daemon)
        await end(fleet)


async def test_idle_clients_leave_the_polls_their_descriptors(network: str, tmp_path: Path) -> None:
    """With 256 descriptors in all and 400 clients that say nothing, every miner is read and the page is served."""
    file = tmp_path / "exporter.yaml"
    async with program(*exporter("simulate", "--miners=12", f"--listen={network}")) as fleet:
        await fleet.line("12 simulated miners")
        file.write_text(
            "\n".join(fleet.out).replace("interval: 5s", "interval: 2s").replace("timeout: 4s", "timeout: 2s")
        )
        serve = exporter(f"--config.file={file}", "--web.listen-address=127.0.0.1:0")
        async with program("sh", "-c", 'ulimit -n 256 && exec "$@"', "sh", *serve) as daemon:
            await daemon.line("msg=listening")
            place, _, port = listening(daemon.err).rpartition(":")
            with ExitStack() as stack:
                for _ in range(400):
                    stack.enter_context(socket.create_connection((place, int(port))))
                await ready(f"http://{place}:{port}")
                async with asyncio.timeout(WAIT):
                    while True:
                        page = parsed(await get(f"http://{place}:{port}/metrics"))
                        if sum(page["asic_exporter_polls_total"].values()) >= 36:
                            break
                        await asyncio.sleep(0.2)
            assert list(page["asic_up"].values()) == [1] * 12
            assert page["asic_exporter_poll_failures_total"]["exhausted",] == 0
            assert 0 < page["process_open_fds"][()] < 160
            assert page["process_max_fds"][()] == 256
            assert not [line for line in daemon.err if "level=error" in line]
            await end(daemon)
        await end(fleet)


async def end(process: Process) -> None:
    process.signal(signal.SIGTERM)
    assert await process.ended() == 0


async def test_a_log_that_nobody_reads_stops_nothing(tmp_path: Path) -> None:
    file = tmp_path / "exporter.yaml"
    file.write_text(GOOD.replace("127.0.0.1", f"127.0.0.1:{free_port()}"))
    port = free_port()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        while os.write(writing, b"x" * 4096):
            pass
    except BlockingIOError:
        os.set_blocking(writing, True)  # full: the next write waits for ever
    command = exporter("--log.level=debug", f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}")
    process = await asyncio.create_subprocess_exec(*command, stderr=writing, cwd=ROOT)
    try:
        await ready(f"http://127.0.0.1:{port}")
        assert "asic_up" in await get(f"http://127.0.0.1:{port}/metrics")
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(reading)
        os.close(writing)


@pytest.mark.parametrize("miners", [3, 20_000])
async def test_too_few_descriptors_are_said_clearly(miners: int, tmp_path: Path) -> None:
    """A few dozen cannot serve anybody, and some hundreds no twenty thousand miners, however quick they are."""
    file = tmp_path / "exporter.yaml"
    addresses = "".join(f"      - 127.9.{n // 250}.{n % 250}\n" for n in range(miners))
    file.write_text(f"global:\n  interval: 5s\n  timeout: 5s\ngroups:\n  - name: a\n    targets:\n{addresses}")
    limit = {3: 60, 20_000: 500}[miners]
    command = (sys.executable, "-c", LIMITED, str(limit), f"--config.file={file}", "--web.listen-address=127.0.0.1:0")
    async with program(*command) as process:
        line = await process.line("level=error")
        assert await process.ended() == 1
    assert re.search(rf'msg="cannot start" error="{limit} file descriptors are too few for {miners} targets: at', line)


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[1])))
from exporter.__main__ import main
sys.exit(main(sys.argv[2:]))
"""
WITHOUT = """
import sys
sys.modules["uvloop"] = None
from exporter.__main__ import main
sys.exit(main())
"""


async def test_without_uvloop_it_is_the_same() -> None:
    port = free_port()
    command = (
        sys.executable,
        "-W",
        "error",
        "-c",
        WITHOUT,
        "demo",
        "--miners=6",
        f"--web.listen-address=127.0.0.1:{port}",
    )
    async with program(*command) as process:
        await ready(f"http://127.0.0.1:{port}")
        page = parsed(await get(f"http://127.0.0.1:{port}/metrics"))
        assert sum(page["asic_up"].values()) == 6
        assert not [line for line in process.err if "miner is up" in line], "where to look scrolls away"
        await end(process)
