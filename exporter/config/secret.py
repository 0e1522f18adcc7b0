"""Secrets: passwords and tokens as texts that never print."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any, Final

from pydantic_core import CoreSchema, core_schema

from exporter.core.masks import MASK

_SALT: Final = secrets.token_bytes(16)


class Secret:
    """A text that only `reveal()` returns; printing, dumping and copying give `<secret>`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return MASK

    def __format__(self, _spec: str) -> str:
        # A format width would reveal the length of the text.
        return MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(_bytes(self), _bytes(other))

    def __hash__(self) -> int:
        # The plain hash of a text would confirm a guess.
        return hash(hashlib.blake2b(_bytes(self), key=_SALT).digest())

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        # Pickles, copies and `dataclasses.asdict` all come through here.
        return str, (MASK,)

    def __getstate__(self) -> str:
        return MASK

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.is_instance_schema(
            cls, serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=None)
        )


def _bytes(secret: Secret) -> bytes:
    return secret.reveal().encode("utf-8", "surrogatepass")
