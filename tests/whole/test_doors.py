"""Nothing that acts gets to a miner, by whatever door it comes: each word is tried at each, against a miner that notes
every byte that it is told."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from exporter import decode
from exporter.__main__ import main
from exporter.commands import query
from exporter.commands.flags import load
from exporter.config import ConfigError
from exporter.daemon import loop
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.questions import (
    REGISTRY,
    Call,
    Line,
    Page,
    Request,
    by_hand,
    line,
    page,
    readonly,
    request,
)
from exporter.simulator import answer
from exporter.transport import tcp4028
from exporter.transport.http import Web
from exporter.transport.surfaces import Surfaces
from tests.harness import requests
from tests.harness.fake import miner
from tests.harness.requests import CONTROLS, TELLTALES, everything
from tests.harness.support import SERIES, target
from tools.documents import commands

WORDS = sorted({*CONTROLS, *TELLTALES, *commands.CONTROLS, "debug", "lockstats"})
SECRET = "0badcafe"
REFUSALS = (
    r"acts|one lower-case word|asked alone|a board's index|BY_HAND|takes a parameter|words between slashes|closed"
)
SPELLINGS = (
    *("WORD", "WORD_0", "WORD_new_api", "check_WORD", "asc_WORD", "session+WORD", "WORD+session", "asc|WORD"),
    *("session WORD", 'session","command":"WORD', "WORD\n", "session\nWORD", "session\0WORD", " WORD"),
)


class Ear:
    """A miner on a loopback port; `heard` is every line that it was told."""

    def __init__(self, server: socketserver.TCPServer, heard: list[bytes]) -> None:
        self.port = int(server.server_address[1])
        self.heard = heard

    def nothing_that_acts(self) -> None:
        """All that was heard are questions of the list."""
        commands = {question.command for question in REGISTRY if isinstance(question, Line)}
        for each in self.heard:
            said = json.loads(each)
            assert commands.issuperset(said["command"].split("+"))
            assert said.keys() <= {"command", "parameter", "new_api"}
            assert said.get("parameter", "0") not in WORDS
            assert {*said["command"].split("+")}.isdisjoint(WORDS)


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ear]:
    """A simulated miner that also has a session, and the answer to every name that is looked up."""
    of, heard = miner("dcentos"), list[bytes]()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            line = self.rfile.readline()
            heard.append(line)
            session = {"SESSION": [{"SessionID": SECRET}], "id": 1}
            said = json.dumps(session).encode() if b"session" in line else answer(of, line)
            self.wfile.write(said or b"")

    async def resolve(_: str) -> str:
        return "127.0.0.1"

    monkeypatch.setattr(tcp4028, "resolve", resolve)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Ear(server, heard)
        server.shutdown()
        thread.join()


def written(folder: Path, groups: list[dict[str, Any]], **rest: Any) -> Path:
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump({"groups": groups, **rest}))
    return file


async def polls(specs: Iterator[Any]) -> list[str]:
    """Polls them all once; the families that they were."""
    surfaces = Surfaces(limit=1 << 18)
    outcomes = [await poll(Target(spec), surfaces.asker(spec), SERIES) for spec in specs]
    return [outcome.family for outcome in outcomes]


def test_what_a_configuration_may_say_is_never_asked(ear: Ear, tmp_path: Path) -> None:
    groups = [
        {
            "name": word,
            "targets": [{"host": word.replace("_", "-"), "port": ear.port, "name": word, "labels": {"note": word}}],
            "labels": {word.replace("-", "_").replace(".", "_"): word},
            "credentials": "shed",
            "expect": {"model": word, "firmware_version": word, "pools": [{"host": word, "user": word}]},
        }
        for word in WORDS
    ]
    file = written(tmp_path, groups, credentials={"shed": {"username": WORDS[0], "password": WORDS[1]}})
    read = load(file)
    assert {target.name for target in read.targets} == set(WORDS)
    assert set(loop.run(polls(iter(read.targets)))) == {"dcentos"}
    assert len(ear.heard) >= 2 * len(WORDS)
    ear.nothing_that_acts()


@pytest.mark.parametrize("word", WORDS)
def test_what_a_configuration_may_not_say_is_refused(word: str, tmp_path: Path) -> None:
    target = {"host": "192.0.2.1"}
    for more in (
        {"family": word},
        {"collectors": {word: True}},
        {"command": word},
        {"parameter": word},
        {"questions": [word]},
        {"port": word},
        {"host": f"192.0.2.1+{word}"},
        {"host": f"192.0.2.1|{word}"},
        {"host": f"192.0.2.1/{word}"},
        {"interval": word},
        {word: True},
    ):
        with pytest.raises(ConfigError):
            load(written(tmp_path, [{"name": "a", "targets": [target | more]}]))


@pytest.mark.parametrize("word", WORDS)
def test_no_argument_of_query_asks_a_word_that_acts(word: str, ear: Ear, capsys: pytest.CaptureFixture[str]) -> None:
    here = f"127.0.0.1:{ear.port}"
    for spelling in SPELLINGS:
        wanted = spelling.replace("WORD", word)
        assert main(["query", here, f"--ask={wanted}"]) == 2
        assert "not a read that is asked by hand" in capsys.readouterr().err
    for wrong in (["query", here, f"--family={word}"], ["query", here, word], ["query", here, f"--timeout={word}"]):
        with pytest.raises(SystemExit, match="2"):
            main(wrong)
    assert main(["query", f"127.0.0.1:{word}"]) == 2
    assert main(["query", f"{here}/{word}"]) == 2
    assert ear.heard == []
    assert main(["query", f"{word}:{ear.port}"]) == 0
    assert len(ear.heard) >= 2
    ear.nothing_that_acts()


@pytest.mark.parametrize("word", WORDS)
def test_no_question_can_be_made_of_a_word_that_acts(word: str) -> None:
    decode.families()
    named = {line.name: line for line in REGISTRY if isinstance(line, Line)}
    attempts: list[Callable[[], object]] = [
        lambda: line(word),
        lambda: line(word, parameter="0", new_api=True, alone=True),
        lambda: line("asc", parameter=word),
        lambda: line("summary", section=word, parameter=word),
        lambda: by_hand(word),
        lambda: by_hand("check", word),
        lambda: by_hand("session", word),
        lambda: by_hand("privileged", word),
        lambda: page(word, f"/{word}"),
        lambda: page(word, f"/cgi-bin/{word}.cgi"),
        lambda: page("system_info_of", f"/api/{word}/info"),
        lambda: Line(name="summary", command=word),
        lambda: replace(named["summary"], command=word),
        lambda: replace(named["asc_0"], parameter=word),
        lambda: replace(named["summary"], parameter=word),
        lambda: replace(named["summary"], parameter="0"),
    ]
    for attempt in attempts:
        with pytest.raises(ValueError, match=REFUSALS):
            attempt()
    twin = replace(named["summary"])
    for joined in ((twin,), (named["summary"], twin), (twin, named["summary"])):
        with pytest.raises(ValueError, match="declared"):
            Request(joined)
        with pytest.raises(ValueError, match="declared"):
            Request(joined, posted=True)


async def test_the_transport_takes_nothing_but_requests(ear: Ear) -> None:
    spec = target(port=ear.port).spec
    for word in WORDS:
        for thing in (word, word.encode(), {"command": word}):
            with pytest.raises((TypeError, AttributeError)):
                await tcp4028.ask("127.0.0.1", ear.port, cast("Request", thing), limit=1)
            with pytest.raises((TypeError, AttributeError)):
                await Surfaces(limit=1).ask(spec, cast("Request", thing))
            with pytest.raises((TypeError, AttributeError)):
                await Web("127.0.0.1", None, limit=1).post(cast("Request", thing))
    assert ear.heard == []


def test_no_request_has_a_word_that_acts() -> None:
    asked = everything() + requests.posted()
    assert len(asked) > 90
    for each in asked:
        question = each.question
        if isinstance(question, Call):
            assert question.method in readonly.CALLS
            assert str(each).startswith("CALL :50051/braiins.bos.")
        elif isinstance(question, Page):
            assert str(each).startswith("POST :" if question.posted else "GET :")
            assert not question.posted or question.path in readonly.POSTED
            assert set(question.path.replace(".", "/").split("/")).isdisjoint(WORDS)
        else:
            said = json.loads(str(each))
            words = said.get("command") or said["cmd"]
            assert {*words.split("+"), said.get("parameter", ""), said.get("param", "")}.isdisjoint(WORDS)


def test_what_may_be_asked_by_hand_is_asked_and_its_secret_masked(ear: Ear, capsys: pytest.CaptureFixture[str]) -> None:
    here = f"127.0.0.1:{ear.port}"
    for name, question in decode.by_name("dcentos").reads().items():
        ear.heard.clear()
        assert main(["query", here, f"--ask={name}"]) == 0
        said = capsys.readouterr().out
        assert ear.heard[-1] == request(question).wire
        assert f"\n# {ear.heard[-1].decode().strip()}\n{{" in said
        assert "\nasic_" not in said
        assert SECRET not in said
        assert name != "session" or '"SESSION": <secret>' in said
        ear.nothing_that_acts()


def test_a_read_of_another_family_is_not_asked(ear: Ear, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", f"127.0.0.1:{ear.port}", "--ask=poolopts"]) == 2
    assert "dcentos is not asked 'poolopts', but: asccount " in capsys.readouterr().err
    assert b"poolopts" not in b"".join(ear.heard)


@pytest.mark.parametrize(
    ("answer_", "shown"),
    [
        ('{"SessionID":"a,b\\"c|d}e"}', '{"SessionID":"<secret>"}'),
        ('{"SESSION":[{"SessionID":""}],"id":1}', '{"SESSION":<secret>,"id":1}'),
        ('{"Password": "x, y", "URL": "z"}', '{"Password": "<secret>", "URL": "z"}'),
        ("POOL=0,Password=[x,URL=z|", "POOL=0,Password=<secret>,URL=z|"),
        ('{"token":12345}', '{"token":<secret>}'),
        ('{"salt":"' + "x" * 2000 + '"}', '{"salt":"<secret>"}'),
    ],
)
def test_secrets_are_masked_whole(answer_: str, shown: str) -> None:
    assert query.shown(answer_.encode()) == shown
