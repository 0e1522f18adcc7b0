"""Intervals until something is tried again, in seconds of the monotonic clock."""

from __future__ import annotations

from typing import Final

from exporter.transport.login import REFUSED

SLOW: Final = 300.0  # between two rounds of slow questions, and until a page or surface that failed is tried again
RETRY: Final = 3600.0  # until a question, join or surface that the miner does not know is tried again
ASLEEP: Final = 60.0  # the longest that a command is skipped while a miner answers no fast question
PROBE: Final = 60.0  # until an address is probed, or a lost miner recognised, again: each costs some ten questions
SILENT_PORT: Final = 600.0  # until a port that was silent twice is probed again
SUSPECT: Final = 300.0  # until a miner that refuses is recognised anew, as it may be another: a restart takes less
DENIED: Final = REFUSED  # until a miner that denied its login is recognised anew, when the login too is tried again
