"""Credentials with their secret read from its one source: the configuration, a file or the environment."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from exporter.config.scalars import bounded
from exporter.config.secret import Secret
from exporter.config.settings import LoginEntry
from exporter.config.targets import Credential

MAX_SECRET: Final = 4096
_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9_]*")


def read_file(path: Path, limit: int) -> bytes:
    """Return the content of a regular file of at most `limit` bytes. Raises ValueError with the reason."""
    try:
        # The mode is checked first: opening a pipe would wait for its writer.
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise ValueError("a directory, not a file" if stat.S_ISDIR(mode) else "not a regular file")
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    if len(content) > limit:
        raise ValueError(f"larger than {limit} bytes")
    return content


def source(login: LoginEntry) -> str:
    """Return the one key that names the source of the secret."""
    return next(key for key in login.model_fields_set if key != "username")


def credential(login: LoginEntry, folder: Path, environ: Mapping[str, str]) -> Credential | None:
    """Return the credential with its secret; None if the file's value had a mistake.

    Raises ValueError, with the reason, for a source that cannot be read."""
    key = source(login)
    kind, _, where = key.partition("_")
    value: Secret | str | None = getattr(login, key)
    if value is None:
        return None
    if isinstance(value, str):
        value = _from_file(folder, value) if where == "file" else _from_environment(value, environ)
    return Credential(login.username, value if kind == "password" else None, value if kind == "token" else None)


def readable_by_all(login: LoginEntry, folder: Path) -> bool:
    """Return True if the secret is in a file that every user of this machine may read."""
    file = login.password_file or login.token_file
    return file is not None and bool((folder / file).stat().st_mode & stat.S_IROTH)


def _from_file(folder: Path, name: str) -> Secret:
    try:
        return _secret(read_file(folder / name, MAX_SECRET).decode().rstrip("\r\n"))
    except UnicodeDecodeError:
        raise ValueError(f"{name}: not UTF-8 text") from None
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _from_environment(name: str, environ: Mapping[str, str]) -> Secret:
    if name not in environ:  # the operator may have written the password here: only a plausible name is printed
        raise ValueError(f"environment variable {name if _VARIABLE.fullmatch(name) else 'of this name'} is not set")
    try:
        return _secret(environ[name])
    except ValueError as error:
        raise ValueError(f"environment variable {name}: {error}") from None


def _secret(text: str) -> Secret:
    if not text:
        raise ValueError("empty")
    return Secret(bounded(text, MAX_SECRET))
