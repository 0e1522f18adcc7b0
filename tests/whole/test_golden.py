"""Every recorded miner's page, compared with the one that was read against its bytes by eye."""

from __future__ import annotations

import math
import os
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families as text_families

from exporter import decode
from exporter.core.catalogue import BY_NAME
from exporter.core.vocabulary import CURTAILMENT_SOURCES, REJECT_REASONS, RESET_REASONS
from exporter.decode.common import known
from exporter.questions import REGISTRY
from tests.harness.places import FIXTURES
from tests.harness.recorded import EXPECTED, RECORDINGS, Recording, exposition, outside_of_time, settle

each = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda r: f"{r.family}-{r.name}")


async def seen(recording: Recording) -> tuple[str, str]:
    """The page in both formats, with how the miner was recognised in front."""
    with outside_of_time():
        of, outcome = await settle(recording)
    assert outcome.bugs == []
    assert outcome.family == recording.family
    head = f"# {recording.name} is read by {outcome.family}: {of.learnt.evidence}\n"
    return head + exposition(of), exposition(of, openmetrics=True) + "# EOF\n"


@each
async def test_the_page_is_the_one_that_was_reviewed(recording: Recording) -> None:
    page, _ = await seen(recording)
    page = "".join(line for line in page.splitlines(keepends=True) if "asic_poll_duration_seconds" not in line)
    file = FIXTURES / recording.family / recording.name / EXPECTED
    if os.environ.get("GOLDEN") == "write":
        file.write_text(page)
    assert page == file.read_text()


@each
async def test_prometheus_reads_back_every_sample(recording: Recording) -> None:
    text, openmetrics = await seen(recording)
    written = {line for line in text.splitlines() if not line.startswith("#")}
    openmetrics_read = list(openmetrics_families(openmetrics))  # type: ignore[no-untyped-call]
    for families in (list(text_families(text)), openmetrics_read):
        samples = [sample for family in families for sample in family.samples]
        assert len(samples) == len(written)
        series = Counter((s.name, tuple(sorted(s.labels.items()))) for s in samples)
        assert series.most_common(1)[0][1] == 1
        for sample in samples:
            assert sample.name in BY_NAME
            assert all(0 < len(value) <= 128 for value in sample.labels.values())
            assert {"miner"} <= sample.labels.keys() <= {"miner", *BY_NAME[sample.name].labels}
            assert math.isfinite(sample.value)


KNOWN = Path(known.__file__).with_name("fields.txt")
STRANGERS = {"unknown-firmware"}  # whose fields are strange on purpose


@pytest.mark.parametrize(
    "recording",
    [recording for recording in RECORDINGS if recording.name not in STRANGERS],
    ids=lambda r: f"{r.family}-{r.name}",
)
async def test_the_fields_of_recorded_answers_are_known(recording: Recording) -> None:
    """Else each round of slow questions would count them, as if the firmware had changed."""
    with outside_of_time():
        _, outcome = await settle(recording)
    found = known.unlisted(outcome.session.everything())
    if found and os.environ.get("GOLDEN") == "write":
        every = {section: set(names) for section, names in known.fields().items()}
        for section, names in found.items():
            every.setdefault(known.known_as(section), set()).update(names)
        parts = ["\n".join([f"[{section}]", *sorted(every[section]), ""]) for section in sorted(every)]
        KNOWN.write_text("\n".join(parts), encoding="utf-8")
        known.fields.cache_clear()
        return
    assert found == {}, f"make golden adds them to {KNOWN.name}: are they the firmware's own?"


def test_words_of_closed_sets_are_of_the_sets() -> None:
    pages = "".join(file.read_text() for file in FIXTURES.glob(f"*/*/{EXPECTED}"))
    for metric, label, words in (
        ("asic_curtailed", "source", CURTAILMENT_SOURCES),
        ("asic_last_reset_info", "reason", RESET_REASONS),
        ("asic_pool_shares_rejected_by_reason_total", "reason", REJECT_REASONS),
    ):
        shown = set(re.findall(rf'^{metric}{{.*[{{,]{label}="([^"]*)"', pages, re.MULTILINE))
        assert shown
        assert shown <= set(words)


@pytest.mark.parametrize("family", [family.name for family in decode.families()])
def test_every_family_has_recordings(family: str) -> None:
    assert family in {recording.family for recording in RECORDINGS}, f"add answers to tests/fixtures/{family}/<model>/"


def test_all_recordings_are_of_a_family() -> None:
    assert {recording.family for recording in RECORDINGS} <= {family.name for family in decode.families()}


@pytest.mark.parametrize(
    "recording",
    [recording for recording in RECORDINGS if not REGISTRY.identity_only.isdisjoint(recording.answers)],
    ids=lambda recording: f"{recording.family}-{recording.name}",
)
async def test_a_miner_that_answers_its_identity_alone_is_down(recording: Recording) -> None:
    said = {name: raw for name, raw in recording.answers.items() if name in REGISTRY.identity_only}
    with outside_of_time():
        of, outcome = await settle(replace(recording, answers=said))
    assert outcome.bugs == []
    assert outcome.error is not None
    assert 'asic_up{miner="' + recording.name + '"} 0' in exposition(of)
