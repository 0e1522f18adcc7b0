"""A secret is printed, dumped or copied by everything at hand, and never shows."""

import copy
import dataclasses
import json
import logging
import pickle
import traceback
from typing import Any

import orjson
import pytest
import yaml
from pydantic import BaseModel

from exporter.config.secret import Secret
from exporter.core.masks import MASK

PERCENT = "%s"
TEXT = "correct horse \N{SNOWMAN}"


class Model(BaseModel):
    secret: Secret


@dataclasses.dataclass
class Holder:
    secret: Secret


@pytest.fixture
def secret() -> Secret:
    return Secret(TEXT)


def test_reveal(secret: Secret) -> None:
    assert secret.reveal() == TEXT


def test_every_way_to_print_gives_the_mask(secret: Secret) -> None:
    printed: list[Any] = [
        str(secret), repr(secret), f"{secret}", f"{secret:>30}", f"{secret!r}", PERCENT % secret, f"{secret}",
        json.loads(json.dumps(secret, default=str)), orjson.loads(orjson.dumps(secret, default=str)),
        copy.copy(secret), copy.deepcopy(secret), pickle.loads(pickle.dumps(secret)),  # noqa: S301 - of our own making
        secret.__getstate__(),
        dataclasses.asdict(Holder(secret))["secret"],
        Model(secret=secret).model_dump()["secret"], json.loads(Model(secret=secret).model_dump_json())["secret"],
    ]  # fmt: skip
    assert printed == [MASK] * len(printed)


def test_no_holder_of_a_secret_shows_the_secret(secret: Secret, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("%s %r", secret, {"a": [secret]})
    trace = "".join(traceback.format_exception(ValueError(secret)))
    shown = [
        repr(Holder(secret)), repr(Model(secret=secret)), str({"a": (secret,)}), yaml.dump({"a": secret}), trace,
        caplog.text, *(repr(pickle.dumps(secret, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)),
    ]  # fmt: skip
    assert not [text for text in shown if "horse" in text]
    assert all(MASK in text for text in shown)
    with pytest.raises(yaml.YAMLError) as caught:
        yaml.safe_dump({"a": secret})
    assert "horse" not in str(caught.value)


def test_equality_and_hash(secret: Secret) -> None:
    assert secret == Secret(TEXT)
    assert hash(secret) == hash(Secret(TEXT))
    assert len({secret, Secret(TEXT), Secret("other")}) == 2
    assert secret != Secret("other")
    assert secret != TEXT
    assert secret != MASK


def test_hash_confirms_no_guess(secret: Secret) -> None:
    assert hash(secret) not in (hash(TEXT), hash((TEXT,)), hash(TEXT.encode()))


def test_model_takes_no_plain_text() -> None:
    with pytest.raises(ValueError, match="instance of Secret"):
        Model.model_validate({"secret": "x"})
