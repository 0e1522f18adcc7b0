"""Traced values: a decoder runs once for each shape of answers, and a plan replays the run at every later poll.

Invariant: nothing that a decoder can see changes unnoticed. A *static* value is plain and guarded: a plan holds only
while each static value stays the same. Every other value is `Traced`: only functions marked `@traceable` see the plain
value, and their results are traced again. A `Traced[T]` has no methods for mypy or at run time, so that mypy refuses
a decision on a traced value. The docstring of `exporter.plans` has an example.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, Never, NoReturn, ParamSpec, Protocol, TypeVar, cast, overload

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

FIELD: Final[Any] = None  # the `function` of a traced field or input, which no call has made


class Traced(Generic[T_co]):
    """A field, an input or the result of a traceable call, with its current `value`.

    A result has the `function` of the call and its `arguments`, at least one of them traced. A field or an input has
    FIELD, and its name as the only argument. Every operation on a traced value raises TypeError, with a message that
    says what to do instead. Traces and plans tell traced values apart by `id`."""

    __slots__ = ("arguments", "function", "trace", "value")

    def __init__(self, trace: Trace, function: Callable[..., Any] | None, arguments: tuple[Any, ...], value: T_co):
        self.trace, self.function, self.arguments, self.value = trace, function, arguments, value

    def __repr__(self) -> str:
        return f"<traced {describe(self)}>"

    def _hidden(self, *_: object, **__: object) -> NoReturn:
        name, plain = describe(self), f"static({describe(self)})"
        if self.function is FIELD:
            (key,) = self.arguments
            plain = "" if key in self.trace.inputs else f"row.static({key!r})"  # an input differs at every poll
        instead = plain and f", or take {plain}"
        raise TypeError(f"{name} is traced: test it in a function marked @traceable{instead}")

    if not TYPE_CHECKING:  # mypy already refuses methods that the class lacks
        __bool__ = __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __hash__ = _hidden
        __len__ = __iter__ = __next__ = __reversed__ = __contains__ = __getitem__ = __call__ = __getattr__ = _hidden
        __str__ = __format__ = __bytes__ = __int__ = __float__ = __complex__ = __index__ = __round__ = __trunc__ = (
            _hidden
        )
        __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __divmod__ = __pow__ = __matmul__ = _hidden
        __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rdivmod__ = __rpow__ = _hidden
        __and__ = __or__ = __xor__ = __lshift__ = __rshift__ = __rand__ = __ror__ = __rxor__ = __rmatmul__ = _hidden
        __neg__ = __pos__ = __abs__ = __invert__ = __floor__ = __ceil__ = __enter__ = __exit__ = _hidden
        __class__ = property(_hidden)  # isinstance looks at the class, too


def describe(value: object) -> str:
    """Return a traced value roughly as the decoder's source spells it, and the repr of a plain value."""
    if type(value) is not Traced:
        return repr(value)
    if value.function is FIELD:
        (name,) = value.arguments
        return str(name) if name in value.trace.inputs else f"row[{name!r}]"
    inner = next((argument for argument in value.arguments if type(argument) is Traced), None)
    return f"{getattr(value.function, '__name__', 'call').strip('_')}({describe(inner)})"


class Trace:
    """The record of one decoder run.

    `calls` has each call once, after the calls whose results it needs. `statics` has the traced values that `static`
    made plain. `inputs` has, by name, the values that come from outside the answers."""

    def __init__(self) -> None:
        self.calls: list[Traced[Any]] = []
        self.statics: list[Traced[Any]] = []
        self.inputs: dict[str, Traced[Any]] = {}
        self._known: dict[tuple[object, ...], Traced[Any]] = {}

    def forget(self) -> None:
        """Drop the traced values. They refer back to the trace, so only the garbage collector would free them."""
        self.calls, self.statics, self.inputs, self._known = [], [], {}, {}

    def input(self, name: str, value: T) -> Traced[T]:
        """Return the traced input `name`: a value from outside the answers, such as the time."""
        return self.inputs.setdefault(name, Traced(self, FIELD, (name,), value))

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Traced[Any]:
        """Record a call of a plain function, once for equal arguments, and return its traced result."""
        key = (function, *[id(a) if type(a) is Traced else (type(a), a) for a in arguments])
        if (known := self._known.get(key)) is None:
            value = function(*[a.value if type(a) is Traced else a for a in arguments])
            known = self._known[key] = Traced(self, function, arguments, value)
            self.calls.append(known)
        return known


class Traceable(Protocol[P, T_co]):
    """The type of a traceable function: a traced first argument makes the result traced.

    If a traced argument follows a plain first argument, the type of the result is the union of plain and traced. An
    argument of type Any counts as plain, because the body of a traceable function sees only plain values. mypy does not
    check the arguments that follow a traced first argument."""

    @overload  # chosen for an argument of type Any
    def __call__(self, first: Never, /, *rest: Any) -> T_co: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, first: Traced[object], /, *rest: Any) -> Traced[T_co]: ...
    @overload
    def __call__(self, *arguments: P.args, **named: P.kwargs) -> T_co: ...
    @overload
    def __call__(self, first: Any, /, *rest: Any) -> T_co | Traced[T_co]: ...


def traceable(function: Callable[P, T]) -> Traceable[P, T]:
    """Let a pure function take traced values. The traceable function raises TypeError for arguments given by name."""

    @functools.wraps(function)
    def opened(*arguments: Any, **named: Any) -> Any:
        if named:
            name = function.__name__.strip("_")
            raise TypeError(f"{name} is traceable: give it {' and '.join(named)} by position, without the name")
        for argument in arguments:
            if type(argument) is Traced:
                return argument.trace.call(function, arguments)
        return function(*arguments)  # type: ignore[call-arg]

    return cast("Traceable[P, T]", opened)


def untraced(function: Traceable[P, T]) -> Callable[P, T]:
    """Return the plain function behind a traceable function: calls on plain values are then faster."""
    return cast("Callable[P, T]", function.__wrapped__)  # type: ignore[attr-defined]


@overload
def static(value: Traced[T]) -> T: ...
@overload
def static(value: T) -> T: ...
def static(value: Any) -> Any:
    """Return the current plain value of a traced value, and guard it: any other value makes the decoder run again.

    A plain value is returned unchanged."""
    if isinstance(value, Traced):
        value.trace.statics.append(value)
        return value.value
    return value


def present(value: object) -> bool:
    """Return False if a plain value is None or an empty text, else True."""
    return value is not None and value != ""


@traceable
def truthy(value: object) -> bool:
    """Return the truth of a value: False for None, False, zero, and an empty text or list."""
    return bool(value)


@traceable
def coalesce2(one: object, other: object) -> Any:
    """Return `one` if it is present, else `other`."""
    return one if present(one) else other


@overload
def coalesce(*values: Traced[T]) -> Traced[T]: ...
@overload
def coalesce(*values: Any) -> Any: ...
def coalesce(*values: Any) -> Any:
    """Return the first present value, chosen anew at each poll; the last value if none is present."""
    rest: Any = values[-1] if values else None
    for value in reversed(values[:-1]):
        if type(value) is Traced:
            rest = coalesce2(value, rest) if type(rest) is Traced or present(rest) else value
        elif present(value):
            rest = value
    return rest


@overload
def if_none_of(value: Traced[T], *others: object) -> Traced[T | None]: ...
@overload
def if_none_of(value: T, *others: object) -> T | Traced[T | None] | None: ...
@traceable
def if_none_of(value: Any, *others: object) -> Any:
    """Return the value if none of the others is present, else None."""
    return None if any(map(present, others)) else value


@overload
def where(condition: object, value: Traced[T]) -> Traced[T | None]: ...
@overload
def where(condition: Traced[object], value: T) -> Traced[T | None]: ...
@overload
def where(condition: object, value: T) -> T | None: ...
@traceable
def where(condition: object, value: Any) -> Any:
    """Return the value if the condition is present, else None."""
    return value if present(condition) else None


class _Item(Protocol):
    @overload
    def __call__(self, values: Traced[Sequence[T]], place: int, /) -> Traced[T]: ...
    @overload
    def __call__(self, values: Traced[Any], place: int | str, /) -> Traced[Any]: ...
    @overload
    def __call__(self, values: Sequence[T], place: int, /) -> T: ...


item = cast("_Item", traceable(cast("Any", operator.getitem)))  # item(values, 2) is values[2]
length = traceable(len)
