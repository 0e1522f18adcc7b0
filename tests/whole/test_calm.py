"""An hour of a healthy fleet of all families: miners that sleep, tune, restart, run slower or are off alert nobody."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from exporter.config import Credential
from exporter.config.planned import ALWAYS
from exporter.config.secret import Secret
from exporter.config.targets import Expect
from exporter.core.errors import Refused
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.questions import Request
from exporter.render import exposition
from exporter.simulator import Miner, fleet
from exporter.simulator.life import Spell
from exporter.simulator.logins import KEY
from tests.harness import virtual
from tests.harness.promql import READ
from tests.harness.promtool import promtool
from tests.harness.support import SERIES, target
from tests.harness.unwired import asks

MINUTES = 60
BEGIN = virtual.EPOCH + virtual.START  # unix time at which the hour begins
WAYS = ("well", "sleeping", "curtailed", "tuning", "restarted", "slower", "off")
HELD = {"luxos", "whatsminer", "whatsminer_v3", "proto", "vnish_web"}  # families that tell who holds them back
LONG = 90_000.0  # seconds between two restarts of a miner
SLOWER = 0.75  # of rate, clock and power, and of what limits them
SCRAPED = 'job="asic-exporter",instance="exporter:14028"'
LINE = re.compile(r"(asic_\w+)\{(.*)\} (\S+)")
FIRED = 'max by (alertname, severity, miner) (max_over_time(ALERTS{alertstate="firing", severity!="info"}[2h]))'

History = dict[str, list[str]]  # a series and its values, minute by minute


def calm() -> list[Miner]:
    """Every kind of miner in each of the ways that it knows."""
    found: list[Miner] = []
    kinds = {(each.family, each.machine.short, id(each.dialect)): each for each in fleet(200)}
    for kind in kinds.values():
        for way in WAYS:
            condition = "sleeping" if way == "curtailed" else way
            if condition in ("sleeping", "tuning") and condition not in kind.dialect.conditions:
                continue
            if way == "curtailed" and kind.family not in HELD:
                continue
            number, machine = len(found), kind.machine
            if way == "slower":
                machine = replace(
                    machine, rate=SLOWER * machine.rate, watts=SLOWER * machine.watts, mhz=SLOWER * machine.mhz
                )
            miner = replace(
                kind,
                name=f"{machine.short}-{way}-{number}",
                machine=machine,
                fault=None,
                condition=condition if condition in kind.dialect.conditions else None,
                key=f"calm/{number}",
                clock=lambda: virtual.EPOCH + asyncio.get_running_loop().time(),
            )
            # The process of a miner that restarts does so in the middle of the hour, that of another long before.
            miner.life.span = LONG
            miner.life.phase = (BEGIN + 1900 - (0 if way == "restarted" else LONG / 2)) / LONG % 1
            if way == "curtailed":
                miner.life.spell = Spell(1, 1)
            found.append(miner)
    return found


def watched(miner: Miner) -> Target:
    login = {miner.dialect.login: Credential(KEY.username, Secret(KEY.password))} if miner.dialect.login else {}
    expect = Expect(planned_off=ALWAYS) if off(miner) else None
    return target(miner.name, interval=60.0, credentials=login, labels=(("rack", "r1"),), expect=expect)


def off(miner: Miner) -> bool:
    """Tell whether a miner is planned to be off."""
    return "-off-" in miner.name


async def dark(_: Request) -> bytes:
    """Answer as an address behind which nothing is."""
    raise Refused("nothing listens")


async def hour(miners: list[Miner]) -> History:
    """What the page says of the miners in each minute."""
    targets = [watched(miner) for miner in miners]
    ways = [dark if off(miner) else asks(miner) for miner in miners]
    history: History = {}
    for minute in range(MINUTES + 1):
        await asyncio.gather(*[poll(of, ask, SERIES) for of, ask in zip(targets, ways, strict=True)])
        page = b"".join(exposition.page([of.fragments for of in targets])).decode()
        for name, labels, value in LINE.findall(page):
            if name not in READ:
                continue
            known = history.setdefault(f"{name}{{{SCRAPED},{labels}}}", [])
            known += ["stale" if known else "_"] * (minute - len(known))
            known.append(repr(float(value)))
        loop = asyncio.get_running_loop()
        await asyncio.sleep(virtual.START + 60 * (minute + 1) - loop.time())
    return history


def series(history: History) -> Iterator[dict[str, str]]:
    """The history as input series of a test of rules."""
    for name, values in history.items():
        end = ["stale"] * (len(values) < MINUTES + 1)
        yield {"series": name, "values": " ".join([*values, *end])}
    yield {"series": f"up{{{SCRAPED}}}", "values": f"1+0x{MINUTES}"}


@pytest.mark.program("promtool")
@pytest.mark.skipif(os.environ.get("TORTURE") != "1", reason="runs with TORTURE=1: it takes a minute")
def test_a_calm_hour_alerts_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No page and no ticket; every kind of miner is there, and up at the end."""
    miners = calm()
    history = virtual.run(hour(miners), monkeypatch)
    last = {name: values[-1] for name, values in history.items() if name.startswith("asic_up{")}
    assert len(last) == len(miners)
    assert [name for name, value in last.items() if value != ("0.0" if "-off-" in name else "1.0")] == []
    expected = {"expr": FIRED, "eval_time": f"{MINUTES}m", "exp_samples": []}
    test = {"interval": "1m", "input_series": list(series(history)), "promql_expr_test": [expected]}
    done = promtool([test], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
