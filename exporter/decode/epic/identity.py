"""The identity of ePIC's miners: names, versions, and the boards and chips that a miner should have.

Quirks: the list of serial numbers has the boards in the order of the running boards, without their index.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, traceable
from exporter.core.values import mac, number, positive, text
from exporter.decode.common.nested import at, how_long, inner
from exporter.decode.epic.pools import first_firmware
from exporter.parse.rows import Reading

ALGORITHMS: Final = {"sha-256": "sha256"}


def capabilities(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("epic_capabilities")
    yield v.HashrateNominal("firmware", number(positive(row["Default Hashrate"]), 1e12))
    yield v.BoardsExpected("firmware", positive(row["Max HBs"]))
    labels = {board.position: text(board.static("Index")) for board in reading.row("epic_summary").rows("HBs")}
    serials, chips = row["Board Serial Numbers"], inner(row, "Performance Estimator")["Chip Count"]
    # Serial numbers are used only if their list is as long as the list of running boards.
    named = static(how_long(serials)) == max(labels, default=-1) + 1
    for n, board in labels.items():
        if board:
            yield v.BoardChipsExpected(board, "firmware", positive(chips))
            yield v.BoardInfo(
                board, serial=text(at(serials, n)) if named else "", chip_type=text(row.static("Chip Type"))
            )


def identity(reading: Reading) -> Iterator[v.Part]:
    row, can, net = (reading.row(f"epic_{name}") for name in ("summary", "capabilities", "network"))
    model = text(can.static("Model")).replace("AntMiner", "Antminer")
    old = row.any(first_firmware, "Software")
    algorithm = text(inner(row, "Mining").static("Algorithm")).lower()
    yield v.MinerInfo(
        make="Bitmain" if model.startswith("Antminer") else "ePIC" if model or old else "",
        model=model,
        firmware=program(row["Software"]),
        firmware_version=release(row["Software"]),
        hostname=text(row["Hostname"]),
        mac=mac(next((at(net[key], "mac_address") for key in net), None)),
        serial=text(coalesce(can["Miner Serial Number"], at(can["Control Board Version"], "cpuSerial"))),
        platform=text(can.static("Model Subtype")),
        algorithm=ALGORITHMS.get(algorithm, algorithm),
    )


@traceable
def program(software: object) -> str:
    """Return the name of the firmware, without the name of the board after the program's name."""
    name_and_version = text(software)
    return next((name for name in ("PowerPlay", "epic-miner") if name_and_version.startswith(name)), "")


@traceable
def release(software: object) -> str:
    """Return the version after the name."""
    return text(software).rpartition(" ")[2].removeprefix("v")
