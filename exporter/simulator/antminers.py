"""The Antminers on which several firmwares run."""

from __future__ import annotations

from exporter.simulator.machine import Machine

S9 = Machine("Antminer S9", "s9", 3, 63, 13.5e12, 1372, 2, 6000, 650, 8.9, 8, first_board=6, chip_rise=14.0)
S17 = Machine("Antminer S17", "s17", 3, 48, 56e12, 2520, 4, 6000, 610, 19.0, 8, rise=34.0, chip_rise=18.0)
S19 = Machine("Antminer S19", "s19", 3, 76, 95e12, 3250, 4, 6000, 675, 13.7, 4)
S19_PRO = Machine("Antminer S19 Pro", "s19pro", 3, 114, 110e12, 3250, 4, 6000, 525, 13.6, 3)
S19J_PRO = Machine("Antminer S19j Pro", "s19jpro", 3, 126, 104e12, 3068, 4, 6000, 545, 13.4, 3)
S19K_PRO = Machine("Antminer S19k Pro", "s19kpro", 3, 77, 120e12, 2760, 4, 6000, 590, 13.5, 4)
S19_PRO_HYD = Machine("Antminer S19 Pro Hyd", "s19prohyd", 4, 180, 184e12, 5428, 0, 0, 580, 15.2, 6, rise=30.0)
S21 = Machine("Antminer S21", "s21", 3, 108, 200e12, 3500, 4, 6500, 490, 14.1, 12)
