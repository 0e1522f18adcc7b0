"""Nominal facts of the machines that are simulated, as their makers and owners give them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """One model: rates in H/s, power in W, temperatures in degrees Celsius above the air, frequency in MHz."""

    name: str
    short: str
    boards: int
    chips: int
    """chips on one board"""
    rate: float
    watts: float
    fans: int
    rpm: float
    """speed of a fan at full duty"""
    mhz: float
    volts: float
    group: int
    """chips between two spaces in a chip map"""
    first_board: int = 1
    rise: float = 38.0
    chip_rise: float = 6.0

    @property
    def board_rate(self) -> float:
        """What one board should do, in H/s."""
        return self.rate / self.boards


S9 = Machine("Antminer S9", "s9", 3, 63, 13.5e12, 1372, 2, 6000, 650, 8.9, 8, first_board=6, chip_rise=14.0)
S17 = Machine("Antminer S17", "s17", 3, 48, 56e12, 2520, 4, 6000, 610, 19.0, 8, rise=34.0, chip_rise=18.0)
S19 = Machine("Antminer S19", "s19", 3, 76, 95e12, 3250, 4, 6000, 675, 13.7, 4)
S19_PRO = Machine("Antminer S19 Pro", "s19pro", 3, 114, 110e12, 3250, 4, 6000, 525, 13.6, 3)
S19J_PRO = Machine("Antminer S19j Pro", "s19jpro", 3, 126, 104e12, 3068, 4, 6000, 545, 13.4, 3)
S19K_PRO = Machine("Antminer S19k Pro", "s19kpro", 3, 77, 120e12, 2760, 4, 6000, 590, 13.5, 4)
S19_PRO_HYD = Machine("Antminer S19 Pro Hyd", "s19prohyd", 4, 180, 184e12, 5428, 0, 0, 580, 15.2, 6, rise=30.0)
S21 = Machine("Antminer S21", "s21", 3, 108, 200e12, 3500, 4, 6500, 490, 14.1, 12)
M50 = Machine("Whatsminer M50", "m50", 3, 105, 114e12, 3306, 2, 6600, 640, 12.6, 5, first_board=0, chip_rise=16.0)
A1346 = Machine("AvalonMiner 1346", "a1346", 3, 120, 110e12, 3300, 2, 7100, 480, 13.0, 4, first_board=0, chip_rise=14.0)
COMPAC = Machine("Compac F", "usb", 2, 1, 0.62e12, 25, 0, 0, 500, 1.4, 1, first_board=0, rise=20.0)
GPU_RIG = Machine("GPU rig", "vega", 6, 0, 46.6e6, 960, 6, 4900, 1135, 0.825, 1, first_board=0)
SEAL_A2 = Machine("Sealminer A2", "seala2", 3, 153, 226e12, 3730, 4, 6000, 345, 15.6, 9, first_board=0)
AT1500 = Machine("AT1500", "at1500", 3, 132, 150e12, 2900, 4, 7700, 390, 11.6, 12, chip_rise=20.0)
VOLCMINER_D1 = Machine("VolcMiner D1", "volcd1", 3, 105, 15.5e9, 3900, 4, 6000, 1900, 12.0, 15)
DRAGONMINT_T1 = Machine("DragonMint T1", "t1", 3, 63, 16e12, 1480, 2, 5400, 1330, 12.0, 8, first_board=0)
MV7 = Machine("MinerVa MV7", "mv7", 4, 102, 90e12, 3400, 2, 5400, 600, 12.2, 8, first_board=0)
STU_U6 = Machine("StrongU STU-U6", "u6", 3, 70, 420e9, 2100, 2, 7800, 550, 11.6, 8, first_board=0)
BM_N1_MAX = Machine("iBeLink BM-N1Max", "n1max", 3, 144, 12e12, 3400, 0, 0, 455, 13.5, 8, first_board=0)
BW_L21 = Machine("BW L21", "l21", 4, 36, 550e6, 950, 0, 0, 600, 5.6, 8, first_board=0, rise=14.0)
ZIG_Z1 = Machine("Dayun Zig Z1", "z1", 4, 24, 6.8e9, 1200, 2, 5400, 900, 12.0, 8, rise=20.0)
BITAXE_GAMMA = Machine("Bitaxe Gamma", "gamma", 1, 1, 1.2e12, 18, 1, 7000, 525, 1.15, 1, first_board=0, rise=32.0)
NERDQAXE = Machine("NerdQAxe++", "nerdqaxe", 1, 4, 4.8e12, 76, 2, 4200, 600, 1.15, 1, first_board=0, rise=32.0)
PROTO_RIG = Machine("Proto Rig", "rig", 4, 120, 364e12, 5140, 4, 6000, 500, 14.2, 10)
DG1_PLUS = Machine("Elphapex DG1+", "dg1", 4, 204, 14e9, 3920, 4, 6000, 620, 12.0, 12, first_board=0, chip_rise=8.0)
KD5 = Machine("Goldshell KD5", "kd5", 4, 46, 18e12, 2250, 4, 4500, 750, 11.8, 9, first_board=0, chip_rise=16.0)
CK5 = Machine("Goldshell CK5", "ck5", 4, 46, 12e12, 2400, 4, 4500, 700, 11.8, 9, first_board=0, chip_rise=16.0)
B8 = Machine("Bitfury B8", "b8", 6, 0, 49e12, 6400, 6, 6000, 48, 49.2, 8, first_board=0)
M60S = Machine("Whatsminer M60S", "m60s", 3, 245, 186e12, 3441, 2, 6600, 640, 11.8, 5, first_board=0, chip_rise=26.0)
KS3M = Machine("IceRiver KS3M", "ks3m", 3, 18, 6e12, 3400, 4, 6000, 525, 12.0, 6)
SC1_SLIM = Machine("SC1 Slim", "sc1slim", 3, 15, 550e9, 500, 2, 6000, 600, 9.0, 5, first_board=0, rise=32.0)
MULTMINER_M1 = Machine("MultMiner M1", "m1", 3, 8, 130e9, 845, 0, 0, 600, 12.0, 8, rise=30.0, chip_rise=14.0)
EBIT_E9 = Machine("Ebit E9+", "e9p", 2, 84, 9.0e12, 1300, 2, 6000, 780, 12.0, 6, rise=24.0)
SPX36 = Machine("Spondoolies SPx36", "spx36", 2, 75, 540e9, 4400, 4, 12000, 700, 12.0, 8, first_board=0, chip_rise=20.0)
