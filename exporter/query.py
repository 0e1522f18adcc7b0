"""`asic-exporter query HOST`: asks one miner once; says what it is, how that shows, what was asked, and what came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter import config, exposition, loop
from exporter.poll import Outcome, poll
from exporter.questions import Request
from exporter.target import Target
from exporter.transport.surfaces import Surfaces
from exporter.values import UNPRINTABLE

LIMIT: Final = 1 << 20
SERIES: Final = 100_000
SECRET: Final = re.compile(
    r"""("?(?:pass\w{0,16}|pwd|salt|token|session\w{0,8})"?\s{0,4}[:=]\s{0,4}"?)[^",|}]{1,512}""", re.IGNORECASE
)


def query(host: str, family: str | None, timeout: float, *, raw: bool = False) -> tuple[str, int]:
    """(what to print, exit status 0 or 1) for `HOST`, `HOST:PORT` or `[V6]:PORT`. Raises ValueError for any other."""
    name, _, port = host.rpartition(":") if ":" in host.rpartition("]")[2] else (host, "", "4028")
    if not name or "/" in name or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"not a miner's address: {host!r}")
    spec = config.TargetSpec(
        name=host,
        host=name.strip("[]"),
        port=int(port),
        group="query",
        labels=(),
        interval=timeout,
        timeout=timeout,
        family=family,
        chips=True,
        workers=False,
        credentials={},
        expect=None,
    )
    target, asker, answers = Target(spec), Surfaces(limit=LIMIT).asker(spec), []

    async def ask(request: Request) -> bytes:
        answer = await asker(request)
        answers.append(f"# {request.wire.decode().strip()}\n{shown(answer)}")
        return answer

    outcome = loop.run(poll(target, ask, SERIES))
    return "\n".join([*report(target, outcome), *(answers if raw else ())]), int(outcome.error is not None)


def shown(answer: bytes) -> str:
    """An answer for a terminal, with what may be a secret masked."""
    return SECRET.sub(r"\1<secret>", UNPRINTABLE.sub("?", answer.rstrip(b"\0\r\n").decode("utf-8", "replace")))


def report(target: Target, outcome: Outcome) -> Iterator[str]:
    """The lines that `query` prints."""
    conversation = outcome.conversation
    yield f"# {target.spec.host} port {target.spec.port}, {outcome.duration:.3f} s"
    yield f"# recognised as: {outcome.family or 'nothing known'}" + (
        f" ({outcome.evidence})" if outcome.evidence else ""
    )
    yield "# asked, one connection after the other:"
    yield from (f"#   {request.wire.decode().strip()}" for request in conversation.requests)
    for name, problem in {**conversation.answers.problems, **conversation.failed}.items():
        yield f"# {name}: {problem.reason}" + (f", {problem}" if str(problem) else "")
    for name, times in conversation.answers.repairs.items():
        yield f"# repaired: {name}, {times} times"
    if outcome.error is not None:
        yield f"# nothing was read: {target.error}"
        return
    for fragment in exposition.page([target.fragments]):
        yield from (line for line in fragment.decode().splitlines() if not line.startswith("#"))
