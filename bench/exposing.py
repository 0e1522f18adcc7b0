"""The page beside prometheus-client's: the same samples, joined from fragments, or made anew by a custom collector."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from bench.clients import Ours
from bench.fleet import places, serving
from bench.kinds import S19
from exporter.daemon.loop import new as new_loop
from exporter.render import exposition

Kept = list[tuple[str, str, str, list[tuple[str, dict[str, str], float]]]]


@dataclass(frozen=True, slots=True)
class Page:
    """What making a page took, as a median: CPU seconds, and its bytes."""

    name: str
    miners: int
    samples: int
    cpu: float
    bytes: int


class Fleet(Collector):
    """What an exporter does that keeps readings and lets the library write them."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept

    def collect(self) -> Iterator[Metric]:
        for name, documentation, kind, samples in self.kept:
            metric = Metric(name, documentation, kind)
            for sample, labels, value in samples:
                metric.add_sample(sample, labels, value)
            yield metric


def measure(*, miners: int = 1000, rounds: int = 3) -> list[Page]:
    """Both pages of the same miners."""
    where = places(1, miners)
    with serving([S19], where):
        ours = Ours(where, new_loop)
        ours.settle()
        ours.close()
    kept: Kept = []
    joined = _joined(ours)
    for family in text_string_to_metric_families(joined.decode()):
        samples = [(sample.name, dict(sample.labels), sample.value) for sample in family.samples]
        kept.append((family.name, family.documentation, family.type, samples))
    registry = CollectorRegistry()
    registry.register(Fleet(kept))
    count = sum(len(samples) for *_, samples in kept)
    theirs: bytes = generate_latest(registry)
    if (found := _samples(theirs)) != count:
        raise RuntimeError(f"the pages differ: {count} samples, and {found}")
    return [
        Page("asic-exporter, fragments joined", miners, count, _cpu(lambda: _joined(ours), 5 * rounds), len(joined)),
        Page(
            "prometheus-client, collector", miners, count, _cpu(lambda: generate_latest(registry), rounds), len(theirs)
        ),
    ]


def _joined(ours: Ours) -> bytes:
    return b"".join(exposition.page([target.fragments for target in ours.targets]))


def _samples(page: bytes) -> int:
    return sum(line[:1] not in (b"#", b"") for line in page.splitlines())


def _cpu(work: Callable[[], bytes], times: int) -> float:
    costs = []
    for _ in range(times):
        gc.collect()
        before = time.process_time()
        work()
        costs.append(time.process_time() - before)
    return statistics.median(costs)
