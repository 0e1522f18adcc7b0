"""DCENT_OS: the cgminer dialect, with rows that list their own placeholder fields.

Quirks: a row's `_DCENTUnsupported` lists the fields that are placeholder zeros. Joined answers come flat, all sections
in one object. Worker names are masked. Rates are MH/s, and boards carry their clock and voltage in devs. The share of
errors is a share of the sent shares, not of the results.
"""

from __future__ import annotations

from collections.abc import Iterator

from exporter.core import vocabulary as v
from exporter.core.values import celsius, count, number, positive, text
from exporter.decode import cgminer
from exporter.decode.antminer import models
from exporter.decode.cgminer import DEVS, POOLS, SUMMARY, VERSION
from exporter.decode.common.counts import BOARD_FIELDS, FAILED, fill
from exporter.decode.common.environment import FANS, POWER, TEMPS, fans, power, temps
from exporter.decode.common.labels import index
from exporter.decode.common.manual import FORK, of_each_board
from exporter.decode.common.notify import NOTIFY, notify
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row
from exporter.questions import by_hand

UNSUPPORTED = "_DCENTUnsupported"


def prepare(row: Row) -> None:
    """Hide the share of errors, and the fields that the row calls unsupported."""
    listed = row.static(UNSUPPORTED)
    unsupported = listed if isinstance(listed, list) else []
    row.hide(frozenset((FAILED, *[name for name in unsupported if isinstance(name, str)])))


def devs(reading: Reading) -> Iterator[v.Part]:
    for row in reading.rows("devs"):
        if board := index(row):
            part = cgminer.device(row, board)
            fill(part, row, BOARD_FIELDS)
            part.chips = count(row["chain_acn"])
            part.frequency_hertz = number(positive(row["frequency"]), 1e6)
            part.voltage_volts = positive(row["voltage"])
            yield part
            yield v.BoardSensor(board, "pcb", "0", celsius(row["Temperature"]))


def version(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("version")
    name = models.name(row.static("Type"))
    yield v.MinerInfo(
        make=models.make(name),
        model="" if name == "Antminer" else name,
        firmware="DCENT_OS",
        firmware_version=text(row.static("Miner")).removeprefix("dcentrald/"),
        api_version=text(row.static("API")),
        algorithm="sha256",
    )


def recognise(reading: Reading) -> str:
    row = reading.row("version")
    if text(row.static("Firmware")) == "DCENTOS":
        return "Firmware is DCENTOS"
    for key in ("CGMiner", "Miner"):
        if text(row.static(key)).startswith("dcentrald/"):
            return f"{key} begins with dcentrald/"
    for section in reading.answers.rows:
        if any(UNSUPPORTED in row for row in reading.rows(section)):
            return f"{UNSUPPORTED} in {section}"
    return ""


FAMILY = Family(
    name="dcentos",
    rank=30,
    recognise=recognise,
    sections=(
        ("summary", cgminer.summary),
        ("devs", devs),
        ("pools", cgminer.pools),
        ("temps", temps),
        ("fans", fans),
        ("power", power),
        ("notify", notify),
        ("version", version),
        ("", cgminer.state),
    ),
    fast=(SUMMARY, DEVS, POOLS, TEMPS, FANS, POWER),
    slow=(VERSION, NOTIFY),
    prepare=prepare,
    manual=(*FORK, *of_each_board("asc"), by_hand("privileged"), by_hand("session")),
)
