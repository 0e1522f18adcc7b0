"""An API that answers one question of many: the miner is up or down by it, and not now this and now that."""

from __future__ import annotations

import pytest

from exporter.core.errors import Empty, Reset
from tests.harness.fake import STRANGE, UNKNOWN, Fake, Rule, miner

pytestmark = pytest.mark.virtual_time

DENIED = b'{"STATUS":[{"STATUS":"E","Code":45,"Msg":"Access denied"}],"id":1}\0'
REFUSALS: dict[str, Rule] = {
    "reset": Reset,
    "closed": Empty,
    "unknown": UNKNOWN,
    "denied": DENIED,
    "strange": STRANGE,
    "odd": b"odd",
}
ALONE = ("version", "summary", "devs", "pools", "stats", "devdetails", "version pools", "version summary")


class Only(dict[str, Rule]):
    """Rules that leave alone the commands in `answered`."""

    def __init__(self, answered: str, refusal: Rule) -> None:
        super().__init__({"*": refusal, "+": refusal})
        self.answered = answered.split()

    def get(self, command: str, otherwise: Rule | None = None) -> Rule | None:  # type: ignore[override]
        return None if command in self.answered else super().get(command, otherwise)


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("answered", ALONE)
@pytest.mark.parametrize("family", ["cgminer", "antminer", "avalon", "braiins"])
async def test_one_answer_of_many_is_up_or_down_for_good(family: str, answered: str, refusal: str) -> None:
    fake = Fake(miner(family))
    fake.rules = Only(answered, REFUSALS[refusal])
    ups = []
    for _ in range(12):
        await fake.poll()
        ups.append(fake.target.up)
    assert len(set(ups[1:])) == 1
    if answered in ("version pools", "version summary"):
        assert all(ups)
    if answered == "version":
        assert not any(ups)
