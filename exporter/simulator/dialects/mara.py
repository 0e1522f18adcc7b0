"""MARA's firmware on an Antminer: a cgminer that names itself MARAFW."""

from __future__ import annotations

from exporter.simulator.antminers import S19J_PRO
from exporter.simulator.classic import classic, devs, temperature, version
from exporter.simulator.dialect import Simulated

MARA = classic(
    "marafw 1.4.2",
    {
        "version": version({"MARAFW": "1.4.2", "API": "3.7", "Model": "Antminer S19j Pro"}, "versions"),
        "devs": devs("BTM", lambda _, board: {"Temperature": temperature(board)}),
    },
    readings="rate boards accepted rejected stale board_up",
)

SIMULATED = (Simulated("mara", S19J_PRO, MARA, order=390),)
