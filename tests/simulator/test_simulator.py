"""The simulated fleet: what each miner says, that its numbers hold together, and how it behaves on the wire."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
import yaml

from exporter.simulator import FAMILIES, MIX, Miner, answer, configuration, fleet, server, serving
from exporter.simulator.api import Api
from exporter.simulator.faults import FAULTS
from exporter.simulator.life import CONDITIONS
from exporter.simulator.parts import Pool

NOW = 1_770_000_000.0
WAIT = 20
# Each process has addresses of its own, so that test runs beside each other do not meet.
pytestmark = pytest.mark.both_loops
NETWORK = f"127.{32 + os.getpid() % 200}.0.0/16"
QUESTION = b'{"command":"pools"}'
KIND = {"F": "fans", "N": "network", "P": "temp", "R": "rate"}
SECTIONS = {"summary": "SUMMARY", "pools": "POOLS", "devs": "DEVS", "stats": "STATS", "version": "VERSION"}


def at(time: float = NOW) -> Callable[[], float]:
    return lambda: time


def speaking(miners: list[Miner]) -> list[Miner]:
    """Those with the API of port 4028; of the others see test_simulated_pages.py."""
    return [miner for miner in miners if isinstance(miner.dialect, Api)]


def variants(time: float = NOW) -> list[Miner]:
    """One miner of each kind."""
    kinds = {(miner.model, miner.dialect.description): miner for miner in fleet(clock=at(time))}
    return speaking(list(kinds.values()))


def ask(miner: Miner, command: str, **extra: object) -> bytes:
    return answer(miner, json.dumps({"command": command, **extra}).encode())


def read(miner: Miner, command: str, **extra: object) -> Any:
    body = ask(miner, command, **extra)
    assert body[-1:] in {b"\0", b"\n"}
    return json.loads(body[:-1].replace(b"}{", b"},{"))


def rows(miner: Miner, command: str) -> list[dict[str, Any]]:
    reply: list[dict[str, Any]] = read(miner, command)[SECTIONS[command]]
    return reply


def find(short: str, **kinds: Any) -> Miner:
    return next(miner for miner in fleet(16, **kinds) if miner.machine.short == short)


def afflicted(condition: str, families: list[str]) -> Miner:
    return next(miner for miner in fleet(96, families=families) if miner.condition == condition)


@pytest.mark.parametrize("miner", variants(), ids=lambda miner: f"{miner.family}-{miner.name}")
def test_every_command_has_its_frame(miner: Miner) -> None:
    assert isinstance(miner.dialect, Api)
    for command in miner.dialect.commands:
        body = ask(miner, command, parameter="0")
        reply = read(miner, command, parameter="0")
        told = miner.dialect.reply(miner.moment(), command, "0")
        assert body.endswith(miner.dialect.end.encode())
        if told.body is not None:  # STATUS is a letter, and the row is under Msg
            assert set(reply) == {"STATUS", "When", "Code", "Msg", "Description"}
            assert reply["STATUS"] == "S"
            assert reply["Msg"]
            continue
        assert (b"}{" in body) == (not told.glue)
        assert reply["id"] == 1
        (status,) = reply["STATUS"]
        assert status["When"] == int(NOW)
        assert status["Description"] == miner.dialect.description
        without = command == "fans" and not miner.machine.fans
        assert status["STATUS"] == ("E" if without else "S")
        assert (len(reply) > 2) != without


@pytest.mark.parametrize("miner", variants(), ids=lambda miner: f"{miner.family}-{miner.name}")
def test_joins_are_nested_flat_or_refused(miner: Miner) -> None:
    assert isinstance(miner.dialect, Api)
    reply = read(miner, "summary+pools+nonsense")
    if miner.dialect.joins == "refused":
        assert reply["STATUS"][0]["Code"] == 14
        assert set(reply) == {"STATUS", "id"}
    elif miner.dialect.joins == "flat":
        assert set(reply) == {"SUMMARY", "POOLS", "STATUS", "id"}
        assert [status["STATUS"] for status in reply["STATUS"]] == ["S", "S", "E"]
    else:
        assert reply["summary"][0]["SUMMARY"] == rows(miner, "summary")
        assert reply["pools"][0]["POOLS"] == rows(miner, "pools")
        assert reply["nonsense"][0]["STATUS"][0]["Msg"] == "Invalid command"


def test_odd_requests() -> None:
    stick = find("usb", clock=at())
    text = answer(stick, b"summary|0\n").decode()
    assert text.startswith(f"STATUS=S,When={int(NOW)},Code=11,Msg=Summary,Description=cgminer 4.12.1|SUMMARY,Elapsed=")
    assert text.endswith("|\0")
    assert answer(stick, b"version+pools").startswith(b"CMD=version|STATUS=S,")
    assert json.loads(answer(stick, b"{")[:-1])["STATUS"][0]["Code"] == 23
    assert json.loads(answer(stick, b'{"cmd":"summary"}')[:-1])["STATUS"][0]["Code"] == 24
    assert read(stick, "restart")["STATUS"][0]["Msg"] == "Access denied to 'restart' command"
    assert ask(find("s19kpro"), "healthchipget") == b""


def test_dialects_differ_where_the_real_ones_do() -> None:
    assert {miner.family for miner in variants() if b"}{" in ask(miner, "stats")} == {"antminer", "blackminer"}
    assert {miner.family for miner in variants() if ask(miner, "version").endswith(b"\n")} == {"dcentos"}
    assert read(find("m50", families=["whatsminer"]), "status")["STATUS"] == "S"
    assert read(find("s19pro", families=["antminer"]), "summary+pools")["STATUS"][0]["Code"] == 14
    pro = find("s19pro", clock=at())
    assert {"Pool Stale%%", "Diff"} <= set(rows(pro, "pools")[0])
    assert rows(pro, "pools")[0]["Last Share Time"].startswith("0:00:")
    assert "total rate" in rows(pro, "stats")[1]
    assert ask(pro, "stats", new_api=True) == ask(pro, "stats")
    s21 = find("s21", families=["antminer"], clock=at())
    page = read(s21, "stats", new_api=True)
    assert page["STATUS"]["STATUS"] == "S"
    assert page["STATS"][0]["chain"][0]["asic_num"] == 108
    assert page["STATS"][0]["watt"] > 3000
    s9 = find("s9", families=["antminer"], clock=at())
    assert isinstance(rows(s9, "stats")[1]["GHS 5s"], str)
    assert {slot for slot in range(1, 17) if rows(s9, "stats")[1][f"chain_acn{slot}"]} == {6, 7, 8}
    lux = find("s19kpro", clock=at())
    assert [row["ID"] for row in rows(lux, "devs")] == [2, 0, 1]
    (summary,) = rows(lux, "summary")
    assert summary["Total MH"] == pytest.approx(summary["GHS av"] * 1e3, rel=1e-6)
    assert len(read(lux, "healthchipget", parameter="1")["CHIPS"]) == 77
    (flat,) = rows(find("s9", families=["dcentos"], clock=at()), "summary")
    assert all(flat[key] == 0 for key in flat["_DCENTUnsupported"])
    assert {row["User"] for row in rows(find("s9", families=["dcentos"], clock=at()), "pools")} == {"***"}
    for short, key in (("s9", "BOSminer+"), ("s19", "BOSer")):
        bos = find(short, families=["braiins"], clock=at())
        assert key in rows(bos, "version")[0]
        assert (read(bos, "devdetails")["DEVDETAILS"][0]["Frequency"] > 1e6) == (short == "s9")
    assert rows(find("s17"), "pools")[-1]["Priority"] == 993


def hourly(miner: Miner, step: int = 15) -> Iterator[tuple[int, dict[str, Any], list[dict[str, Any]]]]:
    """(seconds since the start, summary, pools), again and again for an hour"""
    for second in range(0, 3600, step):
        miner.clock = at(NOW + second)
        yield miner.moment().elapsed, rows(miner, "summary")[0], rows(miner, "pools")


def shares(pools: list[dict[str, Any]]) -> dict[str, int]:
    return {key: sum(pool[key] for pool in pools) for key in ("Accepted", "Rejected", "Stale")}


@pytest.mark.parametrize("miner", speaking(fleet()), ids=lambda miner: f"{miner.family}-{miner.name}-{miner.condition}")
def test_counters_only_grow_and_add_up(miner: Miner) -> None:
    assert isinstance(miner.dialect, Api)
    age, before = 0, dict[str, Any]()
    for elapsed, summary, pools in hourly(miner):
        counters = shares(pools)
        meant = {key: value for key, value in summary.items() if key not in miner.dialect.misnamed}
        assert meant.get("Elapsed", elapsed) == elapsed
        for key, value in counters.items():
            assert meant.get(key, value) == value
        counters |= {key: meant[key] for key in ("Discarded", "Hardware Errors", "Total MH") if key in meant}
        if "Total MH" in meant and elapsed >= 60:
            mean = float(meant["MHS av"]) if "MHS av" in meant else meant["GHS av"] * 1e3
            assert meant["Total MH"] == pytest.approx(mean * elapsed, rel=0.03)
        if before and age <= elapsed:
            assert elapsed == pytest.approx(age + 15, abs=1)
            for key, value in counters.items():
                assert value >= before[key], key
        elif before:
            assert elapsed <= 15
        age, before = elapsed, counters


def test_a_restless_miner_restarts_and_a_healthy_one_does_not() -> None:
    def restarts(miner: Miner) -> int:
        elapsed = [seconds for seconds, _, _ in hourly(miner)]
        return sum(later < earlier for earlier, later in pairwise(elapsed))

    miners = speaking(fleet())
    assert restarts(next(miner for miner in miners if miner.condition == "restless")) >= 6
    assert sum(restarts(miner) for miner in miners if miner.condition is None) <= 1


def test_windows_forget_and_the_average_does_not() -> None:
    sleeper = afflicted("sleeping", ["luxos"])
    seen = [summary for _, summary, _ in hourly(sleeper, 60)]
    assert any(one["GHS 1m"] == 0 < one["GHS 5m"] for one in seen)
    assert all(one["GHS av"] > 0 for one in seen)


def test_accepted_never_steps_back() -> None:
    pools = [Pool(0, "", "", True, True, 1.0, submitted, None, 0) for submitted in range(10_000)]
    assert all(0 <= later.accepted - earlier.accepted <= 1 for earlier, later in pairwise(pools))
    assert all(pool.accepted + pool.rejected + pool.stale == pool.submitted for pool in pools)


def test_shares_follow_the_hashrate() -> None:
    for miner in fleet(16):
        (young, _, first), (old, _, last) = hourly(miner, 1800)
        if miner.condition is None and old > young:
            submitted = sum(shares(last).values()) - sum(shares(first).values())
            assert submitted == pytest.approx(1800 / 8, rel=0.5)


def test_one_miner_of_each_kind_shows_every_condition_and_is_mostly_healthy() -> None:
    found = [miner.condition for miner in fleet()]
    assert set(found) == {*CONDITIONS, None}
    assert found.count(None) >= len(MIX) // 2


@pytest.mark.parametrize("kinds", range(1, len(MIX) + 1))
def test_no_kind_of_miner_is_always_ill_or_always_well(kinds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporter.simulator.miners.MIX", MIX[:kinds])
    seen: dict[int, set[bool]] = {}
    for index, miner in enumerate(fleet(3 * kinds)):
        seen.setdefault(index % kinds, set()).add(miner.condition is None)
    assert list(seen.values()) == [{True, False}] * kinds


def over_an_hour(miner: Miner, look: Callable[[Miner], object]) -> set[object]:
    seen = set()
    for second in range(0, 3600, 60):
        miner.clock = at(NOW + second)
        seen.add(look(miner))
    return seen


def test_conditions_show_in_the_answers() -> None:
    lux, stock = ["luxos"], ["antminer"]

    def events(miner: Miner) -> object:
        return ",".join(event["Code"] for event in read(miner, "events")["EVENTS"])

    sleeper = afflicted("sleeping", lux)
    assert over_an_hour(sleeper, lambda m: read(m, "config")["CONFIG"][0]["CurtailMode"]) == {"None", "Sleep"}
    assert over_an_hour(sleeper, events) == {"", "SLEEP"}
    asleep = afflicted("sleeping", stock)
    assert over_an_hour(asleep, lambda m: rows(m, "stats")[1]["Mode"]) == {2, 254}
    failing = afflicted("failing_board", ["vnish"])
    bad = over_an_hour(failing, lambda m: sum(rows(m, "stats")[1][f"chain_acs{n}"].count("x") for n in (1, 2, 3)))
    assert bad == {0, 9}
    fan = afflicted("failed_fan", lux)
    assert over_an_hour(fan, lambda m: sum(row["RPM"] == 0 for row in read(m, "fans")["FANS"])) == {1}
    assert not any(m.condition == "failed_fan" for m in fleet(96) if not m.machine.fans)
    pools = afflicted("dead_pool", lux)
    alive = over_an_hour(pools, lambda m: tuple((row["Status"], row["Stratum Active"]) for row in rows(m, "pools")))
    assert alive == {(("Alive", True), ("Alive", False)), (("Dead", False), ("Alive", True))}
    tuner = afflicted("tuning", ["braiins"])
    stages = over_an_hour(tuner, lambda m: read(m, "tunerstatus")["TUNERSTATUS"][0]["TunerChainStatus"][0]["Status"])
    assert stages == {"Stable", "Tuning individual chips"}
    hot = afflicted("hot", lux)
    degrees = [float(str(d)) for d in over_an_hour(hot, lambda m: rows(m, "stats")[1]["temp_max"])]
    assert max(degrees) - min(degrees) > 10


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("failed_fan", r"F[0-3]:1"),
        ("dead_board", r"J[0-2]:2"),
        ("failing_board", r"(J[0-2]:1)?"),
        ("hot", r"(P:1)?"),
        ("dead_pool", ""),
        ("sleeping", ""),
    ],
)
def test_a_newer_antminer_tells_what_is_wrong_with_it(condition: str, code: str) -> None:
    newer = [miner for miner in fleet(400, families=["antminer"]) if miner.machine.short == "s21"]
    ill = next(miner for miner in newer if miner.condition == condition)

    def codes(miner: Miner) -> str:
        judged = {row["type"] for row in read(miner, "summary", new_api=True)["SUMMARY"][0]["status"] if row["msg"]}
        said = [row["code"] for row in read(miner, "warning", new_api=True)["WARNING"]]
        assert judged == {KIND[code[0]] for code in said if code[0] in KIND}
        return ",".join(code for code in said if code != "R:1")  # which warms up, too

    seen = over_an_hour(ill, codes)
    assert len(seen) == (2 if code.endswith("?") else 1)
    assert all(re.fullmatch(code, str(each)) for each in seen)


def test_the_seed_decides() -> None:
    def speech(**kinds: Any) -> list[bytes]:
        return [ask(miner, "summary") + ask(miner, "pools") for miner in fleet(20, clock=at(), **kinds)]

    assert speech() == speech(seed=1)
    assert speech() != speech(seed=2)
    assert len({miner.name for miner in fleet(200)}) == 200
    assert {miner.family for miner in fleet()} == set(FAMILIES)
    with pytest.raises(ValueError, match="unknown"):
        fleet(1, families=["toaster"])
    with pytest.raises(ValueError, match="fit"):
        fleet(300, listen="127.28.0.0/24")


def test_the_configuration_is_yaml() -> None:
    miners = fleet()
    miners[3].port = 40283
    settings = yaml.safe_load(configuration(miners))
    targets = [target for group in settings["groups"] for target in group["targets"]]
    assert {target["name"]: target["host"] for target in targets} == {miner.name: miner.host for miner in miners}
    assert [target["port"] for target in targets if "port" in target] == [40283]
    assert len({target["labels"]["rack"] for target in targets}) == 4
    assert settings["global"]["interval"] == "5s"


async def fetch(miner: Miner, request: bytes = b'{"command":"version"}\n') -> bytes:
    async with asyncio.timeout(WAIT):
        reader, writer = await asyncio.open_connection(miner.host, miner.port)
        try:
            writer.write(request)
            return await reader.read()
        finally:
            writer.close()


async def test_three_hundred_miners_answer_at_once() -> None:
    miners = speaking(fleet(420, listen=NETWORK, clock=at()))[:300]
    async with serving(miners):
        assert await asyncio.gather(*map(fetch, miners)) == [ask(miner, "version") for miner in miners]
    with pytest.raises(OSError, match=r".*"):
        await fetch(miners[0])


async def test_where_no_address_can_be_had_there_are_ports() -> None:
    miners = fleet(5, listen="203.0.113.0/24", clock=at())
    async with serving(miners):
        assert {miner.host for miner in miners} == {"127.0.0.1"}
        assert len({miner.port for miner in miners}) == 5
        assert await fetch(miners[4]) == ask(miners[4], "version")


async def test_one_connection_at_a_time() -> None:
    (miner,) = fleet(1, listen=NETWORK, clock=at())
    async with serving([miner]), asyncio.timeout(WAIT):
        first, talk = await asyncio.open_connection(miner.host, miner.port)
        later = asyncio.create_task(fetch(miner))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(later), 0.3)
        talk.write(b'{"command":"version"}')
        assert await first.read() == await later
        talk.close()


async def test_dcentos_waits_for_the_line_and_luxos_can_be_knocked_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_LINE_WAIT", 0.2)
    dcent, lux = (fleet(1, listen=NETWORK, families=[family], clock=at())[0] for family in ("dcentos", "luxos"))
    lux.host = dcent.host[:-1] + "9"
    async with serving([dcent, lux]):
        assert await fetch(dcent, b'{"command":"version"}') == b""
        assert await fetch(dcent) == ask(dcent, "version")
        assert await fetch(lux, b'{"command":"healthchipget"}') == b""
        with pytest.raises(ConnectionError):
            await fetch(lux)


async def begun(miner: Miner, count: int, patience: float = WAIT) -> bytes:
    """The first bytes of an answer that may not end."""
    reader, writer = await asyncio.open_connection(miner.host, miner.port)
    writer.write(QUESTION)
    try:
        return await asyncio.wait_for(reader.readexactly(count), patience)
    finally:
        writer.transport.abort()


async def check_fault(miner: Miner, right: bytes) -> bool:
    """Whether the miner misbehaves as the name of its fault says."""
    match miner.fault:
        case "refuses":
            with pytest.raises(ConnectionRefusedError):
                await fetch(miner)
        case "silent":
            with pytest.raises(TimeoutError):
                await begun(miner, 1, 0.5)
        case "resets":
            with pytest.raises(ConnectionResetError):
                await fetch(miner, QUESTION)
        case "flapping":
            assert await fetch(miner, QUESTION) == right
            miner.clock = at(miner.clock() + 60)
            with pytest.raises(ConnectionResetError):
                await fetch(miner, QUESTION)
        case "drips":
            return await begun(miner, 3) == right[:3]
        case "endless":
            return (await begun(miner, 300_000)).startswith(b'{"STATUS":[0,0,')
        case "ssh_banner":
            return await begun(miner, 8) == b"SSH-2.0-"
        case "slow":
            return await fetch(miner, QUESTION) == right
        case "truncated":
            part = await fetch(miner, QUESTION)
            return right.startswith(part) and 0 < len(part) < len(right)
        case "lying":
            told = json.loads((await fetch(miner, QUESTION))[:-1])
            return bool(told.keys() == json.loads(right[:-1]).keys() and told != json.loads(right[:-1]))
        case "hostile":
            names = await fetch(miner, QUESTION)
            return len(names) > 65536 and b"line\nbreak" in names and b"\\ud83d" in names
        case fault:
            starts = {"empty": b"", "web_page": b"HTTP/1.1 400", "garbage": b"\x16\x03"}
            answered = await fetch(miner, QUESTION)
            return answered.startswith(starts[str(fault)]) and bool(answered) == (fault != "empty")
    return True


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_does_what_it_says(fault: str) -> None:
    (miner,) = fleet(1, listen=NETWORK, families=["braiins"], clock=at(NOW - NOW % 120))
    miner.fault, right = fault, answer(miner, QUESTION)
    async with serving([miner]), asyncio.timeout(WAIT):
        assert await check_fault(miner, right)


def test_one_miner_in_six_has_a_fault() -> None:
    faulty = [miner for miner in fleet(96, faults=True) if miner.fault]
    assert len(faulty) == 16
    assert {miner.fault for miner in faulty} == set(FAULTS)
    assert {miner.condition for miner in faulty} == {None}
