"""Recording rules and alerts: what a rule consists of, and the text of the files that Prometheus reads."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

Severity = Literal["page", "ticket", "info"]
KEEP: Final = {"page": "15m", "ticket": "30m", "info": "30m"}
"""How long an alert keeps firing after its expression ends: the end of readings is no all-clear."""
DASHBOARDS: Final = {
    "miner": "/d/asic-miner?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}"
    "&var-miner={{ $labels.miner | urlquery }}",
    "fleet": "/d/asic-fleet?var-job={{ $labels.job | urlquery }}",
    "pools": "/d/asic-pools?var-job={{ $labels.job | urlquery }}",
    "power": "/d/asic-power?var-job={{ $labels.job | urlquery }}",
    "inventory": "/d/asic-inventory?var-job={{ $labels.job | urlquery }}",
    "exporter": "/d/asic-exporter?var-job={{ $labels.job | urlquery }}",
}
"""The dashboard that shows what an alert is about, by its subject."""
PLACE: Final = (
    "{{ range printf `miner:asic_target_info:known{job=%q,instance=%q,miner=%q}` $labels.job "
    "$labels.instance $labels.miner"
    " | query -}} {{ with .Labels.model }}{{ . }} at {{ end }}http://{{ .Labels.address }}/"
    " {{- with .Labels.config_group }}, group {{ . }}{{ end }}"
    " {{- range $name, $value := .Labels -}}"
    ' {{ if not (match "^(__name__|job|instance|miner|address|config_group|algorithm|family|model)$" $name) }}'
    ", {{ $name }} {{ $value }}{{ end }} {{- end }}{{ end }}"
)
"""Where a miner is, and what: also while it is down."""
RUNBOOKS: Final = "docs/runbooks.md"
WIDTH: Final = 120


@dataclass(frozen=True)
class Record:
    """A recording rule; `note` says why, in the file. Rules of one name differ in their `labels`."""

    name: str
    expr: str
    note: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        yield from _comment(self.note)
        yield f"- record: {self.name}"
        yield from _expr(self.expr)
        yield from _labels(self.labels)


@dataclass(frozen=True)
class Alert:
    """An alert. `wait` is its `for`; `subject` is what its dashboard shows, and "miner" adds the miner's place.

    `working` restricts the alert to miners that work: up, not resting, not held back, not planned to be off. `but_in`
    names states of a miner, joined by "|", in which the alert is silent. `keep` replaces the time of the severity;
    "" ends the alert with its expression.
    """

    name: str
    severity: Severity
    wait: str
    expr: str
    summary: str
    description: str
    subject: str = "miner"
    working: bool = False
    but_in: str = ""
    keep: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    def lines(self) -> Iterator[str]:
        expr = textwrap.dedent(self.expr).strip()
        if self.working:
            expr += "\n  and on (job, instance, miner) miner:asic_up:working == 1"
        if self.but_in:
            expr += f'\n  unless on (job, instance, miner) asic_miner_state{{state=~"{self.but_in}"}} == 1'
        yield from _comment(self.note)
        yield f"- alert: {self.name}"
        yield from _expr(expr)
        yield f"  for: {self.wait}"
        if keep := KEEP[self.severity] if self.keep is None else self.keep:
            yield f"  keep_firing_for: {keep}"
        yield from _labels({"severity": self.severity, **self.labels})
        yield "  annotations:"
        yield f"    summary: {_quoted(self.summary)}"
        yield from _folded("description", self.description)
        if self.subject == "miner":
            yield from _folded("place", PLACE)
        yield f"    runbook_url: {RUNBOOKS}#{self.name.lower()}"
        yield f'    dashboard_url: "{DASHBOARDS[self.subject]}"'


@dataclass(frozen=True)
class Group:
    """Rules that are evaluated one after the other, once in each interval."""

    name: str
    interval: str
    rules: Sequence[Record | Alert]

    def lines(self) -> Iterator[str]:
        yield f"- name: {self.name}"
        yield f"  interval: {self.interval}"
        yield "  rules:"
        for rule in self.rules:
            yield from (f"    {line}" if line else "" for line in rule.lines())


def paced(groups: Sequence[Group]) -> Iterator[Group]:
    """Part the pages of each group from its other alerts, which are evaluated once a minute."""
    for group in groups:
        pages = [rule for rule in group.rules if isinstance(rule, Alert) and rule.severity == "page"]
        others = [rule for rule in group.rules if rule not in pages]
        if pages:
            yield Group(group.name, group.interval, pages)
        if others:
            name, often = f"{group.name}-later" if pages else group.name, group.interval in ("15s", "30s")
            yield Group(name, "1m" if often else group.interval, others)


def text(heading: str, groups: Sequence[Group]) -> str:
    """Return the text of a file of rules."""
    lines = [*_comment(heading), "groups:"]
    for number, group in enumerate(groups):
        lines += [""] * (number > 0) + [f"  {line}" if line else "" for line in group.lines()]
    return "\n".join(lines) + "\n"


def _comment(note: str) -> Iterator[str]:
    for line in textwrap.wrap(" ".join(note.split()), WIDTH - 8):
        yield f"# {line}"


def _expr(expr: str) -> Iterator[str]:
    lines = textwrap.dedent(expr).strip().splitlines()
    if len(lines) == 1:
        yield f"  expr: {_quoted(lines[0])}" if lines[0][0] in "\"'{[" or ": " in lines[0] else f"  expr: {lines[0]}"
        return
    yield "  expr: |"
    for line in lines:
        yield f"    {line}" if line.strip() else ""


def _labels(labels: Mapping[str, str]) -> Iterator[str]:
    yield from ["  labels:"] * bool(labels)
    for name, value in labels.items():
        yield f"    {name}: {_quoted(value)}"


def _folded(name: str, value: str) -> Iterator[str]:
    yield f"    {name}: >-"
    for line in textwrap.wrap(" ".join(value.split()), WIDTH - 10, break_long_words=False, break_on_hyphens=False):
        yield f"      {line}"


def _quoted(value: str) -> str:
    if re.fullmatch(r"[A-Za-z][^:#{}\"'\[\]]*", value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
