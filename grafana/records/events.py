"""What happened: restarts, and changes of firmware, state, pool and address; and the memory that shows them.

A memory is written after the events that read it: an event compares with the evaluation before. What is remembered of
a miner is forgotten once its exporter is gone for an hour.
"""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Final

from grafana.elements.expressions import ID
from grafana.elements.rules import Group, Record

KNOWN: Final = "miner:asic_target_info:known"
IDENTITY: Final = "miner:asic_miner_info:known"
UPTIME: Final = "miner:asic_miner_uptime_seconds:known"
STATE: Final = "miner:asic_miner_state:now"
STEADY: Final = f"({STATE} and {STATE} offset 3m)"
SETTLED: Final = "miner:asic_miner_state:known"
POOL: Final = "miner:asic_pool_host:active"
WORKED_FOR: Final = "miner:asic_pool_host:known"


def event(kind: str, expr: str, note: str = "") -> Record:
    """An event of the miners of the expression, once for each, with the labels of what and where they are."""
    once = f"topk by ({ID}) (\n  1,\n{inner(expr)}\n)"
    joined = f"{KNOWN}\n  * on ({ID}) group_left (detail)\n{once}"
    return Record("miner:asic_event:occurred", joined, note, {"event": kind})


def memory(name: str, expr: str, note: str = "") -> Record:
    """What the expression says of each miner, else what it said last."""
    return Record(name, f"{dedent(expr).strip()}\n  or on ({ID})\n({name} and on ({ID}) {KNOWN})", note)


def changed(before: str, now: str, *labels: str, by: str = ID) -> str:
    """What is said now in the place of what was remembered, with `detail`: the labels of both as "x to y"."""
    named = ", ".join(f'"{label}"' for label in labels)
    was = f'label_join(\n{inner(before)},\n  "was", " ", {named}\n)'
    both = f"{was}\n  * on ({by}) group_left ({', '.join(labels)})\n{dedent(now).strip()}"
    joined = f'label_join(\n{inner(both)},\n  "is", " ", {named}\n)'
    return f'label_join(\n{inner(joined)},\n  "detail", " to ", "was", "is"\n)'


def inner(expr: str) -> str:
    return indent(dedent(expr).strip(), "  ")


GROUP: Final = Group(
    "asic-events",
    "1m",
    [
        event(
            "restart",
            f"""
            label_replace(
              0 * (asic_device_uptime_seconds < 900 and on ({ID}) (asic_miner_uptime_seconds + 60 < {UPTIME})) + 1,
              "detail", "the device", "", ""
            )
              or on ({ID})
            label_replace(
              0 * (asic_miner_uptime_seconds + 60 < {UPTIME}) + 1,
              "detail", "the mining process", "", ""
            )
            """,
            "Uptime that went back, also over the time in which the miner did not answer. An event is there for one "
            "evaluation: ask for max_over_time() of it.",
        ),
        memory(UPTIME, "asic_miner_uptime_seconds"),
        event(
            "firmware",
            changed(
                f"""
                {IDENTITY}{{firmware_version!=""}}
                  unless on ({ID}, firmware, firmware_version)
                asic_miner_info
                """,
                f'topk by ({ID}) (1, asic_miner_info{{firmware_version!=""}})',
                "firmware",
                "firmware_version",
            ),
        ),
        event(
            "address",
            changed(
                f"""
                topk by (job, mac) (
                  1,
                  {IDENTITY}{{mac!=""}}
                    unless on ({ID}, address, mac)
                  (asic_miner_info * on ({ID}) group_left (address) {KNOWN})
                )
                """,
                f"""
                topk by (job, mac) (
                  1,
                  asic_miner_info{{mac!=""}} * on ({ID}) group_left (address) {KNOWN}
                    unless on (job, address, mac) {IDENTITY}
                )
                """,
                "address",
                by="job, mac",
            ),
            "A machine is known by its MAC address, whatever its name or exporter.",
        ),
        memory(
            IDENTITY,
            f"""
            {KNOWN}
              * on ({ID}) group_left (cooling, firmware, firmware_version, hostname, mac, make, serial)
            topk by ({ID}) (1, asic_miner_info)
            """,
            "What each miner said last that it is.",
        ),
        Record(STATE, "asic_miner_state == 1"),
        event(
            "state",
            changed(f"{SETTLED} unless on ({ID}, state) {STEADY}", STEADY, "state"),
            "A state counts once it has lasted for three minutes.",
        ),
        memory(SETTLED, STEADY),
        Record(
            POOL,
            f"""
            max without (pool, kind, user) (
              asic_pool_info{{host!="",kind!="devfee"}} and on ({ID}, pool) asic_pool_active == 1
            )
            """,
            "Whom each miner works for; without the entries of the firmware's maker.",
        ),
        event(
            "pool",
            changed(
                f"topk by ({ID}) (1, {WORKED_FOR} unless on ({ID}, host) {POOL})",
                f"topk by ({ID}) (1, {POOL} unless on ({ID}, host) {WORKED_FOR})",
                "host",
            ),
        ),
        memory(WORKED_FOR, POOL),
    ],
)
