"""StrongU: cgminer with the fans and the machine's coin in summary.

Quirks: the best share often has all bits set, which means no share. A pool's last share is a date in words, in an
unknown time zone. Instead, each board has the time and the pool of its last share. Each board's "volt" is the same on
every machine, and so no measurement. Found Blocks counts shares. The MAC address is only on a page of the web server,
which needs a digest login.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import traceable
from exporter.core.values import Number, celsius, count, number, positive, text
from exporter.decode import cgminer
from exporter.decode.cgminer import DEVS, POOLS, SUMMARY, VERSION
from exporter.decode.common import systeminfo
from exporter.decode.common.counts import BOARD_FIELDS, fill
from exporter.decode.common.labels import index
from exporter.decode.common.manual import FORK
from exporter.decode.common.poolvalues import last_share
from exporter.decode.family import Family
from exporter.parse.rows import Reading
from exporter.questions import Digest

NETWORK = systeminfo.question("strongu_network", systeminfo.NETWORK_PATH, Digest("strongu"))
COIN: Final = "Miner type"
UNCOUNTED: Final = frozenset({"Found Blocks"})
ALGORITHMS: Final = {"sc": "blake2b", "dash": "x11", "dcr": "blake256r14", "btc": "sha256", "ltc": "scrypt"}


def summary(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("summary")
    row.hide(UNCOUNTED)
    yield from cgminer.summary(reading)
    for n in range(1, int(min(count(row.static("Fan Num")) or 0, 8)) + 1):
        yield v.Fan(str(n), count(row[f"Fan{n}"]))


def devs(reading: Reading) -> Iterator[v.Part]:
    for row in reading.rows("devs"):
        if label := index(row, ("ASC", "ID")):
            part = cgminer.device(row, label)
            fill(part, row, BOARD_FIELDS)
            part.chips = count(row["ChipNum"])
            part.frequency_hertz = number(positive(row["Frequency"]), 1e6)
            part.restarts_total = count(row["Reboot Count"])
            yield part
            yield v.BoardSensor(label, "pcb", "0", celsius(row["Temperature"]))


def pools(reading: Reading) -> Iterator[v.Part]:
    found = [(row["Last Share Pool"], row["Last Share Time"]) for row in reading.rows("devs")]
    for part in cgminer.pools(reading):
        if isinstance(part, v.Pool):
            newest = latest(part.pool, *[each for pair in found for each in pair])
            part.last_share_timestamp_seconds = last_share(newest, part.shares_accepted_total, reading.now)
        yield part


@traceable
def latest(pool: str, *pairs: object) -> Number | None:
    """Return the newest time of the pool; None without a time. `pairs` alternates pools and times."""
    times = [positive(time) for name, time in zip(pairs[::2], pairs[1::2], strict=True) if text(name) == pool]
    return max((time for time in times if time is not None), default=None)


def identity(reading: Reading) -> Iterator[v.Part]:
    algorithm = ALGORITHMS.get(text(reading.row("summary").static(COIN)).lower(), "")
    yield v.MinerInfo(make="StrongU", model=text(reading.row("devs").static("Name")), algorithm=algorithm)


def recognise(reading: Reading) -> str:
    row = reading.row("summary")
    return f"{COIN} and Fan Num in summary" if COIN in row and "Fan Num" in row else ""


FAMILY = Family(
    name="strongu",
    rank=830,
    recognise=recognise,
    sections=(
        ("summary", summary),
        ("devs", devs),
        ("pools", pools),
        ("version", cgminer.version),
        systeminfo.section(NETWORK),
        ("", identity),
        ("", cgminer.state),
    ),
    fast=(SUMMARY, DEVS, POOLS),
    slow=(VERSION, NETWORK),
    manual=FORK,
)
