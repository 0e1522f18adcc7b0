"""VNish through the pages of its web server, without a login: in place of port 4028, or in addition.

Quirks: hashrates are in the unit that `hr_measure` of another page names. `power_usage` is an efficiency,
`power_consumption` has the watts; builds before 1.2.0 have the watts in `power_usage`. All values are zero while the
miner rests. "active" is a pool that gets the work, "working" is a pool that waits. The maker's own fee is among the
pools.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable, truthy, untraced
from exporter.core.values import Number, celsius, count, flag, mac, number, positive, ratio, text
from exporter.decode.antminer import models
from exporter.decode.cgminer import unanswered
from exporter.decode.common.counts import of_work
from exporter.decode.common.identity import serial
from exporter.decode.common.labels import index
from exporter.decode.common.nested import at, how_long
from exporter.decode.common.poolvalues import best
from exporter.decode.common.scale import scaled
from exporter.decode.family import Family
from exporter.decode.vnish import states
from exporter.decode.vnish.parts import CHIPS, board, chips, cooling, early, fan, opted, pools, unit
from exporter.parse.rows import Reading, Row
from exporter.questions import page

SUMMARY = page("vnish_summary", "/api/v1/summary", section="miner")
STATUS = page("vnish_status", "/api/v1/status")
INFO = page("vnish_info", "/api/v1/info", hourly=True, identity_only=True)
MODEL = page("vnish_model", "/api/v1/model", hourly=True, identity_only=True)
PERFORMANCE = page("vnish_performance", "/api/v1/perf-summary")
FACTORY = page("vnish_factory", "/api/v1/chains/factory-info", hourly=True, identity_only=True)

TEMPERATURES: Final = (("pfc_temp", "pfc"), ("llc1_temp", "llc1"), ("llc2_temp", "llc2"))

_positive: Final = untraced(positive)


def rate(row: Row, key: str, older: str, factor: Number | None, *, old: bool) -> v.Value:
    """Return a hashrate; old builds have it in the field `older` instead, in thousands of the unit."""
    return number(scaled(row[older], factor), 1e3) if old else scaled(row[key], factor)


@traceable
def drawn(usage: object, efficiency: object, average: object) -> Number | None:
    """Return the watts of `power_usage` in builds that have the watts there: those of efficiency and hashrate."""
    watts, each, rate = _positive(usage), _positive(efficiency), _positive(average)
    if watts is None or each is None or rate is None:
        return None
    return watts if abs(watts - each * rate) < 0.1 * watts else None


def summary(reading: Reading) -> Iterator[v.Part]:
    row, factor, old = reading.row("vnish_summary"), unit(reading), early(reading)
    yield v.Miner(
        hashrate_hashes_per_second=rate(row, "hr_realtime", "instant_hashrate", factor, old=old),
        best_share_difficulty=best(row["best_share"]),
        blocks_found_total=count(row["found_blocks"]),
        hardware_errors_total=count(row["hw_errors"]),
    )
    yield v.HashrateWindow("average", rate(row, "hr_average", "average_hashrate", factor, old=old))
    yield v.HashrateNominal("firmware", positive(scaled(row["hr_nominal"], factor)))
    yield from work(row, old=old)
    yield from power(row, old=old)
    for chain in row.rows("chains"):
        if label := index(chain, ("id",)):
            yield from board(chain, label, factor, old=old)
    yield from fans(row, blown=cooling(reading) == "air")
    yield from pools(reading, row)


def work(row: Row, *, old: bool) -> Iterator[v.Part]:
    """Yield the shares of the work that fail or go to the maker, the restarts, and the temperature to keep."""
    yield v.Miner(
        hardware_error_ratio=of_work(
            ratio(row["hw_errors_percent"]), row["instant_hashrate" if old else "hr_realtime"]
        ),
        developer_fee_ratio=positive(ratio(row["devfee_percent"])),
    )
    yield v.Device(miner_restarts_total=count(row["restart_count"]))
    mode = at(row["cooling"], "settings", "mode")
    if static(text(at(mode, "name"))) == "auto":
        yield v.TemperatureLimit("target", celsius(at(mode, "param")))


def fans(row: Row, *, blown: bool) -> Iterator[v.Part]:
    """Yield the fans. Without air cooling, yield only turning fans, because the page also lists empty slots."""
    cooling_row = row["cooling"]
    for n in range(static(how_long(at(cooling_row, "fans")))):
        label, speed = static(text(at(cooling_row, "fans", n, "id"))), count(at(cooling_row, "fans", n, "rpm"))
        if label and (blown or static(truthy(speed))):
            part = fan(label, cooling_row, n)
            part.speed_rpm, part.duty_ratio = speed, ratio(at(cooling_row, "fan_duty"))
            yield part


def source(row: Row) -> str:
    """Return the source of the watts: "measured" if the supply has a meter, else "firmware"."""
    return "measured" if static(flag(at(row["psu"], "psu_power_metering"))) is True else "firmware"


def power(row: Row, *, old: bool) -> Iterator[v.Part]:
    """Yield the watts and the supply's temperatures."""
    if old:
        yield v.Power(source(row), drawn(row["power_usage"], row["power_efficiency"], row["average_hashrate"]))
    else:
        yield v.Power(source(row), positive(row["power_consumption"]))
    yield from supply(row)


def supply(row: Row) -> Iterator[v.Part]:
    """Yield the supply's temperatures."""
    for key, name in TEMPERATURES:
        yield v.Sensor("psu", name, celsius(at(row["psu"], "temps", key)))


def shape(reading: Reading) -> Iterator[v.Part]:
    """Yield the boards and chips that the model should have, by the firmware."""
    chain = reading.row("vnish_model")["chain"]
    yield v.BoardsExpected("firmware", positive(at(chain, "num_chains")))
    for row in reading.row("vnish_summary").rows("chains"):
        if label := index(row, ("id",)):
            yield v.BoardChipsExpected(label, "firmware", positive(at(chain, "chips_per_chain")))


def factory(reading: Reading) -> Iterator[v.Part]:
    """Yield what the supply and the boards are.

    The boards' numbers count only if the summary has the same numbers, because nothing tells where they begin."""
    row = reading.row("vnish_factory")
    yield v.PsuInfo("0", model=text(row["psu_model"]), serial=serial(row["psu_serial"]))
    known = {index(chain, ("id",)) for chain in reading.row("vnish_summary").rows("chains")}
    boards = [(index(chain, ("id",)), chain) for chain in row.rows("chains")]
    if known.issuperset(label for label, _ in boards):
        for label, chain in boards:
            yield v.BoardInfo(label, name=text(chain["board_model"]), serial=serial(chain["serial"]))


def info(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("vnish_info")
    name = models.name(row.static("miner"))
    network = ("network_status",)
    yield v.MinerInfo(
        make=models.make(name),
        model=name,
        firmware="VNish",
        firmware_version=text(row.static("fw_version")),
        hostname=text(at(row["system"], *network, "hostname")),
        mac=mac(at(row["system"], *network, "mac")),
        serial=serial(row["serial"]),
        platform=text(row.static("platform")),
        algorithm=text(row.static("algorithm")).replace("sha256d", "sha256"),
        cooling=cooling(reading),
    )


def recognise(reading: Reading) -> str:
    row = reading.row("vnish_info")
    named = "fw_name" in row and "hr_measure" in row and unanswered(reading)
    return "/api/v1/info with fw_name and hr_measure" if named else ""


FAMILY = Family(
    name="vnish_web",
    shown="vnish",
    rank=71,
    recognise=recognise,
    sections=(
        ("vnish_summary", summary),
        ("vnish_status", states.state),
        ("vnish_performance", states.performance),
        ("vnish_model", shape),
        ("vnish_factory", factory),
        *((question.name, partial(chips, question.name)) for question in CHIPS),
        ("", info),
    ),
    fast=(SUMMARY, STATUS),
    slow=(INFO, MODEL, PERFORMANCE, FACTORY),
    fingerprint=INFO,
    boards=opted,
)
