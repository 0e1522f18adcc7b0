"""Which labels a PromQL expression yields, given those of the metrics: a typo or an impossible match is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import promql_parser as p

from tests.harness.promtool import RULES

READ = frozenset(re.findall(r"\basic_\w+", "".join(file.read_text() for file in RULES.glob("*.yml"))))
"""the names of metrics that rules read"""

Labels = frozenset[str]
SCALAR: None = None
SELECTING = {"topk", "bottomk", "limitk"}


class WrongQueryError(Exception):
    """The expression names something that is not there."""


@dataclass
class Checker:
    """Infers labels; `metrics` gives the labels of each metric. Every selector it meets is kept."""

    metrics: Mapping[str, Labels]
    selectors: list[Any] = field(default_factory=list)
    ranges: list[tuple[str, timedelta]] = field(default_factory=list)

    def labels(self, query: str) -> Labels | None:
        """The labels that the result can have; None for a scalar. Raises WrongQueryError."""
        return self._of(p.parse(query), "")

    def _of(self, node: Any, function: str) -> Labels | None:
        match node:
            case p.NumberLiteral() | p.StringLiteral():
                return SCALAR
            case p.ParenExpr() | p.UnaryExpr() | p.SubqueryExpr():
                return self._of(node.expr, function)
            case p.MatrixSelector():
                self.ranges.append((function, node.range))
                return self._of(node.vector_selector, function)
            case p.VectorSelector():
                return self._selector(node, function)
            case p.Call():
                return self._call(node)
            case p.AggregateExpr():
                return self._aggregate(node)
            case p.BinaryExpr():
                return self._binary(node)
        raise WrongQueryError(f"{type(node).__name__} is not known here")

    def _selector(self, node: Any, function: str) -> Labels:
        if node.name not in self.metrics:
            raise WrongQueryError(f"no metric {node.name}")
        labels = self.metrics[node.name]
        for matcher in node.matchers.matchers:
            need({matcher.name}, labels, node.name)
        counter = node.name.endswith("_total")
        if counter and function not in {"rate", "increase", "resets"}:
            raise WrongQueryError(f"the counter {node.name} is not in rate, increase or resets")
        self.selectors.append(node)
        return labels

    def _call(self, node: Any) -> Labels | None:
        name = node.func.name
        inner = [self._of(argument, name) for argument in node.args]
        if name in {"label_replace", "label_join"}:
            texts = [a.val for a in node.args if isinstance(a, p.StringLiteral)]
            assert inner[0] is not None
            need({texts[2]} - {""}, inner[0], name)
            return inner[0] | {texts[0]}
        if name in {"time", "scalar"}:
            return SCALAR
        if name == "vector":
            return frozenset()
        if name == "absent":
            selector = node.args[0]
            same = selector.matchers.matchers if isinstance(selector, p.VectorSelector) else ()
            return frozenset(matcher.name for matcher in same if str(matcher.op) == "MatchOp.Equal")
        return next((labels for labels in inner if labels is not None), SCALAR)

    def _aggregate(self, node: Any) -> Labels:
        inner = self._of(node.expr, "")
        assert inner is not None
        chosen = frozenset(node.modifier.labels if node.modifier else ())
        need(chosen, inner, str(node.op))
        if str(node.op) in SELECTING:
            return inner
        if str(node.op) == "count_values":
            return chosen | {node.param.val}
        without = node.modifier is not None and node.modifier.type == p.AggModifierType.Without
        return inner - chosen if without else chosen

    def _binary(self, node: Any) -> Labels | None:
        left, right = self._of(node.lhs, ""), self._of(node.rhs, "")
        if left is None or right is None:
            return right if left is None else left
        operator, modifier = str(node.op), node.modifier
        matching = modifier.matching if modifier else None
        group = frozenset((modifier.group_labels if modifier else None) or ())
        if matching and matching.type == p.LabelModifierType.Include:
            shared = frozenset(matching.labels)
            need(shared, left, operator)
            need(shared, right, operator)
        else:
            ignored = frozenset(matching.labels if matching else ())
            need(ignored, left | right, operator)
            shared = left - ignored
            if operator != "or" and shared != right - ignored:
                raise WrongQueryError(f"{operator} never matches: {sorted(shared)} and {sorted(right - ignored)}")
        need(group, right, "group_left")
        if operator == "or":
            return left | right
        if operator in {"and", "unless"} or (modifier and modifier.card == p.VectorMatchCardinality.ManyToOne):
            return left | group
        return shared


def need(labels: set[str] | Labels, present: Labels, where: str) -> None:
    if missing := set(labels) - present:
        raise WrongQueryError(f"{where}: no label {', '.join(sorted(missing))} among {', '.join(sorted(present))}")


def plain(query: str) -> str:
    """The query with Grafana's variables replaced by what they may stand for."""
    query = query.replace("$__rate_interval", "4m").replace("$__range", "7h").replace("$__interval", "2m")
    query = re.sub(r"\$\w*price\b", "50", re.sub(r"\$by\b", "model", query))
    return re.sub(r"\$(job|instance|miner|algorithm|of|find)\b", "x", query)


RATE_INTERVAL, RANGE = timedelta(minutes=4), timedelta(hours=7)
