"""Masks over possible secrets in texts of miners: the values of keys that sound like secrets, and logins in addresses.

A password may have any character, so the end of a secret is often uncertain: in doubt, more text is masked.
The time is linear: each character is looked at only a few times, for any input.
"""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "<secret>"

# A key whose value is a secret, in JSON, in JSON within JSON, or before an equals sign.
_KEY: Final = re.compile(
    r"(?:pass|pwd|pw(?=[\\\"=:])|token|salt|session|secret|cookie|private|auth|jwt|bearer|psk|cred|key(?=s?[ \\\"'=:]))"
    r"[\w .\-]{0,24}(?:\\{0,3}[\"'])?\s{0,4}[:=]\s{0,4}",
    re.IGNORECASE,
)
# Atomic groups, because of a bug in Python 3.11.2 (Debian 12): a group repeated by `*+` keeps the characters that its
# last, failed repetition took.
_TEXT: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)', re.DOTALL)
_INNER: Final = re.compile(r"(\\{1,3}[\"'])[^\\]*+(?>(?:(?!\1)\\[^\\]*+)*)")
_PLAIN: Final = re.compile(
    r"[^,|}\]\n\\]*+(?>(?:(?:\\.|,(?![\w %*-]{1,40}=|\s{0,4}\\{0,3}[\"'{\[]))[^,|}\]\n\\]*+)*)", re.DOTALL
)
_BRACKET: Final = re.compile(r"[{}\[\]]")

_SLASHES: Final = r":(?:\\{0,3}/){2}"
_SCHEME: Final = re.compile(_SLASHES)
_NAME: Final = re.compile(r'"?(?:[\w %*-]{1,40}=)?')  # the text before an address in the same field
_POOL_KEY: Final = re.compile(rf"(stratum2\S{{0,16}}?{_SLASHES}[^/?#\"\\\s]*+\\{{0,3}}[/?#])[^\"]*", re.IGNORECASE)
_FIELD: Final = re.compile(r"[^|,\n\\]*+(?>(?:(?:\\.|,(?![\w %*-]{1,40}=))[^|,\n\\]*+)*)", re.DOTALL)


def masked(text: str) -> str:
    """Return the text of an answer with possible secrets masked."""
    pieces, at = [], 0
    while (key := _KEY.search(text, at)) is not None:
        pieces.append(text[at : key.end()])
        at, mask = _beyond(text, key.end(), field=key[0].rstrip().endswith("="))
        pieces.append(mask)
    return _without_logins("".join([*pieces, text[at:]]))


def without_login(text: str) -> str:
    """Return a text with the login of an address masked, and the key after a Stratum V2 host.

    Only an address with a scheme (`stratum+tcp://`) is recognised."""
    if (scheme := _SCHEME.search(text)) is None:
        return text
    begin, end = scheme.end(), text.rfind("@")
    if end >= begin:
        text = f"{text[:begin]}{MASK}{text[end:]}"
    return _POOL_KEY.sub(rf"\1{MASK}", text)


def _without_logins(text: str) -> str:
    """Mask the logins in all values of an answer, also in addresses without a scheme."""
    pieces, at = [], 0
    for literal in _TEXT.finditer(text):
        pieces += [_FIELD.sub(_address, text[at : literal.start()]), _address(literal)]
        at = literal.end()
    return "".join([*pieces, _FIELD.sub(_address, text[at:])])


def _address(match: re.Match[str]) -> str:
    value = match[0]
    begin, end = _NAME.match(value).end(), value.rfind("@")  # type: ignore[union-attr]  # the pattern may be empty
    if end >= begin and ":" in value[begin:end] and not _SCHEME.search(value):
        return f"{value[:begin]}{MASK}{value[end:]}"
    return without_login(value)


def _beyond(text: str, at: int, *, field: bool) -> tuple[int, str]:
    """Return the end of the value that begins at `at`, and its mask.

    In a `field` (`key=value`) brackets are plain text."""
    if (literal := _TEXT.match(text, at)) is not None:
        return literal.end(), f'"{MASK}"'
    if (inner := _INNER.match(text, at)) is not None:
        return inner.end(), inner[1] + MASK
    if not field and text[at : at + 1] in ("{", "["):
        return _closed(text, at), MASK
    plain = _PLAIN.match(text, at)
    return (plain.end(), MASK) if plain and plain[0] else (at, "")


def _closed(text: str, at: int) -> int:
    """Return the place after the bracket that closes the bracket at `at`; the end of the text without that bracket."""
    depth = 0
    while at < len(text):
        if (literal := _TEXT.match(text, at)) is not None:
            at = literal.end()
            continue
        if (mark := _BRACKET.match(text, at)) is not None:
            depth += 1 if mark[0] in "{[" else -1
            if not depth:
                return at + 1
        at += 1
    return at
