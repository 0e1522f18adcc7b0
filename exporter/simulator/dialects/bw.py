"""BW L21: temperatures in `devs` under a key in lower case."""

from __future__ import annotations

from exporter.simulator.classic import classic, devs, temperature
from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine

BW = classic(
    "cgminer 4.10.0",
    {"devs": devs("ttyS1", lambda _, board: {"temperature": temperature(board)})},
    readings="rate boards accepted rejected stale board_up",
)

BW_L21 = Machine(
    "BW L21", "l21", boards=4, chips=36, rate=550e6, watts=950, mhz=600, volts=5.6, first_board=0, rise=14.0
)
SIMULATED = (Simulated("bw", BW_L21, BW, order=260),)
