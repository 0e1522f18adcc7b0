"""Live values: a decoder runs once for a shape of answers, and the formulas that it made are evaluated at every poll.

Invariant: what a decoder sees as a plain value is guarded. A *fact* is such a value, and a plan made from the decoder's
run holds only while each fact stays what it was. Everything else a decoder reads stays a `Traced`, whose value it
cannot see: only doors (functions marked with `traceable`) take it, and their result is live again.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any, Final, NoReturn, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")

FIELD: Final[Any] = None  # the function of a live value that is a field or given from outside, and no formula


class Traced:
    """A formula: `function` of `arguments`, some of them live. `value` is what it came to when it was made. A field, or
    what is given from outside, has no function, and its name as the only argument.

    Whoever looks at it gets one sentence that says what to do instead. Doors and plans know it by its type and `id`."""

    __slots__ = ("arguments", "function", "trace", "value")

    def __init__(self, trace: Trace, function: Callable[..., Any] | None, arguments: tuple[Any, ...], value: Any):
        self.trace, self.function, self.arguments, self.value = trace, function, arguments, value

    def __repr__(self) -> str:
        return f"<traced {describe(self)}>"

    def _hidden(self, *_: object, **__: object) -> NoReturn:
        name, plain = describe(self), f"static({describe(self)})"
        if self.function is FIELD:
            (key,) = self.arguments
            plain = "" if key in self.trace.given else f"row.static({key!r})"  # what is given is never the same
        instead = plain and f", or take {plain}"
        raise TypeError(f"{name} is traced: test it in a function marked @traceable{instead}")

    __bool__ = __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __hash__ = _hidden
    __len__ = __iter__ = __next__ = __reversed__ = __contains__ = __getitem__ = __call__ = __getattr__ = _hidden
    __str__ = __format__ = __bytes__ = __int__ = __float__ = __complex__ = __index__ = __round__ = __trunc__ = _hidden
    __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __divmod__ = __pow__ = __matmul__ = _hidden
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rdivmod__ = __rpow__ = _hidden
    __and__ = __or__ = __xor__ = __lshift__ = __rshift__ = __rand__ = __ror__ = __rxor__ = __rmatmul__ = _hidden
    __neg__ = __pos__ = __abs__ = __invert__ = __floor__ = __ceil__ = __enter__ = __exit__ = _hidden
    __class__ = property(_hidden)  # what isinstance looks at, where the type is not the one


def describe(live: object) -> str:
    """A live value as its decoder wrote it, or nearly so."""
    if type(live) is not Traced:
        return repr(live)
    if live.function is FIELD:
        (name,) = live.arguments
        return str(name) if name in live.trace.given else f"row[{name!r}]"
    inner = next((argument for argument in live.arguments if type(argument) is Traced), None)
    return f"{getattr(live.function, '__name__', 'formula').strip('_')}({describe(inner)})"


class Trace:
    """What a decoder's run did: its formulas, each once and after those that it needs, and its facts."""

    def __init__(self) -> None:
        self.formulas: list[Traced] = []
        self.statics: list[Traced] = []
        self.given: dict[str, Traced] = {}
        self._known: dict[tuple[object, ...], Traced] = {}

    def forget(self) -> None:
        """Lets go of the live values, which refer back to it: they are freed at once, not by a garbage collection."""
        self.formulas, self.statics, self.given, self._known = [], [], {}, {}

    def outside(self, name: str, value: object) -> Any:
        """A live value that does not come from the answers, such as the time."""
        return self.given.setdefault(name, Traced(self, FIELD, (name,), value))

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Traced:
        key = (function, *[id(a) if type(a) is Traced else (type(a), a) for a in arguments])
        if (known := self._known.get(key)) is None:
            value = function(*[a.value if type(a) is Traced else a for a in arguments])
            known = self._known[key] = Traced(self, function, arguments, value)
            self.formulas.append(known)
        return known


def traceable(function: Callable[P, T]) -> Callable[P, T]:
    """Lets a pure function take live values; its result is live then. To the type checker it is what it will be."""

    @functools.wraps(function)
    def opened(*arguments: Any, **named: Any) -> Any:
        if named:
            name = function.__name__.strip("_")
            raise TypeError(f"{name} is a door: give it {' and '.join(named)} by position, without the name")
        for argument in arguments:
            if type(argument) is Traced:
                return argument.trace.call(function, arguments)
        return function(*arguments)  # type: ignore[call-arg]

    return cast("Callable[P, T]", opened)


def untraced(function: Callable[P, T]) -> Callable[P, T]:
    """The function behind a door, for doors that call other doors: they have no live values, and it is quicker."""
    return cast("Callable[P, T]", function.__wrapped__)  # type: ignore[attr-defined]


def static(value: T) -> T:
    """What a live value is now, as a plain value on which the plan depends; anything else as it is."""
    if isinstance(value, Traced):
        value.trace.statics.append(value)
        return cast("T", value.value)
    return value


def present(value: object) -> bool:
    """Whether a plain value says anything: None and an empty text do not."""
    return value is not None and value != ""


@traceable
def truthy(value: object) -> bool:
    """Whether a value is there and not zero."""
    return bool(value)


@traceable
def coalesce2(one: object, other: object) -> Any:
    """The one, where it says something; else the other."""
    return one if present(one) else other


def coalesce(*values: Any) -> Any:
    """The first of `values` that says something, at each poll anew."""
    rest = values[-1] if values else None
    for value in reversed(values[:-1]):
        if type(value) is Traced:
            rest = coalesce2(value, rest) if type(rest) is Traced or present(rest) else value
        elif present(value):
            rest = value
    return rest


@traceable
def if_none_of(value: T, *others: object) -> T | None:
    """The value where none of the others says anything."""
    return None if any(map(present, others)) else value


@traceable
def where(condition: object, value: T) -> T | None:
    """The value where the condition says something."""
    return value if present(condition) else None


item = traceable(operator.getitem)  # one of several values that a formula gave, by its position
length = traceable(len)  # how many it gave
