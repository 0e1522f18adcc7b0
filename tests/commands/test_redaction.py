"""What `query --save` writes: an answer that is read as before, and nothing in it that is private."""

from __future__ import annotations

import asyncio
import json
import re
import zlib
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from exporter.commands.redaction import Redaction
from exporter.commands.saving import META, name
from exporter.parse.jsontext import parse
from exporter.questions import Request
from exporter.simulator import fleet, serving
from tests.harness.places import FIXTURES
from tests.harness.processes import run
from tests.harness.recorded import RECORDINGS, Recording, exposition, folder, outside_of_time, settle

each = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: f"{recording.family}-{recording.name}")
KEYS = re.compile(r"user|worker|serial|mac$|hostname|^sn$|password|token|wallet|ssid|stratumURL|^url$", re.IGNORECASE)
CANARIES = ("canary-4711.rig1", "bc1qcanary4711canary4711canary4711", "02:CA:4A:47:11:0A", "canary4711@mail.example")
MARK = re.compile(r"canary|02[:-]?ca[:-]?4a", re.IGNORECASE)


def redacted(recording: Recording, known: tuple[str, ...] = ()) -> Recording:
    redaction = Redaction(known)
    texts = {key: raw.decode("utf-8", "surrogateescape") for key, raw in recording.answers.items()}
    for text in texts.values():
        redaction.learn(text)
    answers = {key: redaction.apply(text).encode("utf-8", "surrogateescape") for key, text in texts.items()}
    return Recording(recording.name, recording.family, answers)


async def values(recording: Recording) -> list[tuple[str, float, tuple[str, ...]]]:
    """The samples of a recording: name, value, and the names of the labels."""
    with outside_of_time():
        of, outcome = await settle(recording)
    assert outcome.family == recording.family
    metrics = text_string_to_metric_families(exposition(of))
    return sorted((s.name, s.value, tuple(sorted(s.labels))) for metric in metrics for s in metric.samples)


@each
async def test_a_redacted_answer_is_read_as_before(recording: Recording) -> None:
    assert await values(redacted(recording)) == await values(recording)


def private(value: Any, key: str = "") -> Any:
    """The same with a canary in each private text, and a few that no key announces."""
    if isinstance(value, dict):
        more = {
            "log": f"login of {CANARIES[0]} from {CANARIES[3]}, mac {CANARIES[2]}",
            "payout": CANARIES[1],
            "user": CANARIES[0],
        }
        return {name: private(inner, name) for name, inner in value.items()} | more
    if isinstance(value, list):
        return [private(inner, key) for inner in value]
    if isinstance(value, str) and KEYS.search(key):
        canary = CANARIES[zlib.crc32(value.encode()) % len(CANARIES)]
        return f"stratum+tcp://{canary}:3333" if "url" in key.lower() else canary
    return value


@each
def test_no_canary_survives(recording: Recording) -> None:
    answers = {}
    for key, raw in recording.answers.items():
        document, _ = parse(raw)
        answers[key] = orjson.dumps(private(document))
    planted = Recording(recording.name, recording.family, answers)
    assert all(MARK.search(raw.decode()) for raw in planted.answers.values())
    left = {key: MARK.findall(raw.decode()) for key, raw in redacted(planted).answers.items()}
    assert not any(left.values()), left


@pytest.mark.parametrize(
    "text",
    [
        "STATUS=S,When=1,Code=7|POOL=0,URL=stratum+tcp://canary4711.example:3333,Status=Alive,User=canary-4711.w,Diff=5|",
        '{"MM ID0": "Ver[1066-2] DNA[02canary4711] MEMFREE[1404784] Temp[31]"}',
        '{"data": "{\\"user\\": \\"canary-4711\\", \\"rate\\": 5}"}',
        '{"stats":[{"user":"canary-4711"}{"pass":"canary-4711"}',
        '{"user":"canary-4711,"a":[{"b":5}',
        '{"pool":"canary-4711.example:3333","ok":1}',
        '{"workers":["canary-4711.a","canary-4711.b"],"n":2}',
        '{"wallet":{"main":{"text":"canary-4711"}}}',
        '{"state": {"valid": {"contract_name": "canary-4711"}}, "displayName": "canary 4711"}',
        '{"note":"3FcanaryNWEz7jNdBVVQCnCz4711asJyYfNJ"}',
        "plain words of canary4711@mail.example",
        '{"user":"c\\u0061nary-4711"}',
        '{"data": "{ "macaddr": "02:AC:A4:71:1B:0A", "rows": "[ {"user": "canary-4711"} ]", "hostname": "canary" }"}',
        '{"pool": "canary-4711.example", "Mwork1": "canary-4711.rig", "state": "OK"}',
        '{"Url":"stratum+tcp:\\/\\/canary-4711.example:3333\\/canary4711"}',
    ],
)
def test_private_texts_are_found_in_every_shape(text: str) -> None:
    redaction = Redaction()
    redaction.learn(text)
    left = redaction.apply(text)
    assert not re.search(r"canary|4711", left), left
    assert re.sub(r"[a-zA-Z0-9]", "", left.replace("\\/", "/")) == re.sub(
        r"[a-zA-Z0-9]", "", text.replace("\\u0061", "a").replace("\\/", "/")
    )


def test_what_a_bug_report_needs_stays() -> None:
    text = (
        '{"Type":"Antminer S19 Pro","Miner":"10.0.0.2","version":"192.168.1.3","GHS 5s":"110411.50","hostPort":3333,'
        '"status":"Alive","mac":"","user":"","token":null,"commit":"a1b2c3d","ip":"0"}'
    )
    assert Redaction().apply(text) == text


def test_the_same_text_becomes_the_same_everywhere_and_another_next_time() -> None:
    one, other = Redaction(["rig-4711"]), Redaction(["rig-4711"])
    assert one.apply('{"name":"rig-4711","log":"at rig-4711."}').count(one.shaped("rig-4711")) == 2
    assert one.shaped("rig-4711") != other.shaped("rig-4711")
    bare, colons = one.shaped("02a1b2c3d4e5"), one.shaped("02:A1:B2:C3:D4:E5")
    assert colons.replace(":", "").lower() == bare


@given(st.text(max_size=60), st.sampled_from(['{{"user":{}}}', "{}", '{{"a":[{},{{"mac":{}}}]}}', "user={}|"]))
def test_any_text_is_taken(text: str, around: str) -> None:
    answer = around.format(json.dumps(text), json.dumps(text)) if "{{" in around else around.format(text)
    redaction = Redaction([text])
    redaction.learn(answer)
    redaction.apply(answer).encode("utf-8", "surrogatepass")


async def test_a_saved_folder_is_a_fixture(network: str, tmp_path: Path) -> None:
    (miner,) = fleet(1, listen=network, families=["auradine"])
    async with serving([miner]):
        status, out, _ = await run("query", f"{miner.host}:{miner.port}", f"--save={tmp_path / 'new' / 'rig'}")
        assert status == 0
        assert re.fullmatch(r"# \d+ answers written to \S+, private .*", out[-1])
        assert (await run("query", f"{miner.host}:{miner.port}", f"--save={tmp_path / 'new' / 'rig'}"))[0] == 2
        assert (await run("query", f"{miner.host}:{miner.port}", "--save=/dev/null/rig"))[0] == 2
    saved = folder(tmp_path / "new" / "rig")
    meta = json.loads((tmp_path / "new" / "rig" / META).read_text())
    assert meta["family"] == "auradine"
    assert {f"{key}.json" for key in saved.answers} == set(meta["requests"])
    said = "".join(file.read_text() for file in (tmp_path / "new" / "rig").iterdir())
    for text in (miner.host, *private_texts(out)):
        assert text not in said
    with outside_of_time():
        of, outcome = await settle(Recording("rig", "auradine", saved.answers))
    assert outcome.family == "auradine"
    assert "asic_hashrate_hashes_per_second" in exposition(of)


def private_texts(out: list[str]) -> list[str]:
    labels = re.findall(r'(?:mac|serial|hostname|host)="([^"]+)"', "\n".join(out))
    assert labels
    return labels


async def test_a_miner_that_answers_nothing_leaves_an_account_of_it(tmp_path: Path) -> None:
    status, _, _ = await asyncio.wait_for(run("query", "127.0.0.1:9", f"--save={tmp_path / 'rig'}", "--timeout=5"), 30)
    assert status == 1
    assert json.loads((tmp_path / "rig" / META).read_text())["requests"] == {}


def test_the_name_of_a_file_is_that_of_the_fixtures() -> None:
    asked = {path.stem for path in FIXTURES.glob("antminer/*/*.json")}
    assert "summary+stats+pools" in asked
    assert name.__annotations__["request"] in ("Request", Request)
