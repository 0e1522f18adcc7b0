"""The plans in use, shared by all miners that give such answers: a fleet has few kinds of them, however big it is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Final

from exporter.plan import Plan

KEYS: Final = 512
ALIKE: Final = 16  # plans under one key, for answers of different shapes


class Plans:
    """Plans by what they are for; the ones that were not used for longest go first."""

    def __init__(self, keys: int = KEYS, alike: int = ALIKE) -> None:
        self.keys, self.alike = keys, alike
        self.found: OrderedDict[Hashable, list[Plan]] = OrderedDict()

    def candidates(self, key: Hashable) -> Iterator[Plan]:
        """The plans that may fit, the last one that did first."""
        return iter(tuple(self.found.get(key, ())))

    def use(self, plan: Plan) -> None:
        """Puts a plan that fits in front."""
        key = plan.key
        plans = self.found.setdefault(key, [])
        if plan in plans:
            plans.remove(plan)
        plans.insert(0, plan)
        del plans[self.alike :]
        self.found.move_to_end(key)
        if len(self.found) > self.keys:
            self.found.popitem(last=False)


PLANS: Final = Plans()
