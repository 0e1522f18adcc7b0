"""Every maker's rates: right whatever the model is called, and however much it hashes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.core import plausible
from exporter.decode.common import scale
from tests.harness.mutation import plan_of, series
from tests.harness.places import SHARED
from tests.harness.rates import Rates, digits, read
from tests.harness.rates import held as right
from tests.harness.recorded import RECORDINGS, Recording

TABLE = SHARED / "reference" / "models.csv"
# Whose names the answers of which firmware are tried under.
MAKERS = {
    "Antminer": ("braiins", "braiins_rest", "luxos", "mara_web", "nonce"),
    "Auradine": ("auradine",),
    "Avalon": ("avalon",),
    "Bitaxe": ("axeos",),
    "Elphapex": ("elphapex",),
    "ePIC": ("epic",),
    "Goldshell": ("goldshell_mcb",),
    "IceRiver": ("iceriver",),
    "LuckyMiner": ("axeos",),
    "M": ("whatsminer", "whatsminer_v3"),
    "Nerd": ("nerdqaxe",),
    "Sealminer": ("sealminer",),
}
BY_NAME = {"antminer", "antminer_web", "blackminer", "mara", "vnish", "vnish_web"}  # where the name is the last resort
MAKER = re.compile(r"^(?:Antminer|Whatsminer|AvalonMiner|Avalon|Sealminer|ePIC|Elphapex|Goldshell|IceRiver) ")

RATE = re.compile(r"asic_(?:board_)?hashrate_(?:window_|nominal_)?hashes_per_second")
KEY = re.compile(
    r"[kmgt]?hs\b|mhs|hash.?rate|gigahash|bysol|ghs|(?:rt|av)g?pow|rate|hash-|factory|nominal|ths|\bhr\b|hr_|ideal|sticker"
    r"|default|target|figure|fiveavg",
    re.IGNORECASE,
)
OTHER = re.compile(
    r"reject|error|accept|hw|unit|duty|speed|level|share|ratio|serial|temp|algo\b|name|power", re.IGNORECASE
)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
ALONE = re.compile(r"[\d., ]+(?: ?[A-Za-z/]+)?")  # a text that is a number, or a number with its unit
# Rates inside of longer texts: 5.3GH/s, Hr:42.40, chain_rate1=3.4, GHSspd[99.5 98.2], "reported-hashrate":268110
INSIDE = re.compile(
    r"\d+(?:\.\d+)?(?=[kMGT]H/s)|\bHr:\d+(?:\.\d+)?|chain_rate\d=\d+(?:\.\d+)?|[KMGT]HS\w*\[[^\]]*\]"
    r"|[KMGT]?HS \w+=\d+(?:\.\d+)?|reported-hashrate\\*\": ?\d+(?:\.\d+)?"
)
START = re.compile(r"Hr:|chain_rate\d=|[KMGT]?HS[\w ]*[\[=]|reported-hashrate\W+|")
PAIR = re.compile(r'"([^"]*)"( ?: ?"?)(\d+(?:\.\d+)?)')


def multiplied(text: str, factor: float) -> str:
    return NUMBER.sub(lambda match: f"{float(match[0]) * factor:.9f}", text)


def within(text: str, factor: float) -> str:
    """The text with its rates multiplied."""

    def changed(match: re.Match[str]) -> str:
        start = START.match(match[0])
        assert start is not None
        return start[0] + multiplied(match[0][start.end() :], factor)

    return INSIDE.sub(changed, text)


def rated(key: str) -> bool:
    return KEY.search(key) is not None and OTHER.search(key) is None


def stronger(document: Any, factor: float, *, rate: bool = False) -> Any:
    """The document of a machine that does `factor` times as much; `rate` says that this is about a hashrate."""
    if isinstance(document, dict):
        return {
            key: stronger(value, factor, rate=(rate and OTHER.search(key) is None) or rated(key))
            for key, value in document.items()
        }
    if isinstance(document, list):
        return [stronger(each, factor, rate=rate) for each in document]
    if isinstance(document, str):
        return multiplied(document, factor) if rate and ALONE.fullmatch(document) else within(document, factor)
    return document * factor if rate and type(document) in (int, float) else document


def raw_stronger(raw: bytes, factor: float) -> bytes:
    """The same for an answer as it is sent, which may be no JSON."""
    try:
        return orjson.dumps(stronger(orjson.loads(raw.rstrip(b"\0\n")), factor))
    except orjson.JSONDecodeError:
        text = raw.decode("latin-1")
    text = PAIR.sub(lambda m: f'"{m[1]}"{m[2]}{multiplied(m[3], factor)}' if rated(m[1]) else m[0], text)
    return within(text, factor).encode("latin-1")


@pytest.fixture(autouse=True)
def _unguarded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A model may have another's hashrate here, which the guard would leave out."""
    monkeypatch.setattr(plausible, "leave_out", lambda *_: ())
    plan_of.cache_clear()
    yield
    plan_of.cache_clear()


def rates(recording: Recording, answers: Mapping[str, bytes]) -> dict[str, float]:
    """The rates that the miner says, not its nameplate."""
    read = series(recording, answers)
    return {line: float(value) for line, value in read.items() if RATE.match(line) and 'e="nameplate"' not in line}


def kept(truly: dict[str, float], read: dict[str, float], factor: float) -> int:
    """How many rates are `factor` times what they were.

    A rate whose number is not found stays or goes. None is in another unit."""
    assert read.keys() <= truly.keys()
    for line, value in read.items():
        assert min(factor, 1) * truly[line] * 0.999 <= value <= max(factor, 1) * truly[line] * 1.001, line
    return sum(value == pytest.approx(truly[line] * factor, rel=1e-4) for line, value in read.items())


def follows(recording: Recording, factor: float) -> tuple[int, int]:
    """How many rates follow the answers of a machine that does `factor` times as much, of how many."""
    truly = rates(recording, recording.answers)
    answers = {name: raw_stronger(raw, factor) for name, raw in recording.answers.items()}
    return kept(truly, rates(recording, answers), factor), len(truly)


@pytest.mark.parametrize("factor", [0.2, 0.45, 1.3])
@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda r: f"{r.family}-{r.name}")
def test_a_rate_keeps_its_unit_whatever_the_miner_does(recording: Recording, factor: float) -> None:
    follows(recording, factor)


def test_nearly_all_rates_are_found_in_the_answers() -> None:
    found, said = map(sum, zip(*(follows(recording, 0.6) for recording in RECORDINGS), strict=True))
    assert found > 0.9 * said > 500


def names() -> list[str]:
    """Every model of every maker that is known by name."""
    lines = resources.files("exporter.core").joinpath("nameplates.txt").read_text(encoding="utf-8").splitlines()
    found = {line.rpartition(":")[0] for line in lines if not line.startswith("#")}
    if TABLE.is_file():
        with TABLE.open(encoding="utf-8") as file:
            found |= {row["model"] for row in csv.DictReader(file)}
    return sorted(found)


def spelt(recording: Recording) -> bytes:
    """How the answers spell the model; b"" where no part of them does."""
    info = next((line for line in series(recording, recording.answers) if line.startswith("asic_miner_info")), "")
    match = re.search(r',model="([^"]+)"', info)
    model = MAKER.sub("", match[1]) if match else ""
    for word in filter(None, (model, model.replace(" ", "_"), model.lower())):
        if any(word.encode() in raw for raw in recording.answers.values()):
            return word.encode()
    return b""


NAMES = names()
NAMED = [(each, word) for each in RECORDINGS if each.family not in BY_NAME and len(word := spelt(each)) > 1]


def held(recording: Recording, word: bytes, name: str, factor: float) -> None:
    """The rates are those of a machine that does `factor` times as much, under another name."""
    other = MAKER.sub("", name).replace(" ", "_" if b"_" in word else " ").encode()
    answers = {name: raw_stronger(raw, factor).replace(word, other) for name, raw in recording.answers.items()}
    kept(rates(recording, recording.answers), rates(recording, answers), factor)


@given(st.sampled_from(NAMED), st.sampled_from(NAMES), st.floats(0.2, 1.3))
def test_no_name_has_a_say_in_a_unit(named: tuple[Recording, bytes], name: str, factor: float) -> None:
    """Model and hashrate are drawn apart: the answers of one miner under the name of any other."""
    held(*named, name, factor)


@pytest.mark.parametrize("family", sorted({family for families in MAKERS.values() for family in families}))
def test_each_model_of_a_maker_has_the_rate_that_it_says(family: str) -> None:
    recording, word = next((each, word) for each, word in NAMED if each.family == family and rates(each, each.answers))
    starts = tuple(maker for maker, families in MAKERS.items() if family in families)
    models = [name for name in NAMES if name.startswith(starts)]
    assert models
    for name in models:
        held(recording, word, name, 0.9)


def boards(truly: Rates, unit: float, now: str, ideal: str, place: str = "index") -> list[dict[str, Any]]:
    """Three like boards, with the keys of their rates."""
    rate = {now: digits(truly.now / 3 / unit), **({ideal: digits(truly.ideal / 3 / unit)} if ideal else {})}
    return [{place: n, "asic_num": 9, "status": "Alive", **rate} for n in range(3)]


def elphapex(name: str, truly: Rates, word: str) -> dict[str, Any]:
    unit = scale.unit(word) or 1
    row = {"rate_unit": word, "rate_5s": digits(truly.now / unit), "rate_avg": digits(truly.average / unit)}
    row["rate_ideal"] = digits(truly.ideal / unit)
    about = {"minertype": f"DG {name}", "Algorithm": "Scrypt"}
    stats = {"rate_unit": word, "chain": boards(truly, unit, "rate_real", "rate_ideal")}
    return {"elphapex_system": [about], "elphapex_summary": [row], "elphapex_stats": [stats]}


def iceriver(name: str, truly: Rates, word: str) -> dict[str, Any]:
    """With the unit in each text, or once for all texts."""
    letter = word[0].upper()
    unit = scale.unit(letter) or 1
    texts = [f"{rate / unit:.12f}" for rate in (truly.now, truly.average, truly.now / 3)]
    now, average, each = texts if word.endswith("/s") else [text + letter for text in texts]
    panel = {"model": name, "rtpow": now, "avgpow": average, "unit": letter}
    return {"iceriver_panel": [{**panel, "boards": [{"no": n, "state": True, "rtpow": each} for n in (1, 2, 3)]}]}


def mara(name: str, truly: Rates, word: str) -> dict[str, Any]:
    """With expected rates always in GH/s."""
    unit = scale.unit(word) or 1
    row = {"hashrate_unit": word, "hashrate_realtime": digits(truly.now / unit), "status": "Mining"}
    row |= {"hashrate_average": digits(truly.average / unit), "hashrate_ideal": digits(truly.ideal / 1e9)}
    each = boards(truly, unit, "hashrate_realtime_10m", "")
    each = [{**board, "hashrate_ideal": digits(truly.ideal / 3 / 1e9)} for board in each]
    about = {"model": f"Antminer {name}", "version_firmware": "MaraFW rel 1.2.3"}
    return {"mara_overview": [about], "mara_brief": [row], "mara_hashboards": [{"hashboards": each}]}


def nonce(name: str, truly: Rates, word: str) -> dict[str, Any]:
    unit = scale.unit(word) or 1
    row = {"rate_unit": word, "rate_5s": digits(truly.now / unit), "rate_avg": digits(truly.average / unit)}
    return {"version": [{"Firmware": "Nonce", "Model": name}], "summary": [row]}


def proto(name: str, truly: Rates, word: str) -> dict[str, Any]:
    """With a unit in each reading of a board, and in the keys of the totals."""
    unit = scale.unit(word) or 1
    row = {"hashrate_ghs": digits(truly.now / 1e9), "average_hashrate_ghs": digits(truly.average / 1e9)}
    row["ideal_hashrate_ghs"] = digits(truly.ideal / 1e9)
    each = [{"index": n, "hashrate": {"unit": word, "value": digits(truly.now / 3 / unit)}} for n in (1, 2, 3)]
    about = {"manufacturer": "Proto", "product_name": name}
    return {"proto_system": [about], "proto_mining": [row], "proto_telemetry": [{"hashboards": each}]}


def whatsminer(name: str, truly: Rates, word: str) -> dict[str, Any]:
    """With boards in MH/s, or in TH/s under the same key."""
    unit = scale.unit(word) or 1
    row = {"MHS 5s": digits(truly.now / 1e6), "MHS av": digits(truly.average / 1e6)}
    row["Factory GHS"] = digits(truly.ideal / 1e9)
    each = [{"Slot": n, "Status": "Alive", "MHS 5s": digits(truly.now / 3 / unit)} for n in range(3)]
    each = [{**board, "Factory GHS": digits(truly.ideal / 3 / 1e9)} for board in each]
    return {"summary": [row], "edevs": each, "devdetails": [{"Driver": "bitmicro", "Model": name}]}


every = ("KH/s", "MH/s", "GH/s", "TH/s")
STATED = {
    elphapex: (*every, "MH", "GH"),
    iceriver: ("MH/s", "GH/s", "TH/s", "M", "G", "T"),
    mara: every,
    nonce: (*every, "GH"),
    proto: ("GH/s", "TH/s"),
    whatsminer: ("MH/s", "TH/s"),
}


@given(st.sampled_from([*STATED]), st.sampled_from(NAMES), st.floats(1e9, 1e15), st.data())
def test_the_unit_of_an_answer_counts(maker: Any, name: str, ideal: float, data: Any) -> None:
    truly = Rates(data.draw(st.floats(0.2, 1.3)) * ideal, data.draw(st.floats(0.2, 1.3)) * ideal, ideal)
    right(read(**maker(name, truly, data.draw(st.sampled_from(STATED[maker])))), truly)
