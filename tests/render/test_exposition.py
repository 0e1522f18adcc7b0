"""Parts as text: as prometheus-client writes them, bounded by the series limit, sliced, and restricted by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from exporter.core.catalogue import BY_NAME, CATALOGUE, MetricFamily
from exporter.core.vocabulary import (
    INFO_KEYS,
    Board,
    BoardSensor,
    Chip,
    Fault,
    HashrateWindow,
    Miner,
    MinerInfo,
    Part,
    PollFailures,
    Pool,
    Power,
    Section,
    Status,
)
from exporter.render import exposition
from exporter.render.exposition import EMPTY, SLICE, fragment, labels, pack, page, samples
from exporter.render.template import render
from tests.harness.mutation import by_plan, decoded, plainly
from tests.harness.recorded import NOW, RECORDINGS, Recording

PARTS: list[Part] = [
    Status(1, 0.25, NOW, 0),
    Section("summary", 1, NOW),
    Section("stats", 0),
    PollFailures("timeout", 3),
    MinerInfo(family="antminer", make="Bitmain", model='S19 "Pro" \\ x'),
    Miner(miner_uptime_seconds=5, hashes_total=1.204e18, shares_accepted_total=0, hardware_errors_total=2**53),
    HashrateWindow("5s", 1.5e14),
    HashrateWindow("average", 1e-300),
    Board("1", up=1, chips=114, voltage_volts=13.7),
    Board("1.0", up=0),
    BoardSensor("1", "pcb", "0", -5),
    Chip("1", "0", healthy=1),
    Pool("0", up=1, difficulty=65500.0),
]


def rendered(parts: Iterable[Part], *, openmetrics: bool = False, limit: int = 10_000) -> str:
    return b"".join(page([render(parts, 'miner="rig"', limit)[0]], openmetrics=openmetrics)).decode()


class Collector:
    """The same parts by prometheus-client's own classes."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts

    def collect(self) -> Iterable[Metric]:
        for family in CATALOGUE:
            names = ["miner", *family.labels]
            kinds: dict[str, Any] = {"gauge": GaugeMetricFamily, "counter": CounterMetricFamily}
            if family.kind == "info":
                metric: Any = InfoMetricFamily(family.name.removesuffix("_info"), family.help)
            else:
                metric = kinds[family.kind](family.name, family.help, labels=names)
            for part in (part for part in self.parts if type(part) is family.part):
                said = {"miner": "rig"} | {
                    label: getattr(part, label) for label in family.labels if getattr(part, label)
                }
                value = 1 if family.kind == "info" else getattr(part, family.field)
                if value is not None:
                    metric.add_sample(self.sample_name(family), said, value)
            if metric.samples:
                yield metric

    @staticmethod
    def sample_name(family: MetricFamily) -> str:
        return family.name


def canonical(text: str) -> list[str]:
    """The lines, with numbers as floats and labels sorted: what is left to spelling."""
    lines = []
    for line in text.splitlines():
        if line.startswith("#"):
            lines.append(line)
            continue
        name, said, value = re.fullmatch(r"(\w+)\{(.*)\} (\S+)", line).groups()  # type: ignore[union-attr]
        ordered = ",".join(sorted(re.findall(r'\w+="(?:[^"\\]|\\.)*"', said)))
        lines.append(f"{name}{{{ordered}}} {float(value)!r}")
    return lines


@pytest.mark.parametrize("openmetrics", [False, True])
def test_parts_are_written_as_prometheus_client_writes(openmetrics: bool) -> None:
    registry = CollectorRegistry()
    registry.register(Collector(PARTS))
    theirs = (generate_openmetrics if openmetrics else generate_latest)(registry).decode()
    ours = rendered(PARTS, openmetrics=openmetrics) + ("# EOF\n" if openmetrics else "")
    assert canonical(ours) == canonical(theirs)


def silent(part: Part) -> bool:
    """Whether it is an info that says nothing but which thing it is about."""
    return bool(part.INFO) and not any(getattr(part, f.name) for f in fields(part) if f.name not in INFO_KEYS)  # type: ignore[arg-type]


@pytest.mark.parametrize("recording", RECORDINGS[::4], ids=lambda r: r.name)
def test_recorded_miners_are_written_as_prometheus_client_writes(recording: Recording) -> None:
    reading, parts = decoded(recording, recording.answers)
    fragments = by_plan(recording, reading.answers)
    assert fragments is not None
    registry = CollectorRegistry()
    registry.register(Collector([part for part in plainly(parts) if not silent(part)]))
    assert canonical(b"".join(page([fragments])).decode()) == canonical(generate_latest(registry).decode())


@given(st.text(), st.text(min_size=1))
def test_label_values_come_back_as_they_were(model: str, platform: str) -> None:
    try:
        (model + platform).encode()
    except UnicodeEncodeError:
        return  # the converter for text lets no surrogate in
    text = rendered([MinerInfo(model=model, platform=platform)])
    (family,) = text_string_to_metric_families(text)
    expected = {"miner": "rig", "platform": platform} | ({"model": model} if model else {})
    assert [sample.labels for sample in family.samples] == [expected]


@given(st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False))
def test_values_come_back_as_they_were(value: float) -> None:
    (family,) = text_string_to_metric_families(rendered([Miner(miner_uptime_seconds=value)]))
    assert [sample.value for sample in family.samples] == [value]


@pytest.mark.parametrize("bad", [None, "5", "nan\nevil 1", b"5", True, False, [1], {"a": 1}, object()])
def test_nothing_but_a_number_reaches_the_page(bad: Any) -> None:
    parts = [Miner(miner_uptime_seconds=bad, hashrate_hashes_per_second=5), Power("measured", bad), Board("1", up=bad)]
    assert [line for line in rendered(parts).splitlines() if not line.startswith("#")] == [
        'asic_hashrate_hashes_per_second{miner="rig"} 5'
    ]


def test_empty_labels_are_no_labels() -> None:
    assert labels([("a", "1"), ("b", ""), ("c", "3")]) == 'a="1",c="3"'
    assert 'asic_pool_up{miner="rig"} 1' in rendered([Pool("", up=1)])


def crowd(chips: int) -> list[Part]:
    status: list[Part] = [Status(1, 0.1, NOW, 0), PollFailures("reset", 1), *(Section(str(n), 1) for n in range(3))]
    many = [Chip("0", str(n), temperature_celsius=60, healthy=1) for n in range(chips)]
    return [*many, *(Board(str(n), up=1, chips=100) for n in range(5)), *status]


@pytest.mark.parametrize("limit", [0, 1, 5, 8, 17, 18, 20, 200, 10_000])
def test_of_too_many_series_the_chips_go_first_and_the_status_never(limit: int) -> None:
    fragments, dropped = render(crowd(50), 'miner="rig"', limit)
    lines = fragments[0].decode().splitlines()
    status = [line for line in lines if re.match(r"asic_(up|section_|poll_|last_|series_)", line)]
    boards = [line for line in lines if line.startswith("asic_board")]
    chips = [line for line in lines if line.startswith("asic_chip")]
    assert len(status) == 8
    assert len(lines) + dropped == 8 + 10 + 100
    assert len(lines) <= max(limit, 8 + len(boards)) or not chips
    assert not chips or len(boards) == 10
    assert len(boards) + len(chips) <= limit


def test_nothing_is_dropped_within_the_limit() -> None:
    assert render(PARTS, 'miner="rig"', 100)[1] == 0
    assert render([], 'miner="rig"', 0) == (EMPTY, 0)


def test_each_family_is_one_block_with_one_header_for_all_targets() -> None:
    targets = [render([Miner(miner_uptime_seconds=n), Board("0", up=1)], f'miner="rig-{n}"', 100)[0] for n in range(9)]
    text = b"".join(page([*targets, EMPTY])).decode()
    assert text.count("# HELP") == text.count("# TYPE") == 2
    uptimes = re.findall(r'asic_miner_uptime_seconds\{miner="rig-(\d)"\} (\d)\n', text)
    assert uptimes == [(str(n), str(n)) for n in range(9)]
    families = [line.split("{")[0] for line in text.splitlines() if not line.startswith("#")]
    assert families == ["asic_miner_uptime_seconds"] * 9 + ["asic_board_up"] * 9


def test_a_page_comes_in_parts_of_whole_lines() -> None:
    big = render([Chip("0", str(n), temperature_celsius=60.5) for n in range(1000)], 'miner="rig"', 10**6)[0]
    parts = [part for part in page([big] * 40) if part]
    assert len(parts) > 5
    assert all(part.endswith(b"\n") for part in parts)
    assert all(len(part) < SLICE + 200 for part in parts), "with the header"
    whole = b"".join(parts)
    assert whole.count(b"# HELP") == 1
    assert whole.count(b"asic_chip_temperature_celsius{") == 40_000


def test_an_empty_page_is_empty() -> None:
    assert b"".join(page([])) == b"".join(page([EMPTY, EMPTY])) == b""


def test_a_fragment_longer_than_a_part_is_one() -> None:
    one = pack([b"x" * (SLICE + 1)] + [b""] * (len(CATALOGUE) - 1))
    assert [part.count(b"x" * (SLICE + 1)) for part in page([one, EMPTY, one]) if part] == [1, 1]


def test_names_restrict_the_page() -> None:
    fragments = [render(PARTS, 'miner="rig"', 100)[0]]
    for wanted in ({"asic_up"}, {"asic_hashes_total"}, {"asic_hashes"}, {"asic_up", "asic_pool_up"}, {"asic_nothing"}):
        text = b"".join(page(fragments, names=wanted)).decode()
        found = {line.split("{")[0] for line in text.splitlines() if not line.startswith("#")}
        assert found == {
            name for name in BY_NAME if {name, name.removesuffix("_total")} & wanted and name in rendered(PARTS)
        }
    assert b"".join(page(fragments)) == b"".join(page(fragments, names=set(BY_NAME)))


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_samples_are_read_by_the_names_of_their_labels(code: str, component: str) -> None:
    faults: list[Part] = [Fault(code, component, "critical", 1), Fault(severity="info", fault=0)]
    said = {"code": code, "component": component, "severity": "critical"}
    expected = [({"miner": "rig"} | {name: text for name, text in said.items() if text}, 1.0)]
    fragments, _ = render([*PARTS, *faults], 'miner="rig"', 100)
    assert [*samples(fragment(fragments, "asic_fault"))] == [*expected, ({"miner": "rig", "severity": "info"}, 0.0)]
    assert [*samples(fragment(fragments, "asic_fan_speed_rpm"))] == []


def test_fragments_belong_to_their_families() -> None:
    fragments, _ = render(PARTS, 'miner="rig"', 100)
    assert exposition.unpack(exposition.EMPTY) == [b""] * len(CATALOGUE)
    for family, lines in zip(CATALOGUE, exposition.unpack(fragments), strict=True):
        assert all(line.startswith(f"{family.name}{{".encode()) for line in lines.splitlines())
