"""The event loop: uvloop where it is installed, else asyncio's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

try:
    import uvloop
except ImportError:  # some machines have no wheel of it
    uvloop = None  # type: ignore[assignment]

T = TypeVar("T")
new: Final[Callable[[], asyncio.AbstractEventLoop]] = (uvloop if uvloop is not None else asyncio).new_event_loop


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` as asyncio.run does, and return its result."""
    with asyncio.Runner(loop_factory=new) as runner:
        return runner.run(main)
