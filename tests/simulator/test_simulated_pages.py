"""Simulated miners as the exporter reads them, and the pages, frames and logins of those without port 4028."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exporter import config, decode
from exporter.commands import demo
from exporter.config import Credential
from exporter.config.secret import Secret
from exporter.core.errors import Denied, ExporterError
from exporter.decode.axeos.web import INFO
from exporter.decode.blackminer.volcminer import STATUS as VOLCMINER
from exporter.decode.braiins.rest import DETAILS, VERSION
from exporter.decode.common.nested import at as below
from exporter.decode.elphapex import SYSTEM
from exporter.decode.fluminer import POOLS as FLUMINER_POOLS
from exporter.decode.fluminer import SUMMARY as FLUMINER_SUMMARY
from exporter.decode.iceriver import PANEL
from exporter.decode.jasminer import STATUS as JASMINER
from exporter.decode.obelisk import DASHBOARD
from exporter.parse.jsontext import parse
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.questions import Page, Question, request
from exporter.simulator import FAMILIES, MIX, Miner, answer, configuration, fleet, server, serving, sockets
from exporter.simulator.dialect import Simulated
from exporter.simulator.faults import FAULTS
from exporter.simulator.frames import Frames
from exporter.simulator.life import CONDITIONS
from exporter.simulator.logins import KEY
from exporter.simulator.web import Web
from exporter.transport import http
from exporter.transport.surfaces import Surfaces
from tests.harness.recorded import outside_of_time
from tests.harness.support import SERIES, free_port, parsed, samples, target
from tests.harness.unwired import asks, wire

Series = dict[str, dict[tuple[str, ...], float]]
NOW = 1_770_000_000.0
HOUR = 3600
NETWORK = f"127.{32 + os.getpid() % 200}.0.0/16"
KINDS = fleet()
ELSEWHERE = [miner for miner in KINDS if not miner.dialect.moves]
SHOWN = {family.name: family.shown or family.name for family in decode.families()}


def named(of: Miner) -> str:
    """The family and the miner, so that `-k <family>` selects all of its tests."""
    return f"{of.family}-{of.name}"


def of_kinds(miners: list[Miner]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("of", miners, ids=named)


kinds = of_kinds(KINDS)


def at(time: float = NOW) -> Callable[[], float]:
    return lambda: time


def afflicted(of: Miner, condition: str | None) -> Miner:
    """The miner with that condition, at a time at which it holds."""
    found = replace(of, condition=condition, clock=at())
    assert condition is None or condition in found.dialect.conditions
    for second in range(HOUR):
        found.clock = at(NOW + second)
        if condition is None or condition == "dead_board" or found.moment().has(condition):
            return found
    pytest.fail(f"{condition} never holds")


def simulated(family: str, condition: str | None = None) -> Miner:
    return afflicted(fleet(1, families=[family])[0], condition)


async def read(miner: Miner) -> Series:
    """One poll's samples of the miner, without sockets, logins and pauses between questions."""
    of = target(miner.name)
    with outside_of_time():
        await poll(of, asks(miner), SERIES)
    return samples(of)


def total(page: Series, *names: str) -> float | None:
    """The sum over the samples of one of the metrics, the highest; None without samples."""
    return max((sum(page[name].values()) for name in names if page.get(name)), default=None)


METRICS = {
    "rate": ("asic_hashrate_hashes_per_second",),
    "watts": ("asic_power_watts",),
    "fans": ("asic_fan_speed_rpm",),
    "boards": ("asic_board_hashrate_hashes_per_second",),
    "accepted": ("asic_shares_accepted_total", "asic_pool_shares_accepted_total"),
    "rejected": ("asic_shares_rejected_total", "asic_pool_shares_rejected_total"),
    "stale": ("asic_shares_stale_total", "asic_pool_shares_stale_total"),
}
TESTED_ALONE = {"board_up", "failed_chips"}


def stated(of: Miner) -> set[str]:
    """The readings that the dialect states; none of fans that the machine does not have."""
    return set(of.dialect.readings.split()) - ({"fans"} if not of.machine.fans else set())


@kinds
@pytest.mark.parametrize("later", [0, 100, 40_000])
async def test_the_exporter_reads_what_the_miner_does(of: Miner, later: int) -> None:
    miner = replace(of, condition=None, clock=at(NOW + later))
    moment, page = miner.moment(), await read(miner)
    assert list(page["asic_up"].values()) == [1]
    assert SHOWN[of.family] in next(iter(page["asic_miner_info"]))
    truth = {
        "rate": moment.rate,
        "watts": moment.watts,
        "fans": sum(moment.fans),
        "boards": moment.rate,
        **{name: moment.total(name) for name in ("accepted", "rejected", "stale")},
    }
    found = {name: value for name, names in METRICS.items() if (value := total(page, *names)) is not None}
    assert found.keys() == stated(of) - TESTED_ALONE, "the page's readings are not those that the dialect states"
    for name, value in found.items():  # a rate may be a mean over up to 30 s
        assert value == pytest.approx(truth[name], rel=0.03), name
    states = {keys[0] for keys, on in page["asic_miner_state"].items() if on}
    assert states == {"mining"}


@pytest.mark.parametrize("kind", MIX, ids=lambda kind: f"{kind.family}-{kind.machine.short}")
def test_a_dialect_states_readings_and_symptoms_that_are_tested(kind: Simulated) -> None:
    dialect = kind.dialect
    words, known = set(dialect.readings.split()), METRICS.keys() | TESTED_ALONE
    assert words <= known, f"readings: take out {words - known}, the words are {' '.join(sorted(known))}"
    assert "board_up" not in words or kind.shows("dead_board"), "readings has board_up: add dead_board to conditions"
    shown = kind.shows("failing_board")
    assert shown or "failed_chips" not in words, "readings has failed_chips: add failing_board to conditions"
    assert "failed_chips" in words or not shown, (
        "conditions has failing_board: let the answers count failed chips and add failed_chips to readings, "
        "or take failing_board out"
    )
    assert dialect.conditions, "conditions is empty: hot and restless show in nearly all answers"
    unknown = dialect.conditions - CONDITIONS.keys()
    assert not unknown, f"conditions: take out {set(unknown)}, the words are those of life.CONDITIONS"
    beyond = dialect.symptoms.keys() - dialect.conditions
    assert not beyond, f"symptoms of {beyond}: add them to conditions"
    assert all(dialect.symptoms.values()), "symptoms: give each condition a sample, or leave the condition out"


SYMPTOMS = [(of, condition) for of in KINDS for condition in of.dialect.symptoms]


@pytest.mark.parametrize(("of", "condition"), SYMPTOMS, ids=lambda each: each if isinstance(each, str) else named(each))
async def test_conditions_are_seen(of: Miner, condition: str) -> None:
    page = await read(afflicted(of, condition))
    for line in of.dialect.symptoms[condition]:
        ((name, shown),) = parsed(f"{line}\n").items()
        assert shown.items() <= page[name].items()


@of_kinds([of for of in KINDS if "board_up" in stated(of)])
async def test_a_dead_board_is_down(of: Miner) -> None:
    miner = afflicted(of, "dead_board")
    page = await read(miner)
    # In the order of their numbers; names have that of the page.
    shown = sorted(page["asic_board_up"].items(), key=lambda each: int(each[0][0]) if each[0][0].isdecimal() else 0)
    ups = [up for _, up in shown]
    assert ups == [float(board.works) for board in miner.moment().boards]
    assert ups.count(0) == 1


@of_kinds([of for of in KINDS if "failed_chips" in stated(of)])
async def test_a_failing_board_has_bad_chips(of: Miner) -> None:
    miner = afflicted(of, "failing_board")
    page = await read(miner)
    bad = total(page, "asic_board_chips_failed")
    if bad is None:
        bad = miner.machine.chips * miner.machine.boards - (total(page, "asic_board_chips") or 0)
    assert bad == miner.machine.chips // 5


@kinds
async def test_every_condition_is_readable_at_every_time(of: Miner) -> None:
    for condition in sorted(of.dialect.conditions - ({"failed_fan"} if not of.machine.fans else set())):
        miner = replace(of, condition=condition)
        for second in range(0, HOUR, 450):
            miner.clock = at(NOW + second)
            page = await read(miner)
            assert list(page["asic_up"].values()) == [1], (condition, second)


@pytest.mark.parametrize("family", SHOWN)
def test_every_family_of_the_exporter_is_simulated(family: str) -> None:
    """But for a second surface of a firmware that is simulated on its first."""
    there = family in FAMILIES or SHOWN[family] != family
    assert there, f"add a file to exporter/simulator/dialects/ with SIMULATED = (Simulated({family!r}, ...),)"


def test_no_other_family_is_simulated() -> None:
    assert set(FAMILIES) <= set(SHOWN)


# What the servers say to what is no question of the exporter's.


def head(said: bytes) -> tuple[int, bytes]:
    """(status, body)"""
    top, _, body = said.partition(b"\r\n\r\n")
    assert top.startswith(b"HTTP/1.1 ")
    assert b"Connection: close" in top
    return int(top.split()[1]), body


@pytest.mark.parametrize("miner", ELSEWHERE, ids=named)
def test_nothing_but_the_right_question_is_answered(miner: Miner) -> None:
    dialect = miner.dialect
    if isinstance(dialect, Frames):
        body = b'{"cmd":"set.system.reboot","param":"now"}'
        assert json.loads(answer(miner, len(body).to_bytes(4, "little") + body)[4:])["code"] == -1
        assert json.loads(answer(miner, b"\2\0\0\0[]")[4:])["code"] == -2
        return
    assert isinstance(dialect, Web)
    for path in dialect.pages:
        posted = dialect.posted.get(path)
        line = f"GET {path}?x=1" if posted is None else f"POST {path}?{posted}"
        status, body = head(answer(miner, f"{line} HTTP/1.1\r\nHost: x\r\n\r\n".encode()))
        assert status == (401 if dialect.lock and path not in dialect.open else 200)
        assert status == 401 or json.loads(body)
        if posted is not None:
            assert head(answer(miner, f"POST {path}?post=5 HTTP/1.1\r\n\r\n".encode()))[0] == 400
        wrong = "POST" if posted is None else "GET"
        assert head(answer(miner, f"{wrong} {path} HTTP/1.1\r\n\r\n".encode()))[0] in {401, 405}
    locked = 401 if dialect.lock else None
    assert head(answer(miner, b"GET / HTTP/1.0\r\n\r\n"))[0] == (locked or 404)
    assert head(answer(miner, b"GET /cgi-bin/reboot.cgi HTTP/1.1\r\n\r\n"))[0] == (locked or 404)
    for nonsense in (b'{"command":"version"}\n', b"", b"GET /\r\n", b"get / HTTP/1.1\r\n\r\n"):
        assert head(answer(miner, nonsense))[0] == 400


def test_a_request_is_whole_when_all_of_it_came() -> None:
    web, framed = Web("x", {}), Frames("x", {})
    for request_ in (b"GET /a HTTP/1.1\r\nHost: b\r\n\r\n", b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"):
        assert not any(web.whole(request_[:end]) for end in range(len(request_)))
        assert web.whole(request_)
    assert web.whole(b'{"command":"version"}\n')
    assert not any(framed.whole(b"\2\0\0\0{}"[:end]) for end in range(6))
    assert framed.whole(b"\2\0\0\0{}")


# Over real sockets, on ports of their own where their own ports are not for everybody.


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Miner, Question], None]]:
    """Moves a miner, and the pages that it is asked for, to a free port."""

    def move(miner: Miner, *pages: Question) -> None:
        assert isinstance(miner.dialect, Web)
        miner.port = free_port()
        miner.dialect = replace(miner.dialect, port=miner.port)
        miner.host = "127.0.0.1"
        for page in pages:
            before.append((page, page.port))
            object.__setattr__(page, "port", miner.port)

    before: list[tuple[Question, int]] = []
    yield move
    for page, port in reversed(before):
        object.__setattr__(page, "port", port)


def client(page: Page, password: str = KEY.password) -> http.Web:
    assert page.login is not None
    return http.Web("127.0.0.1", Credential(KEY.username, Secret(password)), page.login, limit=1 << 18)


@pytest.mark.both_loops
async def test_elphapex_wants_a_digest(moved: Callable[..., None]) -> None:
    miner = simulated("elphapex")
    moved(miner, SYSTEM)
    async with serving([miner]):
        for _ in range(2):
            assert json.loads(await client(SYSTEM).get(request(SYSTEM)))["minertype"] == "DG1+"
        with pytest.raises(Denied):
            await client(SYSTEM, "wrong").get(request(SYSTEM))
        with pytest.raises(Denied):
            await http.Web("127.0.0.1", None, limit=1 << 18).get(request(SYSTEM))


@pytest.mark.both_loops
async def test_braiins_gives_a_token_for_an_hour(moved: Callable[..., None]) -> None:
    miner = simulated("braiins_rest")
    moved(miner, DETAILS, VERSION)
    async with serving([miner]):
        of = client(DETAILS)
        assert json.loads(await of.get(request(DETAILS)))["hostname"] == miner.name
        miner.clock = at(NOW + HOUR)  # the token has expired, and is renewed
        assert json.loads(await of.get(request(DETAILS)))["bosminer_uptime_s"] == miner.moment().elapsed
        stranger = http.Web("127.0.0.1", None, limit=1 << 18)
        assert json.loads(await stranger.get(request(VERSION))) == {"major": 1, "minor": 3, "patch": 0}
        for one in (stranger, client(DETAILS, "wrong")):
            with pytest.raises(Denied):
                await one.get(request(DETAILS))


@pytest.mark.both_loops
async def test_obelisk_gives_a_session_for_an_hour(moved: Callable[..., None]) -> None:
    miner = simulated("obelisk")
    moved(miner, DASHBOARD)
    async with serving([miner]):
        of = client(DASHBOARD)
        for later in (0, 1, HOUR):  # the session has expired, and is renewed
            miner.clock = at(NOW + later)
            said = json.loads(await of.get(request(DASHBOARD)))
            assert below(said, "poolStatus", 0, "accepted") == miner.moment().pools[0].accepted
        for one in (http.Web("127.0.0.1", None, limit=1 << 18), client(DASHBOARD, "wrong")):
            with pytest.raises(Denied):
                await one.get(request(DASHBOARD))


@pytest.mark.both_loops
async def test_fluminer_gives_its_pools_for_a_session(moved: Callable[..., None]) -> None:
    miner = simulated("fluminer")
    moved(miner, FLUMINER_POOLS, FLUMINER_SUMMARY)
    stranger = http.Web("127.0.0.1", None, limit=1 << 18)
    async with serving([miner]):
        of = client(FLUMINER_POOLS)
        for later in (0, 1, HOUR):
            miner.clock = at(NOW + later)
            said = json.loads(await of.get(request(FLUMINER_POOLS)))
            assert below(said, "data", "pools", 1, "url") == miner.moment().pools[1].url
        summary = json.loads(await stranger.get(request(FLUMINER_SUMMARY)))
        assert below(summary, "data", "summary", 0, "acc") == str(miner.moment().total("accepted"))
        for one in (stranger, client(FLUMINER_POOLS, "wrong")):
            with pytest.raises(Denied):
                await one.get(request(FLUMINER_POOLS))


@pytest.mark.both_loops
@pytest.mark.parametrize(("family", "page"), [("jasminer", JASMINER), ("volcminer_web", VOLCMINER)])
async def test_jasminer_and_volcminer_want_a_digest(family: str, page: Page, moved: Callable[..., None]) -> None:
    miner = simulated(family)
    moved(miner, page)
    async with serving([miner]):
        document, _ = parse(await client(page).get(request(page)))
        assert below(document, "boards" if family == "jasminer" else "data")
        for one in (http.Web("127.0.0.1", None, limit=1 << 18), client(page, "wrong")):
            with pytest.raises(Denied):
                await one.get(request(page))


@pytest.mark.both_loops
async def test_iceriver_is_read_by_post(moved: Callable[..., None]) -> None:
    miner = simulated("iceriver")
    moved(miner, PANEL)
    async with serving([miner]):
        said = json.loads(await http.Web("127.0.0.1", None, limit=1 << 18).get(request(PANEL)))
    assert below(said, "data", "fans") == miner.moment().fans


def test_a_digest_is_for_one_page_of_one_miner() -> None:
    miner, other = fleet(2, families=["elphapex"], clock=at())
    path = "/cgi-bin/get_power.cgi"

    def said(of: Miner, uri: str, authorization: str = "") -> int:
        line = f"GET {uri} HTTP/1.1\r\nAuthorization: {authorization}\r\n\r\n"
        return head(answer(of, line.encode()))[0]

    challenge = answer(miner, f"GET {path} HTTP/1.1\r\n\r\n".encode()).decode()
    nonce, realm = challenge.split('nonce="')[1].split('"')[0], challenge.split('realm="')[1].split('"')[0]

    def md5(*parts: str) -> str:
        return hashlib.md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()

    proof = md5(md5(KEY.username, realm, KEY.password), nonce, "01", "c", "auth", md5("GET", path))
    fields = {"username": KEY.username, "nonce": nonce, "uri": path, "cnonce": "c", "response": proof}
    right = "Digest nc=01, qop=auth, " + ", ".join(f'{name}="{value}"' for name, value in fields.items())
    assert said(miner, path, right) == 200
    assert said(other, path, right) == 401
    assert said(miner, "/cgi-bin/stats.cgi", right) == 401
    assert said(miner, path, "Basic cm9vdDpyb290") == 401


@pytest.mark.both_loops
@pytest.mark.parametrize("fault", FAULTS)
async def test_no_fault_makes_a_reading_up(fault: str, moved: Callable[..., None], monkeypatch: Any) -> None:
    """A page that was not had whole is a typed error, or tells the truth."""
    monkeypatch.setattr(server, "_LINE_WAIT", 0.2)
    miner = simulated("axeos")
    miner.clock = at(NOW - NOW % 120)
    moved(miner, INFO)
    miner.fault = fault
    of = http.Web("127.0.0.1", None, limit=1 << 18)
    async with serving([miner]):
        try:
            async with asyncio.timeout(3):
                said = await of.get(request(INFO))
        except (ExporterError, TimeoutError):
            assert fault not in {"slow", "lying", "hostile", "truncated", "flapping"}
        else:
            assert fault in {"slow", "lying", "hostile", "truncated", "flapping"}
            right = answer(miner, wire(request(INFO))).partition(b"\r\n\r\n")[2]
            assert (said == right) == (fault in {"slow", "flapping"})


async def framed(miner: Miner, *frames: bytes) -> bytes:
    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection(miner.host, miner.port)
        try:
            for part in frames:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0.05)
            return await reader.read()
        finally:
            writer.close()


@pytest.mark.both_loops
@pytest.mark.parametrize("fault", [None, "hostile", "lying"])
async def test_a_frame_has_its_right_length_whatever_is_in_it(fault: str | None) -> None:
    miner = simulated("whatsminer_v3")
    miner.host, miner.port, miner.fault = "127.0.0.1", free_port(), fault
    body = b'{"cmd":"get.miner.status","param":"summary+pools"}'
    asked = len(body).to_bytes(4, "little") + body
    async with serving([miner]):
        said = await framed(miner, asked[:2], asked[2:9], asked[9:])
    assert int.from_bytes(said[:4], "little") == len(said) - 4
    if fault is None:
        assert below(json.loads(said[4:]), "msg", "pools", 0, "url") == "stratum+tcp://pool-a.example:3333"


def privileged() -> bool:
    """Whether this user may listen on port 80."""
    with socket.socket() as tried, suppress(PermissionError):
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind((NETWORK.replace("0.0/16", "255.7"), 80))
        return True
    return False


@asynccontextmanager
async def watched(miners: list[Miner]) -> AsyncIterator[tuple[list[Miner], list[Target]]]:
    """(the miners that are there, a target for each, as the configuration that is printed names them)"""
    async with serving(miners) as there:
        text = configuration(there).encode()
        known = frozenset(SHOWN)
        of = config.parse(text, Path("simulated.yaml"), families=known, reserved=frozenset())
        yield there, [Target(spec) for spec in of.targets]


async def test_every_simulated_miner_is_up_and_of_its_family() -> None:
    miners = fleet(listen=NETWORK)
    async with watched(miners) as (there, targets):
        assert len(there) == len(targets)
        assert len(there) == len(MIX) or not privileged()
        surfaces, families = Surfaces(limit=1 << 18), {miner.name: miner.family for miner in there}
        assert set(families.values()) >= {kind.family for kind in MIX if kind.dialect.port >= 1024}
        for of in targets:
            await poll(of, surfaces.asker(of.spec), SERIES)
            family = families[of.spec.name]
            assert of.up, f"{family}: {of.error}; compare paths, port and lock with the decoder"
            assert of.learnt.family
            assert of.learnt.family.name == family
            (keys,) = samples(of)["asic_miner_info"]
            assert SHOWN[family] in keys


async def test_who_may_not_listen_on_port_80_has_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    real = sockets.bind

    def bind(host: str, port: int) -> socket.socket:
        if port < 1024:
            raise PermissionError(13, "Permission denied")
        return real(host, port)

    monkeypatch.setattr(sockets, "bind", bind)
    miners = fleet(listen=NETWORK)
    async with serving(miners) as there:
        assert [miner.name for miner in there] == [miner.name for miner in miners if miner.port >= 1024]
        assert {"epic", "whatsminer_v3"} <= {miner.family for miner in there}
    (line,) = demo.left_out(miners, there)
    missing = [miner.family for miner in miners if miner.port == 80]
    assert line == (
        f"{len(missing)} more are left out, as port 80 of their addresses is in use or not for this user: "
        + ", ".join(sorted(set(missing)))
    )
    assert {"axeos", "obelisk"} <= set(missing)
    assert list(demo.left_out(miners, miners)) == []
    with pytest.raises(PermissionError):
        async with serving(fleet(2, listen=NETWORK, families=["axeos"])):
            pass


async def test_without_addresses_of_their_own_only_movable_miners_are_served() -> None:
    miners = fleet(listen="203.0.113.0/24")
    async with serving(miners) as there:
        assert {miner.host for miner in there} == {"127.0.0.1"}
        assert all(miner.dialect.moves for miner in there)


def test_the_configuration_has_what_a_login_takes() -> None:
    text = configuration(KINDS)
    logins = Counter(miner.dialect.login for miner in KINDS if miner.dialect.login)
    assert {"elphapex", "braiins", "obelisk", "ebang", "fluminer", "jasminer", "blackminer"} <= logins.keys()
    for login, groups in logins.items():
        assert text.count(f"credentials: {{{login}: simulated}}") == groups
    assert "credentials" not in configuration([miner for miner in KINDS if not miner.dialect.login])
    assert "port:" not in text
