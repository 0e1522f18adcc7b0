"""The expressions about boards that the Boards and chips dashboard is built of."""

from __future__ import annotations

from grafana.elements.expressions import ALL, ID, SELECT, WORKING, here


def working(expr: str) -> str:
    """The expression, of the miners of the chosen places that work."""
    return f"{here(expr)} and on ({ID}) {WORKING}"


def of_boards(expr: str) -> str:
    """The serial numbers of the boards of the expression, as rows that merge with theirs."""
    return f"max by ({ID}, board, serial) (asic_board_info{ALL} and on ({ID}, board) ({expr}))"


def lost() -> str:
    """Boards that are dead, that were listed before, or that the miner should have: with a word for each."""
    dead = f"asic_board_up{ALL} == 0 and on ({ID}) {WORKING}"
    serials = f"topk by ({ID}, board) (1, asic_board_info{ALL})"
    named = f"({dead}) + on ({ID}, board) group_left (serial) {serials} or on ({ID}, board) ({dead})"
    short = f"miner:asic_boards:missing{ALL}"
    told, state = f"asic_board_info{ALL}", f"asic_board_up{ALL}"
    before = f" or on ({ID}, board) ".join((f"{told} offset 1d", f"{state} offset 1d", f"{told} offset 1h"))
    still = f"unless on ({ID}, board) {told} unless on ({ID}, board) {state}"
    gone = f"({before}) {still} and on ({ID}) {short}"
    unnamed = f"{short} unless on ({ID}) ({gone}) unless on ({ID}) ({dead})"

    def worded(expr: str, word: str) -> str:
        return f'label_replace({expr}, "what", "{word}", "", "")'

    return " or ".join([worded(named, "dead"), worded(gone, "not listed any more"), worded(unnamed, "missing")])


def slow() -> str:
    """The hashrate of each board as a part of that of the best board of its miner, where it has several.

    Dead boards have a list of their own."""
    hashrate = f"asic_board_hashrate_hashes_per_second{ALL}"
    best = f"max by ({ID}) ({hashrate}) > 0 and on ({ID}) count by ({ID}) ({hashrate}) > 1"
    dead = f"asic_board_up{ALL} == 0"
    return f"({hashrate} / on ({ID}) group_left () ({best}) and on ({ID}) {WORKING} unless on ({ID}, board) {dead})"


def hot() -> str:
    """The hottest chip of each board, or its hottest sensor where the firmware tells of no chip."""
    chips = f"asic_board_chip_temperature_max_celsius{ALL}"
    of_chips = f'asic_board_temperature_celsius{{{SELECT},location="chip"}}'
    return f"max by ({ID}, board) ({chips}) or max by ({ID}, board) ({of_chips})"


def sensors() -> str:
    """The hottest sensor of each board, without those of chips."""
    return f'max by ({ID}, board) (asic_board_temperature_celsius{{{SELECT},location=~"pcb|pic|inlet|outlet"}})'


def readings() -> str:
    """The hottest chip and the hottest other sensor of each board, with the label `part`."""
    return _parts(hot(), sensors())


def left() -> str:
    """Degrees that are left to the limit of the miner's own chips, or of its boards, for each of the readings."""

    def below(reading: str, part: str) -> str:
        limit = f"max by ({ID}) (miner:asic_temperature_limit_celsius:{part}{ALL})"
        return f"-({reading}) + on ({ID}) group_left () {limit}"

    return _parts(below(hot(), "chip"), below(sensors(), "board"))


def _parts(chips: str, board: str) -> str:
    named = (f'label_replace({expr}, "part", "{part}", "", "")' for part, expr in (("chips", chips), ("board", board)))
    return f"({' or '.join(named)})"
