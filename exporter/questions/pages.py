"""Pages: exact paths of a miner's web server, read by GET, or by POST if POSTED has the path."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from exporter.questions.logins import Digest, Login
from exporter.questions.question import Question, check_port
from exporter.questions.readonly import ACTS, NEVER, POSTED, QUERIES, READS

WEB_PORT: Final = 80
HIDDEN: Final = 5  # an acting word of at least so many letters is also found inside longer words

_PATH: Final = re.compile(r"(?:/[A-Za-z0-9]+(?:[_.\-][A-Za-z0-9]+){0,5}){1,6}/?", re.ASCII)
_ACTING: Final = {word.replace("_", "") for word in ACTS | NEVER}
_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", re.ASCII)  # of getMinerStatus: get, Miner, Status
_SEPARATORS: Final = re.compile(r"[/_.\-]")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Page(Question):
    """A page by its exact path, capital letters included; `page` in declare.py explains each option.

    Raises ValueError for a path that may act."""

    path: str
    port: int = WEB_PORT
    login: Login | Digest | None = None  # the login that the page takes
    locked: bool = False  # the page waits until credentials for its login are configured
    hourly: bool = False  # as a slow question the page is asked at most once an hour
    posted: bool = False  # the page is read by POST
    instead: str = ""  # a line; the page is asked only while the firmware does not know that line
    excerpt: Callable[[dict[str, Any]], dict[str, Any]] | None = None  # picks the parts of a long answer to keep

    may_fail_alone: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_port(self.path, self.port)
        if not _PATH.fullmatch(self.path):
            odd = re.search(r"[^A-Za-z0-9/_.\-]", self.path)
            why = f"; {odd[0]!r} is no part of one" if odd else ""
            raise ValueError(f"{self.path!r}: a path is of words between slashes, joined by '_', '-' or '.'{why}")
        if self.path not in READS and (word := acting_word(self.path)):
            raise ValueError(
                f"{self.path!r}: the word {word!r} acts on some firmware (ACTS and NEVER in questions/readonly.py); "
                "if this page only reads, add its path to READS there, with the firmware's name"
            )
        if self.posted and self.path not in POSTED:
            raise ValueError(f"{self.path!r}: only the paths of POSTED are read by POST (questions/readonly.py)")

    @property
    def target(self) -> str:
        """The path and query of the HTTP request."""
        return self.path + (POSTED[self.path][0] if self.posted else QUERIES.get(self.path, ""))

    @property
    def body(self) -> bytes | None:
        """The body to post; None for a page that is read by GET."""
        return POSTED[self.path][1] if self.posted else None

    def text(self, members: Sequence[Page]) -> str:  # noqa: ARG002 - a page is asked alone
        """Spell the request: `GET :80/api/system/info`, or `POST` with its body."""
        if (body := self.body) is not None:
            return f"POST :{self.port}{self.target} {body.decode()}"
        return f"GET :{self.port}{self.target}"


def acting_word(path: str) -> str:
    """Return the longest word in `path` that acts on some firmware, in any spelling; "" if there is none.

    Words end at separators, digits and capital letters, and neighbours are tried together: power-off, powerOff and
    power/off are poweroff. A word of at least HIDDEN letters is also found inside a longer word: minerreboot."""
    parts = [part.lower() for part in _PARTS.findall(path)]
    spelt = {"".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 1, len(parts) + 1)}
    longer = _SEPARATORS.split(path.lower())
    found = {w for w in _ACTING if w in spelt or (len(w) >= HIDDEN and any(w in each for each in longer))}
    return max(sorted(found), key=len, default="")
