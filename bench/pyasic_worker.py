"""Reads miners with pyasic, in an environment that has nothing else; prints what it took, a line of JSON a reading.

python pyasic_worker.py TARGETS AT_ONCE POLLS: TARGETS has a line for each miner that begins with its address. First it
prints the commands that the readings ask, as a list.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from pyasic.miners.antminer import BMMinerS19Pro  # type: ignore[import-not-found]
from pyasic.rpc.base import BaseMinerRPCAPI  # type: ignore[import-not-found]

RPC = ["hashrate", "expected_hashrate", "hashboards", "fans", "uptime", "is_mining", "pools", "fw_ver", "api_ver"]
Reading = Callable[[Any], Awaitable[Any]]
READINGS: dict[str, Reading] = {
    "pyasic, rpc.send_command: parsed, not read": lambda miner: miner.rpc.send_command("summary+stats+pools"),
    "pyasic, get_data of what RPC tells": lambda miner: miner.get_data(include=RPC),
    "pyasic, get_data": lambda miner: miner.get_data(),
}


async def commands(miner: Any) -> list[str]:
    """What all the readings ask over RPC."""
    asked: list[str] = []
    sends = BaseMinerRPCAPI._send_bytes

    async def listen(self: Any, data: bytes, **options: Any) -> Any:
        asked.append(json.loads(data)["command"])
        return await sends(self, data, **options)

    BaseMinerRPCAPI._send_bytes = listen
    for reading in READINGS.values():
        await reading(miner)
    BaseMinerRPCAPI._send_bytes = sends
    return sorted(set(asked))


async def cost(reading: Reading, miners: list[Any], at_once: int, polls: int) -> dict[str, float]:
    """Polls the miners in turn, `at_once` at a time."""
    numbers = iter(range(polls))

    async def one() -> None:
        for n in numbers:
            await reading(miners[n % len(miners)])

    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*[one() for _ in range(at_once)])
    return {"polls": polls, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


async def main(hosts: list[str], at_once: int, polls: int) -> None:
    logging.disable()
    miners = [BMMinerS19Pro(host) for host in hosts]
    print(json.dumps(await commands(miners[0])), flush=True)
    for name, reading in READINGS.items():
        await cost(reading, miners, at_once, at_once)  # warm
        print(json.dumps({"name": name, **await cost(reading, miners, at_once, polls)}), flush=True)


targets = Path(sys.argv[1]).read_text().splitlines()
asyncio.run(main([line.split()[0] for line in targets], int(sys.argv[2]), int(sys.argv[3])))
