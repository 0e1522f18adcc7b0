"""Scenes of power supplies, power, and the small means of a controller."""

from __future__ import annotations

from typing import Final

from tests.harness.scenes import Scene

VOLTS: Final = 'asic_psu_input_volts{psu="0"}'
OUT: Final = 'asic_psu_output_volts{psu="0"}'
EFFICIENCY: Final = 'asic_psu_efficiency_ratio{psu="0"}'
POWER: Final = 'asic_power_watts{source="measured"}'
TUNES: Final = {'asic_miner_state{state="tuning"}': "1"}
SLEEPS: Final = {'asic_miner_state{state="sleeping"}': "1"}


def mains(miner: int) -> str:
    return f'asic_psu_input_volts{{job="asic-exporter",instance="x",miner="m{miner}",psu="0"}}'


SCENES: Final = [
    Scene(
        "AsicSupplySag",
        fault={mains(miner): ("230", "205") for miner in (1, 2, 3)},
        steady={mains(4): "230"},
        fires=3,
        ends=15,
        text="3 of the 4 miners of x that say their input have lost 8 % of it: the lowest has 205 V.",
        excused=[
            {mains(1): "230"},
            {mains(miner): "230" for miner in range(5, 30)},
            {mains(miner): "11" for miner in (1, 2, 3)},
        ],
        lasts=50,
        before=90,
        farm=True,
    ),
    Scene(
        "AsicPsuInputLow",
        fault={VOLTS: ("236", "205")},
        fires=10,
        ends=30,
        text="Supply 0 of sick gets 205 V; the middle of its week is 236 V. http://192.0.2.1/, rack r1",
        excused=[{VOLTS: "208"}, {VOLTS: "398"}, {VOLTS: "115"}, {VOLTS: "12.05"}, {VOLTS: "5.06"}],
    ),
    Scene(
        "AsicPsuInputLow",
        fault={VOLTS: ("195", "188")},
        fires=10,
        ends=30,
        text="Supply 0 of sick gets 188 V; the middle of its week is 195 V.",
    ),
    Scene("AsicPsuInputLow", fault={VOLTS: ("12", "11.2")}, fires=10, ends=30, text="Supply 0 of sick gets 11.2 V;"),
    Scene("AsicPsuInputLow", fault={VOLTS: ("5.1", "4.7")}, fires=10, ends=30, text="Supply 0 of sick gets 4.7 V;"),
    Scene(
        "AsicPsuHot",
        fault={'asic_psu_temperature_celsius{psu="0"}': ("45", "86")},
        fires=10,
        ends=30,
        text="The power supply of sick is at 86 °C. http://192.0.2.1/, rack r1",
        excused=[{'asic_psu_temperature_celsius{psu="0"}': "75"}],
    ),
    Scene(
        "AsicPsuHot",
        fault={'asic_temperature_celsius{location="psu",sensor="pfc"}': ("45", "86")},
        fires=10,
        ends=30,
        text="The power supply of sick is at 86 °C.",
    ),
    Scene(
        "AsicPsuOutputLow",
        fault={OUT: ("13", "12.22")},
        steady={'asic_psu_output_target_volts{psu="0"}': "13"},
        fires=15,
        ends=30,
        text="Supply 0 of sick gives 94% of the 13 V that it is set to. http://192.0.2.1/, rack r1",
        excused=[{OUT: "12.6"}, TUNES, SLEEPS],
    ),
    Scene(
        "AsicPsuEfficiencyPoor",
        fault={EFFICIENCY: ("0.93", "0.85")},
        fires=60,
        ends=30,
        text="Supply 0 of sick gives 85% of its input power on. http://192.0.2.1/, rack r1",
        excused=[{EFFICIENCY: "0.9"}, TUNES, SLEEPS],
        lasts=90,
    ),
    Scene(
        "AsicPowerOverLimit",
        fault={POWER: ("3300", "3900")},
        steady={"asic_power_limit_watts": "3250"},
        fires=30,
        ends=30,
        text="sick draws 120% of its limit of 3250 W. http://192.0.2.1/, rack r1",
        excused=[{POWER: "3500"}, {POWER: "", 'asic_power_watts{source="estimated"}': "3900"}, TUNES, SLEEPS],
    ),
    Scene(
        "AsicWifiWeak",
        fault={"asic_wifi_signal_dbm": ("-55", "-88")},
        fires=38,
        ends=33,
        text="sick receives its Wi-Fi with -88 dBm: below -80 it may be lost. http://192.0.2.1/, rack r1",
        excused=[{"asic_wifi_signal_dbm": "-75"}],
    ),
    Scene(
        "AsicMemoryLow",
        fault={"asic_memory_free_bytes": ("180000", "21504")},
        fires=40,
        ends=30,
        text="sick has 21kiB of memory left: it may restart. http://192.0.2.1/, rack r1",
        excused=[{"asic_memory_free_bytes": "60000"}, {"asic_memory_total_bytes": "257208320"}],
    ),
    Scene(
        "AsicStorageLow",
        fault={"asic_storage_free_bytes": ("500000000", "30000000")},
        steady={"asic_storage_total_bytes": "1000000000"},
        fires=60,
        ends=30,
        text="sick has 3% of its storage left. http://192.0.2.1/, rack r1",
        excused=[{"asic_storage_free_bytes": "100000000"}],
        lasts=90,
    ),
]
