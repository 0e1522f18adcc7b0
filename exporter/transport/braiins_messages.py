"""The gRPC messages of BraiinsOS: their field numbers, with the field names of the pages of its web server.

Both surfaces then give the same documents, and one decoder reads both. Fields that older versions lack have presence
(`?`) if their default of 0 would look like a reading.
"""

from __future__ import annotations

from typing import Any, Final

from exporter.parse.jsontext import LIST
from exporter.parse.protobuf import Table, read

ANSWERS: Final = {
    "braiins.bos.ApiVersionService/GetApiVersion": "Version",
    "braiins.bos.v1.AuthenticationService/Login": "Session",
    "braiins.bos.v1.ConfigurationService/GetConstraints": "Constraints",
    "braiins.bos.v1.ConfigurationService/GetMinerConfiguration": "Settings",
    "braiins.bos.v1.CoolingService/GetCoolingState": "Cooling",
    "braiins.bos.v1.LicenseService/GetLicenseState": "License",
    "braiins.bos.v1.MinerService/GetErrors": "Errors",
    "braiins.bos.v1.MinerService/GetHashboards": "Boards",
    "braiins.bos.v1.MinerService/GetMinerDetails": "Details",
    "braiins.bos.v1.MinerService/GetMinerStats": "Stats",
    "braiins.bos.v1.PerformanceService/GetTunerState": "Tuner",
    "braiins.bos.v1.PoolService/GetPoolGroups": "Groups",
}

TABLE: Final[Table] = {
    # Numbers, under the names of their units
    "Megahashes": {1: ("megahash_per_second", "double")},
    "Gigahashes": {1: ("gigahash_per_second", "double")},
    "Terahashes": {1: ("terahash_per_second", "double")},
    "Hertz": {1: ("hertz", "double")},
    "Volts": {1: ("volt", "double")},
    "Watts": {1: ("watt", "uint")},
    "Degrees": {1: ("degree_c", "double")},
    "Whole": {1: ("", "uint")},
    "Weight": {1: ("value", "uint")},
    "Part": {1: ("value", "double")},
    "Hundredths": {1: ("bsp", "uint")},
    "Nothing": {},
    "Time": {1: ("seconds", "int"), 2: ("nanos", "int")},
    # Identity
    "Session": {1: ("token", "text"), 2: ("timeout_s", "uint")},
    "Version": {1: ("major", "uint"), 2: ("minor", "uint"), 3: ("patch", "uint")},
    "Release": {1: ("current", "text"), 2: ("major", "text"), 3: ("bos_plus", "bool")},
    "Identity": {1: ("brand", "uint?"), 3: ("name", "text"), 4: ("miner_model", "text")},
    "Supply": {
        1: ("version", "uint?"),
        2: ("fw_version", "uint?"),
        3: ("serial_number", "text"),
        4: ("model_name", "text"),
        5: ("min_voltage", "Volts"),
        6: ("max_voltage", "Volts"),
    },
    "Details": {
        1: ("uid", "text"),
        2: ("miner_identity", "Identity"),
        3: ("platform", "uint?"),
        4: ("bos_mode", "uint?"),
        5: ("bos_version", "Release"),
        6: ("hostname", "text"),
        7: ("mac_address", "text"),
        9: ("sticker_hashrate", "Gigahashes"),
        10: ("bosminer_uptime_s", "uint?"),
        11: ("system_uptime_s", "uint?"),
        12: ("status", "uint?"),
        13: ("kernel_version", "text"),
        14: ("psu_info", "Supply"),
        15: ("control_board_soc_family", "uint?"),
        16: ("serial_number", "text"),
    },
    # Work
    "Rates": {
        1: ("last_5s", "Gigahashes"),
        2: ("last_15s", "Gigahashes"),
        3: ("last_30s", "Gigahashes"),
        4: ("last_1m", "Gigahashes"),
        5: ("last_5m", "Gigahashes"),
        6: ("last_15m", "Gigahashes"),
        7: ("last_30m", "Gigahashes"),
        8: ("last_1h", "Gigahashes"),
        9: ("last_24h", "Gigahashes"),
        10: ("since_restart", "Gigahashes"),
    },
    "Work": {
        1: ("real_hashrate", "Rates"),
        2: ("nominal_hashrate", "Gigahashes"),
        3: ("error_hashrate", "Megahashes"),
        4: ("found_blocks", "uint"),
        5: ("best_share", "uint?"),
        6: ("best_share_str", "text"),
    },
    "PoolWork": {
        1: ("accepted_shares", "uint"),
        2: ("rejected_shares", "uint"),
        3: ("stale_shares", "uint"),
        4: ("last_difficulty", "uint"),
        5: ("best_share", "uint?"),
        6: ("generated_work", "uint"),
        7: ("last_share_time", "Time"),
        8: ("best_share_str", "text"),
    },
    "Energy": {1: ("approximated_consumption", "Watts")},
    "Stats": {1: ("pool_stats", "PoolWork"), 2: ("miner_stats", "Work"), 3: ("power_stats", "Energy")},
    # Boards, sensors and fans
    "Sensor": {2: ("location", "uint?"), 3: ("temperature", "Degrees")},
    "Board": {
        1: ("id", "text"),
        2: ("enabled", "bool"),
        3: ("chips_count", "Whole"),
        4: ("current_voltage", "Volts"),
        5: ("current_frequency", "Hertz"),
        6: ("highest_chip_temp", "Sensor"),
        7: ("board_temp", "Degrees"),
        8: ("stats", "Work"),
        9: ("model", "text"),
        10: ("lowest_inlet_temp", "Degrees"),
        11: ("highest_outlet_temp", "Degrees"),
        12: ("serial_number", "text"),
        13: ("board_name", "text"),
        14: ("chip_type", "text"),
        15: ("lowest_water_inlet_temp", "Degrees"),
        16: ("highest_water_outlet_temp", "Degrees"),
    },
    "Boards": {1: ("hashboards", "Board*")},
    "Fan": {1: ("position", "uint?"), 2: ("rpm", "uint"), 3: ("target_speed_ratio", "double?")},
    "Cooling": {1: ("fans", "Fan*"), 2: ("highest_temperature", "Sensor")},
    # Targets and pools
    "PowerTarget": {2: ("current_target", "Watts")},
    "HashrateTarget": {2: ("current_target", "Terahashes")},
    "Tuner": {
        1: ("overall_tuner_state", "uint?"),
        2: ("mode_state.powertargetmodestate", "PowerTarget"),
        3: ("mode_state.hashratetargetmodestate", "HashrateTarget"),
    },
    "Pool": {
        1: ("uid", "text"),
        2: ("url", "text"),
        3: ("user", "text"),
        4: ("enabled", "bool"),
        5: ("alive", "bool"),
        6: ("active", "bool"),
        7: ("stats", "PoolWork"),
    },
    "Group": {
        1: ("name", "text"),
        2: ("strategy.quota", "Weight"),
        3: ("strategy.fixedshareratio", "Part"),
        4: ("pools", "Pool*"),
        5: ("uid", "text"),
    },
    "Groups": {1: (LIST, "Group*")},
    # Settings and their limits, the licence, errors
    "AirSettings": {
        1: ("target_temperature", "Degrees"),
        2: ("hot_temperature", "Degrees"),
        3: ("dangerous_temperature", "Degrees"),
        6: ("minimum_required_fans", "uint?"),
    },
    "ManualSettings": {
        2: ("hot_temperature", "Degrees"),
        3: ("dangerous_temperature", "Degrees"),
        4: ("target_temperature", "Degrees"),
        5: ("minimum_required_fans", "uint?"),
    },
    "LiquidSettings": {
        1: ("hot_temperature", "Degrees"),
        2: ("dangerous_temperature", "Degrees"),
        3: ("target_temperature", "Degrees"),
    },
    "CoolingSettings": {
        1: ("minimum_required_fans", "uint?"),
        2: ("mode.auto", "AirSettings"),
        3: ("mode.manual", "ManualSettings"),
        4: ("mode.disabled", "Nothing"),
        5: ("mode.immersion", "LiquidSettings"),
        6: ("mode.hydro", "LiquidSettings"),
    },
    "Settings": {2: ("temperature", "CoolingSettings"), 3: ("tuner", "Nothing")},
    "PowerRange": {2: ("min", "Watts"), 3: ("max", "Watts")},
    "TunerRange": {1: ("power_target", "PowerRange")},
    "TemperatureRange": {1: ("default", "Degrees")},
    "CountRange": {1: ("default", "uint")},
    "CoolingRange": {
        1: ("default_cooling_mode", "uint?"),
        2: ("target_temperature", "TemperatureRange"),
        3: ("hot_temperature", "TemperatureRange"),
        4: ("dangerous_temperature", "TemperatureRange"),
        6: ("minimum_required_fans", "CountRange"),
    },
    "Constraints": {1: ("tuner_constraints", "TunerRange"), 2: ("cooling_constraints", "CoolingRange")},
    "ValidLicense": {4: ("dev_fee", "Hundredths")},
    "ExpiredLicense": {3: ("dev_fee", "Hundredths")},
    "License": {
        1: ("state.none", "Nothing"),
        2: ("state.limited", "Nothing"),
        3: ("state.valid", "ValidLicense"),
        4: ("state.expired", "ExpiredLicense"),
    },
    "ErrorCode": {1: ("code", "text")},
    "ErrorPart": {1: ("name", "text"), 2: ("index", "uint")},
    "Error": {1: ("timestamp", "text"), 3: ("error_codes", "ErrorCode*"), 4: ("components", "ErrorPart*")},
    "Errors": {1: ("errors", "Error*")},
}


def document(method: str, raw: bytes) -> dict[str, Any]:
    """Decode the answer of a method. Raises WrongShape."""
    return read(raw, ANSWERS[method], TABLE)
