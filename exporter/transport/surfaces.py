"""Asks a miner on whatever surface a request is for: port 4028, frames, a page of its web server, or gRPC."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from exporter.config import TargetSpec
from exporter.errors import Denied
from exporter.questions import Question, Request
from exporter.transport import frames, tcp4028
from exporter.transport.http import Web
from exporter.transport.rpc import Rpc


class Surfaces:
    """Everything that miners can be asked on. A miner's web client is made for its first page and kept for the next,
    and so is what calls it."""

    def __init__(self, *, limit: int) -> None:
        """`limit` is the largest answer in bytes."""
        self.limit = limit
        self.webs: dict[str, dict[str, Web]] = {}  # by miner and login
        self.rpcs: dict[str, Rpc] = {}  # by miner

    def asker(self, spec: TargetSpec) -> Callable[[Request], Awaitable[bytes]]:
        """For one miner: a function from a request to its answer."""
        return partial(self.ask, spec)

    def ask(self, spec: TargetSpec, request: Request) -> Awaitable[bytes]:
        """The miner's answer, as it came. Raises an ExporterError; the caller's deadline covers all of it."""
        question = request.questions[0]
        if not question.port:
            return tcp4028.ask(spec.host, spec.port, request, limit=self.limit)
        if question.path:
            return self.web(spec, question).get(request)
        if question.call:
            return self.rpc(spec, question).ask(request)
        return frames.ask(spec.host, request, limit=self.limit)

    def web(self, spec: TargetSpec, page: Question) -> Web:
        webs = self.webs.setdefault(spec.name, {})
        if (known := webs.get(page.login)) is None:
            login = spec.login(page.login) if page.login else None
            known = webs[page.login] = Web(spec.host, login, limit=self.limit, family=page.login)
        return known

    def rpc(self, spec: TargetSpec, question: Question) -> Rpc:
        """Raises Denied where no credentials open it."""
        if (known := self.rpcs.get(spec.name)) is None:
            login = spec.login(question.login)
            if login is None:
                raise Denied("no credentials are configured")
            known = self.rpcs[spec.name] = Rpc(spec.host, login, limit=self.limit)
        return known

    def forget(self, spec: TargetSpec) -> None:
        """Lets go of what is kept for an address that is no miner."""
        self.webs.pop(spec.name, None)
        if (called := self.rpcs.pop(spec.name, None)) is not None:
            called.close()
