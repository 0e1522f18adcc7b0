"""The Antminers that several firmwares run on."""

from __future__ import annotations

from exporter.simulator.machine import Machine

S9 = Machine(
    "Antminer S9",
    "s9",
    boards=3,
    chips=63,
    rate=13.5e12,
    watts=1372,
    mhz=650,
    volts=8.9,
    fans=2,
    first_board=6,
    chip_rise=14.0,
)
S17 = Machine(
    "Antminer S17",
    "s17",
    boards=3,
    chips=48,
    rate=56e12,
    watts=2520,
    mhz=610,
    volts=19.0,
    fans=4,
    rise=34.0,
    chip_rise=18.0,
)
S19 = Machine("Antminer S19", "s19", boards=3, chips=76, rate=95e12, watts=3250, mhz=675, volts=13.7, fans=4, group=4)
S19_PRO = Machine(
    "Antminer S19 Pro", "s19pro", boards=3, chips=114, rate=110e12, watts=3250, mhz=525, volts=13.6, fans=4, group=3
)
S19J_PRO = Machine(
    "Antminer S19j Pro", "s19jpro", boards=3, chips=126, rate=104e12, watts=3068, mhz=545, volts=13.4, fans=4, group=3
)
S19K_PRO = Machine(
    "Antminer S19k Pro", "s19kpro", boards=3, chips=77, rate=120e12, watts=2760, mhz=590, volts=13.5, fans=4, group=4
)
S19_PRO_HYD = Machine(
    "Antminer S19 Pro Hyd",
    "s19prohyd",
    boards=4,
    chips=180,
    rate=184e12,
    watts=5428,
    mhz=580,
    volts=15.2,
    group=6,
    rise=30.0,
)
S21 = Machine(
    "Antminer S21", "s21", boards=3, chips=108, rate=200e12, watts=3500, mhz=490, volts=14.1, fans=4, rpm=6500, group=12
)
