"""The commands `demo` and `simulate`: a fleet of simulated miners on loopback, with the daemon over it or alone."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from exporter import simulator
from exporter.commands import serve
from exporter.commands.listening import Options, address
from exporter.config import Config
from exporter.daemon import loop

SHED: Final = 16
"""Smallest fleet in which a miner is switched off, and another miner comes and goes."""


def demo(miners: int | None, options: Options, *, faults: bool, seed: int, load: Callable[[Path], Config]) -> int:
    """Serve a simulated fleet and poll it until a signal; return the exit status.

    Without a number the fleet has a miner of each kind, and another miner that is switched off.
    """
    fleet = shed(len(simulator.MIX) + 1 if miners is None else miners, faults=faults, seed=seed)
    return loop.run(_demo(fleet, options, load))


def shed(miners: int, *, faults: bool, seed: int) -> list[simulator.Miner]:
    """Return `miners` simulated miners; from SHED on, a small miner comes and goes, and the last is switched off.

    The last is a copy of the first, so that every kind of miner still has a miner that answers.
    """
    if miners < SHED:
        return simulator.fleet(miners, faults=faults, seed=seed)
    first, *others = simulator.fleet(miners - 1, faults=faults, seed=seed)
    small = min((miner for miner in (first, *others) if miner.machine.fans), key=lambda miner: miner.machine.rate)
    small.fault = "flapping"
    free = ipaddress.ip_address(others[-1].host) + 1
    return [first, *others, replace(first, name=f"{first.name}-off", host=str(free), fault="refuses")]


async def _demo(fleet: list[simulator.Miner], options: Options, load: Callable[[Path], Config]) -> int:
    async with listening(fleet) as served:
        with tempfile.TemporaryDirectory(prefix="asic-exporter-demo-") as folder:
            file = Path(folder) / "demo.yaml"
            file.write_text(simulator.configuration(served), encoding="utf-8")
            config = load(file)
        for text in options.listen:
            host, port = address(text)
            base = f"http://{f'[{host}]' if host and ':' in host else host or 'localhost'}:{port}"
            print(
                f"{len(served)} simulated miners. Status page: {base}/ Metrics: {base}{options.telemetry_path}",
                flush=True,
            )
        print(*left_out(fleet, served), "Ctrl-C ends everything.", sep="\n", flush=True)
        return await serve.serve(config, options)


@asynccontextmanager
async def listening(fleet: Sequence[simulator.Miner]) -> AsyncIterator[list[simulator.Miner]]:
    """Serve the simulated miners; give the miners that could listen. Raises ValueError if no miner could."""
    async with AsyncExitStack() as stack:
        try:
            served = await stack.enter_async_context(simulator.serving(fleet))
        except OSError as error:
            raise ValueError(f"the simulated miners cannot listen: {error.strerror or error}") from None
        yield served


def left_out(fleet: Sequence[simulator.Miner], served: Sequence[simulator.Miner]) -> Iterator[str]:
    """Yield a line about the miners that could not listen, if any: ports below 1024 need privileges."""
    listening_ids = {id(miner) for miner in served}
    if missing := [miner for miner in fleet if id(miner) not in listening_ids]:
        ports = ", ".join(sorted({str(miner.port) for miner in missing}))
        families = ", ".join(sorted({miner.family for miner in missing}))
        why = f"port {ports} of their addresses is in use or not for this user"
        yield f"{len(missing)} more are left out, as {why}: {families}"


def simulate(miners: int, listen: str, *, families: Sequence[str] | None, faults: bool, seed: int) -> int:
    """Serve a simulated fleet alone until a signal, and print a configuration that polls it.

    Raises ValueError for a network that is not loopback.
    """
    if not ipaddress.ip_network(listen, strict=False).is_loopback:
        raise ValueError(f"simulated miners listen on loopback alone, not on {listen}")
    return loop.run(_simulate(simulator.fleet(miners, listen=listen, families=families, faults=faults, seed=seed)))


async def _simulate(fleet: list[simulator.Miner]) -> int:
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    async with listening(fleet) as served:
        print(simulator.configuration(served), flush=True)
        lines = (*left_out(fleet, served), f"{len(served)} simulated miners; Ctrl-C ends them.")
        print(*lines, sep="\n", file=sys.stderr, flush=True)
        await ending.wait()
    return 0
