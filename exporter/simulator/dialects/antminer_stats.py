"""The three shapes of Bitmain's `stats`: sixteen slots without a comma, four slots, and the web page's JSON."""

from __future__ import annotations

from exporter.simulator.api import Reply
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board
from exporter.simulator.rows import Row, printf
from exporter.simulator.sections import GIGA, chip_map, dashed, rates, timing

COMPILED = "Tue Dec 19 11:04:52 CST 2023"


def _header(moment: Moment, core: str, miner: str) -> Row:
    return {"BMMiner": core, "Miner": miner, "CompileTime": COMPILED, "Type": moment.machine.name}


def sixteen_slots(moment: Moment, _: str) -> Reply:
    """Answer `stats` with sixteen slots (6, 7 and 8 are fitted), without a comma between the two rows."""
    slots: list[Board | None] = [None] * 17
    for board in moment.boards:
        slots[board.number] = board if board.works else None
    fans = dict(zip((3, 6), moment.fans, strict=True))
    hot = max(round(board.chip) for board in moment.boards if board.works)
    row = timing(moment, 0, "BC50")
    row |= {"GHS 5s": f"{moment.rate / GIGA:.2f}", "GHS av": moment.mean() / GIGA}
    fitted = [board for board in slots if board]
    row |= {"miner_count": len(fitted), "frequency": f"{moment.machine.mhz:.0f}", "fan_num": 2}
    row |= {f"fan{slot}": fans.get(slot, 0) for slot in range(1, 9)}
    row["temp_num"] = len(fitted)

    def each(name: str, shown: dict[int, object], empty: object) -> Row:
        return {f"{name}{slot}": shown.get(slot, empty) for slot in range(1, 17)}

    row |= each("temp", {b.number: round(b.pcb) for b in fitted}, 0)
    row |= each("temp2_", {b.number: round(b.chip) for b in fitted}, 0)
    row |= each("temp3_", {}, 0)
    row |= each("freq_avg", {b.number: b.mhz for b in fitted}, 0.0)
    ideal = sum(board.nominal for board in fitted) / GIGA
    row |= {"total_rateideal": ideal, "total_freqavg": moment.machine.mhz + 0.0}
    row |= {"total_acn": sum(b.chips for b in fitted), "total_rate": moment.rate / GIGA}
    row |= each("chain_rateideal", {b.number: b.nominal / GIGA for b in fitted}, 0.0)
    errors = sum(b.errors for b in fitted)
    row |= {"temp_max": hot, "Device Hardware%": 0.0, "no_matching_work": errors}
    row |= each("chain_acn", {b.number: b.chips for b in fitted}, 0)
    row |= each("chain_acs", {b.number: " " + chip_map(b, moment.machine.group) for b in fitted}, "")
    row |= each("chain_hw", {b.number: b.errors for b in fitted}, 0)
    row |= each("chain_rate", {b.number: f"{b.rate / GIGA:.2f}" for b in fitted}, "")
    row["miner_version"] = "30.0.1.3"
    rows = [_header(moment, "2.0.0", "30.0.1.3"), printf(row)]
    return Reply(70, "BMMiner stats", {"STATS": rows}, glue="")


def four_slots(moment: Moment, _: str, *, miner: str) -> Reply:
    """Answer `stats` with four slots; asleep, every reading is zero and the mode is 254."""
    asleep = moment.has("sleeping")
    row = timing(moment, 0, "BTM_SOC0")
    row |= rates(moment, "GHS", {"5s": 0, "av": None})
    row |= {"rate_30m": moment.mean(1800) / GIGA, "Mode": 254 if asleep else 2, "miner_count": moment.machine.boards}
    row |= {"frequency": 0 if asleep else round(moment.machine.mhz), "fan_num": 0 if asleep else len(moment.fans)}
    row |= {f"fan{number}": 0 if asleep else rpm for number, rpm in enumerate(moment.fans, 1)}
    row["temp_num"] = moment.machine.boards
    fitted = {board.number: board for board in moment.boards if board.works and not asleep}
    for number in range(1, moment.machine.boards + 1):
        board = fitted.get(number)
        row |= {f"temp{number}": round(board.pcb) if board else 0, f"temp2_{number}": round(board.chip) if board else 0}
    layers: dict[str, float] = {"pcb": 0, "chip": moment.machine.chip_rise, "pic": -10}
    for layer, above in layers.items():
        for number in range(1, 5):
            board = fitted.get(number)
            near = board.pcb + above if board else 0
            spread = (near, near - 26, near - 8, near - 7) if board else (0, 0, 0, 0)
            row[f"temp_{layer}{number}"] = dashed(*spread)
    chips = sum(board.chips for board in fitted.values())
    nominal = 0.0 if asleep else moment.machine.rate / GIGA
    row |= {"total_rateideal": nominal, "rate_unit": "GH", "total_freqavg": row["frequency"], "total_acn": chips}
    row |= {"total rate": moment.rate / GIGA, "temp_max": 0, "no_matching_work": sum(b.errors for b in moment.boards)}
    row |= {f"chain_acn{number}": board.chips if (board := fitted.get(number)) else 0 for number in range(1, 5)}
    group = moment.machine.group
    row |= {f"chain_acs{n}": " " + chip_map(fitted[n], group) if n in fitted else "" for n in range(1, 5)}
    row |= {f"chain_hw{n}": fitted[n].errors if n in fitted else 0 for n in range(1, 5)}
    row |= {f"chain_rate{n}": f"{fitted[n].rate / GIGA:.2f}" if n in fitted else "" for n in range(1, 5)}
    row |= {f"freq{n}": round(fitted[n].mhz) if n in fitted else 0 for n in range(1, 5)}
    row |= {"miner_version": miner, "miner_id": moment.life.mac.replace(":", "") + "814c"}
    return Reply(70, "CGMiner stats", {"STATS": [_header(moment, "1.0.0", miner), printf(row)]})


def new_page(moment: Moment, miner: str, what: str, rows: list[Row]) -> Row:
    """Return a document of `new_api`: STATUS is an object, and INFO holds the miner's model."""
    status: Row = {"STATUS": "S", "when": moment.now, "Msg": what, "api_version": "1.0.0"}
    info: Row = {"miner_version": miner, "CompileTime": COMPILED, "type": moment.machine.name}
    return {"STATUS": status, "INFO": info, what.upper(): rows}


def _share(errors: int, hashes: float) -> float:
    """Return the share of the results that are errors, in percent with four decimals."""
    return round(100 * errors / max(errors + hashes / 2**32, 1), 4)


def page_row(moment: Moment, **more: object) -> Row:
    """Return the row of `stats` on the web page, with boards counted from 0 and the fields `more` before the boards."""
    asleep = moment.has("sleeping")
    chains: list[Row] = []
    for board in moment.boards:
        up = board.works and not asleep
        temps: dict[str, list[int]] = {}
        for layer, above in {"pic": -10.0, "pcb": 0.0, "chip": moment.machine.chip_rise}.items():
            near = round(board.pcb + above)
            temps[f"temp_{layer}"] = [near, near - 26, near - 8, near - 7] if up else [0, 0, 0, 0]
        chain: Row = {"index": board.index, "freq_avg": round(board.mhz) if up else 0}
        chain |= {"rate_ideal": board.nominal / GIGA, "rate_real": board.rate / GIGA}
        chain |= {
            "asic_num": board.chips if up else 0,
            "asic": " " + chip_map(board, moment.machine.group) if up else "",
        }
        serial = f"{moment.life.serial[:-1]}{board.index}"
        chain |= {"hw": board.errors, "hwp": _share(board.errors, sum(moment.work[board.index]))}
        chains.append({**chain, **temps, "eeprom_loaded": board.works, "sn": serial})
    row: Row = {"elapsed": moment.elapsed, "rate_5s": moment.rate / GIGA, "rate_30m": moment.mean(1800) / GIGA}
    row |= {"rate_avg": moment.mean() / GIGA, "rate_ideal": moment.machine.rate / GIGA, "rate_unit": "GH/s"}
    row |= {"chain_num": len(chains), "fan_num": len(moment.fans), "fan": [0] * 4 if asleep else moment.fans}
    errors = sum(board.errors for board in moment.boards)
    row |= {"hwp_total": _share(errors, moment.hashes), "miner-mode": 1 if asleep else 0, "freq-level": 100}
    return printf({**row, **more, "chain": [printf(chain) for chain in chains]})


def web_page(moment: Moment, *, miner: str) -> Row:
    """Return `stats` with `new_api`: the row of the web page and the power."""
    return new_page(moment, miner, "stats", [page_row(moment, watt=round(moment.watts))])
