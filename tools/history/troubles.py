"""Troubles of a farm: each begins and ends at a known time, in known places, and is written beside the history."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from exporter.simulator.life import Spell
from tools.history.farm import Place

FOREVER = 10**10
MINUTE, HOUR = 60.0, 3600.0
UPDATED = {b"20230714.15.REL": b"20240301.17.REL", b"H0.9.9-simulated": b"H1.0.1-simulated"}

Choice = Callable[[Place], bool]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with which miners, from `begin` on until `end`, in seconds before (negative) or after now."""

    kind: str
    what: str
    miners: tuple[str, ...]
    site: str
    rack: str
    begin: float
    end: float | None


@dataclass(frozen=True, slots=True)
class Ill:
    """What the polls of a miner have to know of its troubles, in unix seconds."""

    dark: tuple[float, float] | None = None
    """The miner does not answer."""
    joins: float | None = None
    """The miner is not configured before."""
    updated: float | None = None
    """The firmware has another version from then on."""
    changes: tuple[float, ...] = ()
    """Times at which something begins or ends."""


def _is(family: str, model: str = "") -> Choice:
    return lambda place: place.miner.family == family and model in place.miner.machine.name


@dataclass(frozen=True, slots=True)
class Plan:
    """A trouble to be placed: a condition of the simulator, or one of dark, joins and updated."""

    kind: str
    what: str
    of: Choice
    count: int | str
    """How many miners, or `rack` or `site`: all miners there."""
    condition: str
    begin: float
    end: float | None = None


ANY: Choice = lambda place: True  # noqa: E731
SHA = ("antminer", "whatsminer", "braiins")
PLANS: Mapping[str, Plan] = {
    plan.kind: plan
    for plan in (
        Plan("dead_board", "A hashboard is gone; the firmware lists only the others.", _is("braiins"), 1, "dead_board", -3.5 * HOUR),
        Plan("hijacked", "Works for a pool that nobody configured.", _is("antminer", "S19 Pro"), 3, "hijacked", -2.2 * HOUR),
        Plan("hot_rack", "The air of the rack is hot.", _is("antminer", "S19j Pro"), "rack", "hot", -1.5 * HOUR),
        Plan("sag", "The mains of the rack sag.", _is("whatsminer", "M50"), "rack", "sagging", -2.8 * HOUR),
        Plan("slow", "Hashes a fifth less than its nameplate says.", _is("antminer", "S21"), 6, "slow", -FOREVER),
        Plan("dark_site", "The site is dark.", lambda place: place.site == "east", "site", "dark", -47 * MINUTE),
        Plan("fan", "A fan stands still.", _is("antminer", "S19 Pro"), 2, "failed_fan", -4.0 * HOUR),
        Plan("chips", "A board lost chips.", _is("antminer", "S21"), 2, "failing_board", -5.0 * HOUR),
        Plan("restarts", "Restarts every eight minutes.", _is("vnish_web"), 1, "restless", -FOREVER),
        Plan("sleeping", "Sleeps as told.", _is("luxos", "S21"), 5, "sleeping", -3.0 * HOUR, -1.0 * HOUR),
        Plan("updated", "Has another version of its firmware since the night.", _is("whatsminer", "M50"), 4, "updated", -4.4 * HOUR),
        Plan("tuning", "Tunes itself.", _is("braiins_rest"), 2, "tuning", -40 * MINUTE),
        Plan("pool_outage", "The first pool was dead, the second had the work.", _is("antminer", "S21"), "rack", "dead_pool", -2.5 * HOUR, -2.1 * HOUR),
        Plan("no_pool", "No pool answers.", _is("avalon"), 1, "no_pool", -25 * MINUTE),
        Plan("new", "Joined the farm.", _is("antminer", "S21"), 1, "joins", -1.7 * HOUR),
        Plan("down", "Does not answer.", _is("luxos", "S21"), 1, "dark", -1.9 * HOUR),
    )
}  # fmt: skip
SCENARIOS: Mapping[str, tuple[str, ...]] = {
    "calm": (),
    "six": ("dead_board", "hijacked", "hot_rack", "sag", "slow", "dark_site"),
    "all": tuple(PLANS),
}


def place(kinds: Sequence[str], places: Sequence[Place], *, now: float, seed: int) -> tuple[list[Trouble], dict[str, Ill]]:
    """Give the troubles to miners that are well; return the troubles, and what the polls of ill miners need to know.

    Raises ValueError for an unknown kind."""
    if unknown := set(kinds) - PLANS.keys():
        raise ValueError(f"unknown troubles: {', '.join(sorted(unknown))}; known are {', '.join(PLANS)}")
    dice, free = random.Random(seed), {each.miner.name: each for each in places}
    troubles, ill = [], dict[str, Ill]()
    # Whole sites and racks come first, so that they lose nobody to the troubles of single miners.
    for kind in sorted(kinds, key=lambda kind: ("site", "rack", 1).index(count if isinstance(count := PLANS[kind].count, str) else 1)):
        plan = PLANS[kind]
        able = [each for each in free.values() if plan.of(each)]
        if not able:
            continue
        if plan.count == "site":
            chosen = able
        elif plan.count == "rack":
            racks = sorted({each.rack for each in able})
            rack = dice.choice(racks)
            chosen = [each for each in able if each.rack == rack]
        else:
            chosen = sorted(dice.sample(able, min(int(plan.count), len(able))), key=lambda each: each.miner.name)
        begin, end = now + plan.begin, None if plan.end is None else now + plan.end
        for each in chosen:
            free.pop(each.miner.name)
            ill[each.miner.name] = _infect(each, plan.condition, begin, end)
        only = lambda name: next(iter(found)) if len(found := {getattr(each, name) for each in chosen}) == 1 else ""  # noqa: E731
        names = tuple(each.miner.name for each in chosen)
        troubles.append(Trouble(kind, plan.what, names, only("site"), only("rack"), plan.begin, plan.end))
    return troubles, ill


def _infect(place: Place, condition: str, begin: float, end: float | None) -> Ill:
    changes = tuple(time for time in (begin, end) if time is not None)
    match condition:
        case "dark":
            return Ill(dark=(begin, end or FOREVER), changes=changes)
        case "joins":
            return Ill(joins=begin, changes=changes)
        case "updated":
            return Ill(updated=begin, changes=changes)
    miner = place.miner
    miner.condition = condition
    if condition != "restless":
        length = FOREVER if end is None else int(end - begin)
        miner.life.spell = Spell(10 * FOREVER, length, int(begin))
        miner.life.span = 9e5  # of a miner whose trouble stays, the process stays as well
    return Ill(changes=changes)


def told(troubles: Sequence[Trouble], now: float) -> dict[str, object]:
    """Return what is written beside the history."""
    return {"now": now, "troubles": [asdict(trouble) for trouble in troubles]}
