"""The mix: every kind of miner that is simulated, found by import of the dialects."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from exporter.simulator import dialects
from exporter.simulator.dialect import Simulated


def _declared() -> Iterator[Simulated]:
    for module in pkgutil.iter_modules(dialects.__path__):
        yield from getattr(import_module(f"{dialects.__name__}.{module.name}"), "SIMULATED", ())


MIX: tuple[Simulated, ...] = tuple(sorted(_declared(), key=lambda each: each.order))
FAMILIES = tuple(dict.fromkeys(each.family for each in MIX))
