"""The hottest readings, and the temperatures that they must stay below."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Group, Record

CHIPS: Final = "miner:asic_chip_temperature_celsius:max"
BOARDS: Final = "miner:asic_board_temperature_celsius:max"


def margin(part: str, reading: str) -> str:
    own = f"miner:asic_temperature_limit_celsius:{part} - ignoring (source) {reading}"
    return f'label_replace({own}, "part", "{part}", "", "")'


GROUP: Final = Group(
    "asic-heat-limits",
    "1m",
    [
        Record(
            BOARDS,
            'max without (board, location, sensor) (asic_board_temperature_celsius{location=~"pcb|pic|inlet|outlet"})',
        ),
        Record(
            "miner:asic_temperature_limit_celsius:chip",
            f"""
                label_replace(
                  max without (limit) (asic_temperature_limit_celsius{{limit="chip_hot"}})
                    or on (job, instance, miner)
                  max without (limit) (asic_temperature_limit_celsius{{limit="hot"}} > 95)
                    or on (job, instance, miner)
                  max without (limit) (asic_temperature_limit_celsius{{limit="shutdown"}}),
                  "source", "firmware", "", ""
                )
                  or on (job, instance, miner)
                label_replace(
                  0 * {CHIPS} + 100
                    and on (job, instance, miner) miner:asic_target_info:known{{model=~"Antminer [ST]9.*"}},
                  "source", "model", "", ""
                )
                  or on (job, instance, miner)
                label_replace(0 * {CHIPS} + 95, "source", "default", "", "")
                """,
            """
                What chips must stay below: by the firmware, else by the model, else what most of them bear. A limit
                that does not name the chips is one of the boards, unless it is higher than any board bears.
                """,
        ),
        Record(
            "miner:asic_temperature_limit_celsius:board",
            f"""
                label_replace(
                  max without (limit) (asic_temperature_limit_celsius{{limit="hot"}} <= 95)
                    or on (job, instance, miner)
                  max without (limit) (asic_temperature_limit_celsius{{limit="dangerous"}} <= 95),
                  "source", "firmware", "", ""
                )
                  or on (job, instance, miner)
                label_replace(0 * {BOARDS} + 85, "source", "default", "", "")
                """,
        ),
        Record(
            "part:asic_temperature_celsius:margin",
            f"""
                {margin("chip", CHIPS)}
                  or
                {margin("board", BOARDS)}
                """,
            "Degrees between the hottest chip or board and its own limit: below zero is too hot.",
        ),
        Record(
            "miner:asic_temperature_celsius:margin",
            "min without (part) (part:asic_temperature_celsius:margin)",
        ),
        Record(
            "miner:asic_temperature_celsius:hottest",
            f"""
                {CHIPS}
                  and
                (
                  part:asic_temperature_celsius:margin{{part="chip"}}
                    == ignoring (part)
                  miner:asic_temperature_celsius:margin
                )
                  or
                ({BOARDS} and miner:asic_temperature_celsius:margin)
                """,
            "The reading that is nearest to its own limit.",
        ),
    ],
)
