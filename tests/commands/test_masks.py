"""What may be a secret is masked in every spelling, and the rest of an answer stays as it came."""

from __future__ import annotations

import pytest

from exporter.core.masks import masked, without_login

CANARY = "CANARY"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (r'"URL":"stratum+tcp:\/\/w:CANARY@pool:3333"', r'"URL":"stratum+tcp:\/\/<secret>@pool:3333"'),
        ('"URL":"stratum+tcp://w:CANARY/x@pool:3333","a":1', '"URL":"stratum+tcp://<secret>@pool:3333","a":1'),
        ('"URL":"stratum+tcp://w:x@CANARY@pool:3333"', '"URL":"stratum+tcp://<secret>@pool:3333"'),
        (r'"URL":"stratum+tcp://w:\"CANARY@pool:3333"', '"URL":"stratum+tcp://<secret>@pool:3333"'),
        ('"URL":"w:CANARY@pool:3333"', '"URL":"<secret>@pool:3333"'),
        ('"URL":"stratum2+tcp://pool:3333/CANARY"', '"URL":"stratum2+tcp://pool:3333/<secret>"'),
        ('"auth":"CANARY"', '"auth":"<secret>"'),
        ('"jwt":"CANARY"', '"jwt":"<secret>"'),
        ('"Authorization":"Bearer CANARY"', '"Authorization":"<secret>"'),
        ('"bearer":"CANARY"', '"bearer":"<secret>"'),
        ('"psk":"CANARY"', '"psk":"<secret>"'),
        ('"access_key":"CANARY"', '"access_key":"<secret>"'),
        ('"api-key":"CANARY"', '"api-key":"<secret>"'),
        ('"pass phrase":"CANARY"', '"pass phrase":"<secret>"'),
        ('"token ":"CANARY"', '"token ":"<secret>"'),
        ('"secret":{"a":[{"b":"CANARY}"}]},"c":1', '"secret":<secret>,"c":1'),
        ('"password":"CANARY","a":1', '"password":"<secret>","a":1'),
        (r'"pw":"\"CANARY","a":1', '"pw":"<secret>","a":1'),
        ('"password": 4711CANARY, "a":1', '"password": <secret>, "a":1'),
        ('"password" : "CANARY', '"password" : "<secret>"'),
        ('"secret":{"a":"CANARY', '"secret":<secret>'),
        (r'"a":"{\"password\":\"CANARY\",\"b\":1}"', r'"a":"{\"password\":\"<secret>\",\"b\":1}"'),
        (
            "POOL=0,URL=stratum+tcp://w:CANARY@pool:3333,User=a@b|",
            "POOL=0,URL=stratum+tcp://<secret>@pool:3333,User=a@b|",
        ),
        (r"URL=stratum+tcp://w:1\|CANARY@pool:3333,A=1|", "URL=stratum+tcp://<secret>@pool:3333,A=1|"),
        ("POOL=0,Password=[CANARY,A=1|", "POOL=0,Password=<secret>,A=1|"),
        ('"SESSION":[{"SessionID":"CANARY","a":1}],"b":1', '"SESSION":<secret>,"b":1'),
        (r"Pass=CAN,CANARY\|CANARY,A=1|", "Pass=<secret>,A=1|"),
    ],
)
def test_a_secret_in_an_answer_is_masked_and_nothing_else(said: str, shown: str) -> None:
    assert masked(said) == shown
    assert masked(f"{{{said}}}")[1:].startswith(shown[:-1])


@pytest.mark.parametrize(
    "said",
    [
        '"URL":"stratum+tcp://pool:3333","User":"a.b@c","When":"12:30:01","Status":"Alive"',
        "POOL=0,URL=stratum+tcp://pool:3333,User=a@b,Elapsed=1:02|SUMMARY,Hardware Errors=0|",
        '"MAC":"02:00:5e:10:00:01","IP":"192.0.2.1","mail":"a@b"',
    ],
)
def test_text_without_a_secret_stays_as_it_was(said: str) -> None:
    assert masked(said) == said


def test_one_value_is_shown_without_its_login() -> None:
    assert without_login("cannot reach http://root:CANARY@192.0.2.1/x") == "cannot reach http://<secret>@192.0.2.1/x"
    assert without_login('stratum+tcp://w:"CAN\nARY/@pool:3333') == "stratum+tcp://<secret>@pool:3333"
    assert without_login("a.b@c") == "a.b@c"
    assert without_login("stratum2+tcp://pool:3333/CANARY") == "stratum2+tcp://pool:3333/<secret>"
