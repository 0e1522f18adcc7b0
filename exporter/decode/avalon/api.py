"""Avalon (Canaan), A7 to A15, Nano 3, Mini 3 and Q: a cgminer whose stats hold each module as one text in brackets.

Quirks: old controllers drive several modules (`MM ID1` to `MM ID5`), and each module counts as a board. Newer miners
have a single module (`MM ID0`) with lists over its boards. If there are several boards, a board's hashrate is the
average since the start. From A10 on, the module counts errors, and summary keeps them at zero. `stats` still lists
modules that were removed, `estats` does not. Answers about pools contain a password.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, item, static, truthy
from exporter.core.values import celsius, count, mac, number, positive, text
from exporter.decode import cgminer
from exporter.decode.avalon import readings
from exporter.decode.avalon.brackets import fields, value, word
from exporter.decode.avalon.parts import Module, board, chips, module_parts
from exporter.decode.avalon.readings import condition
from exporter.decode.cgminer import COIN, DEVS, POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common import hashrate
from exporter.decode.common.counts import BOARD_FIELDS, FAILED, fill
from exporter.decode.common.labels import index
from exporter.decode.common.manual import FORK
from exporter.decode.common.sums import total
from exporter.decode.family import Family
from exporter.parse.rows import Reading
from exporter.questions import line

ESTATS, LITESTATS = line("estats", section="STATS"), line("litestats", section="STATS")
PLACES: Final = (ESTATS.name, STATS.name, LITESTATS.name)  # best first; the last answer has no chips

SHARE, ERRORS = frozenset({FAILED}), frozenset({"Hardware Errors"})

_MODULE = re.compile(r"MM ID(\d{1,2})(?::Summary)?", re.ASCII)
_SHARES: Final = tuple(field for field in BOARD_FIELDS if "shares" in field[1])  # errors come from the modules
_DEVICE = re.compile(r"AV\w{0,8}\d", re.ASCII)
_CONTROLLER = re.compile(r"AV\d(\d{1,3})", re.ASCII)  # the driver's generation, and the number of its device


def modules(reading: Reading, place: str) -> list[Module]:
    """Return the modules in the answer to the question `place`. The single module of a newer miner has no name."""
    found = []
    for row in reading.rows(place):
        for key in row:
            if match := _MODULE.fullmatch(key):
                module_fields = fields(row[key], row["HBinfo"])
                if static(truthy(module_fields)):
                    device = _CONTROLLER.fullmatch(text(row.static("ID")))
                    found.append((f"{device[1] if device else row.position}.{int(match[1])}", module_fields))
    alone = len(found) == 1 and found[0][0].endswith(".0")
    return [Module(named, static(readings.boards(named)), "" if alone else name) for name, named in found]


def best(reading: Reading) -> tuple[str, list[Module]]:
    """Return (name of the best question with modules in its answer, the modules); ("", []) without modules."""
    return next(((place, found) for place in PLACES if (found := modules(reading, place))), ("", []))


def whole(reading: Reading, found: list[Module]) -> bool:
    """Tell whether these are all modules, so that sums describe the miner. A truncated answer may lack modules."""
    return "truncated" not in reading.answers.repairs or not any(module.name for module in found)


def stats(place: str, reading: Reading) -> Iterator[v.Part]:
    chosen, found = best(reading)
    if place != chosen:
        return
    row = reading.row(place)
    yield v.Miner(miner_uptime_seconds=count(row["Elapsed"]))
    if whole(reading, found):
        rates = [number(count(value(module.fields, "GHSspd")), 1e9) for module in found]
        limits = [positive(value(module.fields, "MPO")) for module in found]
        yield v.Miner(hashrate_hashes_per_second=total(*rates), power_limit_watts=total(*limits))
        nominal = [positive(value(module.fields, "GHSmm")) for module in found]
        yield v.HashrateNominal("firmware", number(total(*nominal), 1e9))
        yield v.Power("firmware", total(*[item(readings.supply(module.fields), 4) for module in found]))
    if len(found) == 1:
        yield from machine(found[0], reading)
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
            yield v.Sensor("control_board", text(row.static("ID")), celsius(row["AUC Temperature"]))


def machine(module: Module, reading: Reading) -> Iterator[v.Part]:
    """Yield what the only module tells about the machine."""
    yield v.Miner(hardware_errors_total=count(value(module.fields, "HW")))
    if module.boards:
        yield v.Miner(hardware_error_ratio=readings.error_ratio(module.fields))
    yield v.Device(
        wifi_signal_dbm=readings.signal(module.fields),
        miner_state_since_timestamp_seconds=readings.asleep_since(module.fields, reading.now),
    )
    yield v.LastReset(readings.reset_reason(module.fields))


def summary(reading: Reading) -> Iterator[v.Part]:
    """Yield the counts, except errors that only old controllers count here, and a share that is always zero."""
    _, found = best(reading)
    reading.row("summary").hide(SHARE if any(module.name for module in found) else SHARE | ERRORS)
    yield from cgminer.summary(reading)


def pools(reading: Reading) -> Iterator[v.Part]:
    """Yield the pools, and the latency of the pool at work, which the only module measures."""
    _, found = best(reading)
    for part in cgminer.pools(reading):
        if isinstance(part, v.Pool) and len(found) == 1:
            part.latency_seconds = readings.latency(found[0].fields, part.active)
        yield part


def devs(reading: Reading) -> Iterator[v.Part]:
    """Yield each old controller with all of its modules, or else the hashrates of the miner as a whole."""
    rows, (_, found) = reading.rows("devs"), best(reading)
    if any(module.name for module in found):
        for row in rows:
            if label := index(row, ("ID", "ASC")):
                part = cgminer.device(row, label)
                fill(part, row, _SHARES)
                yield part
    elif len(rows) == 1:
        yield from hashrate.windows(rows[0])


def version(reading: Reading) -> Iterator[v.Part]:
    row, (_, found) = reading.row("version"), best(reading)
    product = text(row.static("PROD"))  # the Nano 3 has Avalonnano
    found = found if whole(reading, found) else []
    models = {static(readings.model(module.fields)) for module in found}
    versions = {static(readings.firmware(module.fields)) for module in found}
    builds = [text(row.static(key)) for key in ("VERSION", "LVERSION", "CGVERSION")]
    serial = readings.dna(row["DNA"])
    if len(found) == 1:
        serial = coalesce(serial, readings.dna(word(found[0].fields, "DNA")))
    model = product if " " in product else models.pop() if len(models) == 1 else ""
    yield v.MinerInfo(
        make="Canaan",
        model=model,
        firmware="stock",
        firmware_version=next(filter(None, builds), versions.pop() if len(versions) == 1 else ""),
        api_version=text(row.static("API")),
        mac=mac(row["MAC"]),
        serial=serial,
        platform=text(row.static("HWTYPE")),
        algorithm="sha256",
    )


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield the state from the modules' own words: the miner is mining if any module is.

    Without words, a hashrate above zero is mining."""
    _, found = best(reading)
    words = {static(condition(module.fields)) for module in found} - {""}
    current = next((word_ for word_ in ("mining", "starting", "idle", "sleeping") if word_ in words), None)
    if current is None and (any(static(readings.works(m.fields)) for m in found) or hashrate.hashing(reading)):
        current = "mining"
    yield from v.miner_states(current)


def recognise(reading: Reading) -> str:
    row = reading.row("version")
    if text(row.static("PROD")).startswith("Avalon"):
        return "PROD begins with Avalon"
    for place in PLACES:
        for row in reading.rows(place):
            if any(_MODULE.fullmatch(key) for key in row):
                return f"MM ID in {place}"
            if _DEVICE.fullmatch(text(row.static("ID"))):
                return f"ID of an Avalon in {place}"
    if any(text(row.static("Driver")).startswith("avalon") for row in reading.rows("devdetails")):
        return "Driver begins with avalon"
    return ""


FAMILY = Family(
    name="avalon",
    rank=100,
    recognise=recognise,
    sections=(
        *[(place, partial(stats, place)) for place in PLACES],
        ("summary", summary),
        ("devs", devs),
        ("pools", pools),
        ("coin", cgminer.coin),
        ("", version),
        ("", state),
    ),
    fast=(SUMMARY, DEVS, ESTATS, LITESTATS, POOLS),
    instead={ESTATS.name: STATS},
    slow=(VERSION, COIN),
    manual=FORK,
)
