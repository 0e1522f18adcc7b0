"""A tree of YAML values in, a document of typed values out, with a message for each mistake."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from exporter.config.scalars import Context, suggestion
from exporter.config.settings import Document
from exporter.config.yamltree import Map, Mark, Node, Path, Scalar, Seq, child, locate, noun, spell


def check(root: Map, context: Context) -> tuple[Document, list[tuple[Mark, str]]]:
    """Return the document without its mistakes, and the mistakes.

    A value with a mistake becomes None in `root`. Then everything is checked again, until no mistake is left.
    """
    problems: list[tuple[Mark, str]] = []
    misspelt: set[Path] = set()
    while True:
        try:
            return Document.model_validate(root, context=context), problems
        except ValidationError as error:
            details = error.errors(include_url=False)
        # A section with an unknown key may lack another key for that reason: its own mistakes are left out.
        problems += [_problem(root, detail) for detail in details if _path(detail) not in misspelt]
        misspelt |= {_path(detail)[:-1] for detail in details if detail["type"] == "extra_forbidden"}
        for detail in details:
            _blank(root, _path(detail), drop=_of_key(detail))


def _path(detail: ErrorDetails) -> Path:
    return detail["loc"][:-1] if _bad_key(detail) else detail["loc"]


def _bad_key(detail: ErrorDetails) -> bool:
    """Return True if a key failed its check: only keys are plain strings, and pydantic adds a step to their path."""
    return isinstance(detail["input"], str)


def _of_key(detail: ErrorDetails) -> bool:
    return detail["type"] == "extra_forbidden" or _bad_key(detail)


def _problem(root: Map, detail: ErrorDetails) -> tuple[Mark, str]:
    path, kind = _path(detail), detail["type"]
    mark, written = locate(root, path, key=_of_key(detail))
    if kind == "extra_forbidden":
        message = f"unknown key{suggestion(str(path[-1]), _keys(path[:-1]))}"
    elif kind == "missing":
        message = "required, but not given"
    elif kind == "value_error":
        message = str(detail["ctx"]["error"])
    else:
        message = f"expected {'a list' if kind == 'list_type' else 'a mapping'}, found {noun(detail['input'])}"
    nothing = isinstance(detail["input"], Scalar) and detail["input"].kind == "null"
    if "credentials" in written[:-1] and (_of_key(detail) or nothing):
        written = written[:-1]  # the key may be a password
    return mark, f"{spell(written)}: {message}" if written else message


def _keys(path: Path) -> list[str]:
    """Return the known keys of the section at `path`."""
    section: type[BaseModel] = Document
    for step in path:
        for key, info in section.model_fields.items():
            if step == (info.alias or key):
                section = _section(info.annotation) or section
    return [info.alias or key for key, info in section.model_fields.items()]


def _section(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((inner for part in get_args(annotation) if (inner := _section(part))), None)


def _blank(root: Map, path: Path, *, drop: bool) -> None:
    """Set the value at `path` to None, or drop its key. If `path` does not exist, blank the last value on the way."""
    parent: Node | None = None
    node: Node | None = root
    last: str | int | None = None
    for step in path:
        try:
            parent, last, node = node, step, child(node, step)
        except LookupError:
            if drop or node is None:
                return  # removed before, through an alias or with its parent
    if isinstance(parent, Map) and isinstance(last, str):
        if drop:
            del parent[last]
        else:
            parent[last] = None
    elif isinstance(parent, Seq) and isinstance(last, int):
        parent[last] = None
