"""DCENT_OS: the cgminer dialect, in rows that say themselves which of their fields are placeholders.

Odd about it: a row's `_DCENTUnsupported` lists the fields that are placeholder zeros; joined answers come flat, all
sections in one object; worker names are masked; rates are MH/s, and boards carry their clock and voltage in devs.
"""

from __future__ import annotations

from collections.abc import Iterator

from exporter.decode import Family, Reading, cgminer
from exporter.decode.answers import Answers, Row
from exporter.decode.bitmain import model
from exporter.decode.braiins import FANS, TEMPS, fans, temps
from exporter.decode.cgminer import DEVS, POOLS, SUMMARY, VERSION
from exporter.decode.luxos import POWER, power
from exporter.values import celsius, count, number, positive, text
from exporter.vocabulary import BoardSensor, MinerInfo, Part

UNSUPPORTED = "_DCENTUnsupported"


def prepare(row: Row) -> Row:
    """The row without the fields that it calls unsupported."""
    listed = row.get(UNSUPPORTED)
    if not isinstance(listed, list):
        return row
    placeholders = {name for name in listed if isinstance(name, str)}
    return {key: value for key, value in row.items() if key not in placeholders}


def devs(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("devs"):
        if board := cgminer.index(row):
            part = cgminer.device(row, board)
            cgminer.fill(part, row, cgminer.BOARD_FIELDS)
            part.chips = count(row.get("chain_acn"))
            part.frequency_hertz = number(positive(row.get("frequency")), 1e6)
            part.voltage_volts = positive(row.get("voltage"))
            yield part
            yield BoardSensor(board, "pcb", "0", celsius(row.get("Temperature")))


def version(reading: Reading) -> Iterator[Part]:
    row = reading.row("version")
    name = model(row.get("Type", ""))
    yield MinerInfo(
        make="Bitmain" if name.startswith("Antminer") else "",
        model="" if name == "Antminer" else name,
        firmware="DCENT_OS",
        firmware_version=text(row.get("Miner")).removeprefix("dcentrald/"),
        api_version=text(row.get("API")),
    )


def recognise(answers: Answers) -> str:
    row = answers.row("version")
    if text(row.get("Firmware")) == "DCENTOS":
        return "Firmware is DCENTOS"
    for key in ("CGMiner", "Miner"):
        if text(row.get(key)).startswith("dcentrald/"):
            return f"{key} begins with dcentrald/"
    return next((f"{UNSUPPORTED} in {s}" for s, rows in answers.rows.items() for row in rows if UNSUPPORTED in row), "")


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
        ("version", version),
        ("", cgminer.state),
    ),
    fast=(SUMMARY, DEVS, POOLS, TEMPS, FANS, POWER),
    slow=(VERSION,),
    prepare=prepare,
)
