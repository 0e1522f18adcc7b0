"""Which targets are in which of n shards: by name, so that others that come and go do not move one."""

from __future__ import annotations

import asyncio
import zlib
from typing import Final

from exporter.polling.target import Target

COUNTS: Final = 4  # numbers of shards that are remembered at once
TURN: Final = 2000  # targets that are cut in one turn of the loop


class Shards:
    """Cuts a list of targets into parts, and cuts it anew only when the list is another one."""

    def __init__(self) -> None:
        self.targets: list[Target] = []
        self.cuts: dict[int, list[list[Target]]] = {}

    async def part(self, targets: list[Target], shard: int, shards: int) -> list[Target]:
        """The targets of one shard, counted from 0."""
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
            if len(cuts) >= COUNTS:
                cuts.clear()
            cuts[shards] = parts
        return cuts[shards][shard]
