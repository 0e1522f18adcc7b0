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
    """A module: its traced fields, the number of boards that it lists, and its name where there are several modules."""

    of: Any
    boards: int
    name: str

    def part(self, n: int | str) -> str:
        """Return the label of one of its boards or fans."""
        return f"{self.name}.{n}" if self.name else str(n)


def module_parts(module: Module) -> Iterator[v.Part]:
    """Yield the parts of a module as a whole."""
    of, name = module.of, module.name
    for key, location in _TEMPERATURES:
        degrees = celsius(value(of, key))
        yield v.BoardSensor(name, location, "0", degrees) if name else v.Sensor(location, "0", degrees)
    for key, location in _ON_BOARD:
        yield v.BoardSensor(module.part(0), location, "0", celsius(value(of, key)))
    yield v.TemperatureLimit("target", celsius(value(of, "TarT")))
    duty = ratio(word(of, "FanR"))
    for fan in static(readings.fans(of)):
        number_ = fan.removeprefix("Fan")
        yield v.Fan(module.part(number_) if number_ else name or "1", count(value(of, fan)), duty)
    volts, amperes, watts, drawn, _ = (item(readings.supply(of), n) for n in range(5))
    yield v.Psu(name or "0", output_volts=volts, output_amperes=amperes, output_watts=watts, input_watts=drawn)
    yield v.Profile(static(readings.mode(of)))
    for code, board_, severity in islice(static(codes(of, module.boards)), MOST):
        component = f"board:{module.part(board_)}" if board_ is not None else f"module:{name or 0}"
        yield v.Fault(code, component, severity, 1)


def board(module: Module, n: int, label: str) -> Iterator[v.Part]:
    """Yield one board of a module, or the module as the board that it is."""
    of, many = module.of, module.boards
    part = v.Board(label, up=readings.working(of, many or 1))
    part.hashrate_hashes_per_second = readings.board_rate(of, n, many or 1)
    part.frequency_hertz = readings.clock(of)  # one clock for all of its boards
    part.chips = readings.chips(of, n, many)
    degrees = readings.chip_range(of, n, many)
    part.chip_temperature_min_celsius = item(degrees, 0)
    part.chip_temperature_max_celsius = item(degrees, 1)
    part.chip_temperature_mean_celsius = item(degrees, 2)
    if many:
        part.hardware_errors_total = count(value(of, "MH", n))
    else:
        part.hardware_errors_total = count(value(of, "HW"))
    if many <= 1:
        part.hashrate_nominal_hashes_per_second = number(positive(value(of, "GHSmm")), 1e9)
    yield part
    name = static(readings.model(of)) if module.name else ""
    yield v.BoardInfo(label, name=name, chip_type=text(static(word(of, "Core"))))


def chips(module: Module, n: int) -> Iterator[v.Part]:
    label, degrees = module.part(n), readings.chip_celsius(module.of, n)
    volts = readings.chip_volts(module.of, n)
    for chip in range(static(readings.chips_listed(module.of, n))):
        yield v.Chip(label, str(chip), item(degrees, chip), None, item(volts, chip))
