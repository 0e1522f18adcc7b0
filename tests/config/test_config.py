"""The configuration: what is read, what is refused and in which words, and that nothing else ever happens."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from exporter.config import Config, ConfigError, Credential, Expect, Problem, load, parse, yamltext
from exporter.config.secret import Secret
from exporter.config.settings import Model
from exporter.config.targets import TargetSpec
from tests.harness.places import CONFIG, ROOT

GOOD = sorted(CONFIG.glob("*.good.yml"))
BAD = sorted(CONFIG.glob("*.bad.yml"))
FAMILIES = frozenset({"antminer", "braiins", "whatsminer"})
RESERVED = frozenset({"board", "chip", "family"})
ENVIRON = {"SHED_PASSWORD": "correct horse", "EMPTY": ""}


def read(path: Path) -> Config:
    return load(path, families=FAMILIES, reserved=RESERVED, environ=ENVIRON)


def parsed(text: str | bytes, folder: Path = CONFIG) -> Config:
    content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return parse(content, folder / "x.yml", families=FAMILIES, reserved=RESERVED, environ=ENVIRON)


def problems(text: str | bytes, folder: Path = CONFIG) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parsed(text, folder)
    return [f"{problem.line}:{problem.column}: {problem.message}" for problem in caught.value.problems]


def expected(path: Path) -> list[str]:
    head = re.match(rb"(# expect: .*\n)+", path.read_bytes())
    assert head, "a bad file begins with what is expected of it"
    return [line.removeprefix("# expect: ") for line in head[0].decode().splitlines()]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_bad_file_gives_exactly_its_problems(path: Path) -> None:
    assert problems(path.read_bytes()) == expected(path)


def test_there_are_enough_bad_files() -> None:
    assert len(BAD) >= 60


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_bad_file_without_libyaml(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yamltext, "_LOADER", yaml.SafeLoader)
    found, wanted = problems(path.read_bytes()), expected(path)
    if "not valid YAML" in wanted[0]:
        assert len(found) == 1
        assert "not valid YAML" in found[0]
    else:
        assert found == wanted


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_good_file_is_read_alike_by_both_parsers(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = read(path)
    monkeypatch.setattr(yamltext, "_LOADER", yaml.SafeLoader)
    assert read(path) == config
    assert json.loads(json.dumps(config.masked())) == config.masked()


def test_problem_is_one_line_with_its_place() -> None:
    error = ConfigError([Problem("a.yml", 3, 5, "wrong"), Problem("a.yml", 4, 1, "wrong too")])
    assert str(error) == "a.yml:3:5: wrong\na.yml:4:1: wrong too"


def test_everything_is_inherited_and_overridden() -> None:
    config = read(CONFIG / "everything.good.yml")
    shed = Credential("root", Secret("correct horse"))
    pattern = re.compile
    outer = Expect(
        pools=((pattern("stratum.example.net:3333"), pattern("farm\\..*")), (None, pattern("spare"))),
        model=pattern("S19.*"),
        firmware_version=pattern("2026\\..*"),
        boards=3,
        fans=4,
        hashrate=110.5e12,
    )
    labels = (("farm", "north"), ("rack", "a"))
    name = "miner7.example.net"
    row = TargetSpec(
        f"{name}:4030", name, 4030, "row-a", labels, 7200.0, 90.0, "antminer", True, True, {"": shed}, outer
    )
    inner = Expect(outer.pools, outer.model, outer.firmware_version, "02:00:5e:10:00:01", 3, 0, 110.5e12)
    logins = {
        "whatsminer": Credential(token=Secret("a token, not a real one")),
        "antminer": Credential(password=Secret("correct horse")),
    }
    labels = (("farm", "north"), ("rack", "r9"))
    hot = TargetSpec("hot-one", "10.0.3.9", 4029, "row-a", labels, 15.0, 0.5, "whatsminer", True, False, logins, inner)
    assert config.targets == [row, row.at("2001:db8::7", 4029), hot]
    assert config.targets[1].name == "[2001:db8::7]:4029"
    assert (config.interval, config.timeout, config.answer_bytes, config.series_per_miner) == (60, 10, 16777216, 100)


def test_defaults() -> None:
    config = read(CONFIG / "minimal.good.yml")
    target = TargetSpec("10.0.0.1", "10.0.0.1", 4028, "a", (), 30.0, 5.0, None, False, False, {}, None)
    assert config.targets == [target]
    assert (config.interval, config.timeout, config.answer_bytes, config.series_per_miner) == (30, 5, 262144, 10000)
    assert (config.ranges, config.warnings, config.path) == ([], [], CONFIG / "minimal.good.yml")


def test_labels_keep_what_is_written() -> None:
    first, second = read(CONFIG / "labels.good.yml").targets
    assert dict(first.labels) == {
        "farm": "south", "rack": "12", "floor": "-1", "zero": "0", "text": "010", "no": "no",
        "day": "2024-01-31", "umlaut": "Küche", "colon": "a: b",
    }  # fmt: skip
    assert dict(second.labels) == {**dict(first.labels), "farm": "east", "own": "y"}
    assert list(second.labels) == sorted(second.labels)


def test_anchors_and_merge_keys() -> None:
    first, second, third = read(CONFIG / "anchors.good.yml").targets
    assert (first.group, second.group) == ("row-a", "row-b")
    assert (second.labels, second.interval, second.timeout) == (first.labels, 90.0, 1.5)
    assert third.labels == (("lamp", "on-top"), ("rack", "b"), ("shelf", "top"))


def test_example_is_complete_and_valid() -> None:
    path = ROOT / "config.example.yaml"
    assert read(path).targets
    written = set(re.findall(r"\w+(?=:)|password\w*|token\w*", path.read_text()))
    assert {key for section in sections(Model) for key in keys(section)} <= written


def sections(section: type[Model]) -> Iterator[type[Model]]:
    for inner in section.__subclasses__():
        yield inner
        yield from sections(inner)


def keys(section: type[Model]) -> list[str]:
    return [info.alias or key for key, info in section.model_fields.items()]


def test_masked_shows_the_file_without_secrets() -> None:
    masked = read(CONFIG / "everything.good.yml").masked()
    assert masked["credentials"] == {
        "shed": {"username": "root", "password": "<secret>"},
        "cellar": {"password_env": "SHED_PASSWORD"},
        "attic": {"token_file": "attic.secret"},
    }
    assert masked["groups"][0]["targets"][2]["collectors"] == {"workers": False}
    assert masked["limits"] == {"answer_bytes": 16777216, "series_per_miner": 100}


def test_masked_shows_no_login_in_an_address() -> None:
    text = 'groups: [{name: a, targets: [10.0.0.1], labels: {pool: "stratum+tcp://w:hunter2/@pool.example:3333"}}]'
    labels = parsed(text).masked()["groups"][0]["labels"]
    assert labels == {"pool": "stratum+tcp://<secret>@pool.example:3333"}


def test_no_secret_is_ever_printed() -> None:
    config = read(CONFIG / "everything.good.yml")
    assert "correct horse" not in f"{config}{config!r}{config.masked()}{config.warnings}"
    for path in BAD:
        assert "hunter2" not in "".join(problems(path.read_bytes()))


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("500ms", 0.5), ("5s", 5), ("1m30s", 90), ("2h", 7200), ("1h1m1s1ms", 3661.001), ("24h", 86400)],
)
def test_durations(written: str, seconds: float) -> None:
    config = parsed(f"global: {{interval: {written}, timeout: {written}}}")
    assert (config.interval, config.timeout) == (seconds, seconds)


@pytest.mark.parametrize(("unit", "factor"), [(unit, 1000**power) for power, unit in enumerate(["", *"kMGTPE"])])
def test_hashrates(unit: str, factor: int) -> None:
    (target,) = parsed(f"groups: [{{name: a, targets: [m], expect: {{hashrate: 1.5 {unit}H/s}}}}]").targets
    assert target.expect == Expect(hashrate=1.5 * factor)


def test_a_range_that_another_group_has_is_told() -> None:
    text = b"""
groups:
  - {name: a, targets: [10.0.0.0/24]}
  - {name: b, targets: [10.0.0.128/25, 10.0.1.0/30, 10.0.1.2]}
  - {name: c, targets: [10.0.2.0/24, 10.0.2.0/25, 10.0.2.9]}
"""
    read = parse(text, Path("x.yaml"), families=frozenset(), reserved=frozenset(), environ={})
    assert [line.partition(": ")[2] for line in read.warnings] == [
        "groups[1].targets: 126 addresses of these ranges belong to a group before this one"
    ]


def test_ever_so_many_mistakes_are_all_known_and_some_are_printed() -> None:
    entries = "".join(f"  - 10.0.0.{n}/x\n" for n in range(250))
    with pytest.raises(ConfigError) as caught:
        parsed(f"groups:\n- name: g\n  targets:\n{entries}")
    lines = str(caught.value).splitlines()
    assert len(caught.value.problems) == 250
    assert len(lines) == 101
    assert lines[-1] == "… and 150 more"


def test_a_password_where_a_name_belongs_is_not_shown() -> None:
    found = problems((CONFIG / "credentials-password-astray.bad.yml").read_bytes())
    assert not [line for line in found if "hunter" in line]
