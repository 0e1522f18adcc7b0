"""The exporter and other programs as processes of their own, with what they say, line by line."""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from tests.harness.places import ROOT
from tests.harness.support import free_port

EXPORTER = (sys.executable, "-W", "error", "-m", "exporter")
WAIT = 30.0


class Process:
    """A running program; `out` and `err` are the lines that came so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.out: list[str] = []
        self.err: list[str] = []
        self.said = asyncio.Condition()
        self.readers = [
            asyncio.create_task(self.read(stream, lines))
            for stream, lines in ((process.stdout, self.out), (process.stderr, self.err))
            if stream is not None
        ]

    async def read(self, stream: asyncio.StreamReader, lines: list[str]) -> None:
        while line := await stream.readline():
            async with self.said:
                lines.append(line.decode(errors="replace").rstrip("\n"))
                self.said.notify_all()

    async def line(self, pattern: str, seconds: float = WAIT) -> str:
        """The first line, of both streams, in which the pattern is found."""
        try:
            async with asyncio.timeout(seconds), self.said:
                while True:
                    for line in [*self.out, *self.err]:
                        if re.search(pattern, line):
                            return line
                    await self.said.wait()
        except TimeoutError:
            pytest.fail(f"never said: {pattern}; but {[*self.out, *self.err][-20:]}")

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def ended(self) -> int:
        """The exit status; no traceback may have been seen."""
        async with asyncio.timeout(WAIT):
            status = await self.process.wait()
            await asyncio.gather(*self.readers)
        assert not [line for line in self.err if "Traceback" in line or "Warning" in line], self.err
        return status


@asynccontextmanager
async def program(*command: str | Path, **environment: str) -> AsyncIterator[Process]:
    """Runs a program while inside; it is killed where it does not end by itself."""
    pipe = asyncio.subprocess.PIPE
    started = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=pipe, stderr=pipe, limit=1 << 20, env=os.environ | environment
    )
    process = Process(started)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            started.kill()
        await started.wait()
        await asyncio.gather(*process.readers)


def exporter(*arguments: str | Path) -> list[str | Path]:
    return [*EXPORTER, *arguments]


async def run(*arguments: str | Path) -> tuple[int, list[str], list[str]]:
    """(exit status, lines of stdout, lines of stderr) of the exporter's command."""
    async with program(*exporter(*arguments)) as process:
        return await process.ended(), process.out, process.err


@asynccontextmanager
async def demo(*arguments: str) -> AsyncIterator[tuple[Process, str]]:
    """The demo and its base address, once it is ready. Demos share addresses, so they start one after the other."""
    port = free_port()
    command = exporter("demo", f"--web.listen-address=127.0.0.1:{port}", "--log.level=info", *arguments)
    with (Path(tempfile.gettempdir()) / f"asic-exporter-tests-{os.getuid()}.lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        async with program(*command) as process:
            await process.line("Ctrl-C")
            fcntl.flock(lock, fcntl.LOCK_UN)
            base = f"http://127.0.0.1:{port}"
            await ready(base)
            yield process, base


async def ready(base: str, seconds: float = 4 * WAIT) -> None:
    """Waits until the exporter at `base` has polled every target."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(seconds):
        while True:
            with suppress(aiohttp.ClientError):
                async with session.get(f"{base}/-/ready") as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(0.05)


async def get(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200, url
        return await response.text()


def listening(lines: Sequence[str]) -> str:
    """The address in the line that says where the exporter listens."""
    return next(match[1] for line in lines if (match := re.search(r"msg=listening address=(\S+)", line)))
