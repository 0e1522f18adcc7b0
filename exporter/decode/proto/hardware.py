"""The parts of Proto's Rig, its name, and the computer that runs it: pages that need no login.

Quirks: the slot of a board or a supply is its index in telemetry plus one. A page lists fans also where the rig stands
in a liquid.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import Traced
from exporter.core.values import Number, count, mac, number, positive, ratio, text
from exporter.decode.common.nested import at, inner
from exporter.parse.rows import Reading, Row

COOLING: Final = {"Auto": "air", "Manual": "air", "Max": "air", "Off": "immersion"}  # by the mode of the fans
KIBI: Final = 1024  # the operating system counts memory and storage by powers of two


def mode(reading: Reading) -> str:
    """Return the cooling, "" if unknown."""
    return COOLING.get(text(reading.row("proto_cooling").static("fan_mode")), "")


def hardware(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("proto_hardware")
    for board in row.rows("hashboards-info"):
        if label := indexed(board) or text(board.static("port")):
            yield v.Board(label, chips=positive(board["mining_asic_count"]))
            yield v.BoardInfo(
                label,
                name=text(board.static("board")),
                serial=text(board["hb_sn"]),
                chip_type=text(board.static("mining_asic")),
                connector=text(board.static("slot")),
            )
    for fan in row.rows("fans-info") if mode(reading) != "immersion" else []:
        if label := text(fan.static("slot")):
            yield v.Fan(label, speed_min_rpm=count(fan["min_rpm"]), speed_max_rpm=positive(fan["max_rpm"]))
    for supply in row.rows("psus-info"):
        if label := indexed(supply):
            yield v.PsuInfo(
                label,
                text(supply.static("model")),
                text(supply["psu_sn"]),
                text(at(supply["firmware"], "app_version")),
            )


def indexed(row: Row) -> str:
    """Return the index in telemetry, by the slot; "" without a slot."""
    slot = positive(row.static("slot"))
    return "" if slot is None else str(int(slot) - 1)


def identity(reading: Reading) -> Iterator[v.Part]:
    row, net = reading.row("proto_system"), reading.row("proto_network")
    system = inner(row, "os")
    yield v.MinerInfo(
        make=text(row.static("manufacturer")),
        model=text(row.static("product_name")),
        firmware=text(system.static("name")),
        firmware_version=text(system.static("version")),
        hostname=text(net["hostname"]),
        mac=mac(net["mac"]),
        serial=text(row["cb_sn"]),
        platform=text(row.static("board")),
        algorithm="sha256" if row.static("product_name") == "Proto Rig" else "",
        cooling=mode(reading),
    )
    yield device(system)


def device(system: Row) -> v.Device:
    """Return the computer, whose memory is in kilobytes and whose storage is in megabytes."""
    status = system["status"]
    return v.Device(
        memory_free_bytes=amount(status, "mem_free_kb", KIBI),
        memory_total_bytes=amount(status, "mem_total_kb", KIBI),
        storage_free_bytes=amount(status, "rootfs_free_mb", KIBI**2),
        storage_total_bytes=amount(status, "rootfs_total_mb", KIBI**2),
        cpu_usage_ratio=ratio(at(status, "cpu_load_percent")),
    )


def amount(status: Traced[object], key: str, unit: Number) -> v.Value:
    """Return an amount in bytes, of a field in that unit."""
    return number(count(at(status, key)), unit)
