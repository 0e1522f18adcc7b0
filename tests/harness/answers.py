"""What queries answer on made series, with the recording rules over them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness.promtool import RECORDING, promtool

Answer = Mapping[str, float]
"""The samples of an answer: their labels, such as `rack="r1"`, and their values"""
OF_ALL = {"job": "asic-exporter", "instance": "x", "miner": "a", "rack": "r1"}


@dataclass(frozen=True)
class Asked:
    """Queries at a minute of made series, and their answers.

    Series are `name` or `name{label="value"}` with values as promtool reads them, one a minute. Labels of OF_ALL that
    they do not name are added.
    """

    name: str
    series: Mapping[str, str]
    answers: Mapping[str, Answer]
    at: int = 30

    def test(self) -> dict[str, Any]:
        """Return the test for promtool."""
        samples = {
            query: [{"labels": f"{{{labels}}}", "value": value} for labels, value in answer.items()]
            for query, answer in self.answers.items()
        }
        return {
            "name": self.name,
            "interval": "1m",
            "input_series": [{"series": placed(name), "values": values} for name, values in self.series.items()],
            "promql_expr_test": [
                {"expr": query, "eval_time": f"{self.at}m", "exp_samples": each} for query, each in samples.items()
            ],
        }


def placed(series: str, miner: str = OF_ALL["miner"]) -> str:
    """Return the series with the labels of OF_ALL, of that miner, that it does not have."""
    name, _, labels = series.rstrip("}").partition("{")
    own = dict(re.findall(r'(\w+)="([^"]*)"', labels))
    written = ",".join(f'{label}="{value}"' for label, value in {**OF_ALL, "miner": miner, **own}.items())
    return f"{name}{{{written}}}"


def check(asked: Sequence[Asked], folder: Path) -> None:
    """Run the queries through promtool; raises AssertionError with what it answered."""
    done = promtool([each.test() for each in asked], folder, [RECORDING])
    assert done.returncode == 0, done.stdout + done.stderr
