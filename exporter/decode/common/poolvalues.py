"""The doors of a pool's entry: where it points, whose it is, when and how good its last share was."""

from __future__ import annotations

from typing import Final

from exporter.core.tracing import traceable, untraced
from exporter.core.values import EXACT, Number, age, count, flag, host_port, number, positive, text

_count, _flag, _number = untraced(count), untraced(flag), untraced(number)
_positive, _text = untraced(positive), untraced(text)

FEE_PRIORITIES: Final = range(900, 10_000)  # no miner has so many pools; beyond them it is no priority at all
# A clock that says less was never set: it counts from 1970, or from a year in which it was made.
SET: Final = 1_500_000_000
AT_WORK: Final = ("Stratum Active", "Has GBT", "URL", "Priority", "GROUP")  # what tells which pools are at work
DAY: Final = 86_400
YEAR: Final = 365 * DAY

# The words of all firmware for a pool that answers, and for a pool that does not ("Deed" is a maker's own spelling).
# Other words say neither: who is disabled, on standby or connecting was not tried, and who is rejecting answers.
UP: Final = dict.fromkeys(("alive", "active", "working", "connected", "online", "idle"), 1)
DOWN: Final = dict.fromkeys(("dead", "deed", "unreachable", "offline", "disconnected"), 0)
STATES: Final = UP | DOWN


@traceable
def pool_up(status: object, connected: object = None, enabled: object = None) -> int | None:
    """1 for a known good word, 0 for a known bad word. A bad word says nothing of a pool that is `connected`, or that
    is not `enabled`."""
    if status == "Alive":
        return 1
    up = int(status) if type(status) is bool else STATES.get(_text(status).lower())
    return None if up == 0 and (_flag(connected) or _flag(enabled) is False) else up


@traceable
def blank(raw: object) -> bool:
    """Whether there is a text, and nothing in it."""
    return raw == ""


@traceable
def pool_host(url: object) -> str:
    """host:port of a pool, or that it cannot be told, so that an odd address is still seen."""
    return host_port(url) or ("" if url is None else "unparsable")


@traceable
def address(host: object, port: object) -> str:
    """host:port of a pool whose parts are said apart; "" where one of them is not said."""
    name, number_ = text(host), count(port)
    if ":" in name.rpartition("://")[2]:
        return host_port(name)
    return "" if number_ is None or not name else host_port(f"{name}:{int(number_)}")


@traceable
def pool_kind(url: object, place: object, other: str) -> str:
    """devfee for what only a firmware's maker can set: the priority, or a URL that is no address; never by the worker's
    name, which anybody chooses."""
    if text(url).lower() in ("devfee", "*") or count(place) in FEE_PRIORITIES:
        return "devfee"
    return "" if count(place) is None else other


def linked(active: object, without: object) -> bool | None:
    """Tell whether a pool is connected; None where work comes `without` a connection that stands."""
    on = active if type(active) is bool else flag(active)
    return None if on is False and flag(without) else on


@traceable
def several(*connected: object) -> bool:
    """Tell whether of these pools one is connected, and another may be."""
    yes, no = connected.count(True), connected.count(False)
    if yes + no < len(connected):
        links = [_flag(on) for on in connected]
        yes, no = links.count(True), links.count(False)
    return yes > 0 and no < len(connected) - 1


@traceable
def at_work(*said: object) -> list[int | None]:
    """Judge by what each pool has under AT_WORK: 1 for the pool at work, 0 for a pool that is not connected.

    A pool that came back is connected beside the pool at work, until it has proved stable. So where several of a group
    are, or the maker's own beside the user's, nothing says which of them is at work."""
    connected = list(map(linked, said[::5], said[1::5]))
    kinds = [pool_kind(url, place, "") for url, place in zip(said[2::5], said[3::5], strict=True)]
    places = [(kind == "devfee", text(group)) for kind, group in zip(kinds, said[4::5], strict=True)]
    rivals = [place for place, on in zip(places, connected, strict=True) if on is not False]
    own = any(not fee for fee, _ in rivals)
    unclear = {place for place in rivals if rivals.count(place) > 1 or (own and place[0])}
    pools = zip(places, connected, strict=True)
    return [None if on is None or (on and place in unclear) else int(on) for place, on in pools]


@traceable
def priority(raw: object) -> Number | None:
    """A pool's priority; None for what was never set to one."""
    value = raw if type(raw) is int and raw >= 0 else _count(raw)
    return value if value is not None and value < FEE_PRIORITIES.stop else None


@traceable
def best(raw: object) -> Number | None:
    """A best share's difficulty. All bits set, as some forks say it of other algorithms' shares, is none."""
    if type(raw) is int and 0 < raw <= EXACT:
        return raw
    value = _positive(raw)
    return value if value is not None and value < 2**64 - 1 else None


@traceable
def dated(*said: object) -> bool:
    """Tell whether any last share has a time, which is right or wrong by the miner's clock, and not an age."""
    return any(each is not None and (type(each) is not str or (":" not in each and each != "0")) for each in said)


@traceable
def last_share(raw: object, accepted: Number | None, now: float, when: object = None) -> Number | None:
    """Unix time of a share said as such, or as its age "H:MM:SS". Never, an uptime, or a date in words give None; so
    does a pool that accepted none, for which some firmware says the age of the entry.

    A time of a clock that was not set still has an age, by what the same clock says `when` the miner answers."""
    if accepted == 0:
        return None
    if type(raw) is str and ":" in raw:
        return ago(age(raw), now)
    value = raw if type(raw) is int and raw <= EXACT else _number(raw)
    if value is None or value <= 0:
        return None
    if SET < value <= now + DAY:
        return value
    told = _number(when)
    return None if told is None or not 0 <= told - value < YEAR else ago(told - value, now)


def ago(seconds: Number | None, now: float) -> Number | None:
    """Unix time so many seconds before `now`; None for a time before any miner that is read was made."""
    return None if seconds is None or now - seconds <= SET else int(now - seconds)


@traceable
def algorithm(*pairs: object) -> str:
    """Of (active, algorithm) pairs, one after the other: that of the pool at work, or of several that agree."""
    names = {text(name).lower() for active, name in zip(pairs[::2], pairs[1::2], strict=True) if flag(active)}
    return names.pop() if len(names) == 1 else ""


@traceable
def reached(connected: object, *before: object) -> int | None:
    """Tell whether a pool is connected; None for a stand-in that waits while a pool before it may be connected."""
    here = flag(connected)
    untried = here is False and any(flag(each) is not False for each in before)
    return None if here is None or untried else int(here)
