"""YAML text in, a tree of values out; each value has its line, its column and its text as written."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml.resolver import Resolver

from exporter.config.yamltree import Map, Mark, Node, Scalar, Seq, height, noun, spell

MAX_DEPTH: Final = 64
MAX_NODES: Final = 1_000_000  # 20,000 targets with five labels each are 340,000; an alias counts as its whole value

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KINDS: Final = {
    "bool": "boolean",
    "int": "number",
    "float": "number",
    "null": "null",
    "timestamp": "date",
    "merge": "merge key",
}
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]*")
# YAML 1.2 reads all of these as numbers, YAML 1.1 only some. So none of them passes as a text.
_NUMBER: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+")
_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class YamlError(Exception):
    """A text that is no YAML, or that uses features of YAML that are refused here."""

    def __init__(self, mark: Mark, message: str) -> None:
        super().__init__(message)
        self.mark = mark
        self.message = message


def read(text: str) -> tuple[Map, list[tuple[Mark, str]]]:
    """Return the mapping in the text, and the mistakes in its keys and tags. Raises YamlError."""
    if forbidden := _FORBIDDEN.search(text):
        raise YamlError(mark_at(text, forbidden.start()), f"character U+{ord(forbidden[0]):04X} is not allowed in YAML")
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        # libyaml reports an error at the end of the text in a line after the last.
        mark = min(_mark(error.problem_mark), mark_at(text, len(text)))
        raise YamlError(mark, _reason(text, mark, error)) from None
    if builder.root is None:
        raise YamlError(Mark(1, 1), "the file is empty")
    if not isinstance(builder.root, Map):
        raise YamlError(builder.root.mark, f"expected a mapping, found {noun(builder.root)}")
    return builder.root, builder.problems


def mark_at(text: str, offset: int) -> Mark:
    """Return the mark of the character at `offset`."""
    lines = _BREAK.split(text[:offset])
    return Mark(len(lines), len(lines[-1]) + 1)


def _mark(mark: Any) -> Mark:
    return Mark(1, 1) if mark is None else Mark(mark.line + 1, mark.column + 1)


def _reason(text: str, mark: Mark, error: yaml.MarkedYAMLError) -> str:
    line = _BREAK.split(text)[mark.line - 1]
    if "\t" in line[: len(line) - len(line.lstrip())] or line[mark.column - 1 : mark.column] == "\t":
        return "not valid YAML: a tab where spaces belong"
    return f"not valid YAML: {error.problem}"


@dataclass(slots=True)
class _Frame:
    """A mapping or list whose end is still to come."""

    node: Map | Seq
    anchor: str | None
    start: int
    has_key: bool = False
    key: str | None = None  # None while `has_key`: the key was refused, and its value is dropped
    merges: list[Map] = field(default_factory=list)


class _Builder:
    """A builder of the tree from the parser's events, with a stack of its own in place of recursion."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.problems: list[tuple[Mark, str]] = []
        self._stack: list[_Frame] = []
        self._anchors: dict[str, Node] = {}
        self._nodes = 0
        self._resolve: Callable[[type, str, tuple[bool, bool]], str] = Resolver().resolve

    def take(self, event: yaml.Event) -> None:
        mark = _mark(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            self._count(mark, 1, 1)
            self._put(self._scalar(event, mark), mark, event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._put(self._alias(event, mark), mark)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._count(mark, 1, 1)
            self._refuse_tag(event, mark)
            node = Map(mark) if isinstance(event, yaml.MappingStartEvent) else Seq(mark)
            self._stack.append(_Frame(node, event.anchor, self._nodes - 1))
        elif isinstance(event, yaml.CollectionEndEvent):
            frame = self._stack.pop()
            if isinstance(frame.node, Map):
                frame.node.merge(frame.merges)
            frame.node.size = self._nodes - frame.start
            self._put(frame.node, frame.node.mark, frame.anchor)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise YamlError(mark, "a second document; one file holds one")

    def _scalar(self, event: yaml.ScalarEvent, mark: Mark) -> Scalar:
        self._refuse_tag(event, mark)
        kind = "text"
        if event.implicit[0] and event.tag is None:
            tag = self._resolve(yaml.ScalarNode, event.value, (True, False)).rpartition(":")[2]
            kind = "number" if _NUMBER.fullmatch(event.value) else _KINDS.get(tag, "text")
            if kind == "number" and _INTEGER.fullmatch(event.value):
                kind = "integer"
        return Scalar(event.value, kind, mark)

    def _refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, mark: Mark) -> None:
        if event.tag is not None:
            # The tag is left out of the message: an unquoted password may begin with "!".
            self._fail(mark, 'tags are not read here; a text that begins with "!" is quoted')

    def _alias(self, event: yaml.AliasEvent, mark: Mark) -> Node:
        node = self._anchors.get(event.anchor or "")
        if node is None:
            # The message hides the name: a password may begin with "*". An anchor is known only after its value ends.
            raise YamlError(mark, 'an alias without an anchor before it; a text that begins with "*" is quoted')
        self._count(mark, 1 if isinstance(node, Scalar) else node.size, height(node))
        return node

    def _count(self, mark: Mark, nodes: int, height: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise YamlError(mark, f"more than {MAX_NODES} values, with aliases counted as what they stand for")
        if len(self._stack) + height > MAX_DEPTH:
            raise YamlError(mark, f"nested deeper than {MAX_DEPTH} levels")

    def _put(self, node: Node, mark: Mark, anchor: str | None = None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._stack:
            self.root = node
            return
        frame = self._stack[-1]
        if isinstance(frame.node, Seq):
            frame.node.append(node)
        elif not frame.has_key:
            self._key(frame.node, frame, node, mark)
            return
        elif frame.key == "<<":
            self._merged(frame, node, mark)
        elif frame.key is not None:
            frame.node[frame.key] = node
        frame.has_key, frame.key = False, None
        frame.node.height = max(frame.node.height, height(node))

    def _key(self, mapping: Map, frame: _Frame, node: Node, mark: Mark) -> None:
        if not isinstance(node, Scalar):
            raise YamlError(mark, "a key must be text")
        frame.key, frame.has_key = None, True
        if node.kind not in ("text", "merge key"):
            self._fail(mark, f'YAML reads this key as {noun(node)}; quote it: "{node.text[:64]}"', node.text)
        elif node.text in mapping.places:
            self._fail(mark, f"given twice, first at line {mapping.places[node.text].line}", node.text)
        else:
            frame.key = node.text
            mapping.places[node.text] = mark

    def _merged(self, frame: _Frame, node: Node, mark: Mark) -> None:
        sources = node if isinstance(node, Seq) else [node]
        maps = [source for source in sources if isinstance(source, Map)]
        if len(maps) < len(sources):
            self._fail(mark, "expected a mapping or a list of mappings")
        frame.merges += maps

    def _fail(self, mark: Mark, message: str, *key: str) -> None:
        path = [len(frame.node) if isinstance(frame.node, Seq) else frame.key for frame in self._stack]
        if "credentials" in path:  # a wrong key there may be a password
            key, message = (), message.partition(": ")[0]
        spelled = spell([step for step in path if step is not None] + list(key))
        self.problems.append((mark, f"{spelled}: {message}" if spelled else message))
