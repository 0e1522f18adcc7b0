"""The guard: what no miner can be, and hashrates that contradict each other, are left out and counted, never rescaled.

It runs after a family's decoder and again in each plan: which values are left out is a fact, so a plan holds for the
answers with the same ones. Small is never wrong: a miner may be slow, start, sleep, or lack a board. Only factors above
FACTOR count, since units are wrong by thousands. Temperatures are bounded where they come in (`values.celsius`), and
chips one by one are left to their board. Budget: 6 µs for 140 series.

Which of two contradicting hashrates is wrong, the others decide: the totals (the current rate and its windows), the sum
of the boards, what the firmware calls nominal, and what the name or the algorithm allows. Where nobody else says
anything, both go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations
from operator import gt
from typing import Any, Final

from exporter.live import door, fact
from exporter.values import Number
from exporter.vocabulary import (
    Board,
    Fan,
    HashrateNominal,
    HashrateWindow,
    Miner,
    Part,
    Power,
    Psu,
)

FACTOR: Final = 30

# Above what no miner goes: tenfold of the strongest that is sold, which leaves a wrong unit (a thousandfold) outside.
RPM: Final = 60_000.0  # small fans of 40 mm reach 30,000
WATTS: Final = 100_000.0  # a machine in water draws 12 kW, three cabinets behind one controller less than 100
BOARD_VOLTS: Final = 100.0  # chips in a row: 9 to 22 V, 49 V on the largest
SUPPLY_VOLTS: Final = 1_000.0  # low voltage ends there by definition; 277 and 480 V are what supplies take
AMPERES: Final = 5_000.0  # 12 kW at 12 V is 1,000 A
HERTZ: Final = 10e9  # no logic is clocked so fast; chips stay below 1 GHz, graphics cards below 3

BOUNDS: Final[dict[type[Part], dict[str, float]]] = {
    Miner: {"power_limit_watts": WATTS},
    Power: {"power_watts": WATTS},
    Fan: {"speed_rpm": RPM},
    Psu: {
        "input_volts": SUPPLY_VOLTS,
        "output_volts": SUPPLY_VOLTS,
        "input_amperes": AMPERES,
        "output_amperes": AMPERES,
        "input_watts": WATTS,
        "output_watts": WATTS,
        "fan_speed_rpm": RPM,
    },
    Board: {"voltage_volts": BOARD_VOLTS, "power_watts": WATTS, "frequency_hertz": HERTZ},
}

# Hashes per second of the strongest machine that is sold for an algorithm.
STRONGEST: Final = {
    "sha256": 1.2e15,
    "scrypt": 40e9,
    "x11": 2e12,
    "ethash": 25e9,
    "equihash": 1e6,
    "kheavyhash": 50e12,
    "blake256r14": 60e12,
    "kadena": 200e12,
    "eaglesong": 70e12,
    "handshake": 10e12,
}

_Place = tuple[Part, str]


def leave_out(parts: Iterable[Part], algorithm: str) -> tuple[str, ...]:
    """Takes out of the parts what cannot be; the fields of which something was left out, once for each value."""
    parts = list(parts)
    bounded = [
        (part, name, most)
        for part in parts
        for name, most in BOUNDS.get(type(part), {}).items()
        if getattr(part, name) is not None
    ]
    wrong: list[_Place] = []
    if bounded:
        bounds = tuple([most for _, _, most in bounded])
        beyond = fact(outside(bounds, *[getattr(part, name) for part, name, _ in bounded]))
        wrong += [bounded[n][:2] for n in beyond]
    groups = _rates(parts)
    places = [place for group in groups for place in group]
    if len(places) > 1 or (places and algorithm in STRONGEST):
        most = FACTOR * STRONGEST.get(algorithm, float("inf"))
        rates = [getattr(part, name) for part, name in places]
        wrong += [places[n] for n in fact(contradicting(tuple(accumulate(map(len, groups))), most, *rates))]
    for part, name in wrong:
        setattr(part, name, None)
    return tuple([type(part).PREFIX + name for part, name in wrong])


def _rates(parts: Iterable[Part]) -> tuple[list[_Place], ...]:
    """Where hashrates are said: the totals, the boards', the nominal, that of the name, the boards' nominal."""
    totals, boards, nominal, named, rated = (
        list[_Place](),
        list[_Place](),
        list[_Place](),
        list[_Place](),
        list[_Place](),
    )
    for part in parts:
        if isinstance(part, Miner):
            totals.append((part, "hashrate_hashes_per_second"))
        elif isinstance(part, HashrateWindow):
            totals.append((part, "hashrate_window_hashes_per_second"))
        elif isinstance(part, Board):
            boards.append((part, "hashrate_hashes_per_second"))
            rated.append((part, "hashrate_nominal_hashes_per_second"))
        elif isinstance(part, HashrateNominal):
            where = named if part.source == "nameplate" else nominal
            where.append((part, "hashrate_nominal_hashes_per_second"))
    groups = (totals, boards, nominal, named, rated)
    return tuple([place for place in group if getattr(*place) is not None] for group in groups)


@door
def outside(bounds: Sequence[float], *values: Number | None) -> tuple[int, ...]:
    """Which of the values are negative or above their bound."""
    said: Sequence[Any] = values
    try:
        if min(said) >= 0 and not any(map(gt, said, bounds)):
            return ()
    except TypeError:  # one of them is not said
        pass
    return tuple([n for n, value in enumerate(values) if value is not None and not 0 <= value <= bounds[n]])


@door
def contradicting(ends: tuple[int, ...], most: float, *rates: Number | None) -> tuple[int, ...]:
    """Which of the rates are left out; `ends` says where each group of `_rates` ends.

    No rate may be above `most`, and none above FACTOR times what is nominal. The boards together must agree with the
    totals while these agree with each other: where work starts or stops, all differ by any factor."""
    a, b, _, named, _ = ends
    boards, rated = sum(filter(None, rates[a:b])), sum(filter(None, rates[named:]))
    said = [*filter(None, (*rates[:a], boards, *rates[b:named], rated))]
    if not said or ((high := max(said)) <= most and high <= FACTOR * min(said)):
        return ()
    return _judged(ends, most, rates)


@dataclass(frozen=True, slots=True)
class _Said:
    """One statement of what the miner hashes: by whom, how much, and at which places."""

    by: str
    rate: Number
    places: tuple[int, ...]
    weight: int = 0

    def backed(self, others: Iterable[_Said]) -> int:
        """How many of the other sides agree."""
        return self.weight + len({other.by for other in others if other.by != self.by and agree(self.rate, other.rate)})


def _judged(ends: tuple[int, ...], most: float, rates: Sequence[Number | None]) -> tuple[int, ...]:
    """The same, with care: who is backed by fewer of the others goes, and both where as many back each."""
    a, b, firmware, named, rated = ends
    boards, sums = sum(filter(None, rates[a:b])), sum(filter(None, rates[named:]))
    said = [_Said("total", rates[n] or 0, (n,)) for n in range(a)]
    said += [_Said("boards", boards, (*range(a, b),))]
    said += [_Said("nominal", rates[n] or 0, (n,)) for n in range(b, firmware)]
    said += [_Said("nominal", rates[n] or 0, (n,), 2) for n in range(firmware, named)]  # it has its unit in its name
    said += [_Said("nominal", sums, (*range(named, rated),))]
    totals = [rate for rate in rates[:a] if rate is not None]
    steady = bool(totals) and agree(min(totals), max(totals))
    wrong = {n for each in said if each.rate > most for n in each.places}
    said = [each for each in said if 0 < each.rate <= most]
    for one, other in combinations(said, 2):
        if agree(one.rate, other.rate) or one.by == other.by:  # a clock at rest has another nominal rate
            continue
        for_one, for_other = one.backed(said), other.backed(said)
        if other.by == "boards":
            if not steady:
                continue
            for_one += len(totals) > 1  # several totals that agree are not all wrong because the boards say so
        elif one.rate < other.rate:
            continue  # a slow miner
        wrong |= {*(one.places if for_one <= for_other else ()), *(other.places if for_other <= for_one else ())}
    return tuple(sorted(wrong))


def agree(one: Number, other: Number) -> bool:
    """Whether two rates are within FACTOR of each other; nothing agrees with zero."""
    return 0 < one <= FACTOR * other and 0 < other <= FACTOR * one
