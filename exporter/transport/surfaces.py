"""Asks a miner on whatever surface a request is for: port 4028, frames, its web server, or gRPC."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from exporter.config import Credential, TargetSpec
from exporter.core.errors import Denied
from exporter.questions.grammar import Question, Request
from exporter.transport import frames, tcp4028
from exporter.transport.http import Web
from exporter.transport.login import LOGINS
from exporter.transport.rpc import Rpc


class Surfaces:
    """Everything that miners can be asked on. A web client takes 4 KB and next to no time to make: one with a login,
    which remembers what that has come to, is kept for the miner's next page, and any other is made anew."""

    def __init__(self, *, limit: int) -> None:
        """`limit` is the largest answer in bytes."""
        self.limit = limit
        self.webs: dict[str, dict[tuple[str, Credential], Web]] = {}  # by miner, then by kind of login and login
        self.rpcs: dict[str, Rpc] = {}  # by miner

    def asker(self, spec: TargetSpec) -> Callable[[Request], Awaitable[bytes]]:
        """For one miner: a function from a request to its answer."""
        return partial(self.ask, spec)

    def ask(self, spec: TargetSpec, request: Request) -> Awaitable[bytes]:
        """The miner's answer, as it came. Raises an ExporterError; the caller's deadline covers all of it."""
        question = request.questions[0]
        if request.posted:
            return self.web(spec, question).post(request)
        if not question.port:
            return tcp4028.ask(spec.host, spec.port, request, limit=self.limit)
        if question.path:
            return self.web(spec, question).get(request)
        if question.call:
            return self.rpc(spec, question).ask(request)
        return frames.ask(spec.host, request, limit=self.limit)

    def web(self, spec: TargetSpec, page: Question) -> Web:
        login = spec.login(page.login) if page.login else None
        if login is None:
            return Web(spec.host, None, limit=self.limit)
        kind = page.login if page.login in LOGINS else ""  # digest logins are one, so that one refusal is one for all
        webs = self.webs.setdefault(spec.name, {})
        if (known := webs.get((kind, login))) is None:
            known = webs[kind, login] = Web(spec.host, login, limit=self.limit, family=kind)
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
        tcp4028.unanswered.discard((spec.host, spec.port))
        self.webs.pop(spec.name, None)
        if (called := self.rpcs.pop(spec.name, None)) is not None:
            called.close()
