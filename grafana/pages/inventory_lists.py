"""The tables of the Inventory dashboard."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ALL, ID, KNOWN, PLACE, SELECT, here, placed
from grafana.elements.looks import GREY, ORANGE, SKY
from grafana.elements.panels import AnyPanel
from grafana.elements.tables import ADDRESS, GROUP, MINER, MODEL, Column, table

IDENTITY: Final = f"miner:asic_miner_info:known{{{PLACE}}}"
TWICE: Final = f'count by (mac) (miner:asic_miner_info:known{{{PLACE},mac!=""}} and on ({ID}) asic_up{ALL} == 1) > 1'
NARROW: Final = 'job!~"($find)($job)($find)"'  # does not match the job itself while `$find` is ".*"
FOUND: Final = " or ".join(
    f'miner:asic_miner_info:known{{{PLACE},{label}=~"(?i).*($find).*"{also}}}'
    for label, also in (
        ("miner", ""),  # all that there are, while nothing is looked for
        *((label, f",{NARROW}") for label in ("mac", "serial", "address", "hostname")),
    )
)
ROWS: Final = 500
UNSHOWN: Final = ("job", "instance", "algorithm", "family", "cooling", "make", "hostname")
MINORITY: Final = ((None, ORANGE), (0.2, SKY))
OFF: Final = {"1": ("resting", GREY), "2": ("curtailed", ORANGE), "3": ("planned off", SKY)}


def who() -> list[AnyPanel]:
    uptime = f"asic_device_uptime_seconds{ALL} or on ({ID}) asic_miner_uptime_seconds{ALL}"
    named = f'miner:asic_target_info:known{{{PLACE},miner=~"(?i).*($find).*"}}'
    never = f"{named} unless on ({ID}) {IDENTITY}"
    return [
        table(
            "Who is where",
            f"What each miner says that it is, or said last, and where it is; at most {ROWS} rows. Type a part of a "
            "name, MAC, serial number or address above to find a machine. Uptime is the device's, or the mining "
            "process's where the firmware tells no other; a miner that is down has none.",
            [
                f"topk({ROWS}, {FOUND} or ({never}))",
                f"max by ({ID}) (({uptime}) and on ({ID}) topk({ROWS}, {FOUND}))",
            ],
            {
                "miner": MINER,
                "model": MODEL,
                "firmware": Column("Firmware", width=90),
                "firmware_version": Column("Version", width=130),
                "mac": Column("MAC", width=140),
                "serial": Column("Serial", width=170),
                "address": ADDRESS,
                "Value #B": Column("Up for", unit="dtdurations", decimals=0, width=110),
                "config_group": GROUP,
            },
            size=(24, 13),
            sort="Miner",
            empty="no miner is found by that",
            but=UNSHOWN,
        ),
    ]


def drift() -> list[AnyPanel]:
    by = "model, firmware, firmware_version"
    told = f'miner:asic_miner_info:known{{{PLACE},model!="",firmware_version!=""}}'
    model = f"count by (model) ({told})"
    share = f"(count by ({by}) ({told}) / on (model) group_left () {model} < 1)"
    unlike = f"topk({ROWS}, max by ({ID}, property) ({here(f'asic_expected{ALL} == 0')}))"
    identity = f"* on ({ID}) group_left (model, firmware, firmware_version, address, config_group) {IDENTITY}"
    events = f'miner:asic_event:occurred{{{PLACE},event=~"firmware|address"}}'
    return [
        table(
            "Firmware within each model",
            "How many miners of each model have which firmware, the rarest first: an odd one out has been forgotten or "
            "tampered with. Without models whose miners are all alike; at most a hundred rows.",
            [f"count by ({by}) ({told}) and on ({by}) bottomk(100, {share})", f"bottomk(100, {share})"],
            {
                "model": MODEL,
                "firmware": Column("Firmware", width=100),
                "firmware_version": Column("Version"),
                "Value #A": Column("Miners", unit="locale", width=75),
                "Value #B": Column("Of the model", unit="percentunit", decimals=0, steps=MINORITY, width=125),
            },
            size=(14, 10),
            sort="Of the model",
            empty="within each model, all miners have the same",
        ),
        table(
            "Changed firmware and addresses",
            "Miners that came back with another firmware, and machines, known by their MAC, at another address, within "
            "the last 24 hours.",
            [f"topk(100, 1000 * max by ({ID}, event, detail) (max_over_time(timestamp({events})[24h:1m])))"],
            {
                "Value": Column("When", unit="dateTimeFromNow", width=125),
                "miner": MINER,
                "detail": Column("From what to what"),
            },
            size=(10, 10),
            sort="When",
            descending=True,
            empty="nothing changed",
        ),
        table(
            "Not as expected, and in what",
            "Miners that differ from what the configuration expects: in which property, and what they are.",
            [f"{unlike} {identity}"],
            {
                "miner": MINER,
                "property": Column("Differs in", width=130),
                "model": MODEL,
                "firmware_version": Column("Version"),
                "address": ADDRESS,
                "config_group": GROUP,
            },
            size=(14, 9),
            sort="Miner",
            empty="all are as expected, where anything is",
        ),
        table(
            "The same MAC address",
            "Miners that answer with a MAC address that another miner has as well.",
            [f"topk(100, {IDENTITY} and on (mac) ({TWICE}))"],
            {"mac": Column("MAC", width=140), "miner": MINER, "model": MODEL, "address": ADDRESS},
            size=(10, 9),
            sort="MAC",
            empty="each has its own",
        ),
    ]


def parts() -> list[AnyPanel]:
    found = f"max by ({ID}) ({FOUND})"
    boards = f'asic_board_info{{{SELECT},serial!=""}}'
    boards = f'{boards} and on ({ID}) {found} or asic_board_info{{{SELECT},serial=~"(?i).+($find).*|(?i)($find).+"}}'
    supplies = f"asic_psu_info{ALL} and on ({ID}) {found}"
    return [
        table(
            "Boards",
            f"The hashboards that tell a serial number: what one types into the form of a repair. At most {ROWS}; Find "
            "above takes a board's serial number, too.",
            [placed(f"topk({ROWS}, {boards})", "model, address")],
            {
                "miner": MINER,
                "board": Column("Board", width=65),
                "serial": Column("Serial"),
                "name": Column("Name", width=95),
                "model": MODEL,
                "address": ADDRESS,
            },
            size=(14, 10),
            sort="Miner",
            empty="no board tells its serial number",
        ),
        table(
            "Power supplies",
            f"What the miners' power supplies say that they are. At most {ROWS}.",
            [placed(f"topk({ROWS}, max by ({ID}, psu, serial, version) ({supplies}))", "address")],
            {
                "miner": MINER,
                "psu": Column("PSU", width=60),
                "serial": Column("Serial"),
                "version": Column("Version", width=110),
            },
            size=(10, 10),
            sort="Miner",
            empty="no power supply tells what it is",
        ),
    ]


def settings() -> list[AnyPanel]:
    model = f"* on ({ID}) group_left (model) {KNOWN}"
    return [
        table(
            "Profiles",
            "The tuning profiles and power modes that the miners of each model work with.",
            [f"topk(100, count by (model, profile) (max by ({ID}, profile) (asic_profile_info{ALL}) {model}))"],
            {"model": MODEL, "profile": Column("Profile"), "Value": Column("Miners", unit="locale", width=80)},
            size=(12, 9),
            sort="Miners",
            descending=True,
            empty="no miner tells its profile",
        ),
        table(
            "Licences",
            "The states of the firmwares' licences by model.",
            [f"topk(100, count by (model, state) ((asic_license_state{ALL} == 1) {model}))"],
            {"model": MODEL, "state": Column("Licence"), "Value": Column("Miners", unit="locale", width=80)},
            size=(12, 9),
            sort="Miners",
            descending=True,
            empty="no firmware tells of a licence",
        ),
    ]


def held_back() -> list[AnyPanel]:
    resting = f'max by ({ID}) (asic_miner_state{{{SELECT},state=~"idle|paused|sleeping"}} == 1)'
    held = f"max by ({ID}, source) (asic_curtailed{ALL} == 1) * 0 + 2"
    planned = f"max by ({ID}) (asic_off_expected{ALL} == 1) * 0 + 3"
    every = f"({planned}) or on ({ID}) ({held}) or on ({ID}) ({resting})"
    return [
        table(
            "Off on purpose, by whom",
            "Miners that the configuration plans to be off, that somebody curtails, or that rest and say so. At most "
            f"{ROWS}.",
            [placed(f"topk({ROWS}, {every})", "model, address, config_group")],
            {
                "miner": MINER,
                "Value": Column("Why", mappings=OFF, width=120),
                "source": Column("By whom", width=120),
                "model": MODEL,
                "address": ADDRESS,
                "config_group": GROUP,
            },
            size=(24, 9),
            sort="Miner",
            empty="none is held back",
        ),
    ]
