"""The plans in use, shared by all miners that give such answers: a fleet has few kinds of them, however big it is.

Invariant: a plan is held here alone, and targets only point at it, so that what is forgotten here is gone. All plans
together stay within BUDGET bytes, and no plan is kept that takes more than LARGEST. Answers that are cut off have
another shape each time, and their plans are never used again. So plans that were used once have to leave first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from itertools import islice
from typing import Final

from exporter.plans.plan import Plan

BUDGET: Final = 64 << 20  # bytes: plans of some 80 KB for 800 kinds of miners
LARGEST: Final = 4 << 20  # bytes: a plan for some 8,000 series
UNPROVEN: Final = 1 / 4  # of the budget, for plans that were not used twice
ALIKE: Final = 128  # plans under one key that are tried, for answers of different shapes: each takes some 5 µs


class PlanCache:
    """Plans by what they are for; of the proven ones those that nobody uses any more go first."""

    def __init__(self, budget: int = BUDGET, largest: int = LARGEST, alike: int = ALIKE) -> None:
        self.budget, self.largest, self.alike = budget, largest, alike
        self.found: dict[Hashable, list[Plan]] = {}
        self.new: deque[Plan] = deque()
        self.proven: deque[Plan] = deque()
        self.small = self.told = False  # whether a plan that somebody uses had to leave, and that was logged

    def candidates(self, key: Hashable) -> Iterator[Plan]:
        """The plans that may fit, the last one that did first."""
        return islice(tuple(self.found.get(key, ())), self.alike)

    def count(self) -> int:
        """Counts the plans."""
        return len(self.new) + len(self.proven)

    def size(self) -> int:
        """Sums up the bytes of all plans, nearly."""
        return _size(self.new) + _size(self.proven)

    def use(self, plan: Plan) -> None:
        """Puts a plan that fits in front."""
        plans = self.found.get(plan.where, [])
        if plan in plans:
            plan.used = True
            plans.remove(plan)
            plans.insert(0, plan)
        elif plan.size <= self.largest:
            self.new.append(plan)
            self.found.setdefault(plan.where, []).insert(0, plan)
            self.make_room()

    def make_room(self) -> None:
        """Forgets plans until all are within the budget."""
        over = _size(self.new) - int(self.budget * UNPROVEN)
        while over > 0:
            over -= self.evict_or_promote(self.new)
        over = _size(self.proven) - int(self.budget * (1 - UNPROVEN))
        for _ in range(len(self.proven) - 1):
            if over > 0:
                over -= self.evict_or_promote(self.proven)
        while over > 0:  # somebody uses all of them
            self.small = True
            over -= self.forget(self.proven.popleft())

    def evict_or_promote(self, plans: deque[Plan]) -> int:
        """Keeps the first of the plans if it was used since the last look, else forgets it. Returns the bytes by which
        the plans became fewer."""
        plan = plans.popleft()
        if not plan.used:
            return self.forget(plan)
        plan.used = False
        self.proven.append(plan)
        return 0 if plans is self.proven else plan.size

    def forget(self, plan: Plan) -> int:
        plans = self.found.get(plan.where, [])
        if plan in plans:
            plans.remove(plan)
        if not plans:
            self.found.pop(plan.where, None)
        return plan.size


def _size(plans: deque[Plan]) -> int:
    return sum([plan.size for plan in plans])


PLANS: Final = PlanCache()
