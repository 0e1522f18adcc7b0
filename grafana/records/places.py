"""Which miners should answer, and the places of which none or nearly none does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from grafana.elements.rules import Record

WIDE: Final = ("site", "building", "container", "hall", "room", "row", "rack")
"""Labels of places, each within those before it."""
FEEDS: Final = ("pdu", "switch")
"""Labels of what feeds the miners of a room."""
GROUP_LABEL: Final = "config_group"
KINDS: Final = (*WIDE, *FEEDS, GROUP_LABEL)
DUE: Final = "miner:asic_up:due"


def around(kind: str) -> tuple[str, ...]:
    """Return the labels of the places in which a place of that kind is."""
    if kind == GROUP_LABEL:
        return ()
    return WIDE[: WIDE.index(kind if kind in WIDE else "row")]


def named(*labels: str) -> str:
    return ", ".join(("job", "instance", *labels))


def dark(kind: str) -> str:
    """Return the miners that do not answer of each dark place of that kind, where what is around it has light."""
    chosen = f'{kind}!=""' + "".join(f',{label}=""' for label in (*WIDE, *FEEDS) if kind == GROUP_LABEL)
    place, due = named(*around(kind), kind), f"{DUE}{{{chosen}}}"
    return f"""label_replace(
  label_replace(
    count by ({place}) ({due} == 0)
      and on ({place})
    (avg by ({place}) ({due}) <= 0.1 and count by ({place}) ({due}) >= 4)
      unless on ({named(*around(kind))})
    avg by ({named(*around(kind))}) ({DUE}) <= 0.1,
    "place", "{kind.removeprefix("config_")} $1", "{kind}", "(.+)"
  ),
  "place_kind", "{kind}", "", ""
)"""


def scattered() -> Iterator[str]:
    """Yield the lines of what counts the miners that do not answer and are in no dark place."""
    yield "count by (job, instance) ("
    yield f"  {DUE} == 0"
    for kind in KINDS:
        yield f'    unless on ({named(*around(kind), kind)}) place:asic_up:dark{{place_kind="{kind}"}}'
    yield ")"
    yield "  or"
    yield "0 * instance:asic_up:due"


RULES: Final = [
    Record(
        DUE,
        """
                (
                  asic_up * on (job, instance, miner) group_left (config_group) miner:asic_target_info:known
                    or on (job, instance, miner)
                  asic_up
                )
                  unless on (job, instance, miner) asic_off_expected == 1
                """,
        "Whether each miner answers that is not planned to be off, with its group.",
    ),
    Record("instance:asic_up:due", f"count by (job, instance) ({DUE})", "The miners that should answer."),
    Record(
        "place:asic_up:dark",
        "\n  or\n".join(dark(kind) for kind in KINDS),
        """
            Places of four miners or more of which nine of ten do not answer, by the miners that do not. A place
            within a dark place is left out, and so is one that is all of an exporter. A group counts as a place for
            miners without a label of place.
            """,
    ),
    Record(
        "instance:asic_up:scattered",
        "\n".join(scattered()),
        "Miners that do not answer, and of which no dark place tells.",
    ),
]
