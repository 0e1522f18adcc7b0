"""A checked document in, targets and ranges out: inheritance, duplicate names and addresses, overlapping ranges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from exporter.config import addresses
from exporter.config.addresses import Single, Span
from exporter.config.scalars import suggestion
from exporter.config.settings import MAX_LABELS, Document, ExpectKeys, Global, Group, Level, TargetEntry
from exporter.config.targets import DEFAULT_PORT, Credential, Expect, Range, TargetSpec
from exporter.config.yamltree import Map, Mark, Path, locate, spell

MAX_EXPECTED: Final = 65_536  # addresses under `expect_all`
_SINGLE: Final = -1  # the owner of single addresses, lower than each group's index, so that it wins
_TIMES: Final = ("interval", "timeout")
_DEFAULTS: Final = TargetSpec("", "", DEFAULT_PORT, "", (), 30.0, 5.0, None, False, False, {}, None)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The settings in force at one level: in `global`, in a group or in a target.

    `places` has the paths of interval and timeout in the file, () for a default, None for a value with a mistake."""

    spec: TargetSpec
    places: Mapping[str, Path | None]


class Resolver:
    """The targets and ranges of a document, and the contradictions between its parts."""

    def __init__(self, root: Map, document: Document, credentials: Mapping[str, Credential | None] | None) -> None:
        """Resolve the document. `credentials` has None for a name with a mistake; a section with a mistake is None."""
        self.targets: list[TargetSpec] = []
        self.ranges: list[Range] = []
        self.problems: list[tuple[Mark, str]] = []
        self.warnings: list[tuple[Mark, str]] = []
        self._root = root
        self._credentials = credentials
        self._names: dict[str, Path] = {}
        self._addresses: dict[tuple[str, int], Path] = {}
        self._groups: dict[str, Path] = {}
        self._claims: list[tuple[range, int]] = []

        wrong = document.given("everywhere") and document.everywhere is None
        outermost = _Scope(_DEFAULTS, dict.fromkeys(_TIMES, None if wrong else ()))
        scope = self._within(outermost, ("global",), document.everywhere or Global())
        self.interval, self.timeout = scope.spec.interval, scope.spec.timeout
        owners: dict[int, tuple[TargetSpec, bool]] = {}
        for index, group in enumerate(document.groups or []):
            if group is not None:
                owners[index] = self._group(scope, index, group), bool(group.expect_all)
        self._share(owners)

    def _group(self, outer: _Scope, owner: int, group: Group) -> TargetSpec:
        path: Path = ("groups", owner)
        if group.name is not None and (first := self._groups.setdefault(group.name, path)) != path:
            self._fail((*path, "name"), f"{group.name} is already the name of {self._at(first)}")
        scope = self._within(outer, path, group)
        spec = replace(scope.spec, group=group.name or "", pattern=group.target_name or "")
        scope = replace(scope, spec=spec)
        for index, entry in enumerate(group.targets or []):
            place: Path = (*path, "targets", index)
            if isinstance(entry, Span):
                self._claims += [(run, owner) for run in entry.runs]
            elif isinstance(entry, Single):
                self._single(scope.spec.at(entry.host, entry.port or scope.spec.port), place)
            elif isinstance(entry, TargetEntry):
                spec = self._within(scope, place, entry).spec
                if entry.host is not None:
                    self._single(spec.at(entry.host, spec.port, entry.name), place)
        return scope.spec

    def _single(self, spec: TargetSpec, place: Path) -> None:
        self.targets.append(spec)
        address = spec.host.lower().rstrip("."), spec.port
        value = addresses.number(spec.host)
        if value is not None:
            self._claims.append((range(value, value + 1), _SINGLE))
        if (first := self._addresses.setdefault(address, place)) != place:
            self._fail(place, f"{addresses.joined(spec.host, spec.port)} is already the target {self._at(first)}")
        elif (first := self._names.setdefault(spec.name, place)) != place:
            self._fail(place, f"{spec.name} is already the name of {self._at(first)}")
        elif spec.name != spec.host and _names_another(spec):
            self._fail((*place, "name"), f"{spec.name} is the address of another miner")

    def _share(self, owners: Mapping[int, tuple[TargetSpec, bool]]) -> None:
        shares = addresses.share(self._claims)
        ranged = {owner for _, owner in self._claims}
        for index, (spec, expect_all) in owners.items():
            span = Range(spec, tuple(shares.get(index, ())))
            own = addresses.share(c for c in self._claims if c[1] in (index, _SINGLE)) if index in ranged else {}
            if lost := sum(map(len, own.get(index, ()))) - len(span):
                path: Path = ("groups", index, "targets")
                message = f"{spell(path)}: {lost} addresses of these ranges belong to a group before this one"
                self.warnings.append((locate(self._root, path)[0], message))
            if not expect_all:
                self.ranges += [span] if span.runs else []
            elif len(span) > MAX_EXPECTED:
                self._fail(
                    ("groups", index, "expect_all"),
                    f"{len(span)} addresses; at most {MAX_EXPECTED} can all be expected",
                )
            else:
                self.targets += map(span.target, span)

    def _within(self, outer: _Scope, path: Path, level: Global) -> _Scope:
        """Return the settings in force at `level` inside `outer`."""
        places = dict(outer.places)
        changes: dict[str, Any] = {}
        for key in _TIMES:
            if level.given(key):
                places[key] = None if (value := getattr(level, key)) is None else (*path, key)
                changes |= {} if value is None else {key: value}
        if level.labels:
            labels = dict(outer.spec.labels) | {key: value for key, value in level.labels.items() if value is not None}
            changes["labels"] = tuple(sorted(labels.items()))
            if len(labels) > MAX_LABELS:
                self._fail(
                    (*path, "labels"), f"{len(labels)} labels with the inherited ones; at most {MAX_LABELS} are allowed"
                )
        if isinstance(level, Level):
            changes |= self._own(outer.spec, path, level)
        scope = _Scope(replace(outer.spec, **changes), places)
        if any(map(level.given, _TIMES)):
            self._check_times(scope, "timeout" if level.given("timeout") else "interval")
        return scope

    def _own(self, outer: TargetSpec, path: Path, level: Level) -> dict[str, Any]:
        values = {"family": level.family, "port": level.port}
        if level.collectors is not None:
            values |= dict(level.collectors)
        changes: dict[str, Any] = {key: value for key, value in values.items() if value is not None}
        if level.credentials is not None:
            changes["credentials"] = dict(self._chosen((*path, "credentials"), level.credentials))
        if level.expect is not None:
            changes["expect"] = _expect(outer.expect or Expect(), level.expect)
        return changes

    def _chosen(self, path: Path, choice: Mapping[str, str | None]) -> Iterator[tuple[str, Credential]]:
        for family, name in choice.items():
            if name is None or self._credentials is None:
                continue
            if name not in self._credentials:
                hint = suggestion(name, [known for known, login in self._credentials.items() if login])
                self._fail((*path, family) if family else path, f"no credentials have this name{hint}")
            elif (credential := self._credentials[name]) is not None:
                yield family, credential

    def _check_times(self, scope: _Scope, key: str) -> None:
        """Report a timeout that is longer than the interval, at `key`, the setting that this level changes."""
        interval, timeout = scope.places["interval"], scope.places["timeout"]
        if interval is None or timeout is None or scope.spec.timeout <= scope.spec.interval:
            return
        period, limit = f"{scope.spec.interval:g}s", f"{scope.spec.timeout:g}s"
        if key == "timeout":
            self._fail(timeout, f"{limit} is longer than the interval of {period} ({self._origin(interval)})")
        else:
            self._fail(interval, f"{period} is shorter than the timeout of {limit} ({self._origin(timeout)})")

    def _origin(self, path: Path) -> str:
        return self._at(path) if path else "the default"

    def _at(self, path: Path) -> str:
        return f"{spell(path)} at line {locate(self._root, path)[0].line}"

    def _fail(self, path: Path, message: str) -> None:
        self.problems.append((locate(self._root, path)[0], f"{spell(path)}: {message}"))


def _names_another(spec: TargetSpec) -> bool:
    """Return True if the name reads as an address of another target."""
    try:
        named = addresses.parse(spec.name)
    except ValueError:
        return False
    if not isinstance(named, Single) or addresses.number(named.host) is None:
        return False
    return (named.host, named.port or DEFAULT_PORT) != (spec.host, spec.port)


def _expect(outer: Expect, inner: ExpectKeys) -> Expect:
    changes: dict[str, Any] = {key: getattr(inner, key) for key in inner.model_fields_set if key != "pools"}
    if inner.pools is not None:
        changes["pools"] = tuple((pool.host, pool.user) for pool in inner.pools if pool is not None)
    return replace(outer, **changes)
