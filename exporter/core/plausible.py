"""The guard: impossible values, and hashrates that contradict each other, are left out and counted, never rescaled.

The guard runs after a family's decoder and again in each plan. The places of values that are left out are static. So
a plan counts the same values at every poll, and the decoder runs again once other values are impossible. Only factors
above FACTOR matter: a wrong unit is a factor of a thousand. Budget: 6 µs a poll.

Three sources claim a hashrate: the totals (the current rate and its windows), the sum of the boards, and the nominal
rates. Two claims of one source are not compared. Two sources contradict each other in these cases:

    total, boards       more than FACTOR apart, while the totals agree with each other
    total, nominal      the total is more than FACTOR times the nominal rate
    boards, nominal     the sum is more than FACTOR times the nominal rate

A small rate is never wrong by itself: a miner may be slow, start, stop, sleep, or lack a board. Of two contradicting
claims, the claim with fewer backers is left out, or both if they have equally many. A backer is another source that
agrees. Several totals that agree count as a backer more against the boards. A nominal rate of the nameplate has two
more, because its unit is certain.

Temperatures are bounded by their converter (`values.celsius`), because absent sensors give impossible temperatures.
Single chips are not judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations
from operator import gt
from typing import Any, Final

from exporter.core.tracing import static, traceable
from exporter.core.values import Number
from exporter.core.vocabulary import Board, Fan, HashrateNominal, HashrateWindow, Miner, Part, Power, Psu

FACTOR: Final = 30  # two hashrates that differ by more than this factor contradict each other

# Upper bounds: two to ten times the strongest machine. A common value in a wrong unit (times 1000) is outside.
RPM: Final = 60_000.0  # fans of 40 mm reach 30,000
WATTS: Final = 100_000.0  # a water-cooled machine draws 12 kW, three cabinets behind one controller less than 100 kW
BOARD_VOLTS: Final = 100.0  # chips in a row: 9 to 22 V, 49 V on the largest
SUPPLY_VOLTS: Final = 1_000.0  # the upper limit of low voltage by definition; supplies take 277 and 480 V
AMPERES: Final = 5_000.0  # 12 kW at 12 V is 1,000 A
HERTZ: Final = 10e9  # chips stay below 1 GHz, graphics cards below 3 GHz

BOUNDS: Final[dict[type[Part], dict[str, float]]] = {
    Miner: {"power_limit_watts": WATTS, "power_limit_min_watts": WATTS, "power_limit_max_watts": WATTS},
    Power: {"power_watts": WATTS},
    Fan: {"speed_rpm": RPM, "target_rpm": RPM, "speed_min_rpm": RPM, "speed_max_rpm": RPM},
    Psu: {
        "input_volts": SUPPLY_VOLTS,
        "output_volts": SUPPLY_VOLTS,
        "input_amperes": AMPERES,
        "output_amperes": AMPERES,
        "input_watts": WATTS,
        "output_watts": WATTS,
        "fan_speed_rpm": RPM,
        "output_target_volts": SUPPLY_VOLTS,
        "output_min_volts": SUPPLY_VOLTS,
        "output_max_volts": SUPPLY_VOLTS,
        "output_max_watts": WATTS,
    },
    Board: {
        "voltage_volts": BOARD_VOLTS,
        "voltage_target_volts": BOARD_VOLTS,
        "chip_voltage_spread_volts": BOARD_VOLTS,
        "current_amperes": AMPERES,
        "power_watts": WATTS,
        "frequency_hertz": HERTZ,
        "frequency_target_hertz": HERTZ,
    },
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

_Place = tuple[Part, str]  # a part, and the name of its field


def leave_out(parts: Iterable[Part], algorithm: str) -> tuple[str, ...]:
    """Remove impossible values from the parts; return the names of their fields, once for each value.

    `algorithm` is the machine's algorithm; "" if unknown, or if the answers may describe several machines."""
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
        beyond = static(outside(bounds, *[getattr(part, name) for part, name, _ in bounded]))
        wrong += [bounded[n][:2] for n in beyond]
    groups = _rates(parts)
    places = [place for group in groups for place in group]
    if len(places) > 1 or (places and algorithm in STRONGEST):
        most = FACTOR * STRONGEST.get(algorithm, float("inf"))
        rates = [getattr(part, name) for part, name in places]
        wrong += [places[n] for n in static(contradicting(tuple(accumulate(map(len, groups))), most, *rates))]
    for part, name in wrong:
        setattr(part, name, None)
    return tuple([type(part).PREFIX + name for part, name in wrong])


def _rates(parts: Iterable[Part]) -> tuple[list[_Place], ...]:
    """Return the places of known hashrates in five groups.

    The groups are the totals, the boards, the nominal rates, the nominal rate of the nameplate, and the nominal rates
    of the boards."""
    found: dict[str, list[_Place]] = {name: [] for name in ("totals", "boards", "nominal", "nameplate", "of_boards")}
    for part in parts:
        if isinstance(part, Miner):
            found["totals"].append((part, "hashrate_hashes_per_second"))
        elif isinstance(part, HashrateWindow):
            found["totals"].append((part, "hashrate_window_hashes_per_second"))
        elif isinstance(part, Board):
            found["boards"].append((part, "hashrate_hashes_per_second"))
            found["of_boards"].append((part, "hashrate_nominal_hashes_per_second"))
        elif isinstance(part, HashrateNominal):
            group = "nameplate" if part.source == "nameplate" else "nominal"
            found[group].append((part, "hashrate_nominal_hashes_per_second"))
    return tuple([place for place in group if getattr(*place) is not None] for group in found.values())


@traceable
def outside(bounds: Sequence[float], *values: Number | None) -> tuple[int, ...]:
    """Return the places of the values that are negative or above their bound."""
    known: Sequence[Any] = values
    try:
        if min(known) >= 0 and not any(map(gt, known, bounds)):
            return ()
    except TypeError:  # a value is None
        pass
    return tuple([n for n, value in enumerate(values) if value is not None and not 0 <= value <= bounds[n]])


@traceable
def contradicting(ends: tuple[int, ...], most: float, *rates: Number | None) -> tuple[int, ...]:
    """Return the places of the rates to leave out: above `most`, or in contradiction to another source.

    `rates` are hashes per second, in the order of the groups of `_rates`, and `ends` has the end of each group. Nearly
    always the largest claim is within FACTOR of the smallest, so that all agree."""
    totals_end, boards_end, _, nameplate_end, _ = ends
    boards, of_boards = sum(filter(None, rates[totals_end:boards_end])), sum(filter(None, rates[nameplate_end:]))
    claims = [*filter(None, (*rates[:totals_end], boards, *rates[boards_end:nameplate_end], of_boards))]
    if not claims or ((high := max(claims)) <= most and high <= FACTOR * min(claims)):
        return ()
    return _judged(ends, most, rates)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A hashrate of the whole miner, as one source claims it."""

    source: str  # "total", "boards" or "nominal"
    rate: Number
    places: tuple[int, ...]  # of the rates to leave out if the claim is wrong
    certainty: int = 0  # backers that the claim has in any case

    def backers(self, claims: Iterable[_Claim]) -> int:
        """Return the number of other sources that agree, plus the certainty."""
        agreeing = {each.source for each in claims if each.source != self.source and agree(self.rate, each.rate)}
        return self.certainty + len(agreeing)

    def contradicts(self, later: _Claim, *, steady: bool) -> bool:
        """Tell whether two claims contradict each other; `later` has the same or a later source (see the module).

        `steady` says that the totals agree with each other: when work starts or stops, all differ by any factor."""
        if self.source == later.source or agree(self.rate, later.rate):
            return False  # nominal rates may differ: a clock at rest is lower
        return steady if later.source == "boards" else self.rate > later.rate


def _judged(ends: tuple[int, ...], most: float, rates: Sequence[Number | None]) -> tuple[int, ...]:
    """Return the places to leave out: claims above `most`, and of two contradicting claims the less backed, or both."""
    totals_end, boards_end, nominal_end, nameplate_end, of_boards_end = ends
    boards, of_boards = sum(filter(None, rates[totals_end:boards_end])), sum(filter(None, rates[nameplate_end:]))
    claims = [_Claim("total", rates[n] or 0, (n,)) for n in range(totals_end)]
    claims += [_Claim("boards", boards, (*range(totals_end, boards_end),))]
    claims += [_Claim("nominal", rates[n] or 0, (n,)) for n in range(boards_end, nominal_end)]
    # The unit of a nameplate is certain.
    claims += [_Claim("nominal", rates[n] or 0, (n,), certainty=2) for n in range(nominal_end, nameplate_end)]
    claims += [_Claim("nominal", of_boards, (*range(nameplate_end, of_boards_end),))]
    totals = [rate for rate in rates[:totals_end] if rate is not None]
    steady = bool(totals) and agree(min(totals), max(totals))
    wrong = {place for claim in claims if claim.rate > most for place in claim.places}
    claims = [claim for claim in claims if 0 < claim.rate <= most]
    for earlier, later in combinations(claims, 2):
        if earlier.contradicts(later, steady=steady):
            for_earlier, for_later = earlier.backers(claims), later.backers(claims)
            if later.source == "boards" and len(totals) > 1:
                for_earlier += 1  # the boards alone do not outweigh several totals that agree
            if for_earlier <= for_later:
                wrong.update(earlier.places)
            if for_later <= for_earlier:
                wrong.update(later.places)
    return tuple(sorted(wrong))


def agree(one: Number, other: Number) -> bool:
    """Tell whether two rates are within FACTOR of each other; nothing agrees with zero."""
    return 0 < one <= FACTOR * other and 0 < other <= FACTOR * one
