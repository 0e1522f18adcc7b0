"""The tree of a YAML text: mappings, lists and scalars as written, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from exporter.core.masks import MASK, without_login

_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")
_NOUNS: Final = {
    "text": "text",
    "integer": "a number",
    "number": "a number",
    "boolean": "a boolean",
    "null": "nothing",
    "date": "a date",
    "merge key": "a merge key",
}

Path = tuple[str | int, ...]


class Mark(NamedTuple):
    """A place in the text; line and column count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value as written. `kind`: text, integer (prints as written), number, boolean, null, date or merge key."""

    text: str = field(repr=False)  # may be a password
    kind: str
    mark: Mark


class Map(dict[str, "Node | None"]):
    """A mapping; `places` has the marks of its keys, `size` and `height` measure the tree below.

    None stands for a value with a mistake, which was removed.
    """

    __slots__ = ("height", "mark", "places", "size")

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.places: dict[str, Mark] = {}
        self.size = self.height = 0

    def merge(self, sources: Iterable[Map]) -> None:
        """Add each missing key from the first source that has it."""
        for source in sources:
            for key in [key for key in source if key not in self]:
                self[key] = source[key]
                self.places[key] = source.places[key]


class Seq(list["Node | None"]):
    """A list, with the attributes of a `Map` except `places`."""

    __slots__ = ("height", "mark", "size")

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.size = self.height = 0


Node = Scalar | Map | Seq


def spell(path: Sequence[str | int]) -> str:
    """Return a path such as `groups[0].labels.rack`; a key with odd characters is put in brackets and quotes."""
    parts = []
    for step in path:
        if isinstance(step, str) and _PLAIN_KEY.fullmatch(step):
            parts.append(f".{step}")
        else:
            parts.append(f"[{step if isinstance(step, int) else ascii(step[:64])}]")
    return "".join(parts).removeprefix(".")


def height(node: Node) -> int:
    """Return the number of levels of a value: 1 for a scalar."""
    return 1 if isinstance(node, Scalar) else node.height + 1


def noun(node: object) -> str:
    """Return the type of a value in words. The text is left out, because it may be a secret."""
    if isinstance(node, Scalar):
        return _NOUNS[node.kind] if node.text or node.kind == "null" else "an empty text"
    return "a mapping" if isinstance(node, Map) else "a list"


def found(node: object) -> str:
    """Return the text of a value, cut short; its type for an empty text, a mapping or a list."""
    if not isinstance(node, Scalar) or node.text == "":
        return noun(node)
    text = ascii(node.text[:64])[1:-1]
    return f'"{text}"' if node.kind == "text" else text


def child(node: Node | None, step: str | int) -> Node | None:
    """Return the value one step below. Raises LookupError."""
    if isinstance(node, Map) and isinstance(step, str):
        return node[step]
    if isinstance(node, Seq) and isinstance(step, int):
        return node[step]
    raise LookupError(step)


def locate(root: Node, path: Path, *, key: bool = False) -> tuple[Mark, Path]:
    """Return the mark of the value at `path`, or of its key, and the part of `path` that is in the text.

    A missing key has the mark of its mapping, and keeps its whole path.
    """
    node: Node | None = root
    mark = root.mark
    for depth, step in enumerate(path):
        try:
            below = child(node, step)
        except LookupError:
            return mark, path if isinstance(node, Map) else path[:depth]
        if isinstance(node, Map) and isinstance(step, str):
            mark = node.places[step]
        node = below
        if node is not None and not (key and depth == len(path) - 1):
            mark = node.mark
    return mark, path


def plain(node: Node | None, masked: frozenset[str] = frozenset()) -> Any:
    """Return the value as JSON values, with scalars under `masked` keys and logins in addresses masked."""
    if isinstance(node, Map):
        return {
            key: MASK if key in masked and isinstance(value, Scalar) else plain(value, masked)
            for key, value in node.items()
        }
    if isinstance(node, Seq):
        return [plain(value, masked) for value in node]
    if node is None or node.kind == "null":
        return None
    if node.kind == "integer":
        return int(node.text)
    return node.text.lower() == "true" if node.kind == "boolean" else without_login(node.text)
