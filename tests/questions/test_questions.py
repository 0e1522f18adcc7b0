"""Nothing but reads can leave: the whole list of what may be asked, and everything that must be refused."""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exporter
from exporter import decode
from exporter.decode import Family
from exporter.decode.braiins.grpc import LOGIN
from exporter.polling import discovery
from exporter.questions import (
    REGISTRY,
    Call,
    Frame,
    Line,
    Page,
    Question,
    Registry,
    Request,
    by_hand,
    line,
    page,
    postable,
    posted,
    readonly,
    request,
)
from exporter.questions.readonly import NEVER
from tests.harness import requests
from tests.harness.places import GOLDEN
from tests.harness.requests import CONTROLS, TELLTALES, everything

REVIEWED = GOLDEN / "requests.txt"
PACKAGE = Path(exporter.__file__).parent

# What no poll asks, but a person may.
BY_HAND = ("session", "privileged", "check")


def test_every_request_is_on_the_reviewed_list() -> None:
    """GOLDEN=write writes it anew; every change of the file is a change of what miners are asked."""
    lines = sorted({f"{asked}\n" for asked in everything()})
    port, path = readonly.POST
    lines += sorted({f"POST :{port}{path} {asked}\n" for asked in requests.posted()})
    assert all(each.count("\n") == 1 for each in lines)
    text = "".join(lines)
    assert text.isascii()
    if os.environ.get("GOLDEN") == "write":
        REVIEWED.write_text(text)
    assert text == REVIEWED.read_text()


def test_a_request_is_written_as_it_is_reviewed() -> None:
    for asked in everything():
        body = str(asked).encode()
        if isinstance(asked.question, Line):
            assert asked.wire == body + b"\n"
        elif isinstance(asked.question, Frame):
            assert asked.wire == len(body).to_bytes(4, "little") + body
        else:
            assert asked.wire == b""


def test_no_question_is_a_control_command() -> None:
    decode.families()
    lines = [question for question in REGISTRY if isinstance(question, Line)]
    commands = {line.command for line in lines}
    assert commands.isdisjoint(NEVER)
    assert commands.isdisjoint(CONTROLS)
    assert commands.isdisjoint(TELLTALES)
    assert {line.command for line in lines if line.by_hand} == set(BY_HAND) == set(readonly.BY_HAND)


def manual_ones(questions: Iterable[Question]) -> list[str]:
    return [question.name for question in questions if isinstance(question, Line) and question.by_hand]


@pytest.mark.parametrize("family", decode.families(), ids=lambda family: family.name)
def test_no_poll_asks_what_is_asked_by_hand(family: Family) -> None:
    assert not manual_ones((*family.fast, *family.slow))
    assert {*family.fast, *family.slow}.isdisjoint(family.reads().values())


def test_no_discovery_asks_what_is_asked_by_hand() -> None:
    assert not manual_ones(discovery.DISCOVERY)


@pytest.mark.parametrize(
    ("command", "parameter"),
    [("quit", ""), ("summary", ""), ("session", "0"), ("privileged", "quit"), ("check", ""), ("check", "quit"),
     ("check", "set_led"), ("check", "summary+quit"), ("check", "0"), ("", ""), ("Session", "")],
)  # fmt: skip
def test_nothing_else_is_asked_by_hand(command: str, parameter: str) -> None:
    with pytest.raises(ValueError, match=r"acts|BY_HAND|takes a parameter|one lower-case word"):
        Line(name="anything", command=command, parameter=parameter, by_hand=True)
    with pytest.raises(ValueError, match=r"acts|BY_HAND|takes a parameter|one lower-case word"):
        by_hand(command, parameter)


@pytest.mark.parametrize("command", [*CONTROLS, *TELLTALES, *BY_HAND])
def test_no_control_command_can_be_declared(command: str) -> None:
    for spelling in (command, command.upper(), f"summary+{command}", f"{command}|0", f" {command}"):
        with pytest.raises(ValueError, match=r"acts|BY_HAND|one lower-case word"):
            Line(name="anything", command=spelling)
        with pytest.raises(ValueError, match=r"acts|BY_HAND|one lower-case word"):
            line(spelling, parameter="0", new_api=True)


@pytest.mark.parametrize(
    "command",
    ["", "a", "Summary", "summary ", "summary+devs", "summary|quit", "summary\n", "summary\0", "summary,1", "su-m",
     "süm", "s1", "x" * 40, '{"command":"quit"}', "get_", "get__psu", "_psu", "set_led",
     "get_psu_", "get_Psu", "get_psu+get_token", "ſummary"],
)  # fmt: skip
def test_a_command_is_one_word_or_what_follows_get(command: str) -> None:
    with pytest.raises(ValueError, match="one lower-case word"):
        Line(name="anything", command=command)


@pytest.mark.parametrize(
    "path",
    ["/cgi-bin/reboot.cgi", "/cgi-bin/reboot.php", "/cgi-bin/set_miner_conf.cgi", "/cgi-bin/uninstall.cgi",
     "/cgi-bin/get_miner_conf.cgi", "/cgi-bin/upgrade_clear.cgi", "/cgi-bin/hlog.cgi", "/api/system/restart",
     "/api/system/wifi/scan", "/api/v1/mining/stop", "/api/v1/find-miner", "/api/v1/system/factory-reset",
     "/api/v1/mining/start", "/api/v1/mining/", "/mining",
     "/user/login", "", "/", "api/system/info", "/api/../reboot", "/api//info", "/a?b=c", "/a b", "/a#b",
     "/a\n", "//other.example/a", "http://other.example/a", "/%72eboot", "/a" * 9, "/aa\0"],
)  # fmt: skip
def test_no_page_that_acts_can_be_declared(path: str) -> None:
    with pytest.raises(ValueError, match=r"the word '\w+' acts|words between slashes"):
        Page(name="anything", path=path)
    with pytest.raises(ValueError, match="port 0 is not one of 1 to 65535"):
        Page(name="anything", path="/api/system/info", port=0)


@pytest.mark.parametrize(
    ("command", "parameter"),
    [("get.device.info", ""), ("get.device.info", "salt"), ("get.device.info", "miner+salt"),
     ("get.device.info", "Miner"),
     ("get.miner.status", ""), ("get.miner.status", "miner"), ("get.miner.status", "summary+edevs"),
     ("get.miner.history", "summary"), ("get.log.download", "miner"), ("get.miner.report", "summary"),
     ("set.miner.pools", "summary"), ("set.system.reboot", "miner"), ("set.device.info", "miner"), ("", "miner"),
     ("summary", ""), ("get.device.info ", "miner"), ("get_device_info", "miner")],
)  # fmt: skip
def test_in_a_frame_there_are_two_commands_with_their_parameters(command: str, parameter: str) -> None:
    with pytest.raises(ValueError, match="not in FRAMED"):
        Frame(name="anything", command=command, parameter=parameter)
    with pytest.raises(ValueError, match="port 0 is not one of 1 to 65535"):
        Frame(name="anything", command="get.device.info", parameter="miner", port=0)


# What is called by gRPC on BraiinsOS and acts, or tells passwords, logs, or for ever.
V1 = "braiins.bos.v1."
ACTIONS = """
    ActionsService/Start ActionsService/Stop ActionsService/PauseMining ActionsService/ResumeMining
    ActionsService/Restart ActionsService/Reboot ActionsService/FactoryReset ActionsService/SetLocateDeviceStatus
    AdvancedSettingsService/SetSettings AdvancedSettingsService/ResetAllSettings
    AuthenticationService/Login AuthenticationService/SetPassword
    CoolingService/SetImmersionMode CoolingService/SetCoolingMode
    LicenseService/ApplyContractKey MinerService/EnableHashboards MinerService/DisableHashboards
    MinerService/GetMinerStatus MinerService/GetSupportArchive MinerService/GetLog
    NetworkService/SetNetworkConfiguration
    PerformanceService/SetDefaultPowerTarget PerformanceService/SetPowerTarget
    PerformanceService/IncrementPowerTarget PerformanceService/DecrementPowerTarget
    PerformanceService/SetRelativePowerTarget PerformanceService/SetHashrateTarget PerformanceService/SetDPS
    PerformanceService/SetPerformanceMode PerformanceService/RemoveTunedProfiles PerformanceService/SetQuickRamping
    PoolService/CreatePoolGroup PoolService/UpdatePoolGroup PoolService/RemovePoolGroup PoolService/SetPoolGroups
    UpgradeService/UpdateAutoUpgradeConfig UpgradeService/SystemUpgrade UpgradeService/RestoreStock
""".split()  # noqa: SIM905
READ = "braiins.bos.v1.MinerService/GetMinerStats"


@pytest.mark.parametrize(
    "method",
    [*(V1 + method for method in ACTIONS), *ACTIONS, f"/{READ}", f"{READ} ", f"{READ}/", READ.lower(), "", "/",
     f"{READ}\n", "braiins.bos.v1.MinerService/", "braiins.bos.v2.MinerService/GetMinerStats", f"{READ}\0Reboot"],
)  # fmt: skip
def test_only_whole_names_of_methods_that_read_are_called(method: str) -> None:
    assert method not in readonly.CALLS
    with pytest.raises(ValueError, match="only the methods of CALLS are called"):
        Call(name="anything", method=method, login=LOGIN)
    with pytest.raises(ValueError, match="port 0 is not one of 1 to 65535"):
        Call(name="anything", method=READ, login=LOGIN, port=0)


@pytest.mark.parametrize("path", ["/graphql/", "/api", "/api/summary/x", "/api/v1/version", "/reads"])
def test_to_no_other_path_is_anything_posted(path: str) -> None:
    assert path not in readonly.POSTED
    with pytest.raises(ValueError, match="only the paths of POSTED are read by POST"):
        Page(name="anything", path=path, posted=True)


def test_what_is_posted_says_nothing_or_is_a_query() -> None:
    for _, body in readonly.POSTED.values():
        said = json.loads(body or b"{}")
        query = said.pop("query", "{")
        assert not said
        assert query.startswith("{")
        assert {"mutation", "subscription"}.isdisjoint(re.findall(r"\w+", query))
        assert not set(query) & set('"\\()$@#')


def test_every_grpc_method_is_a_get() -> None:
    assert all(method.rpartition("/")[2].startswith("Get") for method in readonly.CALLS)
    assert {call.method for call in REGISTRY if isinstance(call, Call)} == readonly.CALLS


@pytest.mark.parametrize("parameter", ["a", "0,1", "0|quit", "-1", "123", "0\n", "0\0", " 0", "٣", "0+1", "{}"])
def test_a_parameter_is_a_small_number(parameter: str) -> None:
    with pytest.raises(ValueError, match="a parameter is a board's index"):
        Line(name="anything", command="healthchipget", parameter=parameter)


@given(st.text(max_size=40), st.text(max_size=4))
def test_after_the_list_is_sealed_nothing_is_added(command: str, parameter: str) -> None:
    decode.families()
    before = list(REGISTRY)
    for attempt in (command, "minerstatus", "netget"):
        with pytest.raises(ValueError, match=r"one lower-case word|acts|BY_HAND|board's index|closed"):
            line(attempt, parameter=parameter or "7")
    with pytest.raises(ValueError, match="closed"):
        page("another_info", "/api/system/info")
    assert list(REGISTRY) == before


def test_what_is_declared_twice_is_the_same() -> None:
    decode.families()
    summary = next(question for question in REGISTRY if question.name == "summary")
    assert line("summary") is summary
    for other in (
        lambda: line("summary", section="ANYTHING"),
        lambda: line("summary", alone=True),
        lambda: page("summary", "/summary"),
        lambda: page("system_info", "/api/system/asic"),
    ):
        with pytest.raises(ValueError, match="is declared already, and otherwise"):
            other()


def test_the_first_request_seals_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Registry()
    monkeypatch.setattr("exporter.questions.requests.REGISTRY", registry)
    member = registry.add(Line(name="summary", command="summary"))
    assert not registry.sealed
    assert Request((member,)).wire == b'{"command":"summary"}\n'
    with pytest.raises(ValueError, match="'devs': the list of questions is closed"):
        registry.add(Line(name="devs", command="devs"))
    with pytest.raises(ValueError, match="closed"):
        registry.allow_post(member)
    assert registry.add(Line(name="summary", command="summary")) is member
    assert list(registry) == [member]


def test_what_is_refused_never_gets_into_a_registry() -> None:
    registry = Registry()
    with pytest.raises(ValueError, match="acts"):
        registry.add(Line(name="summary", command="quit"))
    by_person = registry.add(Line(name="privileged", command="privileged", by_hand=True))
    other = registry.add(Page(name="info", path="/api/system/info"))
    for each in (by_person, other, Line(name="devs", command="devs")):
        with pytest.raises(ValueError, match="only declared lines that polls ask can be posted"):
            registry.allow_post(each)
        assert not registry.postable(each)


def test_a_request_is_made_of_members_alone() -> None:
    decode.families()
    named = {question.name: question for question in REGISTRY if isinstance(question, Line)}
    twin = replace(named["summary"])
    forged = copy(named["summary"])
    object.__setattr__(forged, "command", "quit")
    for members in ([], [forged], [twin], [named["summary"], forged], [Line(name="x", command="devs")]):
        with pytest.raises(ValueError, match="declared"):
            Request(tuple(members))
        with pytest.raises(ValueError, match="declared"):
            request(*members)
    for name in ("healthchipget_0", "stats_new_api"):
        assert request(named[name]).wire.startswith(b'{"command":"' + named[name].command.encode())
        with pytest.raises(ValueError, match="joined"):
            request(named["summary"], named[name])


def test_what_is_posted_are_the_lines_that_are_declared_so() -> None:
    named = {question.name: question for family in decode.families() for question in (*family.fast, *family.slow)}
    assert {asked.wire for asked in requests.posted()} <= {asked.wire for asked in everything()}
    assert posted(named["summary"]) != request(named["summary"])
    assert not request(named["summary"]).posted
    for refused in ("get_version", "system_info", "v3_miner", "stats_new_api", "estats"):
        with pytest.raises(ValueError, match="can be posted"):
            posted(named[refused])
    with pytest.raises(ValueError, match="declared"):
        posted(Line(name="summary", command="summary"))
    with pytest.raises(ValueError, match="can be posted"):
        posted(named["summary"], named["estats"])
    with pytest.raises(ValueError, match="closed"):
        postable(named["summary"])


def test_a_request_cannot_be_changed() -> None:
    decode.families()
    asked = request(next(iter(REGISTRY)))
    for name in ("wire", "questions", "posted"):
        with pytest.raises(AttributeError):
            setattr(asked, name, b'{"command":"quit"}\n')
    for question in REGISTRY:
        with pytest.raises(AttributeError):
            question.name = "quit"  # type: ignore[misc]


# Everything in the package that could hand bytes to somebody, and why it is no miner that gets them.
WRITERS = {
    "transport/tcp4028.py": {"connect_ex", "sendall"},
    "transport/frames.py": {"open_connection", "write"},
    "transport/http.py": {"handle_async_request"},  # of http11.py, which writes by the connection of tcp4028.py
    "transport/rpc.py": {"insecure_channel", "unary_unary"},
    "web/stream.py": {"write"},  # the answer to a scrape
    "daemon/logs.py": {"write"},  # the log stream
    "commands/healthcheck.py": {"HTTPConnection", "request"},  # the exporter's own health, for containers
}
OUTWARD = {
    *("write", "writelines", "send_bytes", "sendall", "sendto", "sendmsg", "sendfile", "sock_sendall", "sock_connect"),
    *("connect", "connect_ex", "create_connection", "open_connection", "create_datagram_endpoint", "urlopen"),
    *("open_unix_connection", "create_unix_connection", "HTTPConnection", "request", "ClientSession", "Popen"),
    *("AsyncClient", "handle_async_request", "create_subprocess_exec", "create_subprocess_shell"),
    *("insecure_channel", "secure_channel", "unary_unary", "unary_stream", "stream_unary", "stream_stream"),
}


def test_one_file_alone_speaks_to_miners() -> None:
    found: dict[str, set[str]] = {}
    for file in PACKAGE.rglob("*.py"):
        name = file.relative_to(PACKAGE).as_posix()
        if name.startswith("simulator/"):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in OUTWARD:
                found.setdefault(name, set()).add(node.attr)
    assert found == WRITERS


def test_the_transport_writes_a_requests_wire_and_nothing_else() -> None:
    tree = ast.parse((PACKAGE / "transport" / "tcp4028.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    writes = [call.args for call in calls if ast.unparse(call.func).endswith(".sendall")]
    assert [ast.unparse(argument) for arguments in writes for argument in arguments] == ["self.wire"]
    tree_of_frames = ast.parse((PACKAGE / "transport" / "frames.py").read_text())
    framed = [node for node in ast.walk(tree_of_frames) if isinstance(node, ast.Call)]
    writes = [call.args for call in framed if ast.unparse(call.func).endswith(".write")]
    assert [ast.unparse(argument) for arguments in writes for argument in arguments] == ["request.wire"]
    made = [ast.unparse(call.args[0]) for call in calls if ast.unparse(call.func) == "Answer"]
    assert made == ["request.wire"]
    kept = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "wire"]
    assert [ast.unparse(node) for node in kept if isinstance(node.ctx, ast.Store)] == ["self.wire"], "never changed"
