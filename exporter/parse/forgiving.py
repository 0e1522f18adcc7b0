"""The reader of texts that are nearly JSON: a pass over the tokens, with the repairs that `jsontext.py` lists."""

from __future__ import annotations

import re
from typing import Any, Final

from exporter.core.errors import NotJson
from exporter.core.values import number
from exporter.parse.textmode import Repairs

DEPTH: Final = 64  # most levels of nested objects and lists
STEPS: Final = 8_000  # most tokens and escapes: eight times the longest recorded answer, a hundredth of a second
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]++) | (?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+") | (?P<mark>[{}\[\]:,])
      | (?P<word>[^ \t\r\n{}\[\]:,"]++) | (?P<cut>".*)""",
    re.VERBOSE | re.DOTALL,
)
# A whole member of an object, which the reader takes in one step.
_MEMBER = re.compile(
    r"""[ \t\r\n]*+"([^"\\\x00-\x1f]*+)"[ \t\r\n]*+:[ \t\r\n]*+"""
    r"""(?:"([^"\\\x00-\x1f]*+)"|(-?\d++(?:\.\d++)?)(?=[ ,}\r\n]))[ \t\r\n]*+(,?)""",
    re.ASCII,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_BRACKETS: Final = "[{ \t\r\n"
_AFTER_TEXT: Final = frozenset((*' \t\r\n,:}]"', ""))  # what may follow a text, as no name of a key begins
_QUOTE = re.compile(r'[ \t\r\n]*+"')
_CONTROL = re.compile(r"[\x00-\x1f]")
_WORDS = {"true": True, "false": False, "null": None}


class ForgivingReader:
    """A pass over the tokens with a stack of its own, so that depth and time are bounded for any input."""

    def __init__(self, source: str, repairs: Repairs) -> None:
        self.source, self.repairs = source, repairs
        self.root: list[Any] = []
        self.stack: list[dict[str, Any] | list[Any]] = []
        self.key: str | None = None  # the key that waits for its value
        self.keyed = False  # whether the colon after the key was seen
        self.comma = True  # whether a value may follow: after a comma, and at the start of a container
        self.quoted: set[int] = set()  # the depths of objects and lists between quotes
        self.steps = 0

    def step(self, count: int = 1) -> None:
        """Count the steps. Raises NotJson beyond STEPS."""
        self.steps += count
        if self.steps > STEPS:
            raise NotJson("too many tokens: they would take too long to read")

    def read(self) -> object:
        """Return the first value of the text, repaired. Raises NotJson."""
        position, end = 0, len(self.source)
        while position < end:
            self.step()
            if (match := self.member(position)) is not None:
                position = match.end()
                continue
            match = _TOKEN.match(self.source, position)
            if match is None:
                raise NotJson("unreadable character")
            position, kind = match.end(), match.lastgroup
            if kind == "space":
                continue
            if self.root and not self.stack:
                self.repairs["trailing_text"] += 1
                break
            if kind == "cut":
                break
            if kind == "mark":
                self.mark(match[0])
                position = self.beyond(match)
            elif kind == "string":
                position = self.text(match)
            elif position == end:
                break  # a word at the very end may be cut off
            else:
                self.value(self.word(match[0]))
        if not self.root:
            raise NotJson("no value")
        if self.stack:
            self.repairs["truncated"] += 1
            self.drop_row()
        return self.root[0]

    def member(self, position: int) -> re.Match[str] | None:
        """Take a whole member of an object; return its match, or None if no member begins at the position."""
        top = self.stack[-1] if self.stack else None
        if type(top) is not dict or not self.comma or self.key is not None or "list_as_object" in self.repairs:
            return None
        if (match := _MEMBER.match(self.source, position)) is not None:
            key, text, digits, comma = match.groups()
            if text and not text.strip(_BRACKETS):
                return None  # perhaps the start of a quoted object
            if key in top:
                self.repairs["duplicate_key"] += 1
            top[key] = text if digits is None else self.word(digits)
            self.comma = bool(comma)
        return match

    def text(self, match: re.Match[str]) -> int:
        """Take a text, or only its first quote if an object or list between quotes begins there; return the end."""
        inside = match[0][1:-1].strip(" \t\r\n")
        after = self.source[match.end() : match.end() + 1]
        if not self.keyed or not inside or inside.strip(_BRACKETS) or after in _AFTER_TEXT:
            self.value(self.string(match[0]))
            return match.end()
        self.repairs["quoted_object"] += 1
        self.quoted.add(len(self.stack))
        return match.start() + 1

    def beyond(self, match: re.Match[str]) -> int:
        """Return the end of a bracket, or of the quote behind the bracket that closes an object between quotes."""
        depth = len(self.stack)
        if match[0] not in "}]" or depth not in self.quoted:
            return match.end()
        self.quoted.discard(depth)
        quote = _QUOTE.match(self.source, match.end())
        return match.end() if quote is None else quote.end()

    def mark(self, mark: str) -> None:
        """Take a bracket, a colon or a comma."""
        if mark in "{[":
            container: dict[str, Any] | list[Any] = {} if mark == "{" else []
            self.value(container)
            if len(self.stack) >= DEPTH:
                raise NotJson("nested too deeply")
            self.stack.append(container)
            self.key, self.keyed, self.comma = None, False, True
        elif mark == ":":
            self.colon()
        elif mark == ",":
            self.drop_member()
            if self.comma:
                self.repairs["extra_comma"] += 1
            self.comma = True
        else:
            self.close(mark)

    def close(self, mark: str) -> None:
        """Close the innermost object or list."""
        self.drop_member()
        top = self.stack.pop()
        if (mark == "}") != isinstance(top, dict) and "list_as_object" not in self.repairs:
            raise NotJson(f"{mark!r} closes what it did not open")
        if self.comma and top:
            self.repairs["extra_comma"] += 1
        self.comma = False

    def colon(self) -> None:
        """Take a colon, which makes the last text of a list a key (`["329":"..."]`)."""
        top = self.stack[-1] if self.stack else None
        if isinstance(top, list) and top and type(top[-1]) is str:
            self.repairs["list_as_object"] += 1
            self.key = top.pop()
            pairs: dict[str, Any] = {}
            top.append(pairs)
            self.stack.append(pairs)
            self.keyed = True
        elif self.key is not None and not self.keyed:
            self.keyed = True
        else:
            raise NotJson("a colon without a key")

    def value(self, value: Any) -> None:
        """Put a value in its place: at the root, in a list, under the waiting key, or as the next key."""
        if not self.stack:
            self.root.append(value)
            return
        top = self.stack[-1]
        if isinstance(top, list):
            self.separate()
            top.append(value)
        elif self.key is not None and self.keyed:
            if self.key in top:
                self.repairs["duplicate_key"] += 1
            top[self.key] = value
            self.key, self.keyed = None, False
            if "list_as_object" in self.repairs and len(self.stack) > 1 and self._pair(top):
                self.stack.pop()
        else:
            self.drop_member()
            self.separate()
            if type(value) is not str:
                raise NotJson("a key that is not a string")
            self.key = value

    def _pair(self, top: dict[str, Any]) -> bool:
        """Tell whether the object was made of two items of a list."""
        above = self.stack[-2]
        return isinstance(above, list) and bool(above) and above[-1] is top and len(top) == 1

    def separate(self) -> None:
        """Count a missing comma before a value."""
        if not self.comma:
            self.repairs["missing_comma"] += 1
        self.comma = False

    def drop_member(self) -> None:
        """Drop a key without a value."""
        if self.key is not None:
            self.repairs["missing_value"] += 1
            self.key, self.keyed = None, False

    def drop_row(self) -> None:
        """Drop the row that was cut off: its missing end might change the meaning of the rest of the row."""
        for above, inner in zip(self.stack[-2::-1], self.stack[:0:-1], strict=False):
            if isinstance(inner, dict) and isinstance(above, list):
                above.pop()
                return

    def string(self, literal: str) -> str:
        """Return the text of a string literal."""
        body = literal[1:-1]
        if _CONTROL.search(body):
            self.repairs["control_character"] += 1
        if "\\" not in body:
            return body
        self.step(body.count("\\"))
        halves = _ESCAPE.sub(self.escape, body).encode("utf-16", "surrogatepass")  # two escapes may make one character
        try:
            return halves.decode("utf-16")
        except UnicodeDecodeError:
            self.repairs["invalid_escape"] += 1
            return halves.decode("utf-16", "replace")

    def escape(self, match: re.Match[str]) -> str:
        """Return the character of an escape; an unknown escape loses only its backslash."""
        code = match[1]
        if len(code) == 5:
            return chr(int(code[1:], 16))
        if code not in _ESCAPES:
            self.repairs["invalid_escape"] += 1
        return _ESCAPES.get(code, code)

    def word(self, word: str) -> object:
        """Return the value of a number, true, false or null. Raises NotJson for another word."""
        if word in _WORDS:
            return _WORDS[word]
        value = number(word)
        if value is not None:
            return value
        if re.fullmatch(r"[+-]?(nan|inf(inity)?|\d[\d.eE+-]*)", word, re.IGNORECASE | re.ASCII):
            self.repairs["not_a_number"] += 1
            return None
        raise NotJson(f"not JSON: {word[:16]!r}")
