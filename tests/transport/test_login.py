"""Logins that give a token, at a real local server: what is posted, how often, and that nothing of it is ever shown."""

from __future__ import annotations

import ast
import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

import exporter
from exporter import decode
from exporter.config import Credential
from exporter.config.secret import Secret
from exporter.core.errors import Denied, Reset, WrongSpeaker
from exporter.decode.auradine.api import FREQUENCY
from exporter.decode.braiins.parts import LOGIN as BRAIINS
from exporter.decode.braiins.rest import DETAILS, FAMILY, STATS, VERSION
from exporter.decode.ebang import ALARMS
from exporter.decode.fluminer import POOLS as FLUMINER
from exporter.decode.innosilicon.web import OVERVIEW
from exporter.decode.innosilicon.web import SUMMARY as INNOSILICON
from exporter.decode.obelisk import DASHBOARD
from exporter.decode.proto import pages as proto_pages
from exporter.polling.poll import poll
from exporter.questions import REGISTRY, Call, Login, Page, Question, Request, readonly, request
from exporter.transport import http, login
from exporter.transport.http import Web
from exporter.transport.surfaces import Surfaces
from tests.harness.pages import greetings, listening_at
from tests.harness.recorded import RECORDINGS, exposition, outside_of_time
from tests.harness.support import free_port, nothing_left, target

pytestmark = pytest.mark.both_loops

PASSWORD = "pass-canary-9"
LOGIN = Credential("root", Secret(PASSWORD))
PAGE = b'{"bos_version":{"current":"26.04"},"hostname":"rig","bosminer_uptime_s":60}'


class Miner:
    """Pages behind a login whose tokens it may forget; `asked` is each method and path."""

    def __init__(self, *, password: str = PASSWORD, answer: bytes | None = None, status: int = 200) -> None:
        self.password, self.answer, self.status = password, answer, status
        self.asked: list[str] = []
        self.posted: list[bytes] = []
        self.token = ""
        self.pause = 0.0

    async def handle(self, asked: web.BaseRequest) -> web.Response:
        self.asked.append(f"{asked.method} {asked.path_qs}")
        if asked.method == "POST":
            return await self.login(asked)
        if asked.path == VERSION.path:
            return web.Response(body=b'{"major":1,"minor":3,"patch":0}')
        if not self.token or asked.headers.get("Authorization") != self.token:
            return web.Response(status=401)
        return web.Response(body=PAGE)

    async def login(self, asked: web.BaseRequest) -> web.Response:
        assert asked.path == "/api/v1/auth/login"
        assert asked.content_type == "application/json"
        self.posted.append(await asked.read())
        await asyncio.sleep(self.pause)
        if self.answer is not None or self.status != 200:
            return web.Response(body=self.answer, status=self.status)
        if json.loads(self.posted[-1])["password"] != self.password:
            return web.Response(status=401, body=PASSWORD.encode())
        self.token = f"token-canary-{len(self.posted)}"
        return web.Response(body=json.dumps({"token": self.token, "timeout_s": 3600}).encode())

    @property
    def logins(self) -> int:
        return len(self.posted)


@asynccontextmanager
async def serving(miner: Miner | Other, *pages: Question) -> AsyncIterator[None]:
    """The miner's web server, with every page at its address."""
    runner = web.ServerRunner(web.Server(miner.handle))
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    decode.families()
    try:
        with ExitStack() as stack:
            for page in {*FAMILY.fast, *FAMILY.slow, *pages, *greetings()}:
                assert isinstance(page, Page)
                stack.enter_context(listening_at(page, port))
            yield
    finally:
        await runner.cleanup()


def client(credential: Credential | None = LOGIN) -> Web:
    return Web("127.0.0.1", credential, BRAIINS, limit=4096)


async def test_one_login_gives_a_token_for_all_pages(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    miner, of = Miner(), client()
    async with nothing_left(), serving(miner):
        for page in (DETAILS, STATS, DETAILS):
            assert await of.get(request(page)) == PAGE
    assert miner.asked == ["POST /api/v1/auth/login", *(f"GET {p.path}" for p in (DETAILS, STATS, DETAILS))]
    assert json.loads(miner.posted[0]) == {"username": "root", "password": PASSWORD}
    assert of.session is not None
    shown = caplog.text + repr(vars(of)) + repr(vars(of.session))
    assert "canary" not in shown


async def test_two_pages_at_once_log_in_once() -> None:
    miner, of = Miner(), client()
    miner.pause = 0.05
    async with nothing_left(), serving(miner):
        both = await asyncio.gather(of.get(request(DETAILS)), of.get(request(STATS)))
        assert list(both) == [PAGE, PAGE]
    assert miner.logins == 1


async def test_an_expired_token_is_renewed_once() -> None:
    miner, of = Miner(), client()
    async with nothing_left(), serving(miner):
        assert await of.get(request(DETAILS)) == PAGE
        miner.token = "forgotten"
        assert await of.get(request(DETAILS)) == PAGE
        assert miner.logins == 2
        miner.token, miner.answer = "forgotten", b'{"token":"useless"}'
        with pytest.raises(Denied, match="401"):
            await of.get(request(DETAILS))
    assert miner.logins == 3


async def test_a_refused_login_is_left_alone_for_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    miner, of = Miner(password="another"), client()
    async with nothing_left(), serving(miner):
        for _ in range(3):
            with pytest.raises(Denied, match="the login was refused") as caught:
                await of.get(request(DETAILS))
            assert "canary" not in repr(caught.value) + repr(caught.value.__cause__)
        assert miner.asked == ["POST /api/v1/auth/login"]
        assert of.session is not None
        assert login.REFUSED >= 600
        of.session.refused_until -= login.REFUSED
        miner.password = PASSWORD
        assert await of.get(request(DETAILS)) == PAGE
    assert miner.logins == 2


@pytest.mark.parametrize("breaks", [False, True])
async def test_a_miner_that_takes_no_token_for_long_gets_no_storm_of_logins(breaks: bool) -> None:
    of, logins = login.LoginSession(BRAIINS, LOGIN), 0

    async def get(token: Secret | None) -> bytes:
        raise Denied("HTTP 401")

    async def post(path: str, said: bytes) -> tuple[bytes, list[str]]:
        nonlocal logins
        logins += 1
        if breaks:
            raise Reset("the connection broke")
        return b'{"token":"canary-%d"}' % logins, []

    with outside_of_time() as clock:
        for _ in range(100):
            with pytest.raises((Denied, Reset)) as caught:
                await of.get(get, post)
        assert "canary" not in repr(caught.value)
        assert logins == login.OFTEN
        await clock.sleep(login.REFUSED + 1)
        with pytest.raises((Denied, Reset)):
            await of.get(get, post)
    assert logins == login.OFTEN + 1


@pytest.mark.parametrize(
    "answer",
    [b"", b"{}", b"[]", b'{"token":5}', b'{"token":""}', b'{"token":"a\\r\\nX: canary"}',
     b'{"token":"%s"}' % (b"x" * 2000)],
)  # fmt: skip
async def test_an_answer_without_a_token_is_no_login(answer: bytes) -> None:
    miner, of = Miner(answer=answer), client()
    async with nothing_left(), serving(miner):
        for _ in range(2):
            with pytest.raises(Denied, match="the login was refused"):
                await of.get(request(DETAILS))
    assert miner.asked == ["POST /api/v1/auth/login"]
    assert isinstance(of.session and of.session.refusal, WrongSpeaker)


async def test_where_there_is_no_login_pages_are_tried_without() -> None:
    miner, of = Miner(status=404), client()
    async with nothing_left(), serving(miner):
        for _ in range(2):
            with pytest.raises(Denied, match="401"):
                await of.get(request(DETAILS))
    assert miner.asked == ["POST /api/v1/auth/login", *[f"GET {DETAILS.path}"] * 2]


async def test_a_token_that_is_configured_is_sent_and_nobody_logs_in() -> None:
    miner, of = Miner(), client(Credential(None, None, Secret("token-canary-0")))
    async with nothing_left(), serving(miner):
        miner.token = "token-canary-0"
        assert await of.get(request(DETAILS)) == PAGE
        miner.token = "forgotten"
        with pytest.raises(Denied, match="401"):
            await of.get(request(DETAILS))
    assert miner.asked == [f"GET {DETAILS.path}"] * 2


async def test_a_login_that_hangs_ends_with_the_poll_and_counts_for_nothing() -> None:
    miner, of = Miner(), client()
    miner.pause = 5
    async with nothing_left(), serving(miner):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await of.get(request(DETAILS))
        miner.pause = 0
        assert await of.get(request(DETAILS)) == PAGE


async def test_without_credentials_nothing_is_posted() -> None:
    miner = Miner()
    async with nothing_left(), serving(miner):
        with pytest.raises(Denied):
            await client(None).get(request(DETAILS))
    assert miner.asked == [f"GET {DETAILS.path}"]


@pytest.mark.parametrize("credential", [LOGIN, Credential("root", Secret("wrong")), None])
async def test_a_poll_shows_nothing_of_a_login(credential: Credential | None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    miner = Miner()
    of = target(port=free_port())
    of.spec = replace(of.spec, credentials={} if credential is None else {"braiins": credential})
    async with nothing_left(), serving(miner):
        surfaces = Surfaces(limit=4096)
        for _ in range(2):
            outcome = await poll(of, surfaces.asker(of.spec), 1000)
            assert outcome.bugs == []
    assert of.up is (credential is LOGIN), "a miner that says its version and no more is down"
    assert miner.logins == (credential is not None)
    shown = exposition(of) + caplog.text + repr(of) + repr(outcome) + repr(surfaces.webs)
    assert "canary" not in shown


@pytest.mark.parametrize("family", ["antminer", "", "luxos"])
async def test_a_locked_page_is_asked_once_an_hour_and_only_with_a_login(family: str) -> None:
    recording = next(each for each in RECORDINGS if each.family == "antminer" and each.name == "s21")
    asked: list[str] = []

    async def ask(each: Request) -> bytes:
        asked.append(each.questions[0].name)
        return await recording.ask(each)

    of = target()
    of.spec = replace(of.spec, credentials={family: LOGIN})
    with outside_of_time() as clock:
        clock.runs = True
        for _ in range(2 * 120):  # two hours
            outcome = await poll(of, ask, 1000)
            assert outcome.bugs == []
            await clock.sleep(30)
    assert asked.count("get_system_info") == (0 if family == "luxos" else 2)
    assert 20 < asked.count("version") < 30
    assert ('mac="02:00:5e:21:22:23"' in exposition(of)) is (family != "luxos")


@pytest.mark.parametrize(("name", "stands_in"), [("at1500", False), ("at2880-by-pages", True)])
async def test_a_page_stands_in_for_a_command_that_is_not_known(name: str, stands_in: bool) -> None:
    recording = next(each for each in RECORDINGS if each.family == "auradine" and each.name == name)
    asked: list[str] = []

    async def ask(each: Request) -> bytes:
        asked.extend(question.name for question in each.questions)
        return await recording.ask(each)

    of = target()
    with outside_of_time() as clock:
        clock.runs = True
        for n in range(2 * 120 + 1):  # two hours, in which the command is tried anew
            await poll(of, ask, 1000)
            assert n == 0 or ',fan="1"}' in exposition(of)
            await clock.sleep(30)
    assert ("fan_page" in asked, "ipreport_page" in asked) == (stands_in, stands_in)
    assert (asked.count("fan") < 10) is stands_in, "once an hour, alone and joined"
    assert "mac=" in exposition(of)


class Other:
    """Pages behind another family's login; `said` is the header of each request that should show it."""

    def __init__(self, header: str, shown: str, answer: bytes, cookie: str = "", refusal: bytes | None = None) -> None:
        self.header, self.shown, self.answer, self.cookie, self.refusal = header, shown, answer, cookie, refusal
        self.asked: list[str] = []
        self.posted: list[tuple[str, bytes]] = []
        self.known = True

    async def handle(self, asked: web.BaseRequest) -> web.Response:
        self.asked.append(f"{asked.method} {asked.path_qs}")
        if asked.path in readonly.LOGINS:
            self.posted.append((asked.content_type, await asked.read()))
            headers = {"Set-Cookie": self.cookie} if self.cookie else {}
            return web.Response(body=self.answer, headers=headers)
        if not self.known or asked.headers.get(self.header) != self.shown:
            return web.Response(body=self.refusal, status=401 if self.refusal is None else 200)
        return web.Response(body=PAGE)


AURADINE = (b'{"command":"token","password":"%s","user":"admin"}' % PASSWORD.encode(), "application/json")
EXPIRED = b'{"success":false,"token":"expired"}'
TOKEN_ERROR = b'{"STATUS":[{"STATUS":"E","Code":46,"Msg":"Invalid token"}],"id":1}'
OTHERS = {
    "auradine": (Other("Token", "canary-7", b'{"STATUS":[{}],"Token":[{"Token":"canary-7"}]}'), *AURADINE),
    "auradine-in-words": (
        Other("Token", "canary-7", b'{"STATUS":[{}],"Token":[{"Token":"canary-7"}]}', refusal=TOKEN_ERROR),
        *AURADINE,
    ),
    "innosilicon": (
        Other("Authorization", "Bearer canary-8", b'{"jwt":"canary-8"}', refusal=EXPIRED),
        f"username=admin&password={PASSWORD}".encode(),
        "application/x-www-form-urlencoded",
    ),
    "obelisk": (
        Other("Cookie", "sessionid=canary-9", b"", cookie="sessionid=canary-9; Path=/; HttpOnly"),
        b'{"password":"%s","username":"admin"}' % PASSWORD.encode(),
        "application/json",
    ),
    "fluminer": (
        Other("Cookie", "session=canary-10", b'{"code":0}', "session=canary-10; Path=/", b'{"code":401,"msg":"login"}'),
        b'{"password":"%s","username":"root"}' % PASSWORD.encode(),
        "application/json",
    ),
    "ebang": (
        Other(
            "Cookie", "-http-session-=1::canary-9", b"<html>", "-http-session-=1::canary-9; path=/", b"<html></html>"
        ),
        f"username=admin&word={PASSWORD}&yuyan=1&login=Login&get_password=".encode(),
        "application/x-www-form-urlencoded",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
async def test_each_family_logs_in_in_its_own_way(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "exporter")  # the libraries speak from warnings on
    template, body, kind = OTHERS[name]
    miner = Other(template.header, template.shown, template.answer, template.cookie, template.refusal)
    family = name.partition("-")[0]
    page = {
        "auradine": FREQUENCY,
        "innosilicon": INNOSILICON,
        "obelisk": DASHBOARD,
        "fluminer": FLUMINER,
        "ebang": ALARMS,
    }[family]
    assert page.login is not None
    assert page.login.family == family
    of = Web("127.0.0.1", Credential(None, Secret(PASSWORD)), page.login, limit=4096)
    async with nothing_left(), serving(miner, page):
        for _ in range(2):
            assert await of.get(request(page)) == PAGE
        [(said, posted)] = miner.posted
        assert (said, sorted(posted)) == (kind, sorted(body))
        miner.known = False
        with pytest.raises(Denied):
            await of.get(request(page))
        assert len(miner.posted) == 2, "renewed once"
    assert of.session is not None
    assert "canary" not in caplog.text + repr(vars(of)) + repr(vars(of.session))


@pytest.mark.parametrize("credential", [LOGIN, None])
@pytest.mark.parametrize("answer", [b'{"jwt":"canary-8"}', b"{}"])
async def test_a_miner_that_only_says_that_its_token_is_expired_is_down_and_left_alone(
    credential: Credential | None, answer: bytes
) -> None:
    miner = Other("Authorization", "nobody's", answer, refusal=EXPIRED)
    of = target(port=free_port(), credentials={} if credential is None else {"innosilicon": credential})
    async with nothing_left(), serving(miner, INNOSILICON, OVERVIEW):
        surfaces = Surfaces(limit=4096)
        for _ in range(6):
            outcome = await poll(of, surfaces.asker(of.spec), 1000)
            assert outcome.bugs == []
            assert not of.up
            assert isinstance(outcome.error, Denied)
    assert outcome.family == "innosilicon_web"
    assert len(miner.posted) <= 2 * (credential is not None)
    assert miner.asked.count("GET /summary") == 1, "greeted once"


def test_no_stranger_is_told_a_password() -> None:
    """What is asked of everything that answers comes without a login that would be posted."""
    assert not [
        each.name for each in decode.fingerprints() if isinstance(each.login, Login) and not isinstance(each, Call)
    ]
    calls = [each for each in decode.fingerprints() if isinstance(each, Call)]
    assert [call.method for call in calls] == ["braiins.bos.ApiVersionService/GetApiVersion"]
    assert all(call.anonymous for call in calls)


@pytest.mark.parametrize("value", ["\\" * 60_000, '\\"' * 30_000, "a" * 60_000, "\\012" * 15_000, "a b; " * 12_000])
@pytest.mark.parametrize("end", ["", '"'])
def test_a_hostile_cookie_takes_no_time(value: str, end: str) -> None:
    began = time.process_time()
    with pytest.raises(WrongSpeaker):
        login._token_of_cookie([f"sessionid={end}{value}{end}"] * 3, "sessionid")
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "cookie", ["sessionid=canary-1", 'sessionid="canary-1"', "sessionid=canary-1; Path=/", " sessionid=canary-1 ;"]
)
def test_a_session_is_the_value_of_its_cookie(cookie: str) -> None:
    assert login._token_of_cookie(["other=1; Path=/", "sessionid", cookie], "sessionid").reveal() == "canary-1"


@pytest.mark.parametrize("cookie", ["", "other=1", "sessionid=", 'sessionid="a b"', "sessionid=a\\b"])
async def test_an_answer_without_a_session_is_no_login(cookie: str) -> None:
    miner = Other("Cookie", "sessionid=", b"{}", cookie=cookie)
    assert DASHBOARD.login is not None
    of = Web("127.0.0.1", LOGIN, DASHBOARD.login, limit=4096)
    async with nothing_left(), serving(miner, DASHBOARD):
        for _ in range(2):
            with pytest.raises(Denied, match="the login was refused"):
                await of.get(request(DASHBOARD))
    assert miner.asked == ["POST /api/login"]


def test_a_login_without_a_name_posts_the_password_alone() -> None:
    assert proto_pages.LOGIN.body("anybody", "s3cret") == b'{"password":"s3cret"}'


def test_what_is_posted_is_a_closed_list() -> None:
    """In the whole package there is one POST: to the path of a session, what is posted to a page that reads, or a line
    of the API to the one path where firmware takes it."""
    assert readonly.POST == (8080, "/api")
    decode.families()
    assert {(each.login.family, each.login.path) for each in REGISTRY if isinstance(each.login, Login)} == {
        ("braiins", "/api/v1/auth/login"),
        ("braiins", "braiins.bos.v1.AuthenticationService/Login"),
        ("auradine", "/token"),
        ("innosilicon", "/api/auth"),
        ("ebang", "/user/login"),
        ("obelisk", "/api/login"),
        ("fluminer", "/api/login"),
        ("proto", "/api/v1/auth/login"),
    }
    assert {each.login.path for each in REGISTRY if isinstance(each.login, Login)} == readonly.LOGINS
    for path in ("/api/v1/auth/login/", "/api/reboot", "/API/login", "/login", ""):
        with pytest.raises(ValueError, match="no login is posted there"):
            Login(family="anything", path=path)
    assert {page.path for page in REGISTRY if isinstance(page, Page) and page.posted} == set(readonly.POSTED)
    for path in ("/api/reboot", "/api/pools", "/api/system/info", "/api/auth"):
        with pytest.raises(ValueError, match=r"the word|read by POST"):
            Page(name="anything", path=path, posted=True)
    found = [
        (file.name, node.value)
        for file in (Path(exporter.__file__).parent / "transport").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and node.value in ("POST", "PUT", "PATCH", "DELETE")
    ]
    assert found == [("http.py", "POST")]
    tree = ast.parse(Path(login.__file__).read_text())
    posts = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "post"]
    assert [ast.unparse(node) for node in posts] == ["post(self.login.path, body)"]
    tree = ast.parse(Path(http.__file__).read_text())
    sent = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "self._send"]
    assert sorted(map(ast.unparse, sent)) == sorted(
        (
            "self._send(url, {}, body)",  # a page, with its own body
            "self._send(url, session.headers(token) if token else {}, body)",
            "self._send(base + path, {}, form, session.login.kind)",
            "self._send(await self._base(port) + path, {}, request.wire)",
        )
    )
