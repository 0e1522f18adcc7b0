"""The base of all parts, and the declarations that make a field a metric.

Units are base units: hashes per second, celsius, watts, volts, hertz, seconds, rpm, ratios. An unknown value is None,
and is not exported; an empty label is left out.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any, ClassVar, Final

from exporter.core.tracing import Traced
from exporter.core.values import Number

Value = Number | None | Traced[Number | None]
Text = str | Traced[str]
INFO_KEYS: Final = ("board", "pool", "psu")  # labels that tell which thing an info describes


def gauge(help_: str) -> Any:
    """Declare a field as a gauge; `help_` is its HELP text."""
    return field(default=None, metadata={"kind": "gauge", "help": help_})


def counter(help_: str) -> Any:
    """Declare a field as a counter of the firmware: a restart of the miner is a counter reset."""
    return field(default=None, metadata={"kind": "counter", "help": help_})


class Part:
    """The base of all parts. A part with an INFO has labels only, and the value 1."""

    __slots__ = ()
    PREFIX: ClassVar[str] = ""  # the start of the metric's name, after `asic_`
    INFO: ClassVar[str] = ""  # the HELP text of an info
    BEST: ClassVar[tuple[str, ...]] = ()  # values of `source`, the last label; only the first that is there is shown
    EXPENDABLE: ClassVar[bool] = False  # dropped first when a miner exceeds its limit of series
