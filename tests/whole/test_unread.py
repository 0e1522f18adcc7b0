"""Every field of a recorded answer is read, or left unread for a reason.

`make golden` keeps the list in tests/golden/unread.txt: it adds new fields with a question mark in place of the reason,
and drops fields that are read by now. A heading is a family; the first heading has fields of all families.
"""

from __future__ import annotations

import os
from collections import defaultdict
from typing import Final

from tests.harness.places import GOLDEN
from tests.harness.provenance import provenance
from tests.harness.recorded import RECORDINGS
from tests.whole.test_golden import STRANGERS

UNREAD: Final = GOLDEN / "unread.txt"
EVERY: Final = "every family"

REASONS: Final = {
    "repeated": "another field of the family says the same fact, and is read",
    "derived": "follows from metrics that are there: a ratio, a mean, a sum, an efficiency",
    "setting": "a choice of the owner that tells nothing of the work, such as a colour, a language, a name",
    "option": "a choice that the firmware offers, or a default",
    "network": "the network's settings: addresses, names, masks",
    "secret": "a login, a token, a wallet",
    "text": "words for people, without a closed set behind them",
    "constant": "the same for all miners of the firmware, or for all of the model",
    "placeholder": "never filled by this firmware, or by none that was seen",
    "internal": "a matter of the firmware's own, from which nothing follows for an operator",
    "clock": "the device's own time of day, or the time of the answer",
    "unclear": "no public fact tells the meaning or the unit",
    "another": "read from another page or command of the same miner",
    "chips": "per chip, while the boards' counts and extremes are read",
}


def listed() -> dict[str, dict[str, str]]:
    """The reasons by field, by heading."""
    found: dict[str, dict[str, str]] = {}
    for line in UNREAD.read_text().splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = below = {}
        elif line:
            name, _, reason = line.rpartition(": ")
            below[name] = reason
    return found


async def seen() -> dict[str, set[str]]:
    """The fields of each family that none of its recordings has read."""
    answered: dict[str, set[str]] = defaultdict(set)
    read: dict[str, set[str]] = defaultdict(set)
    for recording in RECORDINGS:
        if recording.name not in STRANGERS:
            found = await provenance(recording)
            answered[recording.family] |= found.answered
            read[recording.family] |= found.read
    return {family: names - read[family] for family, names in answered.items()}


async def test_every_field_is_read_or_left_for_a_reason() -> None:
    reasons, unread = listed(), await seen()
    everywhere = reasons.get(EVERY, {})
    expected = {EVERY: everywhere} | {
        family: {name: reasons.get(family, {}).get(name, "?") for name in sorted(names - everywhere.keys())}
        for family, names in sorted(unread.items())
    }
    if os.environ.get("GOLDEN") == "write":
        parts = [
            "\n".join([f"[{head}]", *(f"{n}: {why}" for n, why in below.items()), ""])
            for head, below in expected.items()
        ]
        UNREAD.write_text("\n".join(parts))
        return
    assert reasons == expected, "make golden writes the list anew"
    unexplained = [
        f"{family} {name}" for family, below in expected.items() for name, why in below.items() if why not in REASONS
    ]
    assert unexplained == [], f"{UNREAD.name}: give each a reason of REASONS, or read it"
    assert everywhere.keys() <= set().union(*unread.values())
