"""BraiinsOS from 23.03 on, through gRPC: if credentials are configured and the web server has no REST API yet.

Quirks: the answers have the structure of the REST API's pages, so the same decoders read both. The version of the API
needs no login; everything else does.
"""

from __future__ import annotations

from typing import Final

from exporter.decode.braiins.errors import logged
from exporter.decode.braiins.parts import evidence, sections
from exporter.decode.braiins.settings import kept
from exporter.decode.family import Family
from exporter.parse.rows import Reading
from exporter.questions import MESSAGE, Login, call

SURFACE: Final = "grpc_"
MINER: Final = "braiins.bos.v1.MinerService"
SETTINGS: Final = "braiins.bos.v1.ConfigurationService"

LOGIN: Final = Login(family="braiins", path="braiins.bos.v1.AuthenticationService/Login", kind=MESSAGE)
VERSION = call(
    "grpc_api_version",
    "braiins.bos.ApiVersionService/GetApiVersion",
    login=LOGIN,
    anonymous=True,
    identity_only=True,
)
DETAILS = call("grpc_miner_details", f"{MINER}/GetMinerDetails", login=LOGIN)
STATS = call("grpc_miner_stats", f"{MINER}/GetMinerStats", login=LOGIN)
HASHBOARDS = call("grpc_hashboards", f"{MINER}/GetHashboards", section="hashboards", login=LOGIN)
COOLING = call("grpc_cooling_state", "braiins.bos.v1.CoolingService/GetCoolingState", login=LOGIN)
TUNER = call("grpc_tuner_state", "braiins.bos.v1.PerformanceService/GetTunerState", login=LOGIN)
POOLS = call("grpc_pool_groups", "braiins.bos.v1.PoolService/GetPoolGroups", login=LOGIN)
ERRORS = call("grpc_miner_errors", f"{MINER}/GetErrors", login=LOGIN, excerpt=logged)
LICENSE = call("grpc_license", "braiins.bos.v1.LicenseService/GetLicenseState", login=LOGIN)
CONFIGURATION = call(
    "grpc_miner_configuration", f"{SETTINGS}/GetMinerConfiguration", login=LOGIN, hourly=True, excerpt=kept
)
CONSTRAINTS = call("grpc_constraints", f"{SETTINGS}/GetConstraints", login=LOGIN, hourly=True)


def recognise(reading: Reading) -> str:
    return evidence(SURFACE, reading, "GetApiVersion", "GetMinerDetails")


FAMILY = Family(
    name="braiins_grpc",
    shown="braiins",
    rank=202,
    recognise=recognise,
    sections=sections(SURFACE),
    fast=(DETAILS, STATS, HASHBOARDS, COOLING, TUNER, POOLS),
    slow=(VERSION, ERRORS, LICENSE, CONFIGURATION, CONSTRAINTS),
    fingerprint=VERSION,
    documented=True,
)
