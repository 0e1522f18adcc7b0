"""Every recorded miner through the alerts, as if it stayed as it is: a false page or ticket shows in one list."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.places import FIXTURES, GOLDEN
from tests.harness.promql import READ
from tests.harness.promtool import ALERTS, promtool, rules
from tests.harness.recorded import EXPECTED

REVIEWED = GOLDEN / "alerts.txt"
MINUTES = 80  # longer than the longest `for` together with the longest range, but for those of a day
EVERY = "4m"  # rules are evaluated; as often as the ranges over what rules record can bear
_SAMPLE = re.compile(r'(asic_\w+)\{miner="(?:[^"\\]|\\.)*"(.*)\} (\S+)')
_ALERT = re.compile(r"Labels:(\{.*\})\n\s+Annotations:(\{.*\})")


def series(page: Path) -> Iterator[dict[str, str]]:
    """The page's samples as series that stay as they are; clocks run, and what counts good things grows."""
    miner = f"{page.parent.parent.name}/{page.parent.name}"
    for name, labels, value in _SAMPLE.findall(page.read_text()):
        if name not in READ or name.startswith("asic_exporter_") or "timestamp" in name:
            continue
        good = name.endswith("_total") and not re.search(
            "reject|fail|error|stale|drop|restart|overheat|reconnect|bad|discard", name
        )
        grown = float(value) / 1000 if "difficulty" in name else 10  # what the pools paid, in its parts
        growth = "+60" if name.endswith("uptime_seconds") else f"+{grown:.17g}" if good else "+0"
        selector = f'{name}{{job="{miner}",instance="x",miner="{miner}"{labels}}}'  # a farm of its own
        yield {"series": selector, "values": f"{float(value):.17g}{growth}x{MINUTES}"}


def fired(pages: list[Path], folder: Path) -> list[str]:
    """What fires in the end: one line for each alert, with its texts."""
    alerts = rules(ALERTS)
    scrape = {"series": 'up{job="asic-exporter",instance="x"}', "values": f"1x{MINUTES}"}
    asked = [{"alertname": rule["alert"], "eval_time": f"{MINUTES}m", "exp_alerts": []} for rule in alerts]
    rows = [scrape, *(one for page in pages for one in series(page))]
    done = promtool([{"interval": "1m", "input_series": rows, "alert_rule_test": asked}], folder, every=EVERY)
    assert "err:" not in done.stderr, done.stderr[:2000]
    return sorted(map(line, _ALERT.findall(done.stdout + done.stderr)))


def line(found: tuple[str, str]) -> str:
    """`miner: severity alert: description (place)`."""
    labels, annotations = (dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', text)) for text in found)
    place = f" ({annotations['place']})" if "place" in annotations else ""
    miner = labels.get("miner", labels["job"])
    return f"{miner}: {labels['severity']} {labels['alertname']}: {annotations['description']}{place}\n"


@pytest.mark.program("promtool")
def test_recorded_miners_raise_what_was_reviewed(tmp_path: Path) -> None:
    text = "".join(fired(sorted(FIXTURES.rglob(EXPECTED)), tmp_path))
    if os.environ.get("GOLDEN") == "write":
        REVIEWED.write_text(text)
    assert text == REVIEWED.read_text(), "make golden, and read the diff: is each alert true for that miner?"
