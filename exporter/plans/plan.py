"""A compiled run of a decoder: the fields to read, the order of the calls, and the layout of the result.

Invariant: a plan either gives the result of the decoder, or refuses an answer of another shape or static value.
Budget for 140 series: 55 µs. No object is made per series: fields are picked by itemgetters, and each function runs
over all its fields at once.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import ReferenceType, ref

from exporter.core.values import interned
from exporter.parse.answers import Answers
from exporter.plans import steps
from exporter.plans.readers import PlanMismatch, SectionReader, Values
from exporter.plans.steps import Picker, Step
from exporter.render.exposition import Fragments
from exporter.render.template import Template

__all__ = ["Plan", "PlanMismatch", "PlanState", "Values"]

SHARED_LABELS: Final = 512  # bytes of labels that miners may share


@dataclass(slots=True)
class PlanState:
    """The state of a plan for one target, kept from poll to poll; made anew for new slow answers or another plan."""

    slow_fields: Sequence[Any] = ()  # the plan's fields from slow answers, which not every poll asks for
    slow_version: int = 0  # the version of those slow answers
    label_inputs: tuple[Any, ...] | None = None  # the values that `labels` was made from
    labels: tuple[bytes, ...] = ()


@dataclass(slots=True, eq=False, weakref_slot=True, kw_only=True)
class Plan:
    """A program that reads and renders all answers of one shape; `compile_plan` makes it."""

    key: Hashable  # everything besides the answers that the result depends on
    whole: bool  # whether every section was decoded
    implausible: tuple[str, ...]  # fields that were left out, once for each value

    fresh: frozenset[str]  # the sections that the poll itself answers, all and only
    descriptions: dict[str, str]  # the Descriptions of the fresh sections
    cut: bool  # whether one of the answers was cut off
    inputs: tuple[str, ...]
    sections: tuple[SectionReader, ...]
    constants: Values
    steps: list[Step]
    statics: Picker
    expected: tuple[Any, ...]  # the static values
    uptime: Picker

    answered: frozenset[str]  # all sections, fresh and slow, for `keep`
    all_descriptions: dict[str, str]  # the Descriptions of all sections
    slow_sections: tuple[SectionReader, ...]

    label_inputs: Picker
    label_steps: list[Step]
    labels: Picker
    numbers: Picker
    template: Template

    fixed_size: int  # approximate bytes of everything but the template
    used: bool = False  # whether the plan was used since the cache last looked
    pointer: ReferenceType[Plan] = field(init=False)  # the weak reference that all targets share

    def __post_init__(self) -> None:
        self.pointer = ref(self)

    @property
    def cache_key(self) -> tuple[Hashable, frozenset[str]]:
        """Return the key by which the cache finds plans for the same options and the same fresh sections."""
        return self.key, self.fresh

    @property
    def size(self) -> int:
        """Return the approximate size of the plan in bytes."""
        return self.fixed_size + self.template.size

    def keep(self, answers: Answers) -> Sequence[Any]:
        """Return the `slow_fields`; `answers` has all sections, fresh and slow. Raises PlanMismatch."""
        if answers.rows.keys() != self.answered or answers.descriptions != self.all_descriptions:
            raise PlanMismatch
        return tuple([value for section in self.slow_sections for value in section.read(answers)])

    def read(self, answers: Answers, state: PlanState, inputs: Mapping[str, Any]) -> Values:
        """Return every value of the answers, in the plan's own order. `inputs` has the values of other sources by name.

        Raises PlanMismatch for answers of another shape or static value, and whatever its functions raise."""
        if answers.rows.keys() != self.fresh or answers.descriptions != self.descriptions:
            raise PlanMismatch
        if ("truncated" in answers.repairs) is not self.cut:
            raise PlanMismatch
        values = [inputs[name] for name in self.inputs]
        for section in self.sections:
            values += section.read(answers)
        values += state.slow_fields
        values += self.constants
        steps.run(self.steps, values)
        if self.statics(values) != self.expected:
            raise PlanMismatch
        return values

    def render(self, values: Values, state: PlanState, identity: bytes, limit: int) -> tuple[Fragments, int]:
        """Return the fragments of values from `read`, and the number of series left out; see `Template.render`."""
        inputs = self.label_inputs(values)
        if inputs != state.label_inputs:
            steps.run(self.label_steps, values)
            state.label_inputs = tuple([interned(each) if type(each) is str else each for each in inputs])
            state.labels = tuple([interned(label.encode(), SHARED_LABELS) for label in self.labels(values)])
        return self.template.render(self.numbers(values), state.labels, identity, limit)
