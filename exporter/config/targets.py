"""Target specifications: single targets, ranges of possible targets, and the settings of each."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from exporter.config import addresses
from exporter.config.planned import PlannedOff
from exporter.config.secret import Secret

DEFAULT_PORT: Final = 4028


@dataclass(frozen=True, slots=True)
class Credential:
    """A login: a password or a token, and a user name where needed."""

    username: str | None = None
    password: Secret | None = None
    token: Secret | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """The expected properties of a miner; None for a property without an expectation.

    Patterns match the full text. `pools` has (host, user) in order of priority, `mac` is lower case with colons,
    `hashrate` is in hashes per second.
    """

    pools: tuple[tuple[re.Pattern[str] | None, re.Pattern[str] | None], ...] = ()
    model: re.Pattern[str] | None = None
    firmware_version: re.Pattern[str] | None = None
    mac: str | None = None
    boards: int | None = None
    fans: int | None = None
    hashrate: float | None = None
    planned_off: PlannedOff | None = None


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """A miner as configured; interval and timeout in seconds, labels merged and sorted.

    `credentials` are by the name of the family; the key "" is for all other families.
    """

    name: str
    host: str
    port: int
    group: str
    labels: tuple[tuple[str, str], ...]
    interval: float
    timeout: float
    family: str | None
    chips: bool
    workers: bool
    credentials: Mapping[str, Credential]
    expect: Expect | None
    http: bool = True  # whether the web server may be asked
    grpc: bool = True  # whether gRPC may be used, if credentials are configured
    pattern: str = ""  # the name with places such as {mac}, to be filled by what the miner reports; "" for none

    def login(self, family: str) -> Credential | None:
        """Return the credentials for that family, or None."""
        return self.credentials.get(family, self.credentials.get(""))

    @property
    def url_host(self) -> str:
        """The host as in a URL: an IPv6 address in brackets."""
        return f"[{self.host}]" if ":" in self.host else self.host

    def at(self, host: str, port: int, name: str | None = None) -> TargetSpec:
        """Return the same specification for another host; the default name is the address, also of a pattern."""
        default = host if port == DEFAULT_PORT else addresses.joined(host, port)
        if name is not None and "{" in name:
            return replace(self, host=host, port=port, name=default, pattern=name)
        return replace(self, host=host, port=port, name=name or default, pattern="" if name else self.pattern)


@dataclass(frozen=True, slots=True)
class Range:
    """The addresses of a group's ranges, in ascending order; a miner may answer at each."""

    spec: TargetSpec  # the settings of each address, without a host
    runs: tuple[range, ...] = field(repr=False)  # ascending and disjoint

    @property
    def group(self) -> str:
        return self.spec.group

    def __iter__(self) -> Iterator[str]:
        for run in self.runs:
            yield from map(addresses.spell, run)

    def __len__(self) -> int:
        return sum(map(len, self.runs))

    def __contains__(self, host: object) -> bool:
        return isinstance(host, str) and self._has(addresses.number(host))

    def _has(self, value: int | None) -> bool:
        if value is None:
            return False
        after = bisect_right(self.runs, value, key=lambda run: run.start)
        return after > 0 and value in self.runs[after - 1]

    def target(self, host: str) -> TargetSpec:
        """Return the target at an address of the range. Raises KeyError for another address."""
        value = addresses.number(host)
        if value is None or not self._has(value):
            raise KeyError(host)
        return self.spec.at(addresses.spell(value), self.spec.port)
