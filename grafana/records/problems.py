"""Everything that is wrong with each miner that answers, how grave it is, and the part."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Final

from grafana.elements.expressions import ID
from grafana.elements.rules import Group, Record

PAGE, TICKET, INFO = "1", "2", "3"  # as the alerts about the same have it
RESTING: Final = f"unless on ({ID}) miner:asic_up:resting"
DEAD: Final = f"(asic_board_up == 0 {RESTING})"
MISSING: Final = "miner:asic_boards:missing"
FOUND: Final = "miner:asic_problem:found"
KNOWN: Final = "miner:asic_problem:known"


def problem(gravity: str, what: str, expr: str, *labels: str, part: str = "") -> Record:
    """Miners with something wrong; `where` is made of the labels' values, after the word `part`."""
    found = dedent(expr).strip()
    if part:
        found, labels = f'label_replace(\n{inner(found)},\n  "part", "{part}", "", ""\n)', ("part", *labels)
    if labels:
        joined = ", ".join(f'"{label}"' for label in labels)
        found = f'label_join(\n{inner(found)},\n  "where", " ", {joined}\n)'
        found = f"max without ({', '.join(labels)}) (\n{inner(found)}\n)"
    return Record(FOUND, f"0 * {found} + 1", "", {"gravity": gravity, "problem": what})


def counted(expr: str) -> str:
    """Add the label `boards`, such as "(2 of 3 work)", and drop miners without missing boards."""
    found = expr
    for label, record in (("works", "miner:asic_board_up:sum"), ("of", "miner:asic_boards:expected")):
        counts = f'count_values by ({ID}) ("{label}", {record} and on ({ID}) {MISSING})'
        found += f"\n  * on ({ID}) group_left ({label})\n{counts}"
    joined = f'label_join(\n{inner(found)},\n  "boards", " of ", "works", "of"\n)'
    return f'label_replace(\n{inner(joined)},\n  "boards", "($1 work)", "boards", "(.*)"\n)'


def inner(expr: str) -> str:
    return indent(expr, "  ")


GROUP: Final = Group(
    "asic-problems",
    "1m",
    [
        problem(PAGE, "works for an unexpected pool", "(asic_active_pool_expected == 0)", "check"),
        problem(PAGE, "stopped by a fault", 'max without (state) (asic_miner_state{state="faulted"} == 1)'),
        problem(
            PAGE,
            "mines at 0 H/s",
            f'(asic_hashrate_hashes_per_second == 0 and on ({ID}) asic_miner_state{{state="mining"}} == 1)',
        ),
        problem(
            PAGE,
            "all pools dead",
            f"(max without (pool, host) (pool:asic_pool_up:host) == 0 {RESTING})",
        ),
        problem(
            TICKET,
            "board dead",
            f"{counted(f'(0 * {DEAD} + 1)')}\n  or on ({ID}, board)\n{DEAD}",
            "board",
            "boards",
            part="board",
        ),
        problem(TICKET, "boards missing", f"{counted(f'({MISSING} unless on ({ID}) asic_board_up == 0)')}", "boards"),
        problem(TICKET, "fan stands still", f"(asic_fan_speed_rpm == 0 {RESTING})", "fan", part="fan"),
        problem(TICKET, "fans missing", f"(miner:asic_fans:missing unless on ({ID}) asic_fan_speed_rpm == 0)"),
        problem(TICKET, "chips failed", "(asic_board_chips_failed > 0)", "board", part="board"),
        problem(TICKET, "too hot", "(part:asic_temperature_celsius:margin < 0)", "part"),
        problem(
            TICKET,
            "input voltage low",
            'max without (alertname, alertstate, severity) (ALERTS{alertname="AsicPsuInputLow",alertstate="firing"})',
            "psu",
            part="supply",
        ),
        problem(TICKET, "fault", '(asic_fault{severity!="info"} == 1)', "code", "component"),
        problem(TICKET, "not as expected", "(asic_expected == 0)", "property"),
        problem(INFO, "not read", f"(asic_section_up == 0 and on ({ID}) asic_up == 1)", "section"),
        Record(
            KNOWN,
            f"""
                {FOUND}
                  * on ({ID}) group_left (algorithm, family, model, address, config_group)
                miner:asic_target_info:known
                """,
            "All that was found above, with the labels of what and where the miners are: one join for all.",
        ),
        Record(
            "instance:asic_problems:count",
            "\n  or\n".join(
                [
                    f"count by (job, instance, gravity) ({KNOWN})",
                    *(
                        f'label_replace(0 * instance:asic_up:count, "gravity", "{gravity}", "", "")'
                        for gravity in (PAGE, TICKET, INFO)
                    ),
                ]
            ),
        ),
    ],
)
