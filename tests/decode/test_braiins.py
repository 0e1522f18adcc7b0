"""What is kept of the long answers of BraiinsOS."""

from __future__ import annotations

from exporter.decode.braiins.rest import CONFIGURATION
from exporter.parse.answers import Answers, read
from exporter.questions import Page


def test_of_the_settings_neither_pools_nor_their_passwords_are_kept() -> None:
    answers = Answers()
    page = (
        b'{"pool_groups":[{"name":"one","pools":[{"url":"stratum+tcp://pool.example:3333","user":"user.worker",'
        b'"password":"password-canary"}]}],"temperature":{"mode":{"auto":{"minimum_required_fans":2}}},"tuner":null}'
    )
    read(answers, [CONFIGURATION], page)
    assert answers.rows == {"miner_configuration": [{"temperature": {"mode": {"auto": {"minimum_required_fans": 2}}}}]}
    assert "canary" not in repr(answers)


def test_the_settings_are_read_by_get() -> None:
    assert isinstance(CONFIGURATION, Page)
    assert CONFIGURATION.body is None
    assert CONFIGURATION.hourly
