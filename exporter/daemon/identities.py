"""The identities of all miners: names made of what miners report, moved miners, and one MAC address at two addresses.

A name such as "{mac}" belongs to one miner: where several claim the same, each keeps its address as name. A miner whose
MAC address shows up elsewhere while its old address is silent has moved. The name goes along, and an address of a range
is no target any more. If both addresses answer, they are twins, which is a mistake of somebody.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Final

from exporter.daemon.logs import event
from exporter.polling.target import Target
from exporter.render.exposition import fragment, samples

LONGEST: Final = 128  # characters of a name
PLACE: Final = re.compile(r"\{(\w+)\}")


class Identities:
    """The record of who is where. `targets` are all targets by address; `leave` takes a target off the schedule."""

    def __init__(self, targets: Mapping[str, Target], leave: Callable[[Target], None]) -> None:
        self._targets, self._leave = targets, leave
        self._lines: dict[Target, str] = {}  # the line of asic_miner_info that was looked at last
        self._known: dict[Target, dict[str, str]] = {}  # the labels of all readings, the latest of each
        self._at: dict[str, list[Target]] = {}  # the targets that reported a MAC address
        self._doubted: dict[str, float] = {}  # MAC addresses at two targets, moved or twins: since when, unix time
        self._claimed: dict[Target, str] = {}  # the name that a target claims
        self._claims: dict[str, list[Target]] = {}  # the same by name

    def look(self, target: Target) -> None:
        """Take in the identity that a target shows after a poll that read the miner; most polls show nothing new."""
        line = fragment(target.fragments, "asic_miner_info")
        if line == self._lines.get(target):
            return
        known = self._known.setdefault(target, {})
        before = known.get("mac", "")
        known |= {name: value for labels, _ in samples(line) for name, value in labels.items()}
        known["address"] = target.spec.name
        if (mac := known.get("mac", "")) != before:
            self._departed(target, before)
            self._arrived(target, mac)
        self._claim(target, filled(target.spec.pattern, known))
        self._lines[target] = fragment(target.fragments, "asic_miner_info")

    def review(self) -> None:
        """Decide on MAC addresses at two targets, as soon as it is known which of the targets still answer."""
        for mac, since in [*self._doubted.items()]:
            silent = [each for each in self._at.get(mac, ()) if each.up is False]
            answer = [each for each in self._at.get(mac, ()) if each.up and (each.last_success or 0) > since]
            if len(silent) + len(answer) < len(self._at.get(mac, ())):
                continue
            del self._doubted[mac]
            if len(answer) > 1:
                where = " ".join(sorted(each.spec.name for each in answer))
                event(logging.WARNING, "one MAC address at several addresses", mac=mac, miners=where)
            for target in silent if answer else ():
                event(logging.INFO, "miner moved", mac=mac, miner=answer[-1].spec.name, before=target.spec.name)
                self.forget(target)
                if target.found:
                    self._leave(target)
            self._tell_twins(mac)
            for target in answer:
                self._claim(target, filled(target.spec.pattern, self._known[target]))

    def forget(self, target: Target) -> None:
        """Drop all that is known of a target, and its name."""
        self._departed(target, self._known.pop(target, {}).get("mac", ""))
        self._lines.pop(target, None)
        self._claim(target, "")

    def _arrived(self, target: Target, mac: str) -> None:
        if not mac:
            return
        places = self._at.setdefault(mac, [])
        places.append(target)
        if any(each.spec.host != target.spec.host for each in places):
            self._doubted[mac] = (target.last_success or time.time()) - 1e-3  # the target itself counts as answering
            self.review()

    def _departed(self, target: Target, mac: str) -> None:
        if mac:
            self._at[mac].remove(target)
            target.twins = ()
            self._tell_twins(mac)
            if not self._at[mac]:
                del self._at[mac]

    def _tell_twins(self, mac: str) -> None:
        """Write into each target with this MAC address where the others are."""
        for each in self._at.get(mac, ()):
            others = (other.spec.name for other in self._at[mac] if other.spec.host != each.spec.host)
            each.twins = tuple(sorted(others))

    def _claim(self, target: Target, name: str) -> None:
        """Let a target claim a name, "" for none, in place of the name that it claims now."""
        if self._targets.get(name, target) is not target:
            name = ""  # the address of another miner is no name
        before = self._claimed.get(target, "")
        if before == name:
            return
        if before:
            del self._claimed[target]
            target.rename(target.spec.name)
            rest = self._claims[before]
            rest.remove(target)
            if len(rest) == 1:
                rest[0].rename(before)
            elif not rest:
                del self._claims[before]
        if not name:
            return
        self._claimed[target] = name
        claims = self._claims.setdefault(name, [])
        claims.append(target)
        if claims == [target]:
            target.rename(name)
        elif len(claims) == 2:
            claims[0].rename(claims[0].spec.name)
            event(logging.WARNING, "name is claimed twice", name=name, miners=" ".join(c.spec.name for c in claims))


def filled(pattern: str, known: Mapping[str, str]) -> str:
    """Return the pattern with its places filled; "" if there is no pattern, or if a place is unknown."""
    if not all(known.get(place) for place in PLACE.findall(pattern)):
        return ""
    return PLACE.sub(lambda place: known[place[1]], pattern)[:LONGEST]
