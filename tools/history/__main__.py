"""Write hours of history of a simulated fleet for Prometheus, and serve them."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from pathlib import Path

from tools.history import troubles
from tools.history.make import RULES, free_address, make
from tools.history.recorded import prometheus, record


def main() -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.history", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of the history; one that exists is only served")
    parser.add_argument("--miners", type=int, default=300)
    parser.add_argument("--hours", type=float, default=6.0, help="hours of history before now")
    parser.add_argument("--ahead", type=int, default=30, help="minutes of history after now")
    parser.add_argument("--step", type=int, default=60, help="seconds between two samples")
    parser.add_argument("--troubles", default="six", help=f"{', '.join(troubles.SCENARIOS)}, or names with commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--now", type=int, default=int(time.time()), help="unix time that stands for now")
    parser.add_argument("--rules", type=Path, default=RULES, help="folder of the rules whose series are added")
    parser.add_argument("--no-rules", action="store_true", help="leave out what rules record, and alerts")
    parser.add_argument("--serve", metavar="ADDRESS", help="serve the history there until Ctrl-C")
    given = parser.parse_args()
    now = given.now // given.step * given.step
    start, end = now - int(given.hours * 3600) // given.step * given.step, now + given.ahead * 60
    try:
        if not given.folder.exists():
            begun, kinds = time.monotonic(), troubles.chosen(given.troubles)
            samples = make(
                given.folder,
                miners=given.miners,
                start=start,
                now=now,
                end=end,
                step=given.step,
                kinds=kinds,
                seed=given.seed,
            )
            if not given.no_rules:
                more, failed = record(given.folder, given.rules, free_address(), start=start, end=end, step=given.step)
                samples += more
                print(*(f"warning: left out: {rule}" for rule in failed), sep="\n", end="", file=sys.stderr)
            print(f"{given.miners} miners, {samples} samples in {time.monotonic() - begun:.0f} s", flush=True)
        if given.serve:
            with prometheus(given.folder, given.serve, step=given.step) as url:
                print(f"{url} until Ctrl-C", flush=True)
                threading.Event().wait()
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
