"""A shed of simulated miners that are well, but for a few whose troubles stay, and processes that serve them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from exporter import simulator
from exporter.daemon import loop
from tests.harness.farm import Farm, Site, interval

TROUBLES = ("dead_board", "failed_fan")  # of the first miners
EXPECTED = "{pools: [{host: own.example}]}"
RACKS = 4
SERVE = "import sys; from tests.harness import shed; shed.serve(*sys.argv[1:])"
EXPORTER = "exporter"


def miners(count: int, listen: str) -> list[simulator.Miner]:
    """Return miners of all families, in racks."""
    found = simulator.fleet(count, listen=listen, families=["antminer", "braiins", "whatsminer", "avalon"])
    for miner in found:
        miner.condition = None
    for trouble in TROUBLES:
        able = next(m for m in found if trouble in m.dialect.conditions and m.machine.fans and m.condition is None)
        able.condition = trouble
    return found


def site(count: int, listen: str, speed: float) -> Site:
    """Return a site whose racks are processes of their own; the last miner works for somebody else."""
    seconds = interval(speed)
    settings = simulator.configuration(miners(count, listen)).replace("interval: 5s", f"interval: {seconds:g}s")
    settings = re.sub(rf"name: {miners(count, listen)[-1].name}\b", rf"\g<0>, expect: {EXPECTED}", settings)
    racks = {f"rack {n + 1}": [SERVE, str(count), listen, str(n)] for n in range(RACKS)}
    return Site(EXPORTER, settings.replace("timeout: 4s", f"timeout: {min(seconds, 5):g}s"), racks)


async def stop(of: Farm, parts: Sequence[str]) -> None:
    """End parts of the farm at once."""
    await asyncio.gather(*(of.kill(part) for part in parts))


async def begin(of: Farm, parts: Sequence[str]) -> None:
    """Start parts of the farm."""
    await asyncio.gather(*(of.start(part) for part in parts))


def serve(count: str, listen: str, rack: str) -> None:
    """Serve the miners of a rack until the process is killed."""

    async def forever() -> None:
        async with simulator.serving(miners(int(count), listen)[int(rack) :: RACKS]):
            print("listening", flush=True)  # noqa: T201 - the parent waits for the word
            await asyncio.Event().wait()

    loop.run(forever())
