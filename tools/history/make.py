"""The making of a history, from the farm to the blocks."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from tools.history import troubles
from tools.history.blocks import Writer, ingest, write
from tools.history.clock import virtual
from tools.history.farm import NETWORK, farm
from tools.history.polls import polled, sites

RULES = Path(__file__).resolve().parents[2] / "grafana" / "rules"
EXPECT = r'{pools: [{host: "pool-[ab]\\.example:3333"}]}'
"""The pools of the farm, so that a strange pool is noticed."""


def make(
    folder: Path,
    *,
    miners: int,
    start: int,
    now: int,
    end: int,
    step: int,
    kinds: tuple[str, ...],
    seed: int = 1,
    listen: str = NETWORK,
) -> int:
    """Write the history into `folder`; return how many samples.

    `data` is for Prometheus, and `troubles.json` says what is wrong. Each site has a configuration of the exporter."""
    folder.mkdir(parents=True)
    samples = 0
    with virtual(start) as clock:
        places = farm(miners, seed=seed, clock=clock, listen=listen)
        placed, ill = troubles.place(kinds, places, now=now, seed=seed)
        writer = Writer(folder, start, end, step)
        for site in sites(places, interval=step, expect=EXPECT):
            polled(site, ill, clock, start=start, end=end, step=step)
            (folder / f"{site.name}.yaml").write_text(site.yaml)
            samples += write(site, writer)
    (folder / "troubles.json").write_text(json.dumps(troubles.told(placed, now), indent=2) + "\n")
    ingest(writer.close(), folder / "data")
    return samples


def free_address() -> str:
    """Return an address of loopback at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"
