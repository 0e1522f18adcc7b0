"""The status page: what it shows, in which order, whatever a miner is called; and odd requests of all kinds."""

from __future__ import annotations

import asyncio
import html
import logging
import random
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import aiohttp
import pytest
from aiohttp.http_exceptions import HttpProcessingError

from exporter.core.vocabulary import (
    ActivePoolExpected,
    Board,
    BoardSensor,
    BoardsExpected,
    Expected,
    Fault,
    HashrateNominal,
    Miner,
    MinerInfo,
    MinerState,
    Part,
    Status,
    TemperatureLimit,
    miner_states,
)
from exporter.polling.target import Target
from exporter.render.overview import glance
from exporter.render.template import render
from exporter.web import pages
from exporter.web.stream import slices
from exporter.web.table import COLUMNS
from tests.harness.served import Served, serving
from tests.harness.support import target

HOSTILE = "<script>alert(1)</script>\" onload='x' &amp; {{7*7}} \u2028 ä"


class Table(HTMLParser):
    """The cells of the page's table, row by row, and every tag with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data

    @property
    def miners(self) -> list[str]:
        return [row[0] for row in self.rows if row]


def down(name: str, error: str = "refused") -> Target:
    of = target(name)
    of.up, of.error = False, error
    return of


def counted(name: str) -> list[int | str]:
    """A key that puts s9 before s19."""
    return [int(piece) if piece.isdigit() else piece for piece in re.split(r"(\d+)", name)]


async def table(served: Served, query: str = "") -> Table:
    status, page = await served.get(f"/{query}")
    assert status == 200
    return Table(page)


async def test_the_fleet_at_a_glance(miners: list[Target]) -> None:
    async with serving([*miners, down("z-down"), target("z-new")]) as served:
        page = await table(served)
        known = {each.spec.name: each for each in miners}
        assert len(page.miners) == 18
        assert page.miners[:2] == ["z-down", "z-new"], "trouble first"
        part = {
            name: float(glance(each.fragments).get("of_nominal", 1))
            for name, each in known.items()
            if glance(each.fragments).get("state", "mining") == "mining"
        }
        short = sorted((name for name in part if part[name] < 0.9), key=part.__getitem__)
        assert page.miners[2:] == short + [name for name in sorted(known, key=counted) if name not in short]
        first = page.rows[[row[:1] for row in page.rows].index([miners[0].spec.name])]
        assert first[1:7] == ["127.0.0.1", "mining", "r1", "Antminer S19 Pro", "antminer", "3 of 3"]
        assert re.fullmatch(r"\d+(\.\d+)? TH/s", first[7])
        assert re.fullmatch(r"\d+ %", first[8])
        assert re.fullmatch(r"\d+ °C", first[9])
        assert "16 of 18 miners up, 1 down" in (await served.get("/"))[1]


@pytest.mark.parametrize("column", ["hashrate", "temperature", "last+read"])
async def test_numbers_sort_by_size_and_the_unknown_comes_last(column: str, miners: list[Target]) -> None:
    async with serving([down("a-down"), *miners]) as served:
        names = (await table(served, f"?sort={column}")).miners
        known = {each.spec.name: each for each in miners}
        assert names[-1] == "a-down"
        if column != "last+read":
            values = [glance(known[name].fragments).get(column, -1) for name in names[:-1]]
            assert values == sorted(values, key=float, reverse=True)


@pytest.mark.parametrize("column", ["miner", "address", "state", "model", "family", "last+error", "nonsense", "<b>"])
async def test_every_other_column_sorts_without_fail(column: str, miners: list[Target]) -> None:
    async with serving([*miners, down("a"), target("b")]) as served:
        page = await table(served, f"?sort={column}")
        assert len(page.miners) == 18
        if column == "miner":
            assert page.miners == sorted(page.miners, key=counted)
            assert (await table(served, "?sort=-miner")).miners == page.miners[::-1]


async def test_finding(miners: list[Target]) -> None:
    async with serving([*miners, down("needle"), down("other", "timeout: Needle in the hay")]) as served:
        assert (await table(served, "?find=NEEDLE")).miners == ["needle", "other"]
        assert {row[5] for row in (await table(served, "?find=luxos")).rows if row} == {"luxos"}
        assert (await table(served, "?find=no+such+thing")).miners == ["nothing to show"]
        assert (await table(served, "?find=rack")).miners == ["nothing to show"], "a label's name stands in no row"


async def test_nothing_that_is_shown_becomes_markup() -> None:
    labels = (("rack", HOSTILE),)
    hostile = target(HOSTILE, labels=labels)
    hostile.up, hostile.error = True, HOSTILE
    parts = [Status(1), MinerInfo(model=HOSTILE, family=HOSTILE), MinerState(HOSTILE, 1)]
    hostile.fragments, _ = render(parts, 'miner="m"', 9)
    async with serving([hostile]) as served:
        for query in ("", f"?find={html.escape('<script>')}", '?find="><script>x</script>', "?sort=%22%3E%3Cscript%3E"):
            page = await table(served, query)
            assert {tag for tag, _ in page.tags} <= set(
                "html head meta title style body div h1 p a b span form input table thead tbody tr th td".split()  # noqa: SIM905
            )
            assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
        assert (await table(served)).rows[-1][0] == HOSTILE
        async with served.session.get("/targets") as response:
            assert (await response.json())["targets"][0]["miner"] == HOSTILE
            assert response.headers["X-Content-Type-Options"] == "nosniff"
        _, page_text = await served.get("/metrics?name[]=asic_up")
        assert page_text.count("\n") == 3


def shown(name: str, *parts: Part, up: bool = True, host: str = "10.0.3.9", port: int = 4028) -> Target:
    """A target whose last poll read these parts."""
    of = target(name, host=host, port=port, labels=(("row", "R7"), ("shelf", "left")))
    of.up = up
    of.fragments, _ = render(
        [MinerInfo(model="Antminer S19", family="braiins", algorithm="sha256"), *parts], "miner", 99
    )
    return of


def boards(*rates: float, nominal: float = 30e12, expected: int = 3) -> list[Part]:
    found: list[Part] = [
        Board(str(n), int(rate > 0), rate, nominal if rate > 0 else None) for n, rate in enumerate(rates)
    ]
    left = sum(rate > 0 for rate in rates) * nominal
    found += [Miner(hashrate_hashes_per_second=sum(rates)), HashrateNominal("firmware", left)]
    return [*found, BoardsExpected("nameplate", expected)]


MINING = [*miner_states("mining")]


@pytest.mark.parametrize(
    ("parts", "dot", "words"),
    [
        ([*MINING, *boards(30e12, 30e12, 30e12)], "up", ""),
        ([*MINING, *boards(30e12, 30e12)], "short", "1 of 3 boards missing"),  # the firmware lists the rest alone
        ([*MINING, *boards(30e12, 30e12, 0)], "short", "1 of 3 boards missing"),
        ([*miner_states("sleeping"), BoardsExpected("nameplate", 3)], "rest", ""),
        ([*MINING, *boards(20e12, 20e12, 20e12)], "short", "67 % of its nominal hashrate"),
        ([*miner_states("starting"), *boards(1e12, 1e12, 1e12)], "up", ""),
        ([*MINING, BoardsExpected("nameplate", 3)], "up", ""),  # the firmware says nothing of boards
        ([*MINING, Miner(hashrate_hashes_per_second=0)], "bad", "hashes nothing"),
        ([*MINING, Board("0", chip_temperature_max_celsius=97)], "short", "97 °C, over 95"),
        ([*MINING, Board("0", chip_temperature_max_celsius=97), TemperatureLimit("hot", 101)], "up", ""),
        ([*MINING, BoardSensor("0", "pcb", "0", 80), TemperatureLimit("hot", 75)], "short", "80 °C, over 75"),
        ([*MINING, Fault("J0:2", "board:1", "critical", 1)], "bad", "J0:2 board:1"),
        ([*MINING, Fault("R:1", "miner", "warning", 1)], "up", "R:1 miner"),
        ([*MINING, ActivePoolExpected("host", 0)], "bad", "works for an unexpected pool"),
        ([*MINING, ActivePoolExpected("host", 1), Expected("mac", 1)], "up", ""),
        ([*MINING, Expected("firmware_version", 0)], "short", "not as expected: firmware_version"),
    ],
)
async def test_what_is_wrong_colours_the_dot_and_is_said(parts: list[Part], dot: str, words: str) -> None:
    async with serving([shown("m1", *parts)]) as served:
        page = await table(served)
    assert {"class": dot} in [attributes for tag, attributes in page.tags if tag == "span"]
    assert page.rows[-1][-1] == words


async def test_boards_and_the_hashrate_are_held_against_those_of_all_boards() -> None:
    async with serving(
        [shown("m1", *MINING, *boards(30e12, 30e12)), shown("m2", *MINING, *boards(30e12, 0, 30e12))]
    ) as served:
        page = await table(served)
        assert [row[6:9] for row in page.rows if row] == [["2 of 3", "60 TH/s", "67 %"]] * 2
        assert page.tags.count(("b", {"class": "short"})) == 2
        assert "2 short of boards" in (await served.get("/"))[1]


async def test_a_miner_that_is_down_can_be_found() -> None:
    """Where it is, what it was when it was last read, since when, and its own page."""
    gone = shown("m1", *MINING, host="2001:db8::9")
    gone.show_status()
    gone.up, gone.error, gone.last_success = False, "refused: no", time.time() - 3 * 3600
    elsewhere = shown("m2", up=False, host='x"><script>', port=14028)
    async with serving([gone, elsewhere]) as served:
        page = await table(served)
        first, second = [row for row in page.rows if row]
        assert first[1:5] == ["[2001:db8::9]", "down for 3 h", "R7, left", "Antminer S19"]
        assert first[-2:] == ["3 h ago", "refused: no"]
        assert second[1] == 'x"><script>:14028'
        links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
        assert "http://[2001:db8::9]/" in links
        assert "http://x%22%3E%3Cscript%3E/" in links
        assert (await table(served, "?find=left")).miners == ["m1", "m2"]
        assert "0 of 2 miners up, 2 down · 0 H/s ·" in (await served.get("/"))[1], "a dark farm hashes nothing"


async def test_hashrates_of_one_algorithm_are_summed_up() -> None:
    def of(name: str, algorithm: str, rate: float) -> Target:
        one = target(name)
        one.up = True
        said = [MinerInfo(algorithm=algorithm), Miner(hashrate_hashes_per_second=rate)]
        one.fragments, _ = render(said, "miner", 9)
        return one

    fleet = [of("a", "sha256", 1e14), of("b", "scrypt", 9e9), of("c", "sha256", 2e14), of("d", "", 5e3)]
    async with serving(fleet) as served:
        page = (await served.get("/"))[1]
    assert "300 TH/s sha256 · 9 GH/s scrypt · 5 kH/s of unknown algorithm" in page


@pytest.mark.parametrize("odd", ["rig1²3", "S19 1²3", "②", "rig-1¹", "٣", "9" * 5000, "९" * 5000])
async def test_no_digit_is_a_failure(odd: str) -> None:
    one, other = shown(odd), down("m2", odd)
    one.fragments, _ = render([MinerInfo(model=odd, family=odd)], "miner", 9)
    async with serving([one, other, shown("m3")]) as served:
        for column in ("", "?sort=trouble", "?sort=model", "?sort=miner", "?sort=place"):
            assert len((await table(served, column)).miners) == 3


async def test_a_failure_of_ours_is_counted(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    async with serving([shown("m1")]) as served:
        assert "asic_exporter_internal_errors_total 0.0" in (await served.get("/metrics"))[1]
        monkeypatch.setattr(pages, "row", fails)
        for path in ("/", "/targets"):
            with pytest.raises(aiohttp.ClientError):
                await served.get(path)
        assert "asic_exporter_internal_errors_total 2.0" in (await served.get("/metrics"))[1]
        assert (await served.get("/nothing"))[0] == 404
        assert "asic_exporter_internal_errors_total 2.0" in (await served.get("/metrics"))[1]


async def test_pages_for_people_are_made_in_turns_and_are_not_more_than_scrapes(miners: list[Target]) -> None:
    """No turn of the loop makes many rows, and one page too many is refused."""
    many = {f"{each.spec.name}-{n}": each for n in range(100) for each in miners}
    async with serving([]) as served:
        served.schedule.targets = many
        made = iter(slices(pages.written_out(served.app, "", ""), gzip=False))
        assert sum(1 for _ in made) > len(many) / 200
    async with serving([], max_requests=0) as served:
        assert [(await served.get(path))[0] for path in ("/", "/targets", "/metrics")] == [503, 503, 503]


def test_a_phone_shows_what_matters() -> None:
    on_a_phone = [name for name, where in COLUMNS.items() if "w" not in where.split()]
    assert on_a_phone == ["miner", "state", "boards", "hashrate", "trouble"]


@pytest.mark.program("chromium")
@pytest.mark.parametrize("width", [1400, 390, 320])
async def test_nothing_is_cut_on_a_screen_or_a_phone(width: int, miners: list[Target], tmp_path: Path) -> None:
    long = shown("a-miner-with-a-long-name-01", *MINING, *boards(30e12, 30e12), host="antminer-017.shed-2.example.net")
    gone = down("s19-07", "wrong_speaker: another protocol answers: 'HTTP/1.1 400 Bad Request'" + "x" * 60)
    async with serving([*miners, long, gone]) as served:
        page = (await served.get("/"))[1]
    measured = "parent.postMessage([innerWidth, document.documentElement.scrollWidth].join(), '*')"
    (tmp_path / "page.html").write_text(page.replace("</body>", f"<script>{measured}</script></body>"))
    file = tmp_path / "screen.html"  # a browser's own window may not be as narrow as a phone
    shows = f'<iframe src="page.html" style="border:0;width:{width}px;height:900px"></iframe>'
    file.write_text(f"<title>-</title><script>onmessage = e => document.title = e.data</script>{shows}")
    flags = (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path}", "--window-size=1500,900", "--dump-dom", file.as_uri(),
    )  # fmt: skip
    pipe = asyncio.subprocess.PIPE
    browser = await asyncio.create_subprocess_exec("chromium", *flags, stdout=pipe, stderr=pipe)
    async with asyncio.timeout(60):
        dom, _ = await browser.communicate()
    title = re.search(r"<title>(\d+),(\d+)</title>", dom.decode())
    assert title is not None
    assert int(title[2]) <= int(title[1]) == width


METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PATCH", "get", "G\tT", "\xff", "")
PATHS = (
    "/", "/metrics", "/targets", "/config", "/-/healthy", "/-/ready", "/-/reload", "/..", "/../../etc/passwd", "//",
    "/%00", "/%2e%2e/%2e%2e", "/%", "/%zz", "/%ff%fe", "/\xff", "*", "http://other/metrics", "/" + "a" * 9000, "",
    "/metrics/", "/metrics#x", "/;a=b", "/\x01", "/?" + "x=1&" * 2000, "/💥",
)  # fmt: skip
QUERIES = (
    "", "?", "?find=%ff", "?find=%ed%a0%80", "?find=\xff\xfe", "?sort=%00", "?sort=last_error", "?find=%",
    "?find=%u1234", "?name[]=asic_up", "?name[]=%ff", "?name[]=&name[]=", "?name%5B%5D=" + "n" * 5000,
    "?=&=&;", "?find[]=1&find=2",
)  # fmt: skip
HEADERS = (
    "", "Host: x\r\n", "Host: x\r\nHost: y\r\n", "Accept: " + "a," * 3000 + "\r\n", "Accept-Encoding: gzip;q=1e999\r\n",
    "Accept: application/openmetrics-text;q=nan\r\n", "X: y\r\n" * 1000, "Content-Length: -1\r\n", "Bad Header\r\n",
    "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: nonsense\r\n", " folded: x\r\n",
    "Connection: upgrade\r\nUpgrade: websocket\r\n", "Expect: 100-continue\r\n", "Expect: nonsense\r\n",
    "Range: bytes=5-2\r\n",
    "X-\xff: \xff\r\n", "Cookie: " + "c=1;" * 500 + "\r\n", "Content-Type: multipart/form-data\r\n", "Accept: \xff\r\n",
)  # fmt: skip
VERSIONS = ("HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/9.9", "http/1.1", "", "XTTP/1.1")


async def answered(served: Served, request: bytes) -> bytes:
    """What comes back until the server closes, as it must."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    reply = b""
    try:
        writer.write(request)
        async with asyncio.timeout(20):
            while more := await reader.read(65536):
                reply += more
    except ConnectionResetError:
        pass
    finally:
        writer.close()
    return reply


async def test_a_thousand_odd_requests(miners: list[Target], caplog: pytest.LogCaptureFixture) -> None:
    dice = random.Random(4028)
    caplog.set_level(logging.DEBUG)
    statuses: set[int] = set()

    async def odd(served: Served) -> None:
        method = dice.choice(METHODS) if dice.random() < 0.3 else "GET"
        version = dice.choice(VERSIONS) if dice.random() < 0.1 else "HTTP/1.1"
        line = f"{method} {dice.choice(PATHS)}{dice.choice(QUERIES)} {version}\r\n"
        headers = "".join([*["Host: x\r\n"][: dice.random() < 0.9], *dice.sample(HEADERS, dice.choice((0, 0, 1, 2)))])
        asked = f"{line}{headers}Connection: close\r\n\r\n".encode(
            "latin-1" if dice.random() < 0.5 else "utf-8", "replace"
        )
        reply = await answered(served, asked)
        assert b"Traceback" not in reply, asked
        for status in map(int, re.findall(rb"^HTTP/1\.[01] (\d{3}) ", reply, re.MULTILINE)):
            statuses.add(status)
            assert status < 500, asked

    async with serving(miners[:4]) as served:
        for _ in range(50):
            await asyncio.gather(*(odd(served) for _ in range(20)))
        assert (await served.get("/-/healthy"))[0] == 200
        _, page = await served.get("/metrics")
    assert {200, 400, 404, 405} <= statuses, statuses
    ours = [r for r in caplog.records if not (r.exc_info and isinstance(r.exc_info[1], HttpProcessingError))]
    assert not [record for record in ours if record.levelno >= logging.ERROR or record.exc_info]
    assert "etc" not in page
