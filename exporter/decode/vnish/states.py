"""The state of VNish from its web pages: what the miner does, since when, who throttles it, and what its tuner does.

Quirks: `throttled` is the percentage of the preset's power that is left, 100 without a throttle and 0 at rest. The
firmware keeps the time in a state for mining alone. A preset has its power and hashrate in a text,
"2800 watt ~ 188 TH".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable, untraced
from exporter.core.values import Number, count, flag, positive, ratio, text
from exporter.decode.common import faults
from exporter.decode.common.nested import at
from exporter.decode.common.poolvalues import ago
from exporter.decode.common.scale import spelt
from exporter.parse.rows import Reading

STATES: Final = {
    "mining": "mining",
    "initializing": "starting",
    "starting": "starting",
    "auto-tuning": "tuning",
    "restarting": "starting",
    "shutting-down": "paused",
    "stopped": "paused",
    "failure": "faulted",
}
AT_WORK: Final = ("mining", "tuning")
WANTED: Final = ("restart_required", "reboot_required")  # flags of settings that wait for a restart

_PRESET = re.compile(r"(\d{1,6}) watt ~ (.{2,24})", re.ASCII)
_count, _positive, _spelt, _text = untraced(count), untraced(positive), untraced(spelt), untraced(text)


@traceable
def throttled(raw: object, word: object) -> int | None:
    """Return 1 for a percentage below 100, 0 for 100 while the miner works by the word of its state.

    None for anything else, such as the 0 of a miner at rest. Somebody may have stopped a miner that does not work."""
    left = _positive(raw)
    if left is None or left > 100:
        return None
    return 1 if left < 100 else 0 if STATES.get(_text(word)) in AT_WORK else None


@traceable
def while_throttled(left: Number | None, on: int | None) -> Number | None:
    """Return the part of the power that is left, while the miner is throttled."""
    return left if on else None


@traceable
def since(word: object, seconds: object, now: float) -> Number | None:
    """Return the Unix time since which the miner mines; None in any other state."""
    return ago(_count(seconds), now) if _text(word) == "mining" else None


@traceable
def watts(pretty: object) -> Number | None:
    """Return the power of a preset, here 2800 of "2800 watt ~ 188 TH"."""
    match = _PRESET.fullmatch(pretty) if isinstance(pretty, str) else None
    return None if match is None else _positive(match[1])


@traceable
def rate(pretty: object) -> Number | None:
    """Return the hashrate of a preset, here 188e12 of "2800 watt ~ 188 TH"."""
    match = _PRESET.fullmatch(pretty) if isinstance(pretty, str) else None
    return None if match is None else _spelt(match[2])


def state(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("vnish_status")
    word = text(row.static("miner_state"))
    yield from v.miner_states(STATES.get(word))
    yield v.Device(miner_state_since_timestamp_seconds=since(row["miner_state"], row["miner_state_time"], reading.now))
    yield from throttle(row["throttled"], row["miner_state"])
    yield from failure(row.static("failure_code"))
    for key in WANTED:
        if flag(row.static(key)):
            yield v.Fault(key, "miner", faults.INFO, 1)
    yield from tuner(reading, word)


def throttle(raw: object, word: object) -> Iterator[v.Part]:
    """Yield the throttle that a user or the user's program sets; a fault tells it, too."""
    on = throttled(raw, word)
    yield v.Curtailment("user", on, while_throttled(ratio(raw), on))
    if static(on):
        yield v.Fault("throttled", "miner", faults.INFO, 1)


def failure(raw: object) -> Iterator[v.Part]:
    """Yield the fault of a failure code above zero."""
    if (code := positive(raw)) is not None:
        yield v.Fault(text(int(code)), "miner", faults.CRITICAL, 1)


def tuner(reading: Reading, word: str) -> Iterator[v.Part]:
    """Yield the tuner's state: tuning by the miner's state `word`, else disabled or stable by the preset."""
    preset = reading.row("vnish_performance")["current_preset"]
    if word == "auto-tuning":
        yield from v.tuner_states("tuning")
    elif word and static(text(at(preset, "name"))) == "disabled":
        yield from v.tuner_states("disabled")
    elif word and static(text(at(preset, "status"))) == "tuned":
        yield from v.tuner_states("stable")


def performance(reading: Reading) -> Iterator[v.Part]:
    """Yield the preset, and the power and hashrate that the preset works to."""
    preset = reading.row("vnish_performance")["current_preset"]
    yield v.Profile(text(static(at(preset, "name"))))
    pretty = at(preset, "pretty")
    yield v.Miner(power_limit_watts=watts(pretty), hashrate_target_hashes_per_second=rate(pretty))
