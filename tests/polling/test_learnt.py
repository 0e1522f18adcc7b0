"""What is learnt of a miner: each edge of the state table, and nobody else who writes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

import exporter
from exporter import decode
from exporter.core.errors import DecodeError, Denied, Empty, ExporterError, NotJson, Refused, TimedOut, Unsupported
from exporter.decode import Family
from exporter.polling import intervals
from exporter.polling.learnt import MAX_FAILED_JOINS, Learnt, State
from exporter.polling.slow_answers import SlowAnswer, compress

NOW = 10_000.0
INF = float("inf")
PACKAGE = Path(exporter.__file__).parent
API, PAGES, LOGIN = "luxos", "axeos", "obelisk"  # read by lines, by pages, and by pages with a login
ODD = [NotJson(), Unsupported(), Denied()]
NOT_THERE = [TimedOut(), Empty()]


def family(name: str) -> Family:
    return decode.by_name(name)


def slow_answer(name: str = API, *, at: float = NOW) -> SlowAnswer:
    return compress(family(name).slow[:1], b"{}", at, at)


def learnt(state: State, name: str = API) -> Learnt:
    """A miner in that state, of which as much is known as can be."""
    made = Learnt()
    if state is State.OFF_API_PORT:
        made.recognised_off_api_port(family(name), "a page", NOW - 60)
    elif state is not State.UNKNOWN:
        made.recognised(family(name), "version")
    if state is State.PREFERRED:
        made.preferred(family("braiins_rest"), "more")
    page = next(question for question in decode.fingerprints() if question.off_api_port)
    made.skip(page, NOW + 7)
    for question in family(name).fast:
        made.skip(question, NOW + 8)
    made.port_was_silent(page.port, NOW)
    made.probed(NOW + 9)
    made.join_answered()
    made.slow_answered(slow_answer(name if family(name).slow else API))
    made.slow_round_ended(NOW, 1.0)
    return made


def probes(of: Learnt) -> bool:
    """Whether probes that failed are still skipped."""
    return bool(of.silent_ports) and NOW + 7 in of.skipped_until.values()


def test_a_miner_begins_unknown() -> None:
    assert Learnt().state is State.UNKNOWN
    assert Learnt().family is None


def test_recognised_by_its_api_it_is_known() -> None:
    of = learnt(State.UNKNOWN)
    of.recognised(family(API), "version")
    assert (of.state, of.family, of.evidence, of.recognise_again_at) == (State.KNOWN, family(API), "version", INF)
    assert probes(of)


def test_recognised_off_the_apis_port_its_api_is_tried_after_an_hour() -> None:
    of = learnt(State.UNKNOWN)
    of.recognised_off_api_port(family(PAGES), "a page", NOW)
    assert (of.state, of.family) == (State.OFF_API_PORT, family(PAGES))
    assert of.recognise_again_at == NOW + intervals.RETRY


def test_a_better_surface_is_asked_its_slow_questions_at_once() -> None:
    of = learnt(State.KNOWN)
    of.preferred(family("braiins_rest"), "more")
    assert (of.state, of.family, of.slow_round_at) == (State.PREFERRED, family("braiins_rest"), 0.0)
    of.keep_slow_of(family("braiins_rest"))
    assert not of.slow_answers


@pytest.mark.parametrize("state", State)
def test_another_family_is_asked_everything_anew(state: State) -> None:
    of = learnt(state)
    of.send_lines(over_http=True)
    of.reclassified(family("antminer"), "all answers")
    assert of.state is (State.KNOWN if state is State.UNKNOWN else state)
    assert (of.family, of.joins, of.over_http, of.slow_answers) == (family("antminer"), False, False, ())
    assert not of.skipped_until
    assert not of.silent_ports
    assert of.slow_round_at == of.probe_again_at == of.joins_again_at == 0.0


@pytest.mark.parametrize("state", State)
def test_afresh_a_miner_is_unknown_but_for_its_probes(state: State) -> None:
    before = learnt(state)
    anew = before.afresh()
    assert anew.state is State.UNKNOWN
    assert probes(anew)
    assert {*anew.skipped_until.values()} == {NOW + 7}
    assert anew.probe_again_at == 0.0
    assert before.state is state
    before.still_known(anew, NOW + 5)
    assert (before.state, before.recognise_again_at, len(before.slow_answers)) == (state, NOW + 5, 1)


@pytest.mark.parametrize("error", [*ODD, *NOT_THERE, Refused()], ids=repr)
def test_lost_on_a_better_surface_it_is_looked_for_on_its_api(error: ExporterError) -> None:
    after = learnt(State.PREFERRED).lost(error, 1, NOW)
    wait = intervals.RETRY if isinstance(error, DecodeError) else intervals.SLOW
    assert after == Learnt(better_surface_at=NOW + wait)


@pytest.mark.parametrize("state", [State.KNOWN, State.OFF_API_PORT])
def test_a_denied_login_is_forgotten_after_ten_minutes(state: State) -> None:
    of = learnt(state, LOGIN)
    for since in (0, 60, intervals.DENIED - 1):
        assert of.lost(Denied(), 1, NOW + since) is of
        assert (of.state, of.denied_until, of.slow_answers) == (state, NOW + intervals.DENIED, ())
    assert of.lost(Denied(), 1, NOW + intervals.DENIED) == Learnt()


@pytest.mark.parametrize("error", ODD, ids=repr)
def test_lost_by_an_odd_answer_it_is_recognised_at_once(error: ExporterError) -> None:
    assert learnt(State.KNOWN).lost(error, 1, NOW) == Learnt()
    stranger = learnt(State.UNKNOWN).lost(error, 1, NOW)
    assert stranger.state is State.UNKNOWN
    assert probes(stranger)
    assert (stranger.probe_again_at, stranger.slow_answers) == (NOW + 9, ())


@pytest.mark.parametrize("error", ODD, ids=repr)
def test_a_page_that_is_odd_is_no_other_miner_for_five_minutes(error: ExporterError) -> None:
    of = learnt(State.OFF_API_PORT, PAGES)
    assert of.lost(error, 1, NOW) is of
    assert (of.state, of.family, of.slow_answers) == (State.OFF_API_PORT, family(PAGES), ())
    assert of.recognise_again_at == NOW + intervals.SUSPECT
    assert of.skipped_until.keys().isdisjoint(question.name for question in family(PAGES).fast)


def test_lines_off_the_apis_port_that_are_odd_are_another_miner() -> None:
    assert learnt(State.OFF_API_PORT, API).lost(NotJson(), 1, NOW) == Learnt()


@pytest.mark.parametrize("state", [State.UNKNOWN, State.KNOWN, State.OFF_API_PORT])
@pytest.mark.parametrize("error", [Refused(), *NOT_THERE], ids=repr)
def test_lost_without_an_answer_it_stays_and_is_suspected_if_it_refuses(state: State, error: ExporterError) -> None:
    of = learnt(state)
    again = of.recognise_again_at
    for failures in (1, 2, 3):  # the suspicion dates from the first refusal
        assert of.lost(error, failures, NOW + failures - 1) is of
    assert (of.state, of.slow_answers, of.slow_round_at) == (state, (), 0.0)
    assert of.recognise_again_at == (NOW + intervals.SUSPECT if isinstance(error, Refused) else again)
    assert of.joins, "questions are asked as before"
    of.trusted()
    assert of.recognise_again_at == INF


def test_a_first_failure_begins_a_new_suspicion() -> None:
    of = learnt(State.KNOWN)
    of.lost(Refused(), 1, NOW)
    of.lost(TimedOut(), 1, NOW + 100)  # it was read in between
    assert of.recognise_again_at == INF


def test_joins_are_left_alone_after_a_second_accident_or_the_first_certain_failure() -> None:
    of = Learnt()
    of.join_failed(NOW, accident=True)
    assert (of.failed_joins, of.joins_again_at) == (1, 0.0)
    of.join_answered()
    assert (of.joins, of.failed_joins) == (True, 0)
    for _ in range(MAX_FAILED_JOINS):
        of.join_failed(NOW, accident=True)
    assert (of.joins, of.failed_joins, of.joins_again_at) == (False, 0, NOW + intervals.RETRY)
    once = Learnt()
    once.join_failed(NOW, accident=False)
    assert once.joins_again_at == NOW + intervals.RETRY


def test_a_miner_that_wakes_is_asked_its_commands_within_a_minute() -> None:
    of = Learnt()
    early, late, other = family("antminer").fast[:3]
    for question, until in ((early, NOW + 5), (late, NOW + 500), (other, NOW + 500)):
        of.skip(question, until)
    of.join_failed(NOW, accident=False)
    of.retry_by([early.name, late.name], NOW + 60)
    assert of.skipped_until == {early.name: NOW + 5, late.name: NOW + 60, other.name: NOW + 500}
    assert of.joins_again_at == NOW + 60


def test_a_port_that_is_silent_twice_is_left_alone_for_ten_minutes() -> None:
    of = Learnt()
    of.port_was_silent(80, NOW)
    assert (of.silent_ports[80], of.probe_again_at) == (NOW, NOW)
    of.port_was_silent(80, NOW + 30)
    assert of.silent_ports[80] == NOW + 30 + intervals.SILENT_PORT
    of.port_answered(80)
    assert 80 not in of.silent_ports


def test_slow_answers_have_a_new_version_after_each_change_and_only_then() -> None:
    of = Learnt()
    assert of.slow_version == 0
    of.slow_answered(slow_answer())
    first = of.slow_version
    of.keep_slow_of(family(API))
    assert of.slow_version == first > 0
    of.slow_answered(slow_answer(at=NOW + 300))
    assert len(of.slow_answers) == 1
    assert of.slow_version > first
    of.slow_round_began({"nothing"}, set(), NOW + 400)
    assert not of.slow_answers
    assert of.slow_version == 0


def test_a_first_round_of_slow_questions_is_spread_and_the_next_are_not() -> None:
    of = Learnt()
    of.slow_round_ended(NOW, 0.5)
    assert of.slow_round_at == NOW + 0.5 * intervals.SLOW
    of.slow_round_ended(NOW, 0.5)
    assert of.slow_round_at == NOW + intervals.SLOW
    of.ask_slow_at_once()
    assert of.slow_round_at == 0.0


def test_a_section_fails_until_it_is_asked_again() -> None:
    of = Learnt()
    of.asked_slowly({"one", "two"}, {"one", "two"})
    of.asked_slowly({"two"}, set())
    assert of.failing_sections == {"one"}


def test_another_description_is_another_program_and_a_new_one_is_not() -> None:
    of = Learnt()
    assert not of.described({"summary": "cgminer 4.11"})
    assert not of.described({"version": "cgminer 4.11"})
    assert of.described({"summary": "cgminer 4.12"})
    assert of.descriptions == {"summary": "cgminer 4.12", "version": "cgminer 4.11"}


def written(tree: ast.AST) -> Iterator[ast.Attribute]:
    """Every attribute that is assigned to, deleted, or whose items are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            inner: ast.AST = node
            while isinstance(inner, ast.Subscript):
                inner = inner.value
            if isinstance(inner, ast.Attribute):
                yield inner


def test_nobody_else_writes_a_field() -> None:
    """The values of all fields are immutable for mypy, so that only assignments have to be looked for."""
    names = {field.name for field in fields(Learnt)}
    files = [file for file in PACKAGE.rglob("*.py") if file.name != "learnt.py" and "learnt" in file.read_text()]
    assert len(files) > 5
    for file in files:
        for attribute in written(ast.parse(file.read_text())):
            of = ast.unparse(attribute.value)
            if attribute.attr in names:
                assert of == "outcome", f"{file.name}:{attribute.lineno} writes {of}.{attribute.attr}"
    assert not [hint for hint in Learnt.__annotations__.values() if hint.startswith(("dict", "list", "set"))]
