"""Braiins OS: rates in MHS, keys in order, boards by chain number; `tunerstatus` holds the power."""

from __future__ import annotations

from functools import partial

from exporter.simulator.antminers import S9, S19
from exporter.simulator.api import Api, Handler, Reply
from exporter.simulator.dialect import Simulated
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, ordered
from exporter.simulator.sections import MEGA, counts, device_counts, devs_reply, pool_row, pools_reply, rates, timing

_CONDITIONS = frozenset(
    {"failing_board", "dead_board", "dead_pool", "no_pool", "hot", "failed_fan", "tuning", "restless"}
)
_WINDOWS = {"1m": 60, "5m": 300, "15m": 900, "24h": 86400}
_SLOTS = 4


def _windows(moment: Moment, board: int | None = None) -> Row:
    """Return means over whole windows: for a process younger than a window, the mean is too low."""
    young = {name: min(moment.elapsed / seconds, 1) for name, seconds in _WINDOWS.items()}
    return {f"MHS {name}": moment.mean(_WINDOWS[name], board) * part / MEGA for name, part in young.items()}


def _version(_moment: Moment, _: str, *, key: str, version: str) -> Reply:
    return Reply(22, f"{key} versions", {"VERSION": [{"API": "3.7", key: version}]})


def _summary(moment: Moment, _: str) -> Reply:
    row: Row = {"Elapsed": moment.elapsed, "MHS 5s": moment.rate / MEGA, "MHS av": moment.mean() / MEGA}
    return Reply(11, "Summary", {"SUMMARY": [ordered({**row, **_windows(moment), **counts(moment)})]})


def _pools(moment: Moment, _: str) -> Reply:
    rows = [{**pool_row(pool), "AsicBoost": True, "Stratum URL": pool.url.partition("//")[2]} for pool in moment.pools]
    return pools_reply([ordered(row) for row in rows])


def _devs(moment: Moment, _: str) -> Reply:
    """Answer `devs`: rates of each board, and placeholders for shares, temperature and name."""
    rows: list[Row] = []
    for board in moment.boards:
        if not board.works:
            continue
        row: Row = {
            "ASC": len(rows),
            "ID": board.number,
            "Name": "",
            "Enabled": "Y",
            "Status": "Alive",
            "Temperature": 0.0,
        }
        row |= rates(moment, "MHS", {"5s": 0, "av": None}, board)
        windows = {key: value for key, value in _windows(moment, board.index).items() if key != "MHS 24h"}
        row |= {"Nominal MHS": board.nominal / MEGA, "Hardware Error MHS 15m": board.lost_rate / MEGA, **windows}
        row |= {**device_counts(moment, board), "Accepted": 0, "Rejected": 0, "Utility": 0.0, "Last Share Pool": -1}
        rows.append(ordered({**row, "Difficulty Accepted": 0.0, "Difficulty Rejected": 0.0}))
    return devs_reply(rows)


def _devdetails(moment: Moment, _: str, *, hertz: bool, model: str, name: str) -> Reply:
    rows: list[Row] = []
    for board in moment.boards:
        if board.works:
            row: Row = {"DEVDETAILS": len(rows), "ID": board.number, "Name": f"{name} {board.number}", "Model": model}
            row |= {"Chips": board.chips - len(board.lost), "Cores": board.chips * 114, "Voltage": board.volts}
            row["Frequency"] = round(board.mhz * MEGA) if hertz else round(board.mhz)
            rows.append(ordered({**row, "Device Path": "", "Driver": "", "Kernel": ""}))
    return Reply(69, "Device Details", {"DEVDETAILS": rows})


def _temps(moment: Moment, _: str) -> Reply:
    rows: list[Row] = []
    for board in moment.boards:
        if board.works:
            # The sensors measure in sixteenths of a degree.
            degrees = {"Board": round(board.pcb * 16) / 16, "Chip": round((board.chip + 10) * 16) / 16}
            rows.append({**degrees, "ID": board.number, "TEMP": len(rows)})
    return Reply(201, f"{len(rows)} Temp(s)", {"TEMPS": rows})


def _fans(moment: Moment, _: str) -> Reply:
    """Answer `fans` with four slots, whatever is fitted."""
    speeds = [*moment.fans, *[0] * _SLOTS][:_SLOTS]
    rows: list[Row] = [{"FAN": n, "ID": n, "RPM": rpm, "Speed": moment.duty} for n, rpm in enumerate(speeds)]
    return Reply(202, f"{len(rows)} Fan(s)", {"FANS": rows})


def _tempctrl(_moment: Moment, _: str) -> Reply:
    return Reply(
        200, "Temperature control", {"TEMPCTRL": [{"Dangerous": 110, "Hot": 100, "Mode": "Automatic", "Target": 89}]}
    )


def _tunerstatus(moment: Moment, _: str) -> Reply:
    tuning, watts = moment.has("tuning"), round(moment.watts)
    boards = [board for board in moment.boards if board.works]
    since = int(moment.life.spell.since(moment.time)) if tuning else 0
    limit = round(moment.machine.watts * 1.02)
    chains: list[Row] = [
        {
            "ApproximatePowerConsumptionWatt": watts // len(boards),
            "HashchainIndex": board.number,
            "Iteration": since // 60,
            "LoadedProfileCreatedOn": int(moment.born),
            "PowerLimitWatt": limit // len(boards),
            "StageElapsed": since % 60,
            "Status": "Tuning individual chips" if tuning else "Stable",
            "TunerRunning": True,
            "TuningElapsed": since,
        }
        for board in boards
    ]
    row: Row = {"ApproximateChainPowerConsumption": watts - 75, "ApproximateMinerPowerConsumption": watts}
    row |= {"DynamicPowerScaling": "Disabled", "PowerLimit": limit, "TunerChainStatus": chains}
    return Reply(203, "Tuner Status", {"TUNERSTATUS": [row]})


def _stats(moment: Moment, _: str, *, what: str) -> Reply:
    """Answer `stats` with the times that pools took to give work, and without data about the machine."""
    rows = [ordered(timing(moment, pool.index, f"POOL{pool.index}")) for pool in moment.pools]
    return Reply(70, f"{what} stats", {"STATS": rows})


def _config(moment: Moment, _: str, *, what: str) -> Reply:
    row: Row = {
        "ASC Count": len(moment.boards),
        "Device Code": "",
        "Hotplug": "None",
        "Log Interval": 5,
        "OS": "Braiins OS",
    }
    row |= {"PGA Count": 0, "Pool Count": len(moment.pools), "Strategy": "Failover"}
    return Reply(33, f"{what} config", {"CONFIG": [row]})


def _commands(key: str, version: str, *, hertz: bool, model: str, name: str) -> dict[str, Handler]:
    return {
        "version": partial(_version, key=key, version=version),
        "summary": _summary,
        "pools": _pools,
        "devs": _devs,
        "edevs": _devs,
        "devdetails": partial(_devdetails, hertz=hertz, model=model, name=name),
        "temps": _temps,
        "fans": _fans,
        "tempctrl": _tempctrl,
        "tunerstatus": _tunerstatus,
        "stats": partial(_stats, what=key),
        "config": partial(_config, what=key),
    }


BOSMINER = Api(
    "BOSminer+ 0.2.0-5d1c9e02b",
    _commands("BOSminer+", "0.2.0-5d1c9e02b", hertz=True, model="Bitmain Antminer S9", name="Hash Chain"),
    text=False,
    conditions=_CONDITIONS,
    readings="rate watts fans boards accepted rejected stale failed_chips",
)
BOSER = Api(
    "BOSer boser-buildroot 0.1.0-3ab0c41d",
    _commands("BOSer", "boser-buildroot 0.1.0-3ab0c41d", hertz=False, model="Antminer S19", name="HashchainManager"),
    text=False,
    conditions=_CONDITIONS,
    readings="rate watts fans boards accepted rejected stale failed_chips",
)

SIMULATED = (
    Simulated("braiins", S19, BOSER, order=30),
    Simulated("braiins", S9, BOSMINER, order=130),
)
