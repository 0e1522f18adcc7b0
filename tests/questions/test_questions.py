"""Nothing but reads can leave: the whole list of what may be asked, and everything that must be refused."""

from __future__ import annotations

import ast
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exporter
from exporter import decode
from exporter.polling import discovery
from exporter.questions import grammar, readonly
from exporter.questions.grammar import Question, Request, declare
from exporter.questions.readonly import NEVER
from tests.harness.places import GOLDEN
from tests.harness.requests import CONTROLS, TELLTALES, everything, posted

REVIEWED = GOLDEN / "requests.txt"
PACKAGE = Path(exporter.__file__).parent

# What no poll asks, but a person may.
BY_HAND = ("session", "privileged", "check")


def test_what_may_leave_is_a_list_that_was_reviewed() -> None:
    """GOLDEN=write writes it anew; every change of the file is a change of what miners are asked."""
    wires = sorted({request.wire for request in everything()})
    assert all(wire.endswith(b"\n") and wire.count(b"\n") == 1 for wire in wires)
    port, path = readonly.POST
    wires += sorted({b"POST :%d%s %s" % (port, path.encode(), request.wire) for request in posted()})
    text = b"".join(wires).decode("ascii")
    if os.environ.get("GOLDEN") == "write":
        REVIEWED.write_text(text)
    assert text == REVIEWED.read_text()


def test_no_question_is_a_control_command() -> None:
    decode.families()
    commands = {question.command for question in grammar.questions()}
    assert commands.isdisjoint(NEVER)
    assert commands.isdisjoint(CONTROLS)
    assert commands.isdisjoint(TELLTALES)
    assert (
        {question.command for question in grammar.questions() if question.by_hand}
        == set(BY_HAND)
        == set(readonly.BY_HAND)
    )


def test_no_poll_asks_what_is_asked_by_hand() -> None:
    for family in decode.families():
        assert not [q.name for q in (*family.fast, *family.slow) if q.by_hand]
        assert {*family.fast, *family.slow}.isdisjoint(family.reads().values())
    assert not [q.name for q in discovery.DISCOVERY if q.by_hand]


@pytest.mark.parametrize(
    ("command", "parameter"),
    [("quit", ""), ("summary", ""), ("session", "0"), ("privileged", "quit"), ("check", ""), ("check", "quit"),
     ("check", "set_led"), ("check", "summary+quit"), ("check", "0"), ("", ""), ("Session", "")],
)  # fmt: skip
def test_nothing_else_is_asked_by_hand(command: str, parameter: str) -> None:
    with pytest.raises(ValueError, match="not a question"):
        grammar.by_hand(command, parameter)


@pytest.mark.parametrize("command", [*CONTROLS, *TELLTALES, *BY_HAND])
def test_no_control_command_can_be_declared(command: str) -> None:
    for spelling in (command, command.upper(), f"summary+{command}", f"{command}|0", f" {command}"):
        with pytest.raises(ValueError, match="not a question"):
            declare(spelling)
        with pytest.raises(ValueError, match="not a question"):
            declare(spelling, parameter="0", new_api=True)


@pytest.mark.parametrize(
    "command",
    ["", "a", "Summary", "summary ", "summary+devs", "summary|quit", "summary\n", "summary\0", "summary,1", "su-m",
     "süm", "s1", "x" * 40, '{"command":"quit"}', "get_", "get__psu", "_psu", "set_led",
     "get_psu_", "get_Psu", "get_psu+get_token", "ſummary"],
)  # fmt: skip
def test_a_command_is_one_word_or_what_follows_get(command: str) -> None:
    with pytest.raises(ValueError, match="not a question"):
        declare(command)


@pytest.mark.parametrize(
    "path",
    ["/cgi-bin/reboot.cgi", "/cgi-bin/reboot.php", "/cgi-bin/set_miner_conf.cgi", "/cgi-bin/uninstall.cgi",
     "/cgi-bin/get_miner_conf.cgi", "/cgi-bin/upgrade_clear.cgi", "/cgi-bin/hlog.cgi", "/api/system/restart",
     "/api/system/wifi/scan", "/api/v1/mining/stop", "/api/v1/find-miner", "/api/v1/system/factory-reset",
     "/api/v1/mining/start", "/api/v1/mining/", "/mining",
     "/user/login", "", "/", "api/system/info", "/api/../reboot", "/api//info", "/a?b=c", "/a b", "/A", "/a#b",
     "/a\n", "//other.example/a", "http://other.example/a", "/%72eboot", "/a" * 9, "/aa\0"],
)  # fmt: skip
def test_no_page_that_acts_can_be_declared(path: str) -> None:
    with pytest.raises(ValueError, match="not a page that is read"):
        grammar.page("anything", path)
    with pytest.raises(ValueError, match="not a page that is read"):
        grammar.page("anything", "/api/system/info", port=0)


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
    with pytest.raises(ValueError, match="not a question in a frame"):
        grammar.frame("anything", command, parameter)
    with pytest.raises(ValueError, match="not a question in a frame"):
        grammar.frame("anything", "get.device.info", "miner", port=0)


# What is called by gRPC on BraiinsOS and acts, or tells passwords, logs, or for ever.
V1 = "braiins.bos.v1."
ACTIONS = """
    ActionsService/Start ActionsService/Stop ActionsService/PauseMining ActionsService/ResumeMining
    ActionsService/Restart ActionsService/Reboot ActionsService/FactoryReset ActionsService/SetLocateDeviceStatus
    AdvancedSettingsService/SetSettings AdvancedSettingsService/ResetAllSettings
    AuthenticationService/Login AuthenticationService/SetPassword
    ConfigurationService/GetMinerConfiguration CoolingService/SetImmersionMode CoolingService/SetCoolingMode
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
    with pytest.raises(ValueError, match="not a method that is called"):
        grammar.call("anything", method, login="braiins")
    with pytest.raises(ValueError, match="not a method that is called"):
        grammar.call("anything", READ, login="braiins", port=0)


@pytest.mark.parametrize("path", ["/graphql/", "/api", "/api/summary/x", "/api/v1/version", "/reads"])
def test_to_no_other_path_is_anything_posted(path: str) -> None:
    assert path not in readonly.POSTED
    with pytest.raises(ValueError, match="not a page that is read"):
        grammar.page("anything", path, posted=True)


def test_what_is_posted_says_nothing_or_is_a_query() -> None:
    for _, body in readonly.POSTED.values():
        said = json.loads(body or b"{}")
        query = said.pop("query", "{")
        assert not said
        assert query.startswith("{")
        assert {"mutation", "subscription"}.isdisjoint(re.findall(r"\w+", query))
        assert not set(query) & set('"\\()$@#')


def test_what_is_called_reads_by_its_name() -> None:
    assert all(method.rpartition("/")[2].startswith("Get") for method in readonly.CALLS)
    assert {question.call for question in grammar.questions() if question.call} == readonly.CALLS


@pytest.mark.parametrize("parameter", ["a", "0,1", "0|quit", "-1", "123", "0\n", "0\0", " 0", "٣", "0+1", "{}"])
def test_a_parameter_is_a_small_number(parameter: str) -> None:
    with pytest.raises(ValueError, match="not a question"):
        declare("healthchipget", parameter=parameter)


@given(st.text(max_size=40), st.text(max_size=4))
def test_after_the_list_is_sealed_nothing_is_added(command: str, parameter: str) -> None:
    decode.families()
    before = grammar.questions()
    for attempt in (command, "minerstatus", "netget"):
        with pytest.raises(ValueError, match=r"not a question|closed"):
            declare(attempt, parameter=parameter or "7")
    assert grammar.questions() == before


def test_what_is_declared_twice_is_the_same() -> None:
    decode.families()
    summary = next(question for question in grammar.questions() if question.name == "summary")
    assert declare("summary") is summary
    assert declare("summary", section="ANYTHING") is summary  # the first one stands


def test_a_request_is_made_of_members_alone() -> None:
    decode.families()
    named = {question.name: question for question in grammar.questions()}
    forged = Question("summary", "quit", "SUMMARY")
    twin = Question(**{slot: getattr(named["summary"], slot) for slot in Question.__slots__})
    assert twin is not named["summary"]
    for members in ([], [forged], [twin], [named["summary"], forged], [Question("x", "reboot", "X")]):
        with pytest.raises(ValueError, match="declared"):
            Request(members)
        with pytest.raises(ValueError, match="declared"):
            grammar.request(*members)
    for name in ("healthchipget_0", "stats_new_api"):
        assert Request([named[name]]).wire.startswith(b'{"command":"' + named[name].command.encode())
        with pytest.raises(ValueError, match="joined"):
            Request([named["summary"], named[name]])


def test_what_is_posted_are_the_lines_that_are_declared_so() -> None:
    named = {question.name: question for family in decode.families() for question in (*family.fast, *family.slow)}
    assert {request.wire for request in posted()} <= {request.wire for request in everything()}
    assert grammar.posted(named["summary"]) != Request([named["summary"]])
    assert not Request([named["summary"]]).posted
    for refused in ("get_version", "system_info", "v3_miner", "stats_new_api", "estats"):
        with pytest.raises(ValueError, match="can be posted"):
            grammar.posted(named[refused])
        with pytest.raises(ValueError, match="can be posted"):
            grammar.post(named[refused])
    with pytest.raises(ValueError, match="declared"):
        grammar.posted(Question("summary", "quit", "SUMMARY"))
    with pytest.raises(ValueError, match="can be posted"):
        grammar.posted(named["summary"], named["estats"])
    with pytest.raises(ValueError, match="can be posted"):
        grammar.post(named["summary"])  # the list is closed


def test_a_request_cannot_be_changed() -> None:
    decode.families()
    request = Request([grammar.questions()[0]])
    for name in ("wire", "questions", "posted"):
        with pytest.raises(AttributeError):
            setattr(request, name, b'{"command":"quit"}\n')


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
    assert [ast.unparse(argument) for arguments in writes for argument in arguments] == ["request.frame"]
    made = [ast.unparse(call.args[0]) for call in calls if ast.unparse(call.func) == "Answer"]
    assert made == ["request.wire"]
    kept = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "wire"]
    assert [ast.unparse(node) for node in kept if isinstance(node.ctx, ast.Store)] == ["self.wire"], "never changed"
