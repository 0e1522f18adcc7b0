"""Flags and states as 1 and 0, the values of metrics such as `up`; None for a word that means neither."""

from __future__ import annotations

from typing import Final

from exporter.core.tracing import traceable
from exporter.core.values import Number, flag, text

# A device's state by word: 1 is working, 0 is failed or disabled. Words for initialising, waiting or restarting are
# left out.
DEVICE_STATES: Final = {"alive": 1} | dict.fromkeys(("dead", "deed", "sick", "nostart", "disabled"), 0)


@traceable
def alive(status: object, enabled: object = None) -> int | None:
    """Return 1 for a device that is alive, 0 for a known bad word and for a disabled device, None for other words."""
    if enabled is not None and flag(enabled) is False:
        return 0
    return 1 if status == "Alive" else DEVICE_STATES.get(text(status).lower())


@traceable
def switch(raw: object) -> int | None:
    """Return a flag as 1 or 0, None for anything else."""
    on = raw if type(raw) is bool else flag(raw)
    return None if on is None else int(on)


@traceable
def above(value: Number | None, least: Number) -> int | None:
    """Return 1 if the value is above `least`, else 0; None for an unknown value."""
    return None if value is None else int(value > least)
