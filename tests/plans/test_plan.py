"""Plans: what a decoder did once is done again for answers like those, and for no others."""

from __future__ import annotations

import copy
import gc
import math
import re
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import exporter.daemon.telemetry
import exporter.polling.readings
import exporter.polling.target
from exporter import decode
from exporter.core import values
from exporter.core.tracing import Trace, Traced, coalesce, coalesce2, if_none_of, item, static, where
from exporter.core.vocabulary import HashrateWindow, Miner, MinerInfo, Part
from exporter.daemon import schedule
from exporter.daemon.telemetry import Telemetry
from exporter.decode.common.nested import at, how_long, inner
from exporter.parse.answers import Answers
from exporter.parse.jsontext import Repairs
from exporter.parse.rows import Reading, Row
from exporter.plans import cache, columns
from exporter.plans.cache import PlanCache
from exporter.plans.compiler import compile_plan
from exporter.plans.plan import Plan, PlanMismatch, PlanState
from exporter.polling.outcome import READERS
from exporter.polling.poll import poll
from exporter.polling.slow_answers import SlowAnswer, unpack
from exporter.questions import Request
from exporter.render.exposition import page
from tests.harness.mutation import decoded
from tests.harness.recorded import LIMIT, NOW, RECORDINGS, Recording, outside_of_time, settle, with_login

POOL = {"POOL": 0, "URL": "a.example:3333", "Accepted": 5, "Status": "Alive"}


def said(**rows: list[dict[str, Any]]) -> Answers:
    return Answers(rows=copy.deepcopy(rows))


def plan(answers: Answers, decoder: Callable[[Reading], list[Part]], fresh: tuple[str, ...] = ()) -> Plan:
    reading = Reading(answers, NOW)
    return compile_plan("", reading, decoder(reading), fresh or tuple(answers.rows))


def shown(of: Plan, answers: Answers, state: PlanState | None = None) -> str:
    state = state or PlanState()
    fragments, _ = of.render(of.read(answers, state, {"now": NOW}), state, b'miner="rig"', LIMIT)
    return "".join(line for line in b"".join(page([fragments])).decode().splitlines(True) if line[0] != "#")


def uptime(reading: Reading) -> list[Part]:
    return [Miner(miner_uptime_seconds=values.count(reading.row("summary")["Elapsed"]))]


@pytest.mark.parametrize(
    "look",
    [bool, len, list, str, int, float, lambda v: v == 1, lambda v: v != 1, lambda v: v > 1, lambda v: v <= 1,
     lambda v: 1 in v, lambda v: f"{v}", lambda v: v + 1, lambda v: -v, lambda v: v["a"], lambda v: v()],
)  # fmt: skip
def test_no_look_at_a_traced_value_is_allowed(look: Callable[[Any], object]) -> None:
    traced = Row(Trace(), {"a": 5})["a"]
    assert isinstance(traced, Traced)
    with pytest.raises(TypeError):
        look(traced)


async def test_what_a_decoder_made_is_gone_when_its_plan_is_there() -> None:
    """Without a garbage collection: full ones are rare."""
    (recording,) = [each for each in RECORDINGS if each.name == "s19-pro"]
    gc.collect()
    gc.disable()
    try:
        await settle(recording)
        assert not [each for each in gc.get_objects() if isinstance(each, Traced)]
    finally:
        gc.enable()


def test_a_field_is_read_anew_and_a_static_value_is_not() -> None:
    of = plan(said(summary=[{"Elapsed": 5}]), uptime)
    assert shown(of, said(summary=[{"Elapsed": 5}])) == 'asic_miner_uptime_seconds{miner="rig"} 5\n'
    assert shown(of, said(summary=[{"Elapsed": "70"}])) == 'asic_miner_uptime_seconds{miner="rig"} 70\n'
    nothings: list[Any] = [None, "", True, -1, math.nan, [], "0x5"]
    for nothing in nothings:
        assert shown(of, said(summary=[{"Elapsed": nothing}])) == ""

    def model(reading: Reading) -> list[Part]:
        return [*uptime(reading), MinerInfo(model=values.text(reading.row("summary").static("Type")))]

    def on(reading: Reading) -> list[Part]:
        return [*uptime(reading), MinerInfo(model=str(reading.row("summary").static("On")))]

    of = plan(said(summary=[{"Elapsed": 5, "On": 1}]), on)
    for other in (True, 1.0, "1", None):
        with pytest.raises(PlanMismatch):
            shown(of, said(summary=[{"Elapsed": 6, "On": other}]))
    of = plan(said(summary=[{"Elapsed": 5, "Type": "S19"}]), model)
    assert 'model="S19"' in shown(of, said(summary=[{"Elapsed": 6, "Type": "S19"}]))
    with pytest.raises(PlanMismatch):
        shown(of, said(summary=[{"Elapsed": 6, "Type": "S21"}]))


@pytest.mark.parametrize(
    "other",
    [
        said(),
        said(summary=[]),
        said(summary=[{}]),
        said(summary=[{"Elapsed": 5}, {"Elapsed": 5}]),
        said(summary=[{"Elapsed": 5, "New": 1}]),
        said(summary=[{"elapsed": 5}]),
        said(summary=[{"Elapsed": 5}], pools=[POOL]),
        said(pools=[{"Elapsed": 5}]),
        Answers(rows={"summary": [{"Elapsed": 5}]}, descriptions={"summary": "another program"}),
        Answers(rows={"summary": [{"Elapsed": 5}]}, repairs=Repairs(int, truncated=1)),
    ],
)
def test_answers_of_another_shape_are_refused(other: Answers) -> None:
    of = plan(said(summary=[{"Elapsed": 5}]), uptime)
    with pytest.raises(PlanMismatch):
        of.read(other, PlanState(), {"now": NOW})


def test_rows_that_nobody_looked_at_may_have_any_shape() -> None:
    of = plan(said(summary=[{"Elapsed": 5}, {"a": 1}]), uptime)
    assert shown(of, said(summary=[{"Elapsed": 7}, {"b": [2]}])) == 'asic_miner_uptime_seconds{miner="rig"} 7\n'


def test_any_guards_what_it_found_and_all_that_it_did_not() -> None:
    def slots(reading: Reading) -> list[Part]:
        row = reading.row("stats")
        return [HashrateWindow(key, values.count(row[key])) for key in ("a", "b") if row.any(values.positive, key)]

    of = plan(said(stats=[{"a": 3, "b": 0}]), slots)
    assert 'window="a"} 9' in shown(of, said(stats=[{"a": 9, "b": 0}]))
    for a, b in ((0, 0), (3, 1), (None, 0), (3, None), ("", 0)):
        with pytest.raises(PlanMismatch):
            shown(of, said(stats=[{"a": a, "b": b}]))


def test_rows_under_a_row() -> None:
    def chains(reading: Reading) -> list[Part]:
        rows = reading.row("stats").rows("chain")
        return [HashrateWindow(str(n), values.count(row["rate"])) for n, row in enumerate(rows)]

    of = plan(said(stats=[{"chain": [{"rate": 1}, {"rate": 2}]}]), chains)
    assert shown(of, said(stats=[{"chain": [{"rate": 8}, {"rate": 9}]}])).count("\n") == 2
    for chain in ([{"rate": 1}], [], None, {"rate": 1}, [{"rate": 1}, {"Rate": 2}], [1, 2], [{"rate": 1}] * 3):
        with pytest.raises((PlanMismatch, IndexError)):
            shown(of, said(stats=[{"chain": chain}]))


@pytest.mark.parametrize("take", [Row.rows, inner])
def test_a_row_under_a_row_has_no_rows_of_its_own(take: Callable[[Row, str], object]) -> None:
    row = Row(Trace(), {"boards": {"board": [{"rate": 1}]}})
    told = re.escape("rows('board') is asked of a row under 'boards', and") + ".*" + re.escape("at(row['board'], n, ")
    for parent in (*row.rows("boards"), inner(row, "boards")):
        with pytest.raises(TypeError, match=told):
            take(parent, "board")
    with pytest.raises(TypeError, match="under 'absent'"):
        take(inner(row, "absent"), "board")


def test_a_list_below_the_rows_is_read_by_places() -> None:
    def boards(reading: Reading) -> list[Part]:
        listed = inner(reading.row("stats"), "boards")["board"]
        places = range(static(how_long(listed)))
        return [HashrateWindow(str(n), values.count(at(listed, n, "rate"))) for n in places]

    of = plan(said(stats=[{"boards": {"board": [{"rate": 1}, {"rate": 2}]}}]), boards)
    page = shown(of, said(stats=[{"boards": {"board": [{"rate": 8}, {"rate": 9}]}}]))
    assert 'window="0"} 8' in page
    assert 'window="1"} 9' in page


def test_what_was_asked_earlier_is_kept() -> None:
    def both(reading: Reading) -> list[Part]:
        serial = values.text(reading.row("version")["Serial"])
        return [*uptime(reading), MinerInfo(model=values.text(reading.row("version").static("Type")), serial=serial)]

    old = {"version": [{"Type": "S19", "Serial": "one"}]}
    of = plan(said(summary=[{"Elapsed": 5}], **old), both, fresh=("summary",))
    state = PlanState(of.keep(said(summary=[{"Elapsed": 5}], **old)))
    text = shown(of, said(summary=[{"Elapsed": 6}]), state)
    assert 'serial="one"' in text
    assert "} 6\n" in text
    with pytest.raises(PlanMismatch):
        of.keep(said(summary=[{"Elapsed": 5}], version=[{"Type": "S21", "Serial": "one"}]))
    with pytest.raises(PlanMismatch):
        of.keep(said(summary=[{"Elapsed": 5}]))
    another = PlanState(of.keep(said(summary=[{"Elapsed": 5}], version=[{"Type": "S19", "Serial": 'tw"o'}])))
    assert r'serial="tw\"o"' in shown(of, said(summary=[{"Elapsed": 6}]), another)


def test_a_traced_label_changes_with_its_fields() -> None:
    def host(reading: Reading) -> list[Part]:
        return [MinerInfo(hostname=values.text(reading.row("config")["Hostname"]))]

    of, state = plan(said(config=[{"Hostname": "a"}]), host), PlanState()
    for name in ("a", "b", "b", "", "c\n}", "a"):
        text = shown(of, said(config=[{"Hostname": name}]), state)
        clean = name.replace("\n", " ")
        assert text == (f'asic_miner_info{{miner="rig",hostname="{clean}"}} 1\n' if name else "")


NUMBERS: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.just("5.0") | st.just([])
)


TEXTS = st.from_regex(r"[ 0]?\d{0,17}(\.\d{0,20})?", fullmatch=True)
LISTS = st.from_regex(r"0?\d{0,3}(--?\d{1,3}){0,3}|\d{6,8}", fullmatch=True)


@given(st.lists(NUMBERS, min_size=1, max_size=8) | st.lists(TEXTS | LISTS, min_size=1, max_size=8))
@example(["1,2", ""])
@example(["50-1234567", "40"])
@example(["0-44-62", "0-5", "0"])
@example(["", ""])
@example(["1-" * 3000 + "1"])
@example(["1|2"])
@example([5, math.nan])
@example([2**53, 0.5])
@example([2**53 + 1, 0.5])
@example([0, -0.0, 5])
@pytest.mark.parametrize(
    "converter", [values.count, values.positive, values.shares, values.celsius, values.celsius_list]
)
def test_a_column_gives_what_its_converter_gives(converter: Callable[[object], object], raw: list[object]) -> None:
    column = columns.vectorise(converter.__wrapped__)  # type: ignore[attr-defined]
    assert repr(list(column(raw))) == repr([converter(each) for each in raw])


@given(st.lists(st.tuples(NUMBERS, st.sampled_from([1, 1e3, 1e6, 1e9, 0.01])), min_size=1, max_size=8))
def test_so_does_a_column_of_scaled_numbers(pairs: list[tuple[object, float]]) -> None:
    raw, scales = zip(*pairs, strict=True)
    column = columns.vectorise(values.number.__wrapped__)  # type: ignore[attr-defined]
    assert repr(list(column(raw, scales))) == repr([values.number(*pair) for pair in pairs])
    column = columns.vectorise_with(scales, values.number.__wrapped__)  # type: ignore[attr-defined]
    assert repr(list(column(raw))) == repr([values.number(*pair) for pair in pairs])


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=8))
def test_so_does_a_column_of_alternatives(pairs: list[tuple[object, object]]) -> None:
    one, other = zip(*pairs, strict=True)
    column = columns.vectorise(coalesce2.__wrapped__)  # type: ignore[attr-defined]
    assert repr(list(column(one, other))) == repr([coalesce2(*pair) for pair in pairs])


@given(st.lists(NUMBERS, max_size=4))
def test_the_first_present_value_traced_or_not(raw: list[object]) -> None:
    row = Row(Trace(), {str(n): each for n, each in enumerate(raw)})
    traced = coalesce(*[row[str(n)] for n in range(len(raw))])
    plainly = next((each for each in raw if each is not None and each != ""), None)
    assert repr(static(traced) or None) == repr(coalesce(*raw) or None) == repr(plainly or None)


def test_small_formulas() -> None:
    assert if_none_of(5, None, "") == 5
    assert if_none_of(5, None, 0) is None
    assert where(0, 5) == 5
    assert where(None, 5) is None
    assert item([1, 2], 1) == 2


def empty(key: int) -> Plan:
    return compile_plan(key, Reading(said(), NOW), [], ())


SIZE = empty(0).size


def numbers(few: PlanCache) -> list[object]:
    """Those of the empty plans that are kept."""
    return [plans[0].key for plans in few.by_key.values()]


def key(number: int) -> tuple[int, frozenset[str]]:
    """Where the empty plan of that number is."""
    return number, frozenset()


def test_plans_that_are_used_twice_stay_and_others_pass() -> None:
    few = PlanCache(budget=8 * SIZE, alike=2)  # room for six that are proven, and for two that are not
    often = [empty(n) for n in range(6)]
    for each in often:
        few.use(each)
        few.use(each)
    for n in range(40):
        few.use(empty(100 + n))
        assert few.size() == few.count() * SIZE <= few.budget
    assert numbers(few) == [0, 1, 2, 3, 4, 5, 138, 139]
    for number in (0, 2, 3, 4, 5):
        often[number].used = True  # by targets, meanwhile
    few.use(another := empty(6))
    few.use(another)
    for n in range(3):
        few.use(empty(200 + n))
    assert numbers(few) == [0, 2, 3, 4, 5, 6, 201, 202]
    assert not few.small
    for n in range(20):
        few.use(again := empty(300 + n))
        few.use(again)
        for each in few.proven:
            each.used = True
    assert few.count() == 6 + 2
    assert few.small, "more than fit are in use"


def test_the_last_plan_that_fitted_is_tried_first_and_few_are() -> None:
    few = PlanCache(alike=2)
    made = [empty(9) for _ in range(3)]
    for each in made:
        few.use(each)
    assert list(few.candidates(key(9))) == [made[2], made[1]]
    few.use(made[1])
    assert list(few.candidates(key(9))) == [made[1], made[2]]
    assert list(few.candidates("unknown")) == []


def test_a_plan_that_is_forgotten_is_gone() -> None:
    few = PlanCache(budget=4 * SIZE)
    few.use(coalesce := empty(1))
    pointer = coalesce.pointer
    del coalesce
    assert pointer() is not None
    few.use(empty(2))
    assert pointer() is None


def test_a_plan_that_is_too_big_is_not_kept() -> None:
    few = PlanCache(largest=SIZE - 1)
    few.use(empty(1))
    assert few.count() == 0
    assert few.by_key == {}


@pytest.mark.parametrize("recording", RECORDINGS[::12], ids=lambda r: f"{r.family}-{r.name}")
def test_a_plan_knows_nearly_how_many_bytes_it_takes(recording: Recording) -> None:
    reading, parts = decoded(recording, recording.answers)
    answers = reading.answers
    gc.collect()
    tracemalloc.start()
    try:
        of = compile_plan("", reading, parts, answers.rows)
        of.render(of.read(answers, PlanState(), {"now": NOW}), PlanState(), b"", LIMIT)
        del reading, parts
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0.6 < of.size / taken < 1.7


async def test_a_miner_of_a_new_shape_at_each_poll_leaves_few_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    few = PlanCache()
    for module in (exporter.polling.readings, exporter.polling.target):
        monkeypatch.setattr(module, "PLANS", few)
    (recording,) = [each for each in RECORDINGS if each.name == "sgminer-gpus"]
    polls = 0

    async def ask(request: Request) -> bytes:
        return (await recording.ask(request)).replace(b'"Accepted"', b'"x%d":1,"Accepted"' % polls)

    with outside_of_time():
        of = with_login()
        for _ in range(60):
            polls += 1
            outcome = await poll(of, ask, LIMIT)
            assert outcome.by == "decoder"
            assert of.up
    assert few.count() < 20
    with outside_of_time():
        found = [(await poll(of, ask, LIMIT)).by for _ in range(100)]
    assert found[-1] == "plan", "one that keeps its shape gets a plan at last"


async def test_answers_that_stand_are_unpacked_once_however_many_plans_are_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few, unpacked = PlanCache(), Counter[str]()
    for module in (exporter.polling.readings, exporter.polling.target):
        monkeypatch.setattr(module, "PLANS", few)
    (recording,) = [each for each in RECORDINGS if each.name == "sgminer-gpus"]
    kinds = 0

    async def ask(request: Request) -> bytes:
        return (await recording.ask(request)).replace(b'"Accepted"', b'"x%d":1,"Accepted"' % kinds)

    def counted(kept: Iterable[SlowAnswer], fresh: set[str]) -> Answers:
        unpacked["times"] += 1
        return unpack(kept, fresh)

    with outside_of_time():
        for kinds in range(40):
            await poll(with_login(f"rig-{kinds}"), ask, LIMIT)
        kinds += 1
        monkeypatch.setattr("exporter.polling.session.unpack", counted)
        assert (await poll(with_login("another"), ask, LIMIT)).by == "decoder"
    assert unpacked["times"] == 2, "for all plans, and for the decoder"


async def test_no_text_that_a_miner_says_stays_when_it_says_another(monkeypatch: pytest.MonkeyPatch) -> None:
    (recording,) = [each for each in RECORDINGS if each.name == "sgminer-gpus"]
    polls = 0

    async def ask(request: Request) -> bytes:
        url = b"stratum+tcp://p%d.example:3333/%b" % (polls, b"x" * 50_000)
        return re.sub(rb'"URL" ?: ?"[^"]*"', b'"URL":"%b"' % url, await recording.ask(request))

    with outside_of_time():
        of = with_login()
        sizes = []
        for polls in range(60):
            await poll(of, ask, LIMIT)
            if polls == 10:
                tracemalloc.start()
            elif polls > 10:
                sizes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
    assert of.up
    assert max(sizes) < 500_000


async def test_newer_slow_answers_take_the_place_of_those_in_the_state() -> None:
    (recording,) = [each for each in RECORDINGS if (each.family, each.name) == ("luxos", "s19k-pro-air")]
    with outside_of_time():
        of, _ = await settle(recording)
        for hot in (70, 71):
            for _ in range(3):
                last = await poll(of, recording.ask, LIMIT)
            assert last.by == "plan"
            for answer in of.learnt.slow_answers:
                raw = re.sub(rb'"Hot":\d+', b'"Hot":%d' % hot, zlib.decompress(answer.compressed))
                of.learnt.slow_answered(replace(answer, compressed=zlib.compress(raw)))
            assert (await poll(of, recording.ask, LIMIT)).by == "another_plan"
            assert b'limit="hot"} %d\n' % hot in of.fragments[0]


async def test_how_answers_were_read_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    few = PlanCache()
    for module in (exporter.polling.readings, exporter.polling.target, exporter.daemon.telemetry):
        monkeypatch.setattr(module, "PLANS", few)
    told = Telemetry()

    def reads() -> dict[str, float | None]:
        return {by: told.registry.get_sample_value("asic_exporter_reads_total", {"by": by}) for by in READERS}

    assert reads() == {"plan": 0, "another_plan": 0, "decoder": 0}
    (recording,) = [each for each in RECORDINGS if each.name == "bitaxe-gamma"]
    with outside_of_time():
        for name in ("one", "two"):
            of = with_login(name)
            for _ in range(3):
                told.polled(await poll(of, recording.ask, LIMIT))
    assert reads() == {"plan": 4, "another_plan": 1, "decoder": 1}
    assert told.registry.get_sample_value("asic_exporter_plans") == few.count() == 2  # and that of the status alone
    assert told.registry.get_sample_value("asic_exporter_plan_bytes") == few.size() > 2 * SIZE


async def test_too_little_memory_for_plans_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    few = PlanCache()
    monkeypatch.setattr(schedule, "PLANS", few)
    (recording,) = [each for each in RECORDINGS if each.name == "bitaxe-gamma"]
    with outside_of_time():
        outcome = await poll(of := with_login(), recording.ask, LIMIT)
    for small in (False, True, True):
        few.small = small
        schedule.log_changes(of, True, outcome)
    assert [record.getMessage() for record in caplog.records] == ["too many kinds of answers for the memory of plans"]


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda r: f"{r.family}-{r.name}")
async def test_a_decoder_runs_once_for_a_shape_of_answers(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache.PLANS, "by_key", {})
    ran = []
    decoder = decode.decode
    monkeypatch.setattr(decode, "decode", lambda *given: ran.append(1) or decoder(*given))  # type: ignore[func-returns-value]
    with outside_of_time():
        of, _ = await settle(recording)
        for _ in range(3):  # a family that is recognised late asks its slow questions late
            await poll(of, recording.ask, LIMIT)
        before, settled = len(ran), of.fragments
        for _ in range(3):
            await poll(of, recording.ask, LIMIT)
        assert len(ran) == before, "the plan of the last poll is used again"
        assert of.fragments == settled
        twin = with_login("twin", chips=recording.chips, login=recording.login)
        for _ in range(14):
            await poll(twin, recording.ask, LIMIT)
        assert len(ran) <= before + 1, "so it is for another miner of that kind, once it is known as such"
        assert twin.fragments[0].replace(b'miner="twin"', of.identity) == of.fragments[0]
