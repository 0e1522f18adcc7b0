"""Each miner's own past: what it usually hashes and takes for it, and whether somebody set it otherwise since."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Group, Record

SETTINGS: Final = ("asic_power_limit_watts", "asic_hashrate_target_hashes_per_second")


def changed(back: str) -> str:
    """Return the miners of which a setting differs from what it was that long ago."""
    differ = [f"abs({name} / {name} offset {back} - 1) > 0.01" for name in SETTINGS]
    clock = "max without (board) (asic_board_frequency_target_hertz)"
    then = f"max without (board) (asic_board_frequency_target_hertz offset {back})"
    profile = (
        f"(asic_profile_info unless on (job, instance, miner, profile) asic_profile_info offset {back}\n"
        f"    and on (job, instance, miner) asic_profile_info offset {back})"
    )
    either = "\n    or on (job, instance, miner)\n  ".join([*differ, f"abs({clock} / {then} - 1) > 0.01", profile])
    return f"max by (job, instance, miner) (\n  {either}\n)"


RECENT: Final = Group(
    "asic-recent",
    "1m",
    [
        Record("miner:asic_settings:changed6h", changed("6h"), "Miners that somebody set to something else."),
        Record(
            "miner:asic_hashrate_hashes_per_second:steady",
            """
                miner:asic_hashrate_hashes_per_second:avg10m
                  * on (job, instance, miner) group_left (algorithm)
                miner:asic_target_info:known
                  and on (job, instance, miner) miner:asic_up:working == 1
                  unless on (job, instance, miner) asic_miner_state{state=~"starting|tuning"} == 1
                  unless on (job, instance, miner) asic_curtailed == 1
                  unless on (job, instance, miner) miner:asic_settings:changed6h
                """,
            "Of miners that should hash as they did six hours ago.",
        ),
        Record(
            "instance:asic_shares_accepted:increase30m",
            "sum by (job, instance) (miner:asic_shares_accepted:increase30m)",
        ),
    ],
)
USUAL: Final = Group(
    "asic-usual",
    "4m",
    [
        Record("miner:asic_settings:changed1d", changed("1d")),
        Record(
            "miner:asic_hashrate_hashes_per_second:usual",
            "quantile_over_time(0.75, miner:asic_hashrate_hashes_per_second:avg10m[1d:1h] offset 1h) > 0",
            """
                What a miner reaches in a quarter of the hours of a day: a drop stays visible for most of a day, and
                hours of rest do not count.
                """,
        ),
        Record(
            "miner:asic_efficiency_joules_per_terahash:usual",
            "quantile_over_time(0.25, miner:asic_efficiency_joules_per_terahash[1d:1h] offset 1h)",
        ),
    ],
)
