"""Every request that may leave, and the commands that never may."""

from __future__ import annotations

from contextlib import suppress

from exporter import decode, questions
from exporter.questions import REGISTRY, Request, request

# What acts on a miner, by the documents of each firmware. None of it may ever be declared.
CONTROLS = """
    switchpool enablepool disablepool addpool removepool poolpriority poolquota save quit restart zero hotplug
    failover-only setconfig debug lockstats ascenable ascdisable ascidentify ascset pgaenable pgadisable
    pgaidentify pgaset gpuenable gpudisable gpurestart gpuintensity gpumem gpuengine gpufan gpuvddc pause resume
    reload reboot

    addgroup atmset autotunerset curtail disableboard enableboard fanset frequencyset frequencystop groupquota
    hashboardoptsset healthchipset healthctrlset immersionswitch kill ledset logoff logon logset netset pooloptsset
    powertargetset profilenew profilerem profilerestore profileset psuset rebootdevice removegroup resetconfig
    resetminer tempctrlset tempsensorset tunableswitch tunerswitch uninstallluxos updaterun updateset voltageset

    update_pools restart_btminer power_off power_on set_led set_low_power set_normal_power set_high_power
    update_firmware factory_reset update_pwd net_config download_logs load_log set_target_freq
    enable_btminer_fast_boot disable_btminer_fast_boot enable_web_pools disable_web_pools set_hostname set_zone
    set_power_pct set_power_pct_v2 pre_power_on set_temp_offset adjust_power_limit adjust_upfreq_speed
    set_poweroff_cool set_fan_zero_speed get_token open_write_api set.miner.pools set.system.reboot
""".split()  # noqa: SIM905
# What reads, but tells a secret, or makes the miner call out.
TELLTALES = ("logs", "systemaudit", "updatecheck")


def everything() -> list[Request]:
    """Each question alone, and each family's joins as a whole."""
    families = decode.families()
    alone = [request(question) for question in REGISTRY]
    rounds = [[q for q in asked if q.joinable] for family in families for asked in (family.fast, family.slow)]
    return alone + [request(*joined) for joined in rounds if len(joined) > 1]


def posted() -> list[Request]:
    """Each question that may be posted alone, and the joins of the families that ask them."""
    found = []
    for asked in everything():
        with suppress(ValueError):
            found.append(questions.posted(*asked.questions))
    return found
