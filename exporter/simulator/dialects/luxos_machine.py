"""LuxOS's own commands about the machine: configuration, temperatures by corner, fans, power, profiles and events."""

from __future__ import annotations

from datetime import UTC, datetime

from exporter.simulator.api import Reply
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, ordered
from exporter.simulator.sections import TERA

_LABELS = {
    "Air": ("Board Exhaust (top)", "Board Intake (top)", "Board Exhaust (bottom)", "Board Intake (bottom)"),
    "Hydro": ("Board Inlet", "Water Outlet", "Board Outlet", "Water Inlet"),
}
_CORNERS = ("TopLeft", "TopRight", "BottomLeft", "BottomRight")
# Degrees of each corner below the board's hottest spot.
_COOLER = {"Air": (0, 13, 0, 13), "Hydro": (3, 10, 0, 17)}
# Models whose power supply measures the power.
_MEASURED = {"Antminer S21", "Antminer S19 Pro Hyd"}
_EVENTS = {
    "sleeping": ("SLEEP", "MINER", "Miner is sleeping."),
    "no_pool": ("NO_ACTIVE_POOLS", "MINER", "No active pools."),
    "hot": ("BOARD_HIGH_TEMPERATURE", "BOARD", "Board temperature is high."),
    "failed_fan": ("FAN_FAILURE", "MINER", "A fan does not turn."),
    "dead_board": ("BOARD_NOT_DETECTED", "BOARD", "Board was not detected."),
    "failing_board": ("BAD_DOMAIN", "BOARD", "A domain of the board does not hash."),
}
_DOCUMENTS = "https://firmware.example/kb/events"


def _cooling(moment: Moment) -> str:
    return "Air" if moment.machine.fans else "Hydro"


def config(moment: Moment, _: str) -> Reply:
    """Answer `config` with the state of the whole miner."""
    machine, life = moment.machine, moment.life
    row: Row = {"ASC Count": machine.boards, "PGA Count": 0, "Pool Count": len(moment.pools), "Strategy": "Failover"}
    row |= {"Model": machine.name, "SerialNumber": life.serial, "MACAddr": life.mac, "Hostname": moment.name}
    row |= {"IPAddr": "192.0.2.7", "Netmask": "255.255.255.0", "Gateway": "192.0.2.1", "BcastAddr": "192.0.2.255"}
    row |= {"DHCP": True, "DNS Servers": "", "Device Code": "", "Hotplug": "None", "OS": "LuxOS", "Log Interval": 0}
    row |= {"NameplateTHS": machine.rate / TERA, "Profile": "default", "ProfileStep": "0", "SystemStatus": "Normal"}
    row |= {"CurtailMode": "Sleep" if moment.has("sleeping") else "None", "Cooling": _cooling(moment)}
    row |= {"ImmersionMode": False, "IsAtmEnabled": True, "IsTuning": False, "IsSingleVoltage": True}
    row |= {"IsPowerSupplyOn": not moment.has("sleeping"), "PSULabel": "APW121417b", "PSUHwVersion": "75"}
    row |= {"ControlBoardType": "cvitek", "FPGABuildIdHex": "0x18351835", "FPGABuildIdStr": "2018-35-18 35:00"}
    row |= {"FeeStatus": "Ok", "RedLed": "auto", "GreenLed": "auto", "LogFileLevel": "info", "UpdateOnStartup": "off"}
    row |= {
        "UpdateOnTimeout": "off",
        "UpdateOnUser": "full",
        "UpdateTimeout": 60,
        "UpdateSource": "https://firmware.example",
    }
    return Reply(33, "LUXminer config", {"CONFIG": [ordered(row)]})


def temps(moment: Moment, _: str) -> Reply:
    """Answer `temps` by corner, unsorted, with the names of the corners in METADATA."""
    cooling = _cooling(moment)
    places = [(0, 0), (0, 1), (1, 0), (1, 1)]
    labels: Row = {
        corner: {"Label": label, "Position": list(place)}
        for corner, label, place in zip(_CORNERS, _LABELS[cooling], places, strict=True)
    }
    rows: list[Row] = []
    for board in [*moment.boards[1:], moment.boards[0]]:
        if board.works:
            degrees: Row = {
                corner: float(round(board.pcb - less)) for corner, less in zip(_CORNERS, _COOLER[cooling], strict=True)
            }
            rows.append(ordered({**degrees, "ID": board.index, "TEMP": board.index}))
    return Reply(201, f"{len(rows)} Temp(s)", {"METADATA": [ordered(labels)], "TEMPS": rows})


def fans(moment: Moment, _: str) -> Reply:
    """Answer `fans`; a miner cooled by water has no such section."""
    if not moment.fans:
        return Reply(400, "Fans are not supported on this model", status="E")
    rows: list[Row] = [
        {"FAN": f"FAN{(number + 2) % len(moment.fans) + 1}", "ID": number, "RPM": rpm, "Speed": moment.duty}
        for number, rpm in enumerate(moment.fans)
    ]
    return Reply(202, f"{len(rows)} Fan(s)", {"FANCTRL": [{"MinFans": 3, "PowerOffSpeed": 20}], "FANS": rows})


def power(moment: Moment, _: str) -> Reply:
    """Answer `power`: the watts, and whether the power supply measured them."""
    row: Row = {"PSU": moment.machine.name in _MEASURED, "Watts": round(moment.watts)}
    return Reply(311, "Power usage", {"POWER": [row]})


def events(moment: Moment, _: str) -> Reply:
    """Answer `events` with the conditions that hold now."""
    rows: list[Row] = []
    for condition, (code, target, text) in _EVENTS.items():
        if moment.has(condition):
            spell = moment.life.spell
            begun = moment.born if spell.settled else moment.time - spell.since(moment.time)
            row: Row = {"Code": code, "CreatedAt": datetime.fromtimestamp(begun, UTC).isoformat(timespec="seconds")}
            row |= {"Description": text, "DocUrl": f"{_DOCUMENTS}#{code.lower()}", "Target": target}
            rows.append(ordered({**row, "ID": moment.life.victim} if target == "BOARD" else row))
    return Reply(357, "Miner Events", {"EVENTS": rows})


def atm(moment: Moment, _: str) -> Reply:
    """Answer `atm` with the limits of thermal management."""
    row: Row = {"Enabled": True, "MaxProfile": "default", "MinProfile": "", "PostRampMinutes": 15, "StartupMinutes": 15}
    row["TempWindow"] = 3.0
    if moment.machine.name in _MEASURED:
        watts = moment.machine.watts
        row |= {"PowerLimit": round(watts * 1.1), "PowerMin": round(watts * 0.4), "PowerTarget": round(watts)}
    return Reply(339, "ATM configuration values", {"ATM": [ordered(row)]})


def tempctrl(_moment: Moment, _: str) -> Reply:
    """Answer `tempctrl` with thresholds in degrees Celsius."""
    row: Row = {"ChipDangerous": 105, "ChipHot": 95, "Dangerous": 90, "Hot": 85, "Mode": "Automatic", "Target": 75}
    return Reply(200, "Temperature control", {"TEMPCTRL": [row]})


def profiles(moment: Moment, _: str) -> Reply:
    """Answer `profiles` with settings in steps of 25 MHz around the nominal frequency."""
    rows: list[Row] = []
    for step in range(-8, 5):
        part = (moment.machine.mhz + 25 * step) / moment.machine.mhz
        row: Row = {
            "Profile Name": "default" if step == 0 else f"{moment.machine.mhz + 25 * step:.0f}MHz",
            "Step": str(step),
        }
        row |= {"Frequency": round(moment.machine.mhz * part), "Hashrate": round(moment.machine.rate * part / TERA, 1)}
        row |= {
            "Voltage": round(moment.machine.volts * (0.8 + 0.2 * part), 2),
            "Watts": round(moment.machine.watts * part**1.4),
        }
        rows.append(
            ordered({**row, "CanRestore": True, "HasOverrides": False, "IsDynamic": True, "IsTuned": step == 0})
        )
    return Reply(323, "Profiles", {"PROFILES": rows})


def devdetails(moment: Moment, _: str) -> Reply:
    """Answer `devdetails` with the voltage of each board."""
    asleep = moment.has("sleeping")
    rows: list[Row] = []
    for board in moment.boards:
        row: Row = {"DEVDETAILS": board.index, "ID": board.index, "Name": "", "Board": "BHB56903", "Profile": "default"}
        row |= {"Chips": board.chips, "Frequency": round(board.mhz), "SerialNumber": f"{moment.life.serial[:-1]}"}
        rows.append(ordered({**row, "Voltage": board.volts if board.works and not asleep else 0.0}))
    return Reply(69, "Device Details", {"DEVDETAILS": rows})


def limits(moment: Moment, _: str) -> Reply:
    """Answer `limits` with the ranges of the settings; power has a range on models that take a target."""
    row: Row = {"VoltageMin": 11.5, "VoltageMax": 15.0, "FrequencyMin": 50, "FrequencyMax": 1000}
    if moment.machine.name in _MEASURED:
        watts = moment.machine.watts
        row |= {"PowerTargetMin": round(watts * 0.4), "PowerTargetMax": round(watts * 1.2)}
    return Reply(330, "Limits", {"LIMITS": [ordered(row)]})


def psuget(moment: Moment, _: str) -> Reply:
    """Answer `psuget` with texts; only a supply that measures tells the speed of its fan."""
    measures = moment.machine.name in _MEASURED
    flags: Row = dict.fromkeys(("FanFault", "FanWarning", "InputPowerWarning"), "false" if measures else "N/A")
    fan: Row = {"Enabled": "true", "Fan1Installed": "true", "SpeedRPM": "6400" if measures else "N/A"}
    return Reply(382, "PSU information", {"PSUFAN": [fan], "PSUFLAGS": [flags]})
