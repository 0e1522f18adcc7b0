"""Addresses of the configuration: text in, one host or runs of integers out."""

from __future__ import annotations

import heapq
import ipaddress
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Final

MAX_RANGE: Final = 2**20
MAX_RANGE_V6: Final = 4096
MAX_RUNS: Final = 2**16  # most runs of an octet range with gaps: each run costs memory

# IPv4 addresses have the integers of their IPv6 form (::ffff:a.b.c.d), so that both versions share one number line.
_MAPPED: Final = 0xFFFF << 32
_OCTETS: Final = re.compile(r"\.".join([r"(\d{1,3}(?:-\d{1,3})?)"] * 4), re.ASCII)
_BITS: Final = re.compile(r"0|[1-9]\d{0,2}", re.ASCII)
_WORD: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME: Final = re.compile(rf"(?=.{{1,253}}$)(?:{_WORD}\.)*{_WORD}\.?", re.ASCII)
_WITH_PORT: Final = re.compile(r"\[([^\]]*)\]:(\d{1,5})|([^:\[\]]*):(\d{1,5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Single:
    """A host, as an address in its shortest form or as a name, and the port if one is written."""

    host: str
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The addresses of one range, as runs of integers."""

    runs: tuple[range, ...]


def number(host: str) -> int | None:
    """Return the integer of an address; None for a host name and for an address with a zone."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if "%" in host:
        return None
    return int(address) + (_MAPPED if address.version == 4 else 0)


def spell(value: int) -> str:
    """Return the address of an integer, in its shortest form."""
    return str(ipaddress.IPv4Address(value - _MAPPED) if value >> 32 == 0xFFFF else ipaddress.IPv6Address(value))


def joined(host: str, port: int) -> str:
    """Return `host:port`, with an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def parse(text: str) -> Single | Span:
    """Parse an address, host name, `host:port`, CIDR or octet range. Raises ValueError for anything else."""
    if number(text.partition("/")[0]) is not None and "/" in text:
        return Span((_cidr(text),))
    if "-" in text and (octets := _OCTETS.fullmatch(text)):
        return Span(tuple(_octet_runs(octets.groups())))
    if with_port := _WITH_PORT.fullmatch(text):
        port = int(with_port[2] or with_port[4])
        if not 1 <= port <= 65535:
            raise ValueError(f"port {port} is not from 1 to 65535")
        return Single(_host(with_port[1], text) if with_port[1] else _host(with_port[3], text), port)
    return Single(_host(text, text))


def _host(host: str | None, text: str) -> str:
    host = host or ""
    if (value := number(host)) is not None:
        return spell(value)
    if _NAME.fullmatch(host) and re.search("[A-Za-z]", host.rstrip(".").rpartition(".")[2]):
        return host
    # The part before an "@" may be a login.
    shown = text.rpartition("@")[2][:80]
    raise ValueError(f"{shown!r} is not an address, a host name, host:port, a CIDR or a range such as 10.0.1.10-50")


def _cidr(text: str) -> range:
    address, _, bits = text.partition("/")
    try:
        # ip_network would also take a netmask, and int() would take non-ASCII digits: only plain digits pass here.
        network = ipaddress.ip_network(f"{address}/{bits if _BITS.fullmatch(bits) else None}", strict=False)
    except ValueError:
        raise ValueError(f"{text[:80]!r} is not a CIDR such as 10.0.0.0/24") from None
    if ipaddress.ip_address(address) != network.network_address:
        raise ValueError(f"{text} has host bits set; did you mean {network}?")
    limit = MAX_RANGE if network.version == 4 else MAX_RANGE_V6
    if network.num_addresses > limit:
        raise ValueError(f"{network} holds {network.num_addresses} addresses; at most {limit} in one range")
    first = int(network.network_address) + (_MAPPED if network.version == 4 else 0)
    # The first and the last address of an IPv4 network are the network itself and its broadcast.
    edge = 1 if network.version == 4 and network.prefixlen <= 30 else 0
    return range(first + edge, first + network.num_addresses - edge)


def _octet_runs(texts: Iterable[str]) -> Iterable[range]:
    octets = []
    for text in texts:
        low, _, high = text.partition("-")
        octet = range(int(low), int(high or low) + 1)
        if not octet or octet[-1] > 255 or str(octet[0]) != low or (high and str(octet[-1]) != high):
            raise ValueError(f"{text} is not an octet or a range of octets, low to high, from 0 to 255")
        octets.append(octet)
    if (size := math.prod(map(len, octets))) > MAX_RANGE:
        raise ValueError(f"the range holds {size} addresses; at most {MAX_RANGE} in one range")
    # Full octets (0-255) at the right end make one run together with the octet before them.
    tail = 1
    while len(octets) > 1 and len(octets[-1]) == 256:
        tail *= len(octets.pop())
    if (runs := size // (tail * len(octets[-1]))) > MAX_RUNS:
        raise ValueError(f"the range falls into {runs} pieces; at most {MAX_RUNS} in one range")
    for outer in product(*octets[:-1]):
        start = _MAPPED + int.from_bytes(bytes([*outer, 0])) * tail
        yield range(start + octets[-1].start * tail, start + octets[-1].stop * tail)


def share(claims: Iterable[tuple[range, int]]) -> dict[int, list[range]]:
    """Give each claimed integer to the lowest owner that claims it; return the owners' runs, ascending and disjoint."""
    waiting = sorted(claims, key=lambda claim: claim[0].start, reverse=True)
    open_claims: list[tuple[int, int]] = []  # (owner, stop)
    shares: dict[int, list[range]] = {}
    at = 0
    while waiting or open_claims:
        if not open_claims:
            at = max(at, waiting[-1][0].start)
        while waiting and waiting[-1][0].start <= at:
            run, owner = waiting.pop()
            heapq.heappush(open_claims, (owner, run.stop))
        owner, stop = open_claims[0]
        if stop <= at:
            heapq.heappop(open_claims)
            continue
        end = min(stop, waiting[-1][0].start) if waiting else stop
        runs = shares.setdefault(owner, [])
        if runs and runs[-1].stop == at:
            runs[-1] = range(runs[-1].start, end)
        else:
            runs.append(range(at, end))
        at = end
    return shares
