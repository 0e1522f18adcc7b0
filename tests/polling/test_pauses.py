"""A poll that is too short for the pauses that a firmware needs between its connections is told before and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter import decode
from exporter.__main__ import main
from exporter.daemon import schedule
from tests.harness.fake import Fake, miner

SHORT = """\
global: {interval: 2s, timeout: 2s}
groups:
  - name: shed
    targets:
      - {host: 127.0.0.1, family: luxos}
      - {host: 127.0.0.2, family: luxos}
      - {host: 127.0.0.3, family: antminer}
"""


def test_no_time_for_pauses_is_told_of_a_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.yml"
    for text, warnings in ((SHORT, 1), (SHORT.replace("2s", "5s"), 0), (SHORT.replace("luxos", "braiins"), 0)):
        file.write_text(text)
        assert main([f"--config.file={file}", "--config.check"]) == 0
        said = capsys.readouterr()
        assert "good, 3 targets" in said.out
        assert said.err.count("luxos needs a pause of 1 s between two connections") == warnings


@pytest.mark.virtual_time
@pytest.mark.parametrize(("seconds", "warnings"), [(1.0, 1), (2.0, 1), (5.0, 0)])
async def test_no_time_for_pauses_is_told_of_a_miner(
    monkeypatch: pytest.MonkeyPatch, seconds: float, warnings: int
) -> None:
    told: list[object] = []
    monkeypatch.setattr(schedule, "event", lambda _level, message, **_fields: told.append(message))
    fake = Fake(miner("luxos"), timeout=seconds)
    was = fake.target.up
    for _ in range(3):
        outcome = await fake.poll()
        schedule.log_changes(fake.target, was, outcome)
        was = fake.target.up
    assert told.count("miner is up") == 1
    assert told.count("too little time") == warnings


def test_who_needs_no_pauses_is_never_in_a_hurry() -> None:
    assert {family.name for family in decode.families() if family.hurry(0.5)} == {"luxos"}
