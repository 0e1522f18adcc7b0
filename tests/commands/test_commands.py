"""The command line: what it refuses, with which words, and where it says a configuration is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter.__main__ import main
from tests.harness.processes import run


@pytest.mark.parametrize("check", [[], ["--config.check"]])
async def test_a_bad_configuration_ends_it_with_every_place(check: list[str], tmp_path: Path) -> None:
    file = tmp_path / "exporter.yaml"
    file.write_text("globl: {}\ngroups:\n  - name: a\n    targets: [127.0.0.1]\n    intervall: 3s\n")
    status, out, err = await run(f"--config.file={file}", *check)
    assert status == 2
    assert out == []
    assert [line.partition(": ")[0] for line in err] == [f"{file}:1:1", f"{file}:5:5"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--version"], 0, "asic-exporter, version "),
        (["--help"], 0, "usage: asic-exporter"),
        ([], 2, "required"),
        (["--config.file=/no/such/file"], 2, "/no/such/file:1:1: "),
        (["demo", "--miners=0"], 2, "at least 1"),
        (["demo", "--web.listen-address=nonsense"], 2, "not an address to listen on"),
        (["demo", "--web.telemetry-path=/"], 2, "not a path for metrics"),
        (["query", "host:port"], 2, "not a miner's address"),
        (["simulate", "--miners=9", "--listen=127.28.0.0/30"], 2, "do not fit"),
        (["nonsense"], 2, "invalid choice"),
    ],
)
def test_the_command_line(arguments: list[str], status: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        ended = main(arguments)
    except SystemExit as end:  # of the parser's
        ended = int(end.code or 0)
    out, err = capsys.readouterr()
    assert ended == status
    assert words in (out if status == 0 else err)
    assert not (err if status == 0 else out)
