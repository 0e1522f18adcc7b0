"""YAML in, typed target specifications out, or every mistake at once with its line and column."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from exporter.config import logins, settings, yamltext
from exporter.config.check import check
from exporter.config.resolve import Resolver
from exporter.config.scalars import Context
from exporter.config.settings import SECRET_KEYS, Document
from exporter.config.targets import Credential, Expect, Range, TargetSpec
from exporter.config.yamltext import YamlError
from exporter.config.yamltree import Map, Mark, locate, plain, spell

__all__ = ["Config", "ConfigError", "Credential", "Expect", "Problem", "Range", "TargetSpec", "load", "parse"]

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_PRINTED: Final = 100
_MARKS: Final = {b"\xef\xbb\xbf": "UTF-8", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in the file; line and column count from 1."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class ConfigError(Exception):
    """A configuration that cannot be used; `problems` has all mistakes in the order of the file.

    The first MAX_PRINTED of them are printed."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:MAX_PRINTED]]
        more = len(self.problems) - len(lines)
        return "\n".join([*lines, f"… and {more} more"] if more else lines)


@dataclass
class Config:
    """A configuration without mistakes; `interval` and `timeout` are its defaults, in seconds.

    `targets` are always polled; an address in `ranges` becomes a target when a miner answers there. No address is in
    both.
    """

    path: Path
    interval: float
    timeout: float
    targets: list[TargetSpec]
    ranges: list[Range]
    answer_bytes: int
    series_per_miner: int
    warnings: list[str]
    content: bytes = field(repr=False)  # the file's content as deflated JSON: small, because rarely read

    def masked(self) -> Any:
        """Return the file's content as JSON values, secrets masked."""
        return json.loads(zlib.decompress(self.content))


def load(
    path: str | Path, *, families: frozenset[str], reserved: frozenset[str], environ: Mapping[str, str] = os.environ
) -> Config:
    """Return the configuration in a file. Raises ConfigError with every mistake, or with the reason of a read error.

    `families` are the known firmware families, `reserved` the label names of the exporter's own metrics.
    """
    path = Path(path)
    try:
        text = logins.read_file(path, MAX_BYTES)
    except ValueError as error:
        raise ConfigError([Problem(str(path), 1, 1, str(error))]) from None
    return parse(text, path, families=families, reserved=reserved, environ=environ)


def parse(
    text: bytes,
    path: Path,
    *,
    families: frozenset[str],
    reserved: frozenset[str],
    environ: Mapping[str, str] = os.environ,
) -> Config:
    """Return the configuration in `text`, as `load` does.

    Problems name `path`; names of secret files are relative to the folder of `path`."""
    try:
        root, problems = yamltext.read(_decoded(text))
    except YamlError as error:
        raise ConfigError([Problem(str(path), *error.mark, error.message)]) from None
    document, wrong = check(root, Context(families, reserved))
    credentials, no_secret, open_to_all = _credentials(root, document, path.parent, environ)
    plan = Resolver(root, document, credentials)
    if problems := problems + wrong + no_secret + plan.problems:
        raise ConfigError([Problem(str(path), *mark, message) for mark, message in sorted(problems)])
    limits = document.limits or settings.Limits()
    return Config(
        path=path,
        interval=plan.interval,
        timeout=plan.timeout,
        targets=plan.targets,
        ranges=plan.ranges,
        answer_bytes=limits.answer_bytes or 262_144,
        series_per_miner=limits.series_per_miner or 10_000,
        warnings=[str(Problem(str(path), *mark, message)) for mark, message in open_to_all + plan.warnings],
        content=zlib.compress(json.dumps(plain(root, SECRET_KEYS)).encode()),
    )


def _decoded(text: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if text.startswith(mark):
            raise YamlError(Mark(1, 1), f"begins with the byte order mark of {encoding}; save it as UTF-8 without one")
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        before = text[: error.start].decode()
        raise YamlError(yamltext.mark_at(before, len(before)), f"byte 0x{text[error.start]:02x} is not UTF-8") from None


def _credentials(
    root: Map, document: Document, folder: Path, environ: Mapping[str, str]
) -> tuple[dict[str, Credential | None] | None, list[tuple[Mark, str]], list[tuple[Mark, str]]]:
    """Return the credentials by name, the mistakes in their sources, and warnings of files that all users may read."""
    if document.credentials is None:
        return (None if document.given("credentials") else {}), [], []
    credentials: dict[str, Credential | None] = {}
    wrong, open_to_all = [], []
    for name, login in document.credentials.items():
        credentials[name] = None
        if login is None:
            continue
        key = logins.source(login)
        place = ("credentials", name, key)
        mark = locate(root, place, key=True)[0]
        try:
            credentials[name] = logins.credential(login, folder, environ)
        except ValueError as error:
            wrong.append((mark, f"{spell(place)}: {error}"))
            continue
        if logins.readable_by_all(login, folder):
            open_to_all.append((mark, f"{spell(place)}: everybody may read this file; chmod o-r takes that away"))
    return credentials, wrong, open_to_all
