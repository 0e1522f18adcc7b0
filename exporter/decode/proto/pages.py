"""The login and the pages of Proto's Rig, and the unit that each reading has beside the number.

Quirks: from version 1.8 on most pages need the token of a login by password alone; system, hardware and network are
open.
"""

from __future__ import annotations

from typing import Final

from exporter.core.tracing import traceable
from exporter.core.values import Number, count, number, text
from exporter.decode.common.nested import at
from exporter.questions import Login, page

LOGIN: Final = Login(
    family="proto",
    path="/api/v1/auth/login",
    names=("", "password"),
    token=("access_token",),
    prefix="Bearer ",
)
SYSTEM = page("proto_system", "/api/v1/system", section="system-info", identity_only=True)
MINING = page("proto_mining", "/api/v1/mining", section="mining-status", login=LOGIN)
COOLING = page("proto_cooling", "/api/v1/cooling", section="cooling-status", login=LOGIN)
POOLS = page("proto_pools", "/api/v1/pools", section="pools", login=LOGIN)
TELEMETRY = page("proto_telemetry", "/api/v1/telemetry", login=LOGIN)
CURTAILMENT = page("proto_curtailment", "/api/v1/curtailment/status", login=LOGIN)
TARGET = page("proto_target", "/api/v1/mining/target", login=LOGIN)
HARDWARE = page("proto_hardware", "/api/v1/hardware", section="hardware-info", identity_only=True)
NETWORK = page("proto_network", "/api/v1/network", section="network-info", identity_only=True)

UNITS: Final = {"GH/s": 1e9, "TH/s": 1e12, "PH/s": 1e15, "W": 1, "kW": 1e3, "V": 1, "mV": 1e-3, "A": 1, "°C": 1}


@traceable
def factor(raw: object) -> Number | None:
    """Return the factor to base units, by the unit in the object; None for an unknown unit."""
    return UNITS.get(text(at(raw, "unit")))


@traceable
def measured(raw: object, key: str = "value") -> Number | None:
    """Return a reading in base units, by the unit in the same object; None for an unknown unit."""
    scale = factor(raw)
    return None if scale is None else number(count(at(raw, key)), scale)
