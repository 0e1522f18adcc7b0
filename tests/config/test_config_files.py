"""The files of the configuration: those that cannot be read, and those that secrets come from."""

import os
from pathlib import Path

import pytest

from exporter.config import Config, ConfigError, Credential, load, parse
from exporter.config.secret import Secret

NONE: frozenset[str] = frozenset()


def read(path: Path) -> Config:
    return load(path, families=NONE, reserved=NONE)


def parsed(text: str | bytes, folder: Path = Path()) -> Config:
    content = text if isinstance(text, bytes) else text.encode()
    return parse(content, folder / "x.yml", families=NONE, reserved=NONE, environ={})


def problems(text: str | bytes, folder: Path = Path()) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parsed(text, folder)
    return [f"{problem.line}:{problem.column}: {problem.message}" for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"", "1:1: the file is empty"),
        (b"# only a comment\n", "1:1: the file is empty"),
        (b"\xef\xbb\xbfglobal: {}\n", "1:1: begins with the byte order mark of UTF-8; save it as UTF-8 without one"),
        ("global: {}".encode("utf-16"), "1:1: begins with the byte order mark of UTF-16; save it as UTF-8 without one"),
        ("global: {}".encode("utf-16-le"), "1:2: character U+0000 is not allowed in YAML"),
    ],
)
def test_unreadable_text_is_one_line(text: bytes, problem: str) -> None:
    assert problems(text) == [problem]


def test_unreadable_file_is_one_line(tmp_path: Path) -> None:
    loop, large, pipe = tmp_path / "loop", tmp_path / "large", tmp_path / "pipe"
    loop.symlink_to(loop)
    large.write_bytes(b"#" * (16 * 1024 * 1024 + 1))
    os.mkfifo(pipe)
    for path, reason in {
        tmp_path: "a directory, not a file",
        tmp_path / "missing": "cannot be read: No such file or directory",
        loop: "cannot be read: Too many levels of symbolic links",
        large: "larger than 16777216 bytes",
        pipe: "not a regular file",
    }.items():
        with pytest.raises(ConfigError) as caught:
            read(path)
        assert str(caught.value) == f"{path}:1:1: {reason}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_file_without_permission_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "closed.yml"
    path.write_text("global: {}")
    path.chmod(0)
    with pytest.raises(ConfigError, match="1:1: cannot be read: Permission denied"):
        read(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n", "empty"),
        (b"x" * 4097, "larger than 4096 bytes"),
        (b"\xff", "not UTF-8 text"),
        (b"two\nlines\n", "control character U+000A is not allowed"),
    ],
)
def test_secret_file_that_holds_no_secret(content: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / "shed").write_bytes(content)
    text = "credentials:\n  shed:\n    password_file: shed\n"
    assert problems(text, tmp_path) == [f"3:5: credentials.shed.password_file: shed: {reason}"]


def test_secret_file_that_everybody_may_read_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "shed"
    file.write_text("correct horse\r\n")
    text = "credentials: {shed: {password_file: shed}}\ngroups: [{name: a, targets: [miner7], credentials: shed}]"
    file.chmod(0o604)
    warning = "credentials.shed.password_file: everybody may read this file; chmod o-r takes that away"
    assert parsed(text, tmp_path).warnings == [f"{tmp_path}/x.yml:1:22: {warning}"]
    file.chmod(0o640)
    config = parsed(text, tmp_path)
    assert config.warnings == []
    assert config.targets[0].credentials == {"": Credential(None, Secret("correct horse"))}
