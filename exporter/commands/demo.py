"""`demo` and `simulate`: a fleet of simulated miners on loopback, with the daemon over it or alone."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from exporter import simulator
from exporter.commands import serve
from exporter.config import Config
from exporter.daemon import loop

SHED: Final = 16  # miners from which on one is switched off and one comes and goes, as in every shed


def demo(miners: int, options: serve.Options, *, faults: bool, seed: int, load: Callable[[Path], Config]) -> int:
    """Serves a simulated fleet and polls it until a signal. Returns the exit status."""
    fleet = simulator.fleet(miners, faults=faults, seed=seed)
    if miners >= SHED:
        small = min((miner for miner in fleet[:-1] if miner.machine.fans), key=lambda miner: miner.machine.rate)
        fleet[-1].fault, small.fault = "refuses", "flapping"
    return loop.run(_demo(fleet, options, load))


async def _demo(fleet: list[simulator.Miner], options: serve.Options, load: Callable[[Path], Config]) -> int:
    async with listening(fleet) as there:
        with tempfile.TemporaryDirectory(prefix="asic-exporter-demo-") as folder:
            file = Path(folder) / "demo.yaml"
            file.write_text(simulator.configuration(there), encoding="utf-8")
            config = load(file)
        for text in options.listen:
            host, port = serve.address(text)
            base = f"http://{f'[{host}]' if host and ':' in host else host or 'localhost'}:{port}"
            print(
                f"{len(there)} simulated miners. Status page: {base}/ Metrics: {base}{options.telemetry_path}",
                flush=True,
            )
        print(*left_out(fleet, there), "Ctrl-C ends everything.", sep="\n", flush=True)
        return await serve.serve(config, options)


@asynccontextmanager
async def listening(fleet: Sequence[simulator.Miner]) -> AsyncIterator[list[simulator.Miner]]:
    """The miners that are there. Raises ValueError where none can be."""
    async with AsyncExitStack() as stack:
        try:
            there = await stack.enter_async_context(simulator.serving(fleet))
        except OSError as error:
            raise ValueError(f"the simulated miners cannot listen: {error.strerror or error}") from None
        yield there


def left_out(fleet: Sequence[simulator.Miner], there: Sequence[simulator.Miner]) -> Iterator[str]:
    """The line that says which miners are missing, where some are: not every user may listen on a port below 1024."""
    present = {id(miner) for miner in there}
    if missing := [miner for miner in fleet if id(miner) not in present]:
        ports = ", ".join(sorted({str(miner.port) for miner in missing}))
        families = ", ".join(sorted({miner.family for miner in missing}))
        why = f"port {ports} of their addresses is in use or not for this user"
        yield f"{len(missing)} more are left out, as {why}: {families}"


def simulate(miners: int, listen: str, *, families: Sequence[str] | None, faults: bool, seed: int) -> int:
    """Serves a simulated fleet alone until a signal, and prints the configuration that polls it.

    Raises ValueError for a network that is not loopback."""
    if not ipaddress.ip_network(listen, strict=False).is_loopback:
        raise ValueError(f"simulated miners listen on loopback alone, not on {listen}")
    return loop.run(_simulate(simulator.fleet(miners, listen=listen, families=families, faults=faults, seed=seed)))


async def _simulate(fleet: list[simulator.Miner]) -> int:
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    async with listening(fleet) as there:
        print(simulator.configuration(there), flush=True)
        said = (*left_out(fleet, there), f"{len(there)} simulated miners; Ctrl-C ends them.")
        print(*said, sep="\n", file=sys.stderr, flush=True)
        await ending.wait()
    return 0
