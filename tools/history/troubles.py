"""Troubles of a farm: each begins and ends at a known time, in a known place, and is written beside the history."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from exporter.simulator.life import Spell
from tools.history.farm import Place

FOREVER = 10**10
MINUTE, HOUR = 60.0, 3600.0
FEW = 3
"""Of so many fit miners, one at most gets a trouble, so that small farms have some of each."""
UPDATED = (b"20250214.16.Rel", b"20260110.18.Rel")
"""The firmware's version before and after an update."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A trouble without its miners."""

    what: str
    condition: str
    """A condition of the simulator, or one of dark, joins and updated."""
    begin: float
    """Seconds after now; negative before."""
    end: float | None
    many: int | Literal["rack", "site"]
    """How many miners, or all of a rack or of a site."""
    of: Callable[[Place], bool]
    """Whether a miner may have the trouble."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The trouble of some miners, from `begin` to `end` in seconds after now; None is no end."""

    kind: str
    what: str
    miners: tuple[str, ...]
    site: str
    rack: str
    """Empty for miners of several racks."""
    begin: float
    end: float | None


@dataclass(frozen=True, slots=True)
class Ill:
    """The troubles of a miner that its polls make, in unix seconds."""

    dark: tuple[float, float] | None = None
    """Without an answer from then until then."""
    joins: float | None = None
    """Not configured before."""
    updated: float | None = None
    """The firmware has another version from then on."""
    changes: tuple[float, ...] = ()
    """Times at which anything begins or ends."""


def _of(family: str, model: str = "") -> Callable[[Place], bool]:
    return lambda place: place.miner.family == family and place.miner.machine.name.endswith(model)


def _at(site: str) -> Callable[[Place], bool]:
    return lambda place: place.site == site


# Whole sites and racks come first, so that they are whole.
PLANS: Mapping[str, Plan] = {
    "dark_site": Plan("The site is dark.", "dark", -47 * MINUTE, None, "site", _at("east")),
    "hot_rack": Plan("The air is hot.", "hot", -1.5 * HOUR, None, "rack", _of("antminer", "S19j Pro")),
    "sag": Plan("The mains are low.", "sagging", -2.8 * HOUR, None, "rack", _of("whatsminer")),
    "pool_outage": Plan(
        "The first pool was dead.", "dead_pool", -2.5 * HOUR, -2.1 * HOUR, "rack", _of("antminer", "S21")
    ),
    "dead_board": Plan(
        "A board is gone, and the firmware lists the others alone.", "dead_board", -3.5 * HOUR, None, 1, _of("braiins")
    ),
    "hijacked": Plan("Works for a strange pool.", "hijacked", -2.2 * HOUR, None, 3, _of("antminer", "S19 Pro")),
    "slow": Plan("Hashes a fifth less than it should.", "slow", -FOREVER, None, 6, _of("antminer", "S21")),
    "fan": Plan("A fan stands still.", "failed_fan", -4 * HOUR, None, 2, _of("antminer", "S19 Pro")),
    "chips": Plan("A board lost chips.", "failing_board", -5 * HOUR, None, 2, _of("antminer", "S21")),
    "restarts": Plan("Restarts every eight minutes.", "restless", -FOREVER, None, 1, _of("luxos", "S21")),
    "sleeping": Plan("Slept, as it was told.", "sleeping", -3 * HOUR, -1 * HOUR, 5, _of("luxos", "S21")),
    "updated": Plan("Has a new firmware.", "updated", -2.4 * HOUR, None, 4, _of("whatsminer_v3")),
    "tuning": Plan("Tunes itself.", "tuning", -40 * MINUTE, None, 2, _of("braiins_rest")),
    "no_pool": Plan("No pool answers.", "no_pool", -25 * MINUTE, None, 1, _of("avalon")),
    "new": Plan("Joined the farm.", "joins", -1.7 * HOUR, None, 1, _of("antminer", "S21")),
    "down": Plan("Does not answer.", "dark", -1.9 * HOUR, None, 1, _of("luxos", "S21")),
}
SCENARIOS: Mapping[str, tuple[str, ...]] = {
    "calm": (),
    "six": ("dead_board", "hijacked", "hot_rack", "sag", "slow", "dark_site"),
    "all": tuple(PLANS),
}


def chosen(text: str) -> tuple[str, ...]:
    """Return the troubles of a scenario, or those named in `text` with commas between them.

    Raises ValueError for an unknown name."""
    kinds = SCENARIOS.get(text, tuple(text.split(",")))
    if unknown := set(kinds) - PLANS.keys():
        known = ", ".join((*SCENARIOS, *PLANS))
        raise ValueError(f"unknown troubles: {', '.join(sorted(unknown))}; known are {known}")
    return kinds


def place(
    kinds: Sequence[str], places: Sequence[Place], *, now: int, seed: int
) -> tuple[list[Trouble], dict[str, Ill]]:
    """Give the troubles to miners that are well. Return the troubles, and each ill miner's part of them by its name.

    A farm without a fit miner goes without that trouble."""
    dice = random.Random(seed)
    free = {each.miner.name: each for each in places}
    troubles: list[Trouble] = []
    ill: dict[str, Ill] = {}
    for kind, plan in PLANS.items():
        if kind not in kinds or not (able := [each for each in free.values() if plan.of(each)]):
            continue
        if plan.many == "rack":
            rack = dice.choice(sorted({each.rack for each in able}))
            able = [each for each in able if each.rack == rack]
        elif plan.many != "site":
            count = min(plan.many, max(len(able) // FEW, 1))
            able = sorted(dice.sample(able, count), key=lambda each: each.miner.name)
        for each in able:
            del free[each.miner.name]
            ill[each.miner.name] = _fall_ill(each, plan, now)
        names = tuple(each.miner.name for each in able)
        found_sites, racks = {each.site for each in able}, {each.rack for each in able}
        site, rack = (found.pop() if len(found) == 1 else "" for found in (found_sites, racks))
        troubles.append(Trouble(kind, plan.what, names, site, rack, plan.begin, plan.end))
    return troubles, ill


def _fall_ill(place: Place, plan: Plan, now: int) -> Ill:
    begin, end = now + plan.begin, FOREVER if plan.end is None else now + plan.end
    changes = (begin, end)
    if plan.condition == "dark":
        return Ill(dark=(begin, end), changes=changes)
    if plan.condition == "joins":
        return Ill(joins=begin, changes=changes)
    if plan.condition == "updated":
        return Ill(updated=begin, changes=changes)
    miner = place.miner
    miner.condition = plan.condition
    if plan.condition != "restless":
        miner.life.spell = Spell(10 * FOREVER, int(end - begin), int(begin))
        miner.life.span = 9e5  # the mining process goes on meanwhile
    return Ill(changes=changes)


def told(troubles: Sequence[Trouble], now: int) -> dict[str, object]:
    """Return what is written beside the history."""
    return {"now": now, "troubles": [asdict(trouble) for trouble in troubles]}
