"""Regular expressions of the operator, compiled only if their work on any text is bounded.

The bound is on the number of ways in which a pattern can try to match a text. A repetition that may end anywhere has a
way for each length, and the ways of two repetitions in a row multiply. A repetition that ends at a certain character
has one way. So `[^.]+\\.[^.]+` is cheap, `.*a.*b` is expensive, and `(a+)+` would take for ever.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from re import _constants as op  # type: ignore[attr-defined]  # typeshed leaves it out
from re import _parser as parser  # type: ignore[attr-defined]  # typeshed leaves it out
from typing import Any, Final

LONGEST: Final = 260  # characters of the longest text that is matched: a host with its port
MOST: Final = 100_000  # most ways to try a text: they take a thousandth of a second

ASCII: Final = 128
OTHER: Final = 1 << ASCII  # stands for all characters that are not ASCII
ANY: Final = (OTHER << 1) - 1
_CLASSES: Final = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}
_REPEATS: Final = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
_LOOKS: Final = (op.ASSERT, op.ASSERT_NOT)

Item = tuple[Any, Any]
First = tuple[int, bool]  # the characters that may begin a match, as bits, and whether it may be empty


def compiled(written: str) -> re.Pattern[str]:
    """Compile a pattern. Raises ValueError for a text that is no pattern, or that has more than MOST ways."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pattern = re.compile(written)
            tree = parser.parse(written)
        _Ways(ignores_case=bool(pattern.flags & re.IGNORECASE)).sequence(list(tree), 0)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


def fits(pattern: re.Pattern[str], text: str) -> bool:
    """Return True if the pattern matches the whole text, of at most LONGEST characters."""
    return len(text) <= LONGEST and pattern.fullmatch(text) is not None


class _Ways:
    """An upper bound on the ways of trying a text."""

    def __init__(self, *, ignores_case: bool) -> None:
        self.ignores_case = ignores_case

    def within(self, flags: int) -> _Ways:
        """Return the counter for a group that adds flags of its own."""
        return self if self.ignores_case or not flags & re.IGNORECASE else _Ways(ignores_case=True)

    def sequence(self, items: Sequence[Item], after: int) -> int:
        """Return the ways of a sequence; one of the characters `after` (as bits) follows the sequence.

        Raises ValueError for more than MOST ways."""
        ways = 1
        for item in reversed(items):
            ways *= self.item(item, after)
            if ways > MOST:
                raise ValueError("too many ways to match a text; write [^.]* and its like in place of .*")
            first, empty = self.first([item])
            after = first | (after if empty else 0)
        return ways

    def item(self, item: Item, after: int) -> int:
        kind, what = item
        if kind in _REPEATS:
            low, high, body = what
            if kind is op.POSSESSIVE_REPEAT and _single(body):
                return 1
            return self.repeat(min(int(low), LONGEST), min(int(high), LONGEST), body, after)
        if kind is op.BRANCH:
            return self.choice(what[1], after)
        if kind is op.GROUPREF_EXISTS:
            return self.choice([what[1], what[2] or []], after)
        if kind is op.SUBPATTERN:
            return self.within(what[1]).sequence(what[3], after)
        if kind is op.ATOMIC_GROUP:
            return self.sequence(what, ANY)
        return self.sequence(what[1], ANY) if kind in _LOOKS else 1

    def choice(self, branches: Iterable[Sequence[Item]], after: int) -> int:
        """Return the ways of a choice: the sum over its branches, or the maximum if all begin with other characters."""
        total, seen, apart = 0, 0, True
        ways = [0]
        for branch in branches:
            first, empty = self.first(branch)
            first |= after if empty else 0
            apart = apart and not first & seen
            seen |= first
            ways.append(self.sequence(branch, after))
            total += ways[-1]
        return max(ways) if apart else total

    def repeat(self, low: int, high: int, body: Sequence[Item], after: int) -> int:
        """Return the ways of a repetition: one if the next character decides where it ends, else one for each count."""
        first, empty = self.first(body)
        if empty and high > 1:
            raise ValueError("repeats what may be empty")
        once = self.sequence(body, after | first)
        if once > 1 and high > 1 and once**high > MOST:
            raise ValueError("repeats a repetition that may end in many places; the time for that has no bound")
        ends = not first & after and not empty
        return int(once**high) if ends else sum(once**times for times in range(low, high + 1))

    def first(self, items: Sequence[Item]) -> First:
        """Return the characters that may begin a match of the sequence, and True if a match may be empty."""
        characters = 0
        for kind, what in items:
            begins, empty = self.begins(kind, what)
            characters |= begins
            if not empty:
                return characters, False
        return characters, True

    def begins(self, kind: Any, what: Any) -> First:
        if kind in _REPEATS:
            first, empty = self.first(what[2])
            return first, empty or what[0] == 0
        if kind in (op.BRANCH, op.GROUPREF_EXISTS):
            branches = what[1] if kind is op.BRANCH else [what[1], what[2] or []]
            firsts = [self.first(branch) for branch in branches]
            return _union(first for first, _ in firsts), any(empty for _, empty in firsts)
        if kind is op.SUBPATTERN:
            return self.within(what[1]).first(what[3])
        if kind is op.ATOMIC_GROUP:
            return self.first(what)
        if kind is op.GROUPREF:
            return ANY, True
        if kind is op.AT or kind in _LOOKS:
            return 0, True
        return self.character(kind, what), False

    def character(self, kind: Any, what: Any) -> int:
        """Return the characters that a single-character item of the pattern may match, and maybe some more."""
        if kind is op.LITERAL:
            return self.spelt([what])
        if kind is op.NOT_LITERAL:
            return ANY & ~(1 << what) if what < ASCII else ANY
        if kind is op.RANGE:
            if what[1] >= ASCII:
                return ANY if self.ignores_case else OTHER | _union(1 << n for n in range(what[0], ASCII))
            return self.spelt(range(what[0], what[1] + 1))
        if kind is op.CATEGORY and what in _CLASSES:
            members = re.compile(_CLASSES[what])
            return OTHER | _union(1 << n for n in range(ASCII) if members.match(chr(n)))
        if kind is op.IN and what[0][0] is op.NEGATE:
            return ANY & ~_Ways(ignores_case=False).members(what[1:]) | OTHER
        return self.members(what) if kind is op.IN else ANY

    def members(self, parts: Iterable[Item]) -> int:
        return _union(self.character(*part) for part in parts)

    def spelt(self, numbers: Iterable[int]) -> int:
        """Return the characters with these code points, in both cases if case is ignored."""
        found = 0
        for number in numbers:
            found |= 1 << number if number < ASCII else OTHER
            if self.ignores_case and (letter := chr(number)).isalpha():
                cases = letter.lower() + letter.upper() + letter.upper().lower()
                found |= OTHER | _union(1 << ord(each) for each in cases if ord(each) < ASCII)
        return found


def _single(body: Sequence[Item]) -> bool:
    """Return True if the body is one character."""
    return len(body) == 1 and body[0][0] in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN)


def _union(parts: Iterable[int]) -> int:
    found = 0
    for part in parts:
        found |= part
    return found
