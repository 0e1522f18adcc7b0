"""Foreign texts with possible secrets masked: the values of keys that sound like secrets, and logins in addresses.

The end of a secret is often open to doubt, because a password may have any character: rather too much is masked.
Each character is looked at a few times, for any input.
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
# Atomic groups: in Python 3.11.2, which Debian 12 has, a repeated group with `*+` keeps what its failed last turn took.
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
    """Return a value with the login before the host of an address masked, and the key behind a Stratum V2 host."""
    if (scheme := _SCHEME.search(text)) is None:
        return text
    begin, end = scheme.end(), text.rfind("@")
    if end >= begin:
        text = f"{text[:begin]}{MASK}{text[end:]}"
    return _POOL_KEY.sub(rf"\1{MASK}", text)


def _without_logins(text: str) -> str:
    """Mask the logins in each value of an answer, where an address may also stand without a scheme."""
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
    """Return the end of the value that begins at `at`, and its mask; a `field` has no brackets that close."""
    if (literal := _TEXT.match(text, at)) is not None:
        return literal.end(), f'"{MASK}"'
    if (inner := _INNER.match(text, at)) is not None:
        return inner.end(), inner[1] + MASK
    if not field and text[at : at + 1] in ("{", "["):
        return _closed(text, at), MASK
    plain = _PLAIN.match(text, at)
    return (plain.end(), MASK) if plain and plain[0] else (at, "")


def _closed(text: str, at: int) -> int:
    """Return the end of the bracket that opens at `at`; the end of the text if nothing closes it."""
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
