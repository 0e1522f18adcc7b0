"""A miner that is a folder of answers: it is asked as any other, without a network and outside of time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from pytest import MonkeyPatch  # noqa: PT013 - a type

from exporter import decode
from exporter.config import Credential
from exporter.config.secret import Secret
from exporter.config.targets import DEFAULT_PORT
from exporter.core.errors import Refused, Unsupported
from exporter.polling.outcome import Outcome
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.questions import REGISTRY, Call, Frame, Page, Request
from exporter.render.exposition import page
from exporter.transport import rpc
from tests.harness.places import FIXTURES
from tests.harness.support import target

Ask = Callable[[Request], Awaitable[bytes]]

EXPECTED = "expected.prom"
NOW = 1_751_990_400.0
LIMIT = 10_000
UNKNOWN_FRAMED = b'{"code":-1,"when":1751990400,"msg":"invalid command","desc":"get.miner.status"}'
UNKNOWN = b'{"STATUS":[{"STATUS":"E","When":1751990400,"Code":14,"Msg":"Invalid command"}],"id":1}\0'


@dataclass(frozen=True, eq=False)
class Recording:
    """`answers` are raw bytes by the names of the questions that they answer, joined by a plus."""

    name: str
    family: str
    answers: Mapping[str, bytes]

    @cached_property
    def joins(self) -> list[tuple[frozenset[str], bytes]]:
        joined = [(frozenset(name.split("+")), raw) for name, raw in self.answers.items() if "+" in name]
        return sorted(joined, key=lambda join: len(join[0]))

    async def ask(self, request: Request) -> bytes:
        """What was recorded; to anything else the miner says that it does not know the command or the page. On port
        4028, where nothing but pages or frames was recorded, nothing listens, or their web server."""
        asked = [question.name for question in request.questions]
        framed = isinstance(request.question, Frame)
        if framed and not self.frames:
            raise Refused("nothing listens")
        if isinstance(request.question, Call):
            if not self.calls:
                raise Refused("nothing listens")
            if asked[0] not in self.answers:
                raise Unsupported("UNIMPLEMENTED")
            return self.answers[asked[0]]
        if isinstance(request.question, Page):
            if asked[0] not in self.answers:
                raise Unsupported("HTTP 404")
            return self.answers[asked[0]]
        unknown = UNKNOWN_FRAMED if framed else UNKNOWN
        if not framed and (self.frames or self.pages.issuperset(self.answers)):
            if DEFAULT_PORT in self.ports and not request.posted:
                return b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
            raise Refused("nothing listens")
        if len(asked) == 1 and asked[0] in self.answers:
            return self.answers[asked[0]]
        return next((raw for names, raw in self.joins if len(asked) > 1 and names.issuperset(asked)), unknown)

    @cached_property
    def frames(self) -> bool:
        """Whether anything was recorded in frames."""
        decode.families()
        framed = {question.name for question in REGISTRY if isinstance(question, Frame)}
        return any(not framed.isdisjoint(name.split("+")) for name in self.answers)

    @cached_property
    def pages(self) -> set[str]:
        """The names of all pages that anybody is asked for, and of what is called."""
        decode.families()
        return {question.name for question in REGISTRY if isinstance(question, Page | Call)}

    @cached_property
    def ports(self) -> set[int]:
        """The ports on which its pages were."""
        return {question.port for question in REGISTRY if isinstance(question, Page) and question.name in self.answers}

    @cached_property
    def calls(self) -> bool:
        """Whether anything was recorded by gRPC."""
        decode.families()
        return any(isinstance(question, Call) and question.name in self.answers for question in REGISTRY)

    @property
    def login(self) -> str:
        """The family whose credentials are configured for it."""
        if self.calls:
            return "braiins"
        decode.families()
        locked = (each.login for each in REGISTRY if each.hourly and each.name in self.answers)
        return next((login.family for login in locked if login), "antminer")

    @property
    def chips(self) -> bool:
        """Whether something was recorded that lists chips."""
        lists = {"frequency_page", "vnish_chains", "vnish_boards", "epic_chip_clocks"}
        listed = any(name.startswith("healthchipget") or name in lists for name in self.answers)
        return listed or b'"asics"' in self.answers.get("proto_telemetry", b"")


def folder(path: Path) -> Recording:
    files = sorted(file for file in path.iterdir() if file.name not in (EXPECTED, "meta.json"))
    return Recording(path.name, path.parent.name, {file.stem: file.read_bytes() for file in files})


RECORDINGS = [folder(path) for path in sorted(FIXTURES.glob("*/*")) if path.is_dir()]


_yields = asyncio.sleep


class Clock:
    """Stands in for the clocks of `time` and for `asyncio.sleep`: time passes by the latter alone."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.runs = False  # whether the wall clock shows what passed
        self.waits = True  # whether a sleep lets time pass

    def time(self) -> float:
        return NOW + self.passed if self.runs else NOW

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds if self.waits else 0
        await _yields(0)


@contextmanager
def outside_of_time() -> Iterator[Clock]:
    with MonkeyPatch.context() as patch:
        clock = Clock()
        patch.setattr(time, "time", clock.time)
        patch.setattr(time, "monotonic", clock.monotonic)
        patch.setattr(asyncio, "sleep", clock.sleep)
        if find_spec("grpc") is None:  # what was recorded takes no package to be called
            patch.setattr(rpc, "missing", lambda: "")
        yield clock


LOGIN = Credential("root", Secret("pass-canary-5"))  # some pages are locked without


def with_login(name: str = "rig", *, chips: bool = False, workers: bool = False, login: str = "antminer") -> Target:
    """A target with credentials for the family `login`, and for another that a page may be of."""
    credentials = {"mara": LOGIN, login: LOGIN}
    opted = {"chips": chips, "workers": workers}
    return target(name, "192.0.2.1", group="", interval=15.0, credentials=credentials, **opted)


async def settle(recording: Recording, *, ask: Ask | None = None) -> tuple[Target, Outcome]:
    """The miner after as many polls as it takes to have asked everything, and the last of them."""
    of = with_login(recording.name, chips=recording.chips, login=recording.login)
    outcome = await poll(of, ask or recording.ask, LIMIT)
    for _ in range(12):
        if outcome.error is not None:
            break
        waiting = len(of.learnt.chip_questions)
        outcome = await poll(of, ask or recording.ask, LIMIT)
        if not waiting:
            break
    return of, outcome


def exposition(of: Target, *, openmetrics: bool = False) -> str:
    """The page of this one target."""
    return b"".join(page([of.fragments], openmetrics=openmetrics)).decode()
