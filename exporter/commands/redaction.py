"""Answers of miners without what is private: users, wallets, names, addresses, serial numbers and tokens are replaced.

Each private text becomes another of the same shape, letters for letters and digits for digits. The same text becomes
the same everywhere, and an answer is read as before. The replacement cannot be turned back: it follows from a random
key that is forgotten. Numbers, units and words of the firmware stay.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import string
from collections.abc import Iterable, Iterator
from typing import Final

SCHEME: Final = re.compile(r"(?:[A-Za-z0-9+.\-]{1,32}:)?(?:\\?/){2}|^")
PORT: Final = re.compile(r":\d{1,5}(?=$|[/?#\s])")

# Keys whose whole value is private, and keys whose numbers with dots are versions, not addresses.
PRIVATE: Final = re.compile(
    r"user|worker|mwork|wallet|account|e-?mail|payout|owner|operator|contact|location|coinbase(?!.*sat)|scriptsig"
    r"|contract|display_?name"
    r"|mac(?!hine|ro)|serial|serinum|^sn$|[_ ]sn$|^sn[_ ]|sn\d?$|uuid|uid$|dna|miner_?id$|chassis|hwid|device_?id"
    r"|host|ssid|url|server|gateway|dns|^ip(?!report)|_ip|(?-i:IP$)|ipv\d|addr|mask|domain|custom_?data|fingerprint"
    r"|pass|pwd|^pw|pw$|token|salt|(?<!diff)session(?!_?(?:nonce)?diff)|secret|cookie|private|auth|jwt|bearer|psk|cred|key$|^keys$",
    re.IGNORECASE,
)
VERSIONED: Final = re.compile(
    r"version|^ver|_ver|miner$|firmware|^fw|compile|type|build|release|software", re.IGNORECASE
)
PLACED: Final = frozenset(("pool",))  # keys under which a text is the host of a pool, and a list has the pools
PLAIN_WORDS: Final = re.compile(
    r"(?:true|false|null|none|n/?a|0+(?:[:.-]0+)*|unknown|no miner id now|yes|no|on|off|dhcp|static|[01])?",
    re.IGNORECASE,
)

# What is private wherever it is.
MAC: Final = re.compile(
    r"(?<![0-9A-Fa-f:-])[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}(?![0-9A-Fa-f:-])"
)
BARE_MAC: Final = re.compile(r"(?<![0-9A-Za-z])(?=[0-9]*[A-Fa-f])(?=[A-Fa-f]*[0-9])[0-9A-Fa-f]{12}(?![0-9A-Za-z])")
EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+")
ADDRESS: Final = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
LOCAL: Final = re.compile(
    r"10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\."
)
WALLET: Final = re.compile(r"(?<![A-Za-z0-9])(?:0x)?(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{26,120}(?![A-Za-z0-9])")
HOST: Final = re.compile(r"(?<![\w.-])(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}:\d{2,5}(?![\w.])")
URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{1,31}:\\?/\\?/[^\s\"'<>,|\]]{1,500}")

# The quotes around an object or a list that some firmware puts into a text without escapes.
AROUND: Final = r'"(?=\s*(?:\{|\[\s*\{)\s*"\w)|(?<=[}\]])"(?=\s*(?:[,}\]]|\Z))'
TOKEN: Final = re.compile(AROUND + r'|"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)|[{}\[\]:,]|[^"{}\[\]:,]+', re.DOTALL)
CLOSED: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
OPENING: Final = frozenset("{[")
CLOSING: Final = frozenset("}]")
FIELD: Final = re.compile(r"([\w %*.-]{1,40}?)(=|\[)([^,|\]\n]*)")  # text mode, and readings in brackets
SHORTEST: Final = 5  # characters of a text that is replaced wherever it is found


class Redaction:
    """The replacement of private texts in the answers of one miner. `known` are private texts that are known already.

    First `learn` every answer, then `apply` to each, so that a text found in one answer is replaced in all."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._key = secrets.token_bytes(32)
        self._texts: set[str] = set()
        self._kept: set[str] = set()  # names of models and versions, by which firmware also calls the host
        self._pattern: re.Pattern[str] | None = None
        for text in known:
            self._note(text)

    def learn(self, answer: str) -> None:
        """Note the private texts of an answer."""
        self._redact(answer)
        self._pattern = None

    def apply(self, answer: str) -> str:
        """Return an answer with all private texts replaced."""
        if self._pattern is None:
            texts = "|".join(sorted(map(re.escape, self._texts - self._kept), key=len, reverse=True))
            self._pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{texts})(?![A-Za-z0-9])" if texts else r"(?!)")
        return self._pattern.sub(lambda text: self.shaped(text[0]), self._redact(answer))

    def shaped(self, text: str) -> str:
        """Return the text that takes the place of a private one: of the same shape, and always the same."""
        if MAC.fullmatch(text) or BARE_MAC.fullmatch(text):
            digits = iter(self._like_text(re.sub("[:-]", "", text).lower()))
            return "".join(c if c in ":-" else next(digits).upper() if c.isupper() else next(digits) for c in text)
        return self._like_text(text)

    def _like_text(self, text: str) -> str:
        stream = self._stream(text)
        return "".join(_like(character, next(stream)) for character in text)

    def _stream(self, text: str) -> Iterator[int]:
        for block in range(1 << 20):
            yield from hmac.digest(self._key, b"%d:" % block + text.encode("utf-8", "surrogatepass"), "sha256")

    def _note(self, text: str) -> str:
        """Note a private text, and return its replacement."""
        if len(text) >= SHORTEST and re.search(r"[\d.@_-]", text):
            self._texts.add(text)
        return self.shaped(text)

    def _redact(self, answer: str) -> str:
        """Replace in an answer, or in a text within an answer: JSON, also broken, or fields with = or in brackets."""
        return self._json(answer) if re.match(r'\s*[\[{]|\s*"', answer) else self._fields(answer)

    def _json(self, answer: str) -> str:
        """Replace in JSON, which may be broken: a text before a colon is the key of what follows."""
        done: list[str] = []
        key, above = "", [""]  # of the current value, and of the objects and lists around it
        pieces = [piece[0] for piece in TOKEN.finditer(answer)]
        for n, piece in enumerate(pieces):
            if piece in (":", '"'):
                pass
            elif piece.startswith('"') and next(filter(str.strip, pieces[n + 1 : n + 3]), "") == ":":
                key = _plain(piece)
            elif piece in OPENING:
                above.append(above[-1] if _private(above[-1]) else key)
                key = ""
            elif piece in CLOSING:
                above, key = above[:-1] or [""], ""
            elif piece == ",":
                key = ""
            elif piece.startswith('"'):
                piece = self._string(piece, above[-1] if _private(above[-1]) and not VERSIONED.search(key) else key)  # noqa: PLW2901
            elif _private(key):
                piece = self._digits(piece)  # noqa: PLW2901
            done.append(piece)
        return "".join(done)

    def _digits(self, token: str) -> str:
        """Replace a long number under a private key, such as a serial number; small numbers are states and ports."""
        return re.sub(r"\d{6,}", lambda number: f"1{self.shaped(number[0])[1:]}", token)

    def _string(self, token: str, key: str) -> str:
        text = _plain(token)
        done = self._value(text, key)
        if done == text:
            return token
        try:
            done.encode()
        except UnicodeEncodeError:  # half a surrogate pair
            written = json.dumps(done)
        else:
            written = json.dumps(done, ensure_ascii=False)
        return written if CLOSED.fullmatch(token) else written[:-1]

    def _value(self, text: str, key: str) -> str:
        """Return the value under a key without what is private."""
        if (_private(key) or key in PLACED) and not PLAIN_WORDS.fullmatch(text.strip()):
            return self._place(text)
        if VERSIONED.search(key):
            self._kept.add(text)
        if re.match(r"\s*[\[{]", text):
            return self._json(text)
        return self._fields(text, key)

    def _place(self, text: str) -> str:
        """Replace a private text as a whole; of an address the scheme and the port stay."""
        begin = scheme.end() if (scheme := SCHEME.match(text)) else 0
        port = PORT.search(text, begin)
        end, after = port.span() if port else (len(text), len(text))
        host = text[begin:end]
        hidden = self._address(host) if ADDRESS.fullmatch(host) else self._note(host)
        return text[:begin] + hidden + text[end:after] + self.shaped(text[after:])

    def _address(self, text: str) -> str:
        """Return another IP address with as many digits in each number."""
        stream = self._stream(text)
        low = {1: (1, 9), 2: (10, 89), 3: (100, 150)}
        return ".".join(str(low[len(n)][0] + next(stream) % low[len(n)][1]) for n in text.split("."))

    def _fields(self, text: str, key: str = "") -> str:
        """Replace the values of fields such as `user=x` and `DNA[x]` in a text, and what is private wherever it is."""
        text = FIELD.sub(lambda f: f[1] + f[2] + (self._value_of_field(f[1], f[3])), text)
        for pattern in (URL, HOST, EMAIL, MAC, BARE_MAC, WALLET):
            text = pattern.sub(lambda found: self._place(found[0]), text)
        return ADDRESS.sub(lambda found: self._place(found[0]) if _local(found[0], key) else found[0], text)

    def _value_of_field(self, key: str, value: str) -> str:
        private = _private(key.strip()) and not PLAIN_WORDS.fullmatch(value.strip())
        return self._place(value) if private else value


def _private(key: str) -> bool:
    return PRIVATE.search(key) is not None and not VERSIONED.search(key)


def _local(address: str, key: str) -> bool:
    return LOCAL.match(address) is not None and not VERSIONED.search(key)


def _plain(token: str) -> str:
    """Return the text of a JSON string, or its raw characters if they are no JSON."""
    try:
        text = json.loads(token, strict=False)
    except ValueError:
        return token.strip('"')
    return text if isinstance(text, str) else token.strip('"')


def _like(character: str, number: int) -> str:
    """Return a character of the same kind: a digit, a hexadecimal letter or another, in the same case."""
    if character in string.digits:
        return string.digits[number % 10]
    for kind in ("abcdef", "ABCDEF", string.ascii_lowercase, string.ascii_uppercase):
        if character in kind:
            return kind[number % len(kind)]
    return character if character.isascii() else "x"
