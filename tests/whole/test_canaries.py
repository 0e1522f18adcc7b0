"""Every recorded answer tells secrets, and none of them shows: in no series, label, error, log line or `query`."""

from __future__ import annotations

import logging
import re
import zlib
from typing import Any

import orjson
import pytest

from exporter.commands import query
from exporter.parse.jsontext import parse
from tests.harness.recorded import RECORDINGS, Recording, exposition, outside_of_time, settle

CANARY = "canary-4711"
SAYS_SECRET = re.compile(
    r"pass|pwd|pw$|token|salt|session|secret|cookie|private|auth|jwt|bearer|psk|cred|keys?$", re.IGNORECASE
)
ADDED = (
    *("password", "Password", "Pass", "passwd", "_ant_pool1pw", "stratumPassword", "wifiPass", "token", "Token"),
    *("salt", "newsalt", "SessionID", "session_id", "session", "apiKey", "api_key", "secret", "cookie", "private_key"),
    *("auth", "jwt", "Authorization", "bearer", "psk", "access_key", "api-key", "pass phrase", "token ", "credential"),
)
LOGINS = ("w:{}", "w:{}/x", "w:x@{}", "w:{}?#x", "w:x {}", 'w:"{}', "w:{}\\", "{}/w", "w:a://{}", "w:1,2={}")
URL = re.compile(r"^([a-z0-9+]+://)(?:[^@/]*@)?(.*)$")


def telling(value: Any, *, said: bool = False) -> Any:
    """The same with a secret in every object, under every key that says so, and in every URL; `said`: under one."""
    if isinstance(value, dict):
        known = {key: telling(each, said=bool(SAYS_SECRET.search(key))) for key, each in value.items()}
        nested = {"secrets": {"a": [{"b": CANARY}]}, "said": f'{{"password":"{CANARY}"}}'}
        return known | nested | {key: f"{CANARY}-{key}" for key in ADDED if key not in known}
    if isinstance(value, list):
        return [telling(each, said=said) for each in value]
    if isinstance(value, str):
        login = LOGINS[zlib.crc32(value.encode()) % len(LOGINS)].format(CANARY)
        return CANARY if said else URL.sub(lambda url: f"{url[1]}{login}@{url[2]}", value)
    return value


def secretive(recording: Recording) -> Recording:
    answers = {}
    for name, raw in recording.answers.items():
        document, _ = parse(raw)
        answers[name] = orjson.dumps(telling(document))
    return Recording(recording.name, recording.family, answers)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: f"{recording.family}-{recording.name}")
async def test_no_secret_shows(recording: Recording, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    of_secrets = secretive(recording)
    with outside_of_time():
        target, outcome = await settle(of_secrets)
    session = outcome.session
    said = [
        exposition(target),
        target.error,
        repr(session.answers.problems),
        repr(session.failed),
        caplog.text,
        *query.report(target, outcome),
        *(query.shown(raw) for raw in of_secrets.answers.values()),
    ]
    told = [line for text in said for line in text.splitlines() if CANARY in line]
    assert not told
    assert any(CANARY.encode() in raw for raw in of_secrets.answers.values())
