"""The worked example at the head of `exporter/plans/`: what it says of each answer is what happens."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import exporter.plans
from exporter.core.tracing import traceable
from exporter.core.values import count
from exporter.core.vocabulary import Miner, Part
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading
from exporter.plans.compiler import compile_plan
from exporter.plans.plan import Plan, PlanMismatch, PlanState
from exporter.render.exposition import unpack

NOW = 1_770_000_000.0
TEXT = inspect.getdoc(exporter.plans) or ""
SOURCE = textwrap.dedent("    def decoder" + TEXT.partition("    def decoder")[2].partition("\n\n")[0])
OUTCOMES = re.findall(r"^ +(\{.*?\}) +-> (.*?) {2,}(.*)$", TEXT, re.MULTILINE)


def answers(row: dict[str, Any]) -> Answers:
    return Answers(rows={"summary": [row]})


def test_the_example_does_what_it_says() -> None:
    names: dict[str, Any] = {"Miner": Miner, "count": count}
    exec(SOURCE, names)  # noqa: S102 - the decoder of the example
    runs: list[Reading] = []

    def traced(found: Answers) -> Plan:
        runs.append(reading := Reading(found, NOW))
        parts: Iterator[Part] = names["decoder"](reading)
        return compile_plan("", reading, list(parts), found.rows)

    plan: Plan | None = None
    for row, shown, how in OUTCOMES:
        found = answers(ast.literal_eval(row))
        if plan is None:
            assert how.startswith("traced and compiled")
            plan = traced(found)
        try:
            values = plan.read(found, PlanState(), {"now": NOW})
        except PlanMismatch:
            assert shown == "PlanMismatch"
            continue
        lines = b"".join(unpack(plan.render(values, PlanState(), b"", 100)[0])).decode().replace("{}", "")
        assert lines == f"{shown}\n"
        assert how.startswith("traced and compiled" if shown.endswith(" 5") else "replayed")
    assert len(runs) == 1
    assert [shown for _, shown, _ in OUTCOMES[2:]] == ["PlanMismatch"] * 2
    assert traced(answers({"Type": "S21", "Elapsed": 70})).numbers([]) == (), "what is retraced has its own result"


def test_a_replay_runs_the_recorded_functions_alone() -> None:
    calls: list[object] = []

    @traceable
    def watched(raw: object) -> int | float | None:
        calls.append(raw)
        return raw if isinstance(raw, int) else None

    found = answers({"Elapsed": 5})
    reading = Reading(found, NOW)
    plan = compile_plan("", reading, [Miner(watched(reading.row("summary")["Elapsed"]))], found.rows)
    assert calls == [5]
    plan.read(answers({"Elapsed": 70}), PlanState(), {"now": NOW})
    assert calls == [5, 70]
