"""`asic-exporter query HOST`: poll a miner once; print its family, the evidence, the questions and the series."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from exporter import config, decode
from exporter.commands import saving
from exporter.core.errors import Denied, ExporterError, TimedOut
from exporter.core.masks import masked
from exporter.core.values import UNPRINTABLE
from exporter.daemon import loop
from exporter.polling.outcome import Outcome
from exporter.polling.poll import poll
from exporter.polling.session import Ask
from exporter.polling.target import Target
from exporter.questions import Call, Page, Question, Request, request
from exporter.questions.pages import WEB_PORT
from exporter.render import exposition
from exporter.transport import rpc
from exporter.transport.surfaces import Surfaces

MAX_ANSWER: Final = 1 << 20  # bytes
MAX_SERIES: Final = 100_000


def query(
    host: str,
    family: str | None,
    timeout: float,
    *,
    raw: bool = False,
    wanted: str | None = None,
    pages_port: int | None = None,
    folder: Path | None = None,
) -> tuple[str, int]:
    """Return (text to print, exit status 0 or 1) for `HOST`, `HOST:PORT` or `[V6]:PORT`.

    `wanted` names a manual read, whose answer ends the text. `timeout` is in seconds. `raw` adds all answers, possible
    secrets masked. `pages_port` replaces port 80, to try a decoder of pages against a server without privileges.
    `folder` is where the answers are saved, with all that is private replaced.

    Raises ValueError for a text that is no address, for an unknown read, and for a folder with files."""
    name, _, port = host.rpartition(":") if ":" in host.rpartition("]")[2] else (host, "", "4028")
    if not name or "/" in name or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"not a miner's address: {host!r}")
    if wanted is not None and wanted not in decode.manual_names():
        raise ValueError(f"not a read that is asked by hand: {wanted!r}")
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
    target, asker = Target(spec), Surfaces(limit=MAX_ANSWER, pages_port=pages_port).asker(spec)
    answers: dict[Request, bytes] = {}
    denied: list[Question] = []

    async def ask(request: Request) -> bytes:
        try:
            answer = await asker(request)
        except Denied:
            denied.append(request.question)
            raise
        answers[request] = answer
        return answer

    outcome, problem = loop.run(ask_once(target, ask, wanted))
    lines = [line for line in report(target, outcome, pages_port) if not wanted or line.startswith("#")]
    if outcome.error is not None:
        lines += locked(denied)
    if problem is not None:
        lines.append(f"# {wanted}: {problem.reason}, {problem}")
    failed = outcome.error is not None or problem is not None or bool(outcome.bugs)
    if folder is not None:
        lines.append(saving.save(folder, target, outcome, answers))
    told = [*answers] if raw else [*answers][-1:] if wanted and not failed else []
    lines += [f"# {spelt(request, pages_port)}\n{shown(answers[request])}" for request in told]
    return "\n".join(lines), int(failed)


async def ask_once(target: Target, ask: Ask, wanted: str | None) -> tuple[Outcome, ExporterError | None]:
    """Poll the miner and ask the manual read `wanted`; return the outcome, and the error of that read.

    Raises ValueError for a read that the miner's family does not list."""
    outcome = await poll(target, ask, MAX_SERIES)
    if wanted is None or outcome.error is not None:
        return outcome, None
    allowed = decode.by_name(outcome.family).reads()
    if wanted not in allowed:
        raise ValueError(f"{outcome.family} is not asked {wanted!r}, but: {' '.join(allowed) or 'nothing by hand'}")
    try:
        async with asyncio.timeout(target.spec.timeout):
            await outcome.session.send(request(allowed[wanted]))
    except TimeoutError:
        return outcome, TimedOut(f"no answer within {target.spec.timeout:g} s")
    except ExporterError as error:
        return outcome, error
    return outcome, None


def shown(answer: bytes) -> str:
    """Return an answer for a terminal: unprintable characters replaced, possible secrets masked."""
    return masked(UNPRINTABLE.sub("?", answer.rstrip(b"\0\r\n").decode("utf-8", "replace")))


def spelt(request: Request, pages_port: int | None) -> str:
    """Spell a request in one line, with `pages_port` in place of port 80."""
    page, text = request.question, str(request).rstrip()
    if pages_port is None or not isinstance(page, Page) or page.port != WEB_PORT:
        return text
    return text.replace(f":{WEB_PORT}", f":{pages_port}", 1)


def report(target: Target, outcome: Outcome, pages_port: int | None = None) -> Iterator[str]:
    """Yield the lines that `query` prints."""
    session = outcome.session
    yield f"# {target.spec.host} port {target.spec.port}, {outcome.duration:.3f} s"
    yield f"# recognised as: {outcome.family or 'nothing known'}" + (
        f" ({outcome.evidence})" if outcome.evidence else ""
    )
    yield "# asked, one connection after the other:"
    yield from (f"#   {spelt(request, pages_port)}" for request in session.requests)
    for name, problem in {**session.answers.problems, **session.failed}.items():
        yield f"# {name}: {problem.reason}" + (f", {problem}" if str(problem) else "")
    yield from (f"# a mistake of the exporter's own: {bug}" for bug in outcome.bugs)
    for name, times in session.answers.repairs.items():
        yield f"# repaired: {name}, {times} times"
    if outcome.error is not None:
        yield f"# nothing was read: {target.error}"
        return
    yield from unasked(target, decode.by_name(outcome.family))
    for fragment in exposition.page([target.fragments]):
        yield from (line for line in fragment.decode().splitlines() if not line.startswith("#"))


def locked(denied: Iterable[Question]) -> Iterator[str]:
    """Yield a line for each denied page that has a login, with the name of its credentials."""
    for question in denied:
        if question.login is not None:
            place = f"credentials of the family {question.login.family} are set in the configuration"
            yield f"# {question.name}: denied, the page wants a login; {place}"


def unasked(target: Target, family: decode.Family) -> Iterator[str]:
    """Yield a line for each surface that would tell more but was not read, with the reason."""
    for better in map(decode.by_name, family.better):
        question = better.fast[0]
        known = question.login is not None and target.spec.login(question.login.family)
        why = "it did not answer" if known else "it needs credentials"
        yield f"# {better.name} was not read: {(isinstance(question, Call) and rpc.missing()) or why}"
