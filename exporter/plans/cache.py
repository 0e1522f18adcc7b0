"""The plans in use, shared by all miners whose answers have that shape: a fleet has few of them, however big it is.

Invariant: the cache alone holds a plan and targets only point at it, so that a plan that is evicted here is gone. All
plans together stay within BUDGET bytes, and none takes more than LARGEST. Answers that are cut off have another shape
each time, and nobody uses their plans again: so plans that were used once leave first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from itertools import islice
from typing import Final

from exporter.plans.plan import Plan

BUDGET: Final = 64 << 20  # bytes: plans of some 80 KB for 800 kinds of miners
LARGEST: Final = 4 << 20  # bytes: a plan for some 8,000 series
UNPROVEN: Final = 1 / 4  # part of the budget for plans that were not used twice
ALIKE: Final = 128  # plans that are tried under one key, for answers of different shapes: each takes some 5 µs


class PlanCache:
    """Plans by key. New plans are on probation; of the proven ones those that nobody uses any more are evicted first.

    `small` is set when a plan in use had to leave, and `told` once that was logged. Sizes are in bytes."""

    def __init__(self, budget: int = BUDGET, largest: int = LARGEST, alike: int = ALIKE) -> None:
        self.budget, self.largest, self.alike = budget, largest, alike
        self.by_key: dict[Hashable, list[Plan]] = {}
        self.probation: deque[Plan] = deque()
        self.proven: deque[Plan] = deque()
        self.small = self.told = False

    def candidates(self, key: Hashable) -> Iterator[Plan]:
        """Yield the plans with that `cache_key`, the last one that fitted first."""
        return islice(tuple(self.by_key.get(key, ())), self.alike)

    def count(self) -> int:
        """Return the number of plans."""
        return len(self.probation) + len(self.proven)

    def size(self) -> int:
        """Return the bytes of all plans, nearly."""
        return _size(self.probation) + _size(self.proven)

    def use(self, plan: Plan) -> None:
        """Put a plan that fits in front of the others with its key; a new plan goes on probation."""
        plans = self.by_key.get(plan.cache_key, [])
        if plan in plans:
            plan.used = True
            plans.remove(plan)
            plans.insert(0, plan)
        elif plan.size <= self.largest:
            self.probation.append(plan)
            self.by_key.setdefault(plan.cache_key, []).insert(0, plan)
            self.make_room()

    def make_room(self) -> None:
        """Evict plans until all are within the budget."""
        over = _size(self.probation) - int(self.budget * UNPROVEN)
        while over > 0:
            over -= self.evict_or_promote(self.probation)
        over = _size(self.proven) - int(self.budget * (1 - UNPROVEN))
        for _ in range(len(self.proven) - 1):
            if over > 0:
                over -= self.evict_or_promote(self.proven)
        while over > 0:  # all of them are in use
            self.small = True
            over -= self.evict(self.proven.popleft())

    def evict_or_promote(self, plans: deque[Plan]) -> int:
        """Keep the first of the plans as proven if it was used since the last look, else evict it.

        Returns the bytes by which `plans` became smaller."""
        plan = plans.popleft()
        if not plan.used:
            return self.evict(plan)
        plan.used = False
        self.proven.append(plan)
        return 0 if plans is self.proven else plan.size

    def evict(self, plan: Plan) -> int:
        """Forget the plan, and return its bytes."""
        plans = self.by_key.get(plan.cache_key, [])
        if plan in plans:
            plans.remove(plan)
        if not plans:
            self.by_key.pop(plan.cache_key, None)
        return plan.size


def _size(plans: deque[Plan]) -> int:
    return sum([plan.size for plan in plans])


PLANS: Final = PlanCache()
