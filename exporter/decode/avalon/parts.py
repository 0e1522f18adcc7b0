"""The parts of one Avalon module: its supply, its fans, its faults, and its boards with their chips."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from exporter.core import vocabulary as v
from exporter.core.tracing import item, static
from exporter.core.values import celsius, count, number, positive, ratio, text
from exporter.decode.avalon import readings
from exporter.decode.avalon.brackets import value, word
from exporter.decode.avalon.errors import codes
from exporter.decode.common.faults import MOST

_TEMPERATURES: Final = (("Temp", "inlet"), ("ITemp", "inlet"), ("OTemp", "outlet"))
_ON_BOARD: Final = (("HBTemp", "pcb"), ("HBITemp", "inlet"), ("HBOTemp", "outlet"))


@dataclass(frozen=True, slots=True)
class Module:
    """A module: traced fields, the number of listed boards, and a name if there are several modules."""

    fields: Any
    boards: int
    name: str

    def part(self, n: int | str) -> str:
        """Return the label of a board or fan of the module."""
        return f"{self.name}.{n}" if self.name else str(n)


def module_parts(module: Module) -> Iterator[v.Part]:
    """Yield the parts of a module as a whole."""
    fields, name = module.fields, module.name
    for key, location in _TEMPERATURES:
        degrees = celsius(value(fields, key))
        yield v.BoardSensor(name, location, "0", degrees) if name else v.Sensor(location, "0", degrees)
    for key, location in _ON_BOARD:
        yield v.BoardSensor(module.part(0), location, "0", celsius(value(fields, key)))
    yield v.TemperatureLimit("target", celsius(value(fields, "TarT")))
    duty = ratio(word(fields, "FanR"))
    for fan in static(readings.fans(fields)):
        number_ = fan.removeprefix("Fan")
        yield v.Fan(module.part(number_) if number_ else name or "1", count(value(fields, fan)), duty)
    volts, amperes, watts, drawn, _ = (item(readings.supply(fields), n) for n in range(5))
    yield v.Psu(name or "0", output_volts=volts, output_amperes=amperes, output_watts=watts, input_watts=drawn)
    yield v.Profile(static(readings.mode(fields)))
    for code, board_, severity in islice(static(codes(fields, module.boards)), MOST):
        component = f"board:{module.part(board_)}" if board_ is not None else f"module:{name or 0}"
        yield v.Fault(code, component, severity, 1)


def board(module: Module, n: int, label: str) -> Iterator[v.Part]:
    """Yield a board of a module, or the module itself if it has no list of boards."""
    fields, many = module.fields, module.boards
    part = v.Board(label, up=readings.working(fields, many or 1))
    part.hashrate_hashes_per_second = readings.board_rate(fields, n, many or 1)
    part.frequency_hertz = readings.clock(fields)  # all boards of a module have the same clock
    part.chips = readings.chips(fields, n, many)
    degrees = readings.chip_range(fields, n, many)
    part.chip_temperature_min_celsius = item(degrees, 0)
    part.chip_temperature_max_celsius = item(degrees, 1)
    part.chip_temperature_mean_celsius = item(degrees, 2)
    part.hardware_errors_total = count(value(fields, "MH", n) if many else value(fields, "HW"))
    part.communication_errors_total = readings.broken_messages(fields, n, many)
    if not many:
        part.hardware_error_ratio = readings.error_ratio(fields)
    if many <= 1:
        part.hashrate_nominal_hashes_per_second = number(positive(value(fields, "GHSmm")), 1e9)
    yield part
    name = static(readings.model(fields)) if module.name else ""
    serial = readings.dna(word(fields, "HDNA")) if many <= 1 else ""
    yield v.BoardInfo(label, name=name, serial=serial, chip_type=text(static(word(fields, "Core"))))


def chips(module: Module, n: int) -> Iterator[v.Part]:
    label, degrees = module.part(n), readings.chip_celsius(module.fields, n)
    volts, results = readings.chip_volts(module.fields, n), readings.chip_results(module.fields, n)
    for chip in range(static(readings.chips_listed(module.fields, n))):
        part = v.Chip(label, str(chip), item(degrees, chip), voltage_volts=item(volts, chip))
        part.results_total = item(results, chip)
        yield part
