"""The converters of a pool's fields: address, kind, state, best share, and the time of the last share."""

from __future__ import annotations

from typing import Final

from exporter.core.tracing import traceable, untraced
from exporter.core.values import EXACT, Number, age, count, flag, host_port, number, positive, text

_count, _flag, _number = untraced(count), untraced(flag), untraced(number)
_positive, _text = untraced(positive), untraced(text)

FEE_PRIORITIES: Final = range(900, 10_000)  # priorities above any user's pool; greater numbers are no priority
# A clock below this Unix time was never set: such a clock starts in 1970 or in the year of its production.
SET: Final = 1_500_000_000
AT_WORK: Final = ("Stratum Active", "Has GBT", "URL", "Priority", "GROUP")  # keys that show which pools are at work
DAY: Final = 86_400
YEAR: Final = 365 * DAY

# The words of all firmware for a pool that answers (UP), and for a pool that does not (DOWN). "deed" is a maker's
# spelling of dead. Other words give no value: a disabled, waiting or connecting pool is untried, and a rejecting pool
# answers.
UP: Final = dict.fromkeys(("alive", "active", "working", "connected", "online", "idle"), 1)
DOWN: Final = dict.fromkeys(("dead", "deed", "unreachable", "offline", "disconnected"), 0)
STATES: Final = UP | DOWN


@traceable
def pool_up(status: object, connected: object = None, enabled: object = None) -> int | None:
    """Return 1 for a known good word, 0 for a known bad word, None for other words.

    A bad word proves nothing about a pool that is `connected`, or whose `enabled` is false."""
    if status == "Alive":
        return 1
    up = int(status) if type(status) is bool else STATES.get(_text(status).lower())
    return None if up == 0 and (_flag(connected) or _flag(enabled) is False) else up


@traceable
def blank(raw: object) -> bool:
    """Tell whether a value is an empty text."""
    return raw == ""


@traceable
def pool_host(url: object) -> str:
    """Return host:port of a pool; "" for an empty value.

    An odd value is "unparsable", also without a visible character: a pool that was hijacked must not hide."""
    empty = not url.strip() if isinstance(url, str) else not url
    return host_port(url) or ("" if empty else "unparsable")


@traceable
def address(host: object, port: object) -> str:
    """Return host:port of a pool with host and port in separate fields; "" if either is missing."""
    name, number_ = text(host), count(port)
    if ":" in name.rpartition("://")[2]:
        return host_port(name)
    return "" if number_ is None or not name else host_port(f"{name}:{int(number_)}")


@traceable
def pool_kind(url: object, place: object, other: str) -> str:
    """Return "devfee" for a pool of the firmware's maker, else `other`; "" for a pool without a priority.

    A priority that no user can set, or a URL such as "devfee", shows the maker's pool. The worker's name is free to
    choose and never decides."""
    if text(url).lower() in ("devfee", "*") or count(place) in FEE_PRIORITIES:
        return "devfee"
    return "" if count(place) is None else other


def linked(active: object, without: object) -> bool | None:
    """Tell whether a pool is connected; None for an unconnected pool that can work `without` a lasting connection."""
    on = active if type(active) is bool else flag(active)
    return None if on is False and flag(without) else on


@traceable
def several(*connected: object) -> bool:
    """Tell whether a pool is connected while another pool may be connected, too."""
    yes, no = connected.count(True), connected.count(False)
    if yes + no < len(connected):
        links = [_flag(on) for on in connected]
        yes, no = links.count(True), links.count(False)
    return yes > 0 and no < len(connected) - 1


@traceable
def at_work(*values: object) -> list[int | None]:
    """Return a number for each pool: 1 at work, 0 not connected, None if unclear. `values` are each pool's values of
    AT_WORK.

    After an outage, a pool is connected beside the pool at work until the connection has proved stable. So several
    connected pools of a group are unclear, and so is the maker's pool beside a user's pool."""
    connected = list(map(linked, values[::5], values[1::5]))
    kinds = [pool_kind(url, place, "") for url, place in zip(values[2::5], values[3::5], strict=True)]
    places = [(kind == "devfee", text(group)) for kind, group in zip(kinds, values[4::5], strict=True)]
    rivals = [place for place, on in zip(places, connected, strict=True) if on is not False]
    own = any(not fee for fee, _ in rivals)
    unclear = {place for place in rivals if rivals.count(place) > 1 or (own and place[0])}
    pools = zip(places, connected, strict=True)
    return [None if on is None or (on and place in unclear) else int(on) for place, on in pools]


@traceable
def priority(raw: object) -> Number | None:
    """Return a pool's priority; None for a value that was never set."""
    value = raw if type(raw) is int and raw >= 0 else _count(raw)
    return value if value is not None and value < FEE_PRIORITIES.stop else None


@traceable
def best(raw: object) -> Number | None:
    """Return a best share's difficulty; None for a number with all bits set, which some forks write."""
    if type(raw) is int and 0 < raw <= EXACT:
        return raw
    value = _positive(raw)
    return value if value is not None and value < 2**64 - 1 else None


@traceable
def dated(*times: object) -> bool:
    """Tell whether any last share has a time, which depends on the miner's clock, rather than an age."""
    return any(each is not None and (type(each) is not str or (":" not in each and each != "0")) for each in times)


@traceable
def last_share(raw: object, accepted: Number | None, now: float, when: object = None) -> Number | None:
    """Return the Unix time of a share, from a Unix time or an age "H:MM:SS"; None for an uptime or a date in words.

    A pool without accepted shares gives None, because some firmware then writes the age of the pool's entry. If the
    miner's clock was never set, the share's age is the difference to `when`, the answer's time on the same clock."""
    if accepted == 0:
        return None
    if type(raw) is str and ":" in raw:
        return ago(age(raw), now)
    value = raw if type(raw) is int and raw <= EXACT else _number(raw)
    if value is None or value <= 0:
        return None
    if SET < value <= now + DAY:
        return value
    answered = _number(when)
    return None if answered is None or not 0 <= answered - value < YEAR else ago(answered - value, now)


def ago(seconds: Number | None, now: float) -> Number | None:
    """Return the Unix time `seconds` before `now`; None for a time before the first miners were made."""
    return None if seconds is None or now - seconds <= SET else int(now - seconds)


@traceable
def algorithm(*pairs: object) -> str:
    """Return the algorithm of the active pools; "" if they disagree. `pairs` alternates active flags and algorithms."""
    names = {text(name).lower() for active, name in zip(pairs[::2], pairs[1::2], strict=True) if flag(active)}
    return names.pop() if len(names) == 1 else ""


@traceable
def reached(connected: object, *before: object) -> int | None:
    """Return 1 for a connected pool, 0 for a failed pool; None for a backup whose predecessor may be connected."""
    on = flag(connected)
    untried = on is False and any(flag(each) is not False for each in before)
    return None if on is None or untried else int(on)
