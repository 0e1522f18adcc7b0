"""The plans in use, shared by all miners that give such answers: a fleet has few kinds of them, however big it is.

Invariant: a plan is held here alone, and targets only point at it, so that what is forgotten here is gone. A plan is
some 80 KB. Answers that are cut off have another shape each time, and their plans are never used again: those that
were not used twice have to leave first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from typing import Final

from exporter.plan import Plan

PROVEN: Final = 256
NEW: Final = 64
ALIKE: Final = 16  # plans under one key that are tried, for answers of different shapes


class Plans:
    """Plans by what they are for; of the proven ones those that nobody uses any more go first."""

    def __init__(self, proven: int = PROVEN, new: int = NEW, alike: int = ALIKE) -> None:
        self.most, self.most_new, self.alike = proven, new, alike
        self.found: dict[Hashable, list[Plan]] = {}
        self.new: deque[Plan] = deque()
        self.proven: deque[Plan] = deque()

    def candidates(self, key: Hashable) -> Iterator[Plan]:
        """The plans that may fit, the last one that did first."""
        return iter(tuple(self.found.get(key, ())))

    def use(self, plan: Plan) -> None:
        """Puts a plan that fits in front."""
        plans = self.found.setdefault(plan.key, [])
        if plan in plans:
            plan.used = True
            plans.remove(plan)
        else:
            self.new.append(plan)
        plans.insert(0, plan)
        del plans[self.alike :]
        if len(self.new) > self.most_new:
            self.judge(self.new.popleft())
            if len(self.proven) > self.most:
                self.judge(self.proven.popleft())
            if len(self.proven) > self.most:  # somebody uses that one
                self.forget(self.proven.popleft())

    def judge(self, plan: Plan) -> None:
        """Keeps a plan if it was used since it was last looked at, and forgets it if not."""
        if plan.used:
            plan.used = False
            self.proven.append(plan)
        else:
            self.forget(plan)

    def forget(self, plan: Plan) -> None:
        plans = self.found.get(plan.key, [])
        if plan in plans:
            plans.remove(plan)
        if not plans:
            self.found.pop(plan.key, None)


PLANS: Final = Plans()
