"""Stock Antminer since the S19 by the pages of its web server, with a digest login, where port 4028 is closed.

Odd about it: its stats have the shape that the API gives for `new_api`; while it sleeps its lists are empty; boards
count from 0 here and from 1 in the API, and are numbered as there. The page with its settings, which says whether it
should sleep, has the pools' passwords too and is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from exporter.decode import Family, antminer, bitmain, pooltable
from exporter.decode.antminer import SLEEP_MODE, SYSTEM
from exporter.decode.antminer_faults import health
from exporter.decode.cgminer import unanswered
from exporter.decode.faults import WARNING
from exporter.decode.nested import at, how_long
from exporter.decode.poolvalues import best
from exporter.decode.rows import Reading
from exporter.decode.sensors import chip_range
from exporter.live import fact, holds
from exporter.questions import page
from exporter.values import celsius, count, flag, number, positive, text
from exporter.vocabulary import Fan, Fault, Miner, MinerInfo, Part, Sensor, miner_states

LOGIN = "antminer"
SUMMARY = page("antminer_summary", "/cgi-bin/summary.cgi", section="SUMMARY", login=LOGIN, locked=True)
STATS = page("antminer_stats", "/cgi-bin/stats.cgi", section="STATS", login=LOGIN, locked=True)
POOLS = page("antminer_pools", "/cgi-bin/pools.cgi", section="POOLS", login=LOGIN, locked=True)
SLEEPING = (1, SLEEP_MODE)


def summary(reading: Reading) -> Iterator[Part]:
    row = reading.row("antminer_summary")
    yield Miner(hardware_errors_total=count(row["hw_all"]), best_share_difficulty=best(row["bestshare"]))
    yield from health(row)
    if flag(row.fact("safe_mode")):
        yield Fault("safe_mode", "miner", WARNING, 1)


def stats(reading: Reading) -> Iterator[Part]:
    """The fans, of which one that stands still is told from an empty slot as in the API, the air around, and over the
    chips' sensors of each board."""
    row = reading.row("antminer_stats")
    for chain in row.rows("chain")[: len(bitmain.SLOTS)]:
        if (position := count(chain.fact("index"))) is not None:
            sensors = [celsius(at(chain["temp_chip"], n)) for n in range(fact(how_long(chain["temp_chip"])))]
            yield chip_range(str(int(position) + 1), sensors)
    listed = fact(how_long(row["fan"]))
    turning = [n for n in range(listed) if fact(holds(positive(at(row["fan"], n))))]
    fitted = min(int(count(row.fact("fan_num")) or 0), listed)
    if turning and max(turning) < fitted:
        turning = list(range(fitted))
    for n in turning:
        yield Fan(str(n + 1), count(at(row["fan"], n)))
    yield Sensor("ambient", "0", celsius(row["ambient_temp"]))


def identity(reading: Reading) -> Iterator[Part]:
    """The model; a modified firmware that has these pages too may say so in its name."""
    said = text(reading.row("get_system_info").fact("minertype"))
    name = bitmain.model(said)
    algorithm = next((known for start, _, known in bitmain.MODELS if name.startswith(start)), "")
    firmware = "Hiveon" if "hiveon" in said.lower() else "stock"
    yield MinerInfo(make="Bitmain", model=name, firmware=firmware, algorithm=algorithm)


def state(reading: Reading) -> Iterator[Part]:
    """Asleep by its mode, or where both of its lists are empty."""
    row = reading.row("antminer_stats")
    if number(row.fact("miner-mode")) in SLEEPING or empty(reading, "antminer_stats", "antminer_summary"):
        yield from miner_states("sleeping")
    else:
        yield from miner_states("mining" if row.any(positive, "rate_5s") else None)


def empty(reading: Reading, *sections: str) -> bool:
    """Whether all of these were answered, with nothing in them."""
    return all(name in reading.answers.rows and not reading.rows(name) for name in sections)


def pools(reading: Reading) -> Iterator[Part]:
    return pooltable.pools(reading, reading.rows("antminer_pools"))


def recognise(reading: Reading) -> str:
    named = text(reading.row("get_system_info").fact("minertype")).startswith("Antminer")
    return "minertype of get_system_info begins with Antminer" if named and unanswered(reading) else ""


FAMILY = Family(
    name="antminer_web",
    shown="antminer",
    rank=141,
    recognise=recognise,
    sections=(
        ("antminer_stats", partial(antminer.stats_new, "antminer_stats")),
        ("antminer_stats", stats),
        ("antminer_summary", summary),
        ("antminer_pools", pools),
        ("get_system_info", antminer.system),
        ("get_system_info", identity),
        ("", state),
    ),
    fast=(STATS, SUMMARY, POOLS),
    slow=(SYSTEM,),
    greeting=SYSTEM,
)
