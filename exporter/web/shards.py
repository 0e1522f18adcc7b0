"""The targets of each of n shards, by a hash of the name: a target keeps its shard when other targets come and go."""

from __future__ import annotations

import asyncio
import zlib
from typing import Final

from exporter.polling.target import Target

MAX_CUTS: Final = 4  # most values of n whose shards are remembered
TURN: Final = 2000  # most targets that are assigned in one turn of the event loop


class Shards:
    """A cache of the shards of one list of targets, for a few values of n."""

    def __init__(self) -> None:
        self.targets: list[Target] = []
        self.cuts: dict[int, list[list[Target]]] = {}

    async def part(self, targets: list[Target], shard: int, shards: int) -> list[Target]:
        """Return the targets of the shard `shard`, counted from 0, of `shards`."""
        if shards == 1:
            return targets
        if targets != self.targets:
            self.targets, self.cuts = targets, {}
        cuts = self.cuts
        if shards not in cuts:
            parts: list[list[Target]] = [[] for _ in range(shards)]
            for n, target in enumerate(targets, 1):
                parts[zlib.crc32(target.spec.name.encode()) % shards].append(target)
                if n % TURN == 0:
                    await asyncio.sleep(0)
            if len(cuts) >= MAX_CUTS:
                cuts.clear()
            cuts[shards] = parts
        return cuts[shards][shard]
