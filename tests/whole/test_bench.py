"""The benchmark measures what it says: its fleet answers as the simulator does; what it counts is the same twice."""

from __future__ import annotations

import asyncio
import json
import socket
import xml.etree.ElementTree as ET
from collections import Counter
from contextlib import closing

import pytest

from bench import check, plot, report
from bench.clients import Floor, Ours
from bench.fleet import FAULTS, Count, places, serving
from bench.kinds import KINDS, S19, answers, key

JOINED = b'{"command":"summary+stats+pools"}\n'


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        (JOINED, "summary+stats+pools"),
        (b'{"command":"stats","new_api":true}\n', "stats|new_api"),
        (b'{"command":"healthchipget","parameter":"1"}\n', "healthchipget|1"),
    ],
)
def test_requests_have_a_key_each(request_: bytes, name: str) -> None:
    assert key(request_) == name


def test_answers_differ_from_step_to_step_but_not_in_shape() -> None:
    found = answers(S19, steps=3)["summary+stats+pools"]
    assert len(set(found)) == 3
    shapes = [json.loads(one[:-1])["stats"][0]["STATS"][1].keys() for one in found]
    assert shapes[0] == shapes[1] == shapes[2]


def test_faults_have_their_shares_and_addresses_are_of_loopback() -> None:
    where = places(2, 1000, faults=FAULTS)
    modes = Counter(place.mode for place in where)
    assert {mode: modes[mode] / 1000 for mode in FAULTS} == pytest.approx(FAULTS, abs=0.02)
    assert len({(place.host, place.port) for place in where}) == 1000
    assert all(place.host.startswith("127.") for place in where)


def test_gaps_are_told_by_their_share() -> None:
    count = Count(gaps=Counter({15_000: 98, 15_040: 1, 16_000: 1}))
    assert [count.gap(share) for share in (0.5, 0.98, 0.99, 1.0)] == [15.0, 15.0, 15.04, 16.0]


def ask(place: tuple[str, int], request: bytes, timeout: float = 5.0) -> bytes:
    with socket.create_connection(place, timeout) as client:
        client.sendall(request)
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk
        return answer


@pytest.mark.program("cc")
def test_the_fleet_answers_as_the_simulator_does_and_misbehaves_as_told() -> None:
    where = places(1, 100, faults={"silent": 0.01, "refuses": 0.01, "drip": 0.01, "cut": 0.01})
    at = {place.mode: (place.host, place.port) for place in reversed(where)}
    with serving([S19], where, steps=64) as fleet:
        expected = [S19.answer(JOINED, step) for step in range(64)]
        first = ask(at["well"], JOINED)
        assert first in expected
        assert ask(at["well"], JOINED) == expected[(expected.index(first) + 1) % 64]
        assert b'"Code":14' in ask(at["well"], b'{"command":"nothing"}')
        half = ask(at["cut"], JOINED)
        assert half in [one[: len(one) // 2] for one in expected]
        with pytest.raises(ConnectionRefusedError):
            ask(at["refuses"], JOINED)
        for mode in ("silent", "drip"):
            with pytest.raises(TimeoutError):
                ask(at[mode], JOINED, 0.2)
        seen = fleet.count()
        assert (seen.well, seen.gaps.total()) == (96, 1)
        well = [place for place in where if place.mode == "well"][:10]
        with closing(Ours(well)) as ours:
            ours.settle()
            assert ours.requests == [JOINED]
            floor = Floor(fleet, well, ours.requests)
            assert floor.polls(20).polls == 20
            assert floor.bytes == pytest.approx(len(first), rel=0.05)


def test_what_is_counted_is_the_same_twice() -> None:
    first, again = (asyncio.run(check.measure(S19)) for _ in range(2))
    assert first["instructions"] == again["instructions"] > 1000
    assert first["kept"] == pytest.approx(again["kept"], rel=0.05)


def test_the_guard_fails_beyond_its_margin() -> None:
    baseline = {"rig": {"instructions": 1000, "kept": 100}}
    verdicts = [
        all(good for _, good in check.compare({"rig": {"instructions": n, "kept": 100}}, baseline))
        for n in (900, 1100, 1101)
    ]
    assert verdicts == [True, True, False]
    assert not all(good for _, good in check.compare({"new": {"instructions": 1, "kept": 1}}, baseline))


def test_the_baseline_has_every_kind() -> None:
    for python, counts in json.loads(check.BASELINE.read_text()).items():
        assert counts.keys() == {kind.name for kind in KINDS}, python


def test_plots_are_well_formed_and_ours_stand_out() -> None:
    bars = plot.bars("a < b", "times", [plot.Bar("one & all", 1.0), plot.Bar("ours", 6.5, ours=True)])
    line = plot.growth("title", "miners", "seconds", [(1, 0.001), (50_000, 12.0)])
    for picture in (bars, line):
        assert ET.fromstring(picture).tag.endswith("svg")  # noqa: S314 - it is our own
    assert bars.count(plot.OURS) == 1


def test_the_document_has_a_place_for_each_section() -> None:
    text = report.DOCUMENT.read_text()
    for name in report.SECTIONS:
        assert text.count(f"<!-- bench:{name} -->") == text.count(f"<!-- /bench:{name} -->") == 1
