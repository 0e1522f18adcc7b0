"""Spondoolies SPx36: JSON in a text of `stats`, with the power and temperatures of both boards."""

from __future__ import annotations

import json

from exporter.simulator.classic import CONDITIONS, classic, stats, temperature
from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, printf
from exporter.simulator.sections import MEGA, timing


def _spx_row(moment: Moment) -> list[Row]:
    boards: Row = {}
    for name, board in zip(("top", "bottom"), moment.boards, strict=True):
        boards[f"{name}-board"] = {
            "power": round(moment.watts / 2 if board.works else 20),
            "psu-temp": round(moment.hottest) - 10,
            "psu-name": "Artesyn2000",
            "hardware-error%": 1.2,
            "reported-hashrate": round(board.rate / MEGA),
            "min-temp": round(temperature(board)) - 8 if board.works else 0,
            "max-temp": round(temperature(board)) + 20 if board.works else 0,
            "rear-temp": round(temperature(board)),
            "front-temp": round(temperature(board)) - 15 if board.works else 0,
            "working-asics": board.chips if board.works else 0,
        }
    boards |= {"fan-speeds": moment.fans, "fan-percent": moment.duty}
    return [printf({**timing(moment, 0, "SP360"), "json-stats": json.dumps(boards, separators=(",", ":"))})]


SPONDOOLIES = classic(
    "cgminer 4.10.0-spx",
    {"stats": stats(_spx_row)},
    conditions=CONDITIONS | {"failed_fan"},
    readings="rate watts fans boards accepted rejected stale board_up",
)

SPX36 = Machine(
    "Spondoolies SPx36",
    "spx36",
    boards=2,
    chips=75,
    rate=540e9,
    watts=4400,
    mhz=700,
    volts=12.0,
    fans=4,
    rpm=12000,
    first_board=0,
    chip_rise=20.0,
)
SIMULATED = (Simulated("spondoolies", SPX36, SPONDOOLIES, order=280),)
