"""Intervals until something is tried again, in seconds of the monotonic clock."""

from __future__ import annotations

from typing import Final

from exporter.transport.login import REFUSED

SLOW: Final = 300.0  # between two rounds of slow questions, and until a question that was too slow is asked again
RETRY: Final = 3600.0  # until an unsupported question, join or surface is tried again
WAKE: Final = 60.0  # the longest that a command is skipped while no fast question is answered
PROBE: Final = 60.0  # until an address that refuses is probed again: a round of probes costs ten questions
SILENT_PORT: Final = 600.0  # until a port that was silent twice is probed again
SUSPECT: Final = 300.0  # until a known miner that refuses may be another one: a restart takes less
DENIED: Final = REFUSED  # until a miner that denied a login is recognised anew
