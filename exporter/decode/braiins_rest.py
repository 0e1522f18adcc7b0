"""BraiinsOS from 25.05 on, by the pages of its web server, where port 4028 is closed.

Odd about it: a number stands under the name of its unit (`{"watt": 3480}`), and says nothing where that is missing;
states are numbers; groups of pools are a list without a name around it. Power is the tuner's estimate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.decode import Family, braiins_errors, cgminer
from exporter.decode.bitmain import model, serial
from exporter.decode.poolvalues import best, last_share, pool_host
from exporter.decode.rows import Reading, Row
from exporter.decode.sensors import chip_range
from exporter.jsontext import LIST
from exporter.live import door, fact, first, holds
from exporter.questions import page
from exporter.values import Number, celsius, count, mac, number, positive, shares, text
from exporter.vocabulary import (
    Board,
    BoardInfo,
    BoardSensor,
    Fan,
    HashrateNominal,
    HashrateWindow,
    Miner,
    MinerInfo,
    Part,
    Pool,
    PoolInfo,
    Power,
    PsuInfo,
    miner_states,
    tuner_states,
)

LOGIN: Final = "braiins"
VERSION = page("api_version", "/api/v1/version/")
DETAILS = page("miner_details", "/api/v1/miner/details", login=LOGIN)
STATS = page("miner_stats", "/api/v1/miner/stats", login=LOGIN)
HASHBOARDS = page("hashboards", "/api/v1/miner/hw/hashboards", section="hashboards", login=LOGIN)
COOLING = page("cooling_state", "/api/v1/cooling/state", login=LOGIN)
TUNER = page("tuner_state", "/api/v1/performance/tuner-state", login=LOGIN)
POOLS = page("pool_groups", "/api/v1/pools/", login=LOGIN)

WINDOWS: Final = ("5s", "15s", "30s", "1m", "5m", "15m", "30m", "1h", "24h")
MAKES: Final = {1: "Bitmain", 2: "MicroBT"}
IDLE, NORMAL, PAUSED, RESTRICTED = 1, 2, 3, 5  # 4, suspended, does not say why
TUNER_STATES: Final = {1: "disabled", 2: "stable", 3: "tuning", 4: "error", 5: "tuning"}  # 5: it never ends
TUNING: Final = 3


@door
def dig(raw: object, *keys: str | int) -> object:
    """What stands under the keys and at the places, one under the other; None where nothing does."""
    for key in keys:
        if isinstance(raw, list) and isinstance(key, int) and key < len(raw):
            raw = raw[key]
        else:
            raw = raw.get(key) if isinstance(raw, dict) else None
    return raw


def rate(raw: object, *keys: str) -> Number | None:
    """Hashes per second."""
    return number(count(dig(raw, *keys, "gigahash_per_second")), 1e9)


def degrees(raw: object, *keys: str) -> Number | None:
    return celsius(dig(raw, *keys, "degree_c"))


def current(raw: object) -> Number | None:
    """The hashrate over the shortest window."""
    shortest: Number | None = first(*[rate(raw, "real_hashrate", f"last_{window}") for window in WINDOWS])
    return shortest


def below(reading: Reading, row: Row, key: str) -> Row:
    """The object under the key; an empty one where there is none."""
    return next(iter(row.rows(key)), reading.empty)


def stats(reading: Reading) -> Iterator[Part]:
    row = reading.row("miner_stats")
    mined, pooled = row["miner_stats"], row["pool_stats"]
    yield Miner(
        hashrate_hashes_per_second=current(mined),
        shares_accepted_total=shares(dig(pooled, "accepted_shares")),
        shares_rejected_total=shares(dig(pooled, "rejected_shares")),
        shares_stale_total=shares(dig(pooled, "stale_shares")),
        best_share_difficulty=best(dig(mined, "best_share")),
        blocks_found_total=count(dig(mined, "found_blocks")),
    )
    for window in WINDOWS:
        yield HashrateWindow(window, rate(mined, "real_hashrate", f"last_{window}"))
    yield HashrateWindow("average", rate(mined, "real_hashrate", "since_restart"))
    yield HashrateNominal("firmware", positive(rate(mined, "nominal_hashrate")))
    yield Power("estimated", positive(dig(row["power_stats"], "approximated_consumption", "watt")))


def details(reading: Reading) -> Iterator[Part]:
    row = reading.row("miner_details")
    yield Miner(
        miner_uptime_seconds=positive(row["bosminer_uptime_s"]),  # 0 where it does not run
        device_uptime_seconds=count(row["system_uptime_s"]),
    )
    yield HashrateNominal("nameplate", positive(rate(row["sticker_hashrate"])))
    psu = below(reading, row, "psu_info")
    yield PsuInfo("0", text(psu["model_name"]), serial(psu["serial_number"]), text(psu["fw_version"]))


def hashboards(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("hashboards"):
        if board := cgminer.index(row, ("id",)):
            yield from hashboard(row, board)


def hashboard(row: Row, board: str) -> Iterator[Part]:
    chip = degrees(row["highest_chip_temp"], "temperature")
    yield Board(
        board,
        up=cgminer.switch(row["enabled"]),
        hashrate_hashes_per_second=current(row["stats"]),
        hashrate_nominal_hashes_per_second=positive(rate(row["stats"], "nominal_hashrate")),
        chips=count(row["chips_count"]),
        frequency_hertz=positive(dig(row["current_frequency"], "hertz")),
        voltage_volts=positive(dig(row["current_voltage"], "volt")),
    )
    yield chip_range(board, [chip])
    yield BoardInfo(
        board, name=text(row["board_name"]), serial=serial(row["serial_number"]), chip_type=text(row["chip_type"])
    )
    yield BoardSensor(board, "pcb", "0", degrees(row["board_temp"]))
    yield BoardSensor(board, "chip", "0", chip)
    yield BoardSensor(board, "inlet", "0", degrees(row["lowest_inlet_temp"]))
    yield BoardSensor(board, "outlet", "0", degrees(row["highest_outlet_temp"]))


def cooling(reading: Reading) -> Iterator[Part]:
    """The fitted fans: up to the last one that turns, since empty slots follow the fitted ones."""
    rows = reading.row("cooling_state").rows("fans")
    last = next((n for n in range(len(rows), 0, -1) if rows[n - 1].any(positive, "rpm")), 0)
    for row in rows[:last]:
        if fan := cgminer.index(row, ("position",)):
            yield Fan(fan, count(row["rpm"]), target_ratio=count(row["target_speed_ratio"]))


def tuner(reading: Reading) -> Iterator[Part]:
    row = reading.row("tuner_state")
    target = dig(row["mode_state"], "powertargetmodestate", "current_target", "watt")
    yield Miner(power_limit_watts=positive(target))
    yield from tuner_states(TUNER_STATES.get(state_of(row, "overall_tuner_state")))


def state_of(row: Row, key: str) -> int:
    """The number of a state, 0 for none."""
    return int(count(row.fact(key)) or 0)


@door
def places(groups: object) -> list[tuple[int, int]]:
    """Where the pools are: (group, place in it)."""
    lists = [dig(group, "pools") for group in groups[:16]] if isinstance(groups, list) else []
    return [
        (g, n)
        for g, pools in enumerate(lists)
        for n, pool in enumerate(pools[:16] if isinstance(pools, list) else [])
        if text(dig(pool, "url"))  # an entry without an address is none
    ]


def pools(reading: Reading) -> Iterator[Part]:
    """The pools, by their place; those of further groups with the group in front."""
    groups = reading.row("pool_groups")[LIST]
    for g, n in fact(places(groups)):
        label = f"{g}.{n}" if g else str(n)
        at = (groups, g, "pools", n)
        accepted = shares(dig(*at, "stats", "accepted_shares"))
        yield Pool(
            label,
            up=cgminer.switch(dig(*at, "alive")),
            active=cgminer.switch(dig(*at, "active")),
            shares_accepted_total=accepted,
            shares_rejected_total=shares(dig(*at, "stats", "rejected_shares")),
            shares_stale_total=shares(dig(*at, "stats", "stale_shares")),
            difficulty=positive(dig(*at, "stats", "last_difficulty")),
            best_share_difficulty=best(dig(*at, "stats", "best_share")),
            last_share_timestamp_seconds=last_share(
                dig(*at, "stats", "last_share_time", "seconds"), accepted, reading.now
            ),
        )
        user = text(dig(*at, "user")) if reading.workers else ""
        yield PoolInfo(label, pool_host(dig(*at, "url")), "user", user)


def identity(reading: Reading) -> Iterator[Part]:
    row = reading.row("miner_details")
    named = below(reading, row, "miner_identity")
    version = [text(reading.row("api_version").fact(key)) for key in ("major", "minor", "patch")]
    yield MinerInfo(
        make=MAKES.get(state_of(named, "brand"), ""),
        model=model(named.fact("miner_model")) or model(named.fact("name")),
        firmware="Braiins OS",
        firmware_version=text(below(reading, row, "bos_version").fact("current")),
        api_version=".".join(version) if all(version) else "",
        hostname=text(row.fact("hostname")),
        mac=mac(row.fact("mac_address")),
        serial=serial(row.fact("serial_number")),
    )


def state(reading: Reading) -> Iterator[Part]:
    status = state_of(reading.row("miner_details"), "status")
    rate_now = current(reading.row("miner_stats")["miner_stats"])
    if status in (IDLE, PAUSED):
        yield from miner_states("idle" if status == IDLE else "paused")
    elif status in (NORMAL, RESTRICTED) and fact(holds(rate_now)):
        tuning = state_of(reading.row("tuner_state"), "overall_tuner_state") == TUNING
        yield from miner_states("tuning" if tuning else "mining")


def recognise(reading: Reading) -> str:
    if all(key in reading.row("api_version") for key in ("major", "minor", "patch")):
        return "/api/v1/version/ with major, minor and patch"
    return "bos_version in miner/details" if "bos_version" in reading.row("miner_details") else ""


FAMILY = Family(
    name="braiins_rest",
    shown="braiins",
    rank=201,
    recognise=recognise,
    sections=(
        ("miner_stats", stats),
        ("miner_details", details),
        ("hashboards", hashboards),
        ("cooling_state", cooling),
        ("tuner_state", tuner),
        ("pool_groups", pools),
        ("miner_errors", braiins_errors.errors),
        ("", identity),
        ("", state),
    ),
    fast=(STATS, DETAILS, HASHBOARDS, COOLING, TUNER, POOLS),
    slow=(VERSION, braiins_errors.ERRORS),
    greeting=VERSION,
)
