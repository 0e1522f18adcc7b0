"""The components of Whatsminer's error codes: a code's digits are its kind, its case, and often its board.

Quirks: a code consists of the kind, a digit for the case and a digit for the thing. 532 is a board (5) that was not
found (3), in slot 2. In codes about chips, the case is the slot. A code with the chip's number has six digits, the last
three for the chip (521003).
"""

from __future__ import annotations

from typing import Final

from exporter.decode.common.faults import CRITICAL, INFO, WARNING

ANYTHING: Final = ("miner", WARNING)  # (component, severity) of an unlisted code

# (component, severity) by kind. CASES (by kind and case) come first, and CODES (by the whole code) before CASES.
KINDS: Final = {
    1: ("fan", CRITICAL),
    2: ("psu:0", CRITICAL),
    3: ("board:{thing}", WARNING),
    4: ("board:{thing}", CRITICAL),
    5: ("board:{thing}", CRITICAL),
    6: ("environment", CRITICAL),
    7: ("control_board", WARNING),
    8: ("firmware", CRITICAL),
    9: ("psu:0", WARNING),
    20: ("pool", WARNING),
    21: ("board:{thing}", WARNING),
    23: ("miner", WARNING),
    50: ("board:{thing}", WARNING),
    51: ("board:{thing}", WARNING),
    52: ("board:{case}", WARNING),
    53: ("board:{case}", WARNING),
    54: ("board:{case}", WARNING),
    55: ("board:{case}", WARNING),
    56: ("board:{case}", WARNING),
    80: ("miner", INFO),
    81: ("board", CRITICAL),
    82: ("firmware", CRITICAL),
    84: ("firmware", WARNING),
    85: ("miner", WARNING),
    86: ("miner", WARNING),
    87: ("psu:0", WARNING),
    90: ("firmware", CRITICAL),
    1000: ("firmware", CRITICAL),
    1001: ("firmware", CRITICAL),
    1100: ("firmware", CRITICAL),
}
CASES: Final = {
    (3, 5): ("board:{thing}", CRITICAL),  # stopped by the board's temperature
    (3, 6): ("board:{thing}", CRITICAL),
    (3, 7): ("environment", WARNING),
    (3, 8): ("environment", WARNING),  # humidity
    (4, 0): ("board", CRITICAL),
    (5, 0): ("board", CRITICAL),
    (5, 5): ("board:{thing}", WARNING),  # bad chips
    (5, 6): ("board:{thing}", WARNING),
    (5, 9): ("board:{thing}", WARNING),
    (6, 1): ("environment", WARNING),  # too warm for the high mode only
    (7, 2): ("board:{thing}", WARNING),
    (8, 1): ("board", WARNING),
    (20, 0): ("pool", CRITICAL),  # no pool is configured
    (20, 1): ("pool", CRITICAL),  # all pools are disabled
    (50, 5): ("board:{thing}", CRITICAL),  # stopped by the chips' temperature
    (50, 7): ("board:{thing}", CRITICAL),  # the water hardly flows
    (50, 8): ("miner", WARNING),
    (82, 0): ("psu:0", CRITICAL),
    (86, 3): ("psu:0", WARNING),
    (86, 4): ("psu:0", WARNING),
}
CODES: Final = {
    **{100 + 10 * case: ("fan:in", CRITICAL) for case in (1, 2, 3)},
    **{101 + 10 * case: ("fan:out", CRITICAL) for case in (1, 2, 3)},
    140: ("fan", WARNING),  # too fast
    **dict.fromkeys((206, 216, 218, 263, 272, 273, 274, 275), ("psu:0", WARNING)),
    329: ("control_board", WARNING),
    701: ("control_board", CRITICAL),
}


def about(code: int) -> tuple[str, str]:
    """Return (component, severity) of an error code."""
    if 200_000 <= code < 1_000_000:  # codes with a chip's number
        kind, case, thing = code // 10_000, code // 1000 % 10, code % 1000
    else:
        kind, case, thing = code // 100, code // 10 % 10, code % 10
    component, severity = CODES.get(code) or CASES.get((kind, case)) or KINDS.get(kind, ANYTHING)
    return component.format(case=case, thing=thing), severity
