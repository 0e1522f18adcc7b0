"""What the Fleet dashboard asks is cheap for the whole farm and right for chosen places, seen by promtool."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grafana.pages import fleet_words
from tests.harness.promtool import promtool

pytestmark = pytest.mark.program("promtool")

WHOLE = {
    'instance:asic_up:count{job="farm",instance="x"}': 1000.0,
    'instance:asic_up:count{job="farm2",instance="x"}': 7.0,
    'ALERTS{job="farm",alertname="AsicManyMinersDown",alertstate="firing",severity="page"}': 1.0,
    'ALERTS{job="farm",instance="x",rack="r2",alertname="AsicPlaceDown",alertstate="firing",severity="page"}': 1.0,
    'ALERTS{job="farm",instance="x",alertname="AsicWatchdog",alertstate="firing",severity="info"}': 1.0,
}
"""more miners than there are of each: so it is seen which of both was asked"""
EACH = {
    f'{name}{{job="farm",instance="x",miner="{miner}",{labels}}}': value
    for miner, rack in (("a", "r1"), ("b", "r1"), ("c", "r2"), ("d", ""))
    for name, labels, value in (
        ("miner:asic_target_info:known", f'rack="{rack}",model="S21"', 1.0),
        ("asic_up", f'rack="{rack}"', float(miner != "a")),
        ("ALERTS", f'rack="{rack}",alertname="AsicFanFailed",alertstate="firing",severity="ticket"', 1.0),
    )
}


def asked(expr: str, folder: Path, **variables: str) -> float | None:
    """Return the value of the expression, as promtool complains of it where nothing is expected; None is no value."""
    for name, value in {"job": "farm", "instance": "x", "by": "rack", "of": ".*", **variables}.items():
        expr = expr.replace(f"${name}", value)
    rows = [{"series": series, "values": repr(value)} for series, value in {**WHOLE, **EACH}.items()]
    test = {"interval": "1m", "input_series": rows, "promql_expr_test": [{"expr": expr, "eval_time": "0m"}]}
    done = promtool([test], folder, files=())
    if done.returncode == 0:
        return None
    found = re.search(r"got: {} (\S+)", done.stdout + done.stderr)
    assert found, done.stdout + done.stderr
    return float(found[1])


@pytest.mark.parametrize(
    ("variables", "miners", "down", "firing"),
    [
        ({}, 1000, 1, 6),
        ({"of": "r1"}, 2, 1, 2),
        ({"of": "r2"}, 1, None, 2),
        ({"of": "r1|r2"}, 3, 1, 4),
        ({"of": "r9"}, None, None, None),
        ({"by": "model", "of": "S21"}, 4, 1, 4),
        ({"job": "(farm|farm2)"}, 1007, 1, 6),
        ({"job": "(farm|farm2)", "of": "2"}, None, None, None),
    ],
)
def test_the_records_are_asked_until_places_are_chosen(
    variables: dict[str, str], miners: int | None, down: int | None, firing: int | None, tmp_path: Path
) -> None:
    assert asked(fleet_words.MINERS, tmp_path, **variables) == miners
    assert asked(fleet_words.DOWN, tmp_path, **variables) == down
    assert asked(f"count({fleet_words.alerting('.+')})", tmp_path, **variables) == firing
