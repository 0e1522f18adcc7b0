"""The plans in use, shared by all miners whose answers have the same shape: even a big fleet needs few plans.

Invariant: only the cache owns plans, and targets have weak references to them, so that an evicted plan is freed. All
plans together stay within BUDGET bytes, and none takes more than LARGEST. An answer that is cut off has a new shape
each time, and its plan is of no further use. So plans that were used only once are evicted first.

    new plan                          on probation
    probation is full, plan used      proven
    probation is full, plan unused    evicted
    proven is full, plan used         proven, behind the others
    proven is full, plan unused       evicted
    proven is full, all plans used    the first is evicted, and the budget is too `small`
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from itertools import islice
from typing import Final

from exporter.plans.plan import Plan

BUDGET: Final = 64 << 20  # bytes: plans of some 80 KB for 800 kinds of miners
LARGEST: Final = 4 << 20  # bytes: a plan for some 8,000 series
UNPROVEN: Final = 1 / 4  # share of the budget for plans on probation, which were used only once
ALIKE: Final = 128  # most plans of one key that are tried on an answer: each takes some 5 µs


class PlanCache:
    """Plans by key. New plans are on probation; of the proven plans, those that were not used lately are evicted first.

    `small` is set when a plan in use was evicted, and `told` when that was logged. Sizes are in bytes."""

    def __init__(self, budget: int = BUDGET, largest: int = LARGEST, alike: int = ALIKE) -> None:
        self.budget, self.largest, self.alike = budget, largest, alike
        self.by_key: dict[Hashable, list[Plan]] = {}
        self.probation: deque[Plan] = deque()
        self.proven: deque[Plan] = deque()
        self.small = self.told = False

    def candidates(self, key: Hashable) -> Iterator[Plan]:
        """Return an iterator over the plans with that `cache_key`; the plan that fitted last comes first."""
        return islice(tuple(self.by_key.get(key, ())), self.alike)

    def count(self) -> int:
        """Return the number of plans."""
        return len(self.probation) + len(self.proven)

    def size(self) -> int:
        """Return the approximate size of all plans in bytes."""
        return _size(self.probation) + _size(self.proven)

    def use(self, plan: Plan) -> None:
        """Put a plan that fits an answer in front of the others with its key; a new plan goes on probation."""
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
        """Move the first of `plans` behind the proven plans if it was used since the last call, else evict it.

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
