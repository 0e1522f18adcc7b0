"""Avalon (Canaan), A7 to A15, Nano 3, Mini 3 and Q: a cgminer whose stats hold each module as one text in brackets.

Odd about it: old controllers drive several modules (`MM ID1` to `MM ID5`), each of them a board here; newer miners are
one module (`MM ID0`) with a list over its boards. A board's hashrate is the average since the start where there are
several. `stats` goes on listing modules that are gone, `estats` does not. Pools tell a password.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Final

from exporter.decode import Family, avalon_module, cgminer, hashrate
from exporter.decode.avalon_module import codes, condition
from exporter.decode.brackets import fields, value, word
from exporter.decode.cgminer import COIN, DEVS, POOLS, STATS, SUMMARY, VERSION, total
from exporter.decode.faults import MOST
from exporter.decode.rows import Reading
from exporter.live import fact, holds, item
from exporter.questions import declare
from exporter.values import celsius, count, mac, number, positive, ratio, text
from exporter.vocabulary import (
    Board,
    BoardInfo,
    BoardSensor,
    Chip,
    Fan,
    Fault,
    HashrateNominal,
    Miner,
    MinerInfo,
    Part,
    Power,
    Profile,
    Psu,
    Sensor,
    TemperatureLimit,
    miner_states,
)

ESTATS, LITESTATS = declare("estats", section="STATS"), declare("litestats", section="STATS")
PLACES: Final = (ESTATS.name, STATS.name, LITESTATS.name)  # the best first; the last leaves the chips out

_MODULE = re.compile(r"MM ID(\d{1,2})(?::Summary)?", re.ASCII)
_SHARES: Final = tuple(field for field in cgminer.BOARD_FIELDS if "shares" in field[1])  # errors, the modules count
_DEVICE = re.compile(r"AV\w{0,8}\d", re.ASCII)
_CONTROLLER = re.compile(r"AV\d(\d{1,3})", re.ASCII)  # the driver's generation, and which of its devices
_TEMPERATURES: Final = (("Temp", "inlet"), ("ITemp", "inlet"), ("OTemp", "outlet"))
_ON_BOARD: Final = (("HBTemp", "pcb"), ("HBITemp", "inlet"), ("HBOTemp", "outlet"))


@dataclass(frozen=True, slots=True)
class Module:
    """One module: its fields, live, the number of boards that it lists, and its name where there are several."""

    of: Any
    boards: int
    name: str

    def part(self, n: int | str) -> str:
        """The name of one of its boards or fans."""
        return f"{self.name}.{n}" if self.name else str(n)


def modules(reading: Reading, place: str) -> list[Module]:
    """The modules in the answer to one question. Alone, the one of a newer miner needs no name."""
    found = []
    for n, row in enumerate(reading.rows(place)):
        for key in row:
            if match := _MODULE.fullmatch(key):
                of = fields(row[key], row["HBinfo"])
                if fact(holds(of)):
                    device = _CONTROLLER.fullmatch(text(row.fact("ID")))
                    found.append((f"{device[1] if device else n}.{int(match[1])}", of))
    alone = len(found) == 1 and found[0][0].endswith(".0")
    return [Module(of, fact(avalon_module.boards(of)), "" if alone else name) for name, of in found]


def best(reading: Reading) -> tuple[str, list[Module]]:
    """The answer that says most of the modules, and these."""
    return next(((place, found) for place in PLACES if (found := modules(reading, place))), ("", []))


def whole(reading: Reading, found: list[Module]) -> bool:
    """Whether these are all modules, so that they can be summed up: the end of an answer may be cut off."""
    return "truncated" not in reading.answers.repairs or not any(module.name for module in found)


def stats(place: str, reading: Reading) -> Iterator[Part]:
    chosen, found = best(reading)
    if place != chosen:
        return
    row = reading.row(place)
    yield Miner(miner_uptime_seconds=count(row["Elapsed"]))
    if whole(reading, found):
        rates = [number(count(value(module.of, "GHSspd")), 1e9) for module in found]
        limits = [positive(value(module.of, "MPO")) for module in found]
        yield Miner(hashrate_hashes_per_second=total(*rates), power_limit_watts=total(*limits))
        nominal = [positive(value(module.of, "GHSmm")) for module in found]
        yield HashrateNominal("firmware", number(total(*nominal), 1e9))
        yield Power("firmware", total(*[item(avalon_module.supply(module.of), 4) for module in found]))
    for module in found:
        yield from module_parts(module)
        for n in range(module.boards):
            yield from board(module, n, module.part(n))
            if reading.chips:
                yield from chips(module, n)
        if not module.boards:
            yield from board(module, 0, module.name or "0")
    for row in reading.rows(place):
        if "AUC Temperature" in row:
            yield Sensor("control_board", text(row.fact("ID")), celsius(row["AUC Temperature"]))


def module_parts(module: Module) -> Iterator[Part]:
    """What is said of a module as a whole."""
    of, name = module.of, module.name
    for key, location in _TEMPERATURES:
        degrees = celsius(value(of, key))
        yield BoardSensor(name, location, "0", degrees) if name else Sensor(location, "0", degrees)
    for key, location in _ON_BOARD:
        yield BoardSensor(module.part(0), location, "0", celsius(value(of, key)))
    yield TemperatureLimit("target", celsius(value(of, "TarT")))
    duty = ratio(word(of, "FanR"))
    for fan in fact(avalon_module.fans(of)):
        number_ = fan.removeprefix("Fan")
        yield Fan(module.part(number_) if number_ else name or "1", count(value(of, fan)), duty)
    volts, amperes, watts, drawn, _ = (item(avalon_module.supply(of), n) for n in range(5))
    yield Psu(name or "0", output_volts=volts, output_amperes=amperes, output_watts=watts, input_watts=drawn)
    yield Profile(fact(avalon_module.mode(of)))
    for code, board_, severity in islice(fact(codes(of, module.boards)), MOST):
        component = f"board:{module.part(board_)}" if board_ is not None else f"module:{name or 0}"
        yield Fault(code, component, severity, 1)


def board(module: Module, n: int, label: str) -> Iterator[Part]:
    """One board of a module, or the module as the board that it is."""
    of, many = module.of, module.boards
    part = Board(label, up=avalon_module.working(of, many or 1))
    part.hashrate_hashes_per_second = avalon_module.board_rate(of, n, many or 1)
    part.frequency_hertz = avalon_module.clock(of)  # the module has one for all of its boards
    part.chips = avalon_module.chips(of, n, many)
    degrees = avalon_module.chip_range(of, n, many)
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
    name = fact(avalon_module.model(of)) if module.name else ""
    yield BoardInfo(label, name=name, chip_type=text(fact(word(of, "Core"))))


def chips(module: Module, n: int) -> Iterator[Part]:
    label, degrees = module.part(n), avalon_module.chip_celsius(module.of, n)
    volts = avalon_module.chip_volts(module.of, n)
    for chip in range(fact(avalon_module.chips_listed(module.of, n))):
        yield Chip(label, str(chip), item(degrees, chip), None, item(volts, chip))


def devs(reading: Reading) -> Iterator[Part]:
    """A device is an old controller with all of its modules, or else the miner as a whole."""
    rows, (_, found) = reading.rows("devs"), best(reading)
    if any(module.name for module in found):
        for row in rows:
            if label := cgminer.index(row, ("ID", "ASC")):
                part = cgminer.device(row, label)
                cgminer.fill(part, row, _SHARES)
                yield part
    elif len(rows) == 1:
        yield from hashrate.windows(rows[0])


def version(reading: Reading) -> Iterator[Part]:
    row, (_, found) = reading.row("version"), best(reading)
    product = text(row.fact("PROD"))  # the Nano 3 says Avalonnano
    found = found if whole(reading, found) else []
    models = {fact(avalon_module.model(module.of)) for module in found}
    versions = {fact(avalon_module.firmware(module.of)) for module in found}
    said = [text(row.fact(key)) for key in ("VERSION", "LVERSION", "CGVERSION")]
    serial = avalon_module.dna(row["DNA"])
    if "version" not in reading.answers.rows and len(found) == 1:  # else it would differ from miner to miner as a fact
        serial = avalon_module.dna(fact(word(found[0].of, "DNA")))
    yield MinerInfo(
        make="Canaan",
        model=product if " " in product else models.pop() if len(models) == 1 else "",
        firmware="stock",
        firmware_version=next(filter(None, said), versions.pop() if len(versions) == 1 else ""),
        api_version=text(row.fact("API")),
        mac=mac(row["MAC"]),
        serial=serial,
        platform=text(row.fact("HWTYPE")),
    )


def state(reading: Reading) -> Iterator[Part]:
    """By the modules' own words: the miner works where any does. Without a word, mining where it hashes."""
    _, found = best(reading)
    words = {fact(condition(module.of)) for module in found} - {""}
    current = next((word_ for word_ in ("mining", "starting", "idle", "sleeping") if word_ in words), None)
    if current is None and (any(fact(avalon_module.works(m.of)) for m in found) or hashrate.hashing(reading)):
        current = "mining"
    yield from miner_states(current)


def recognise(reading: Reading) -> str:
    row = reading.row("version")
    if text(row.fact("PROD")).startswith("Avalon"):
        return "PROD begins with Avalon"
    for place in PLACES:
        for row in reading.rows(place):
            if any(_MODULE.fullmatch(key) for key in row):
                return f"MM ID in {place}"
            if _DEVICE.fullmatch(text(row.fact("ID"))):
                return f"ID of an Avalon in {place}"
    if any(text(row.fact("Driver")).startswith("avalon") for row in reading.rows("devdetails")):
        return "Driver begins with avalon"
    return ""


FAMILY = Family(
    name="avalon",
    rank=100,
    recognise=recognise,
    sections=(
        *[(place, partial(stats, place)) for place in PLACES],
        ("summary", cgminer.summary),
        ("devs", devs),
        ("pools", cgminer.pools),
        ("coin", cgminer.coin),
        ("", version),
        ("", state),
    ),
    fast=(SUMMARY, DEVS, ESTATS, LITESTATS, POOLS),
    slow=(VERSION, COIN),
)
