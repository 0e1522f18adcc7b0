"""BraiinsOS from 25.05 on, through the pages of its web server: if credentials are configured, or port 4028 is closed.

Quirks: groups of pools are a bare list, without an object around the list.
"""

from __future__ import annotations

from exporter.decode.braiins.errors import logged
from exporter.decode.braiins.parts import LOGIN, evidence, sections
from exporter.decode.braiins.settings import kept
from exporter.decode.family import Family
from exporter.parse.rows import Reading
from exporter.questions import page

VERSION = page("api_version", "/api/v1/version/", identity_only=True)
DETAILS = page("miner_details", "/api/v1/miner/details", login=LOGIN)
STATS = page("miner_stats", "/api/v1/miner/stats", login=LOGIN)
HASHBOARDS = page("hashboards", "/api/v1/miner/hw/hashboards", section="hashboards", login=LOGIN)
COOLING = page("cooling_state", "/api/v1/cooling/state", login=LOGIN)
TUNER = page("tuner_state", "/api/v1/performance/tuner-state", login=LOGIN)
POOLS = page("pool_groups", "/api/v1/pools/", login=LOGIN)
ERRORS = page("miner_errors", "/api/v1/miner/errors", login=LOGIN, excerpt=logged)
LICENSE = page("license", "/api/v1/license/license", login=LOGIN)
CONFIGURATION = page("miner_configuration", "/api/v1/configuration/miner", login=LOGIN, hourly=True, excerpt=kept)
CONSTRAINTS = page("constraints", "/api/v1/configuration/constraints", login=LOGIN, hourly=True)


def recognise(reading: Reading) -> str:
    return evidence("", reading, "/api/v1/version/", "miner/details")


FAMILY = Family(
    name="braiins_rest",
    shown="braiins",
    rank=201,
    recognise=recognise,
    sections=sections(""),
    fast=(DETAILS, STATS, HASHBOARDS, COOLING, TUNER, POOLS),
    slow=(VERSION, ERRORS, LICENSE, CONFIGURATION, CONSTRAINTS),
    fingerprint=VERSION,
)
