"""A compiler from a decoder's run to a plan: give each value a place, schedule the calls, and lay out the parts.

A plan has all its values in one list. The place of a value is its number in that list:

    inputs, fields, slow fields, constants      the leaves, in the order in which `Plan.read` makes the list
    results of `steps`                          what the numbers and the static values need
    results of `label_steps`                    what the labels need beyond that: most polls leave them out
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from exporter.core.tracing import FIELD, Traced
from exporter.core.vocabulary import Miner, Part
from exporter.parse.rows import Reading, Row
from exporter.plans.plan import Plan
from exporter.plans.readers import SectionReader, reader_of
from exporter.plans.steps import argument_key, schedule_steps
from exporter.render.template import lay_out, picker

BASE, STEP, PLACE = 1500, 400, 45  # approximate bytes of a plan without its parts, of a step, of a value
_Section = tuple[str, str, list[Row]]  # the arguments of `reader_of`


def compile_plan(
    key: Hashable,
    reading: Reading,
    parts: Sequence[Part],
    fresh: Iterable[str],
    *,
    whole: bool = True,
    implausible: tuple[str, ...] = (),
) -> Plan:
    """Compile the run that made `parts` of `reading` into a plan for all answers of that shape.

    `fresh` names the sections that this poll answered, and that a poll must answer to be read by the plan. The others
    are kept from an earlier poll, so that a round of slow questions has a plan of its own. `key` stands for everything
    besides the answers that the parts depend on. `whole` says that every section was decoded, and
    `implausible` names the fields whose values the guard left out. The plan holds none of the traced values."""
    answers, trace, fresh = reading.answers, reading.trace, frozenset(fresh)
    template, numbers, labels = lay_out(parts)
    looked = [(*name, rows) for name, rows in reading.sections.items() if name[0] in answers.rows]
    sections, fields = _readers([each for each in looked if each[0] in fresh])
    slow_sections, slow_fields = _readers([each for each in looked if each[0] not in fresh])

    for_numbers, for_labels = _needed([*trace.statics, *numbers]), _needed(labels)
    calls = [call for call in trace.calls if id(call) in for_numbers]
    label_calls = [call for call in trace.calls if id(call) in for_labels and id(call) not in for_numbers]
    traced_leaves = [*trace.inputs.values(), *fields, *slow_fields]
    constants = {
        argument_key(argument): argument
        for call in (*calls, *label_calls)
        for argument in call.arguments
        if type(argument) is not Traced
    }
    leaves = [*map(id, traced_leaves), *constants]  # each by its `argument_key`
    places = {leaf: place for place, leaf in enumerate(leaves)}
    steps, places = schedule_steps(calls, places)
    label_steps, places = schedule_steps(label_calls, places)
    label_leaves = [places[leaf] for leaf, value in for_labels.items() if value.function is FIELD]  # inputs too
    uptimes = [part.miner_uptime_seconds for part in parts if isinstance(part, Miner)]
    size = BASE + STEP * (len(steps) + len(label_steps)) + PLACE * (len(places) + len(trace.statics))
    return Plan(
        key=key,
        whole=whole,
        implausible=implausible,
        fresh=fresh,
        descriptions={name: text for name, text in answers.descriptions.items() if name in fresh},
        cut="truncated" in answers.repairs,
        inputs=tuple(trace.inputs),
        sections=sections,
        constants=[*constants.values()],
        steps=steps,
        statics=picker([places[id(value)] for value in trace.statics]),
        expected=tuple([value.value for value in trace.statics]),
        uptime=picker([places[id(uptime)] for uptime in uptimes if isinstance(uptime, Traced)]),
        answered=frozenset(answers.rows),
        all_descriptions=answers.descriptions,
        slow_sections=slow_sections,
        label_inputs=picker(sorted(label_leaves)),
        label_steps=label_steps,
        labels=picker([places[id(label)] for label in labels]),
        numbers=picker([places[id(number)] for number in numbers]),
        template=template,
        fixed_size=size + sum([section.size for section in (*sections, *slow_sections)]),
    )


def _readers(looked: Iterable[_Section]) -> tuple[tuple[SectionReader, ...], list[Traced[Any]]]:
    """Return the readers of sections, and the traced fields in the order in which they read them."""
    pairs = [reader_of(*section) for section in looked]
    return tuple([reader for reader, _ in pairs]), [field for _, fields in pairs for field in fields]


def _needed(values: Iterable[Traced[Any]]) -> dict[int, Traced[Any]]:
    """Return the traced values, and all traced values that they are made of, by id."""
    found: dict[int, Traced[Any]] = {}
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if id(value) not in found:
            found[id(value)] = value
            waiting += [argument for argument in value.arguments if type(argument) is Traced]
    return found
