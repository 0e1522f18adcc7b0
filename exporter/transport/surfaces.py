"""The surfaces of all miners: each request is sent by the protocol of its kind, and sessions of logins are kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from exporter.config import Credential, TargetSpec
from exporter.core.errors import Denied
from exporter.questions import Call, Digest, Frame, Line, Login, Page, Question, Request
from exporter.transport import frames, tcp4028
from exporter.transport.http import Web
from exporter.transport.rpc import Rpc


class Surfaces:
    """The clients for all surfaces of all miners.

    A web client takes 4 KB, and is quick to make. A client with a login remembers the login's outcome, and is kept for
    the miner's next page. A client without a login is made anew for each page."""

    def __init__(self, *, limit: int, pages_port: int | None = None) -> None:
        """Begin without clients. `limit` is the largest answer in bytes, `pages_port` replaces port 80 in trials."""
        self.limit, self.pages_port = limit, pages_port
        self.webs: dict[str, dict[tuple[str, Credential], Web]] = {}  # by miner, then by path of login and credential
        self.rpcs: dict[str, Rpc] = {}  # by miner

    def asker(self, spec: TargetSpec) -> Callable[[Request], Awaitable[bytes]]:
        """Return `ask` for one miner: a function from a request to an awaitable answer."""
        return partial(self.ask, spec)

    def ask(self, spec: TargetSpec, request: Request) -> Awaitable[bytes]:
        """Return the miner's answer, unchanged. Raises an ExporterError; the caller's deadline covers all of it."""
        return _ASK[type(request.question)](self, spec, request)

    def ask_line(self, spec: TargetSpec, request: Request) -> Awaitable[bytes]:
        if request.posted:
            return self.web(spec, None).post(request)
        return tcp4028.ask(spec.host, spec.port, request, limit=self.limit)

    def ask_page(self, spec: TargetSpec, request: Request) -> Awaitable[bytes]:
        return self.web(spec, request.question.login).get(request)

    def ask_frame(self, spec: TargetSpec, request: Request) -> Awaitable[bytes]:
        return frames.ask(spec.host, request, limit=self.limit)

    def ask_call(self, spec: TargetSpec, request: Request) -> Awaitable[bytes]:
        return self.rpc(spec, request.question.login).ask(request)

    def web(self, spec: TargetSpec, login: Login | Digest | None) -> Web:
        """Return the client for the miner's web server. Digest logins with the same credential share a client."""
        credential = spec.login(login.family) if login else None
        if login is None or credential is None:
            return Web(spec.host, None, limit=self.limit, pages_port=self.pages_port)
        webs = self.webs.setdefault(spec.name, {})
        if (known := webs.get((login.path, credential))) is None:
            known = Web(spec.host, credential, login, limit=self.limit, pages_port=self.pages_port)
            webs[login.path, credential] = known
        return known

    def rpc(self, spec: TargetSpec, login: Login | Digest | None) -> Rpc:
        """Return the client for the miner's gRPC methods. Raises Denied if no credentials are configured."""
        if (known := self.rpcs.get(spec.name)) is None:
            credential = spec.login(login.family) if isinstance(login, Login) else None
            if not isinstance(login, Login) or credential is None:
                raise Denied("no credentials are configured")
            known = self.rpcs[spec.name] = Rpc(spec.host, credential, login, limit=self.limit)
        return known

    def forget(self, spec: TargetSpec) -> None:
        """Drop what is kept for an address that is no miner."""
        tcp4028.unanswered.discard((spec.host, spec.port))
        self.webs.pop(spec.name, None)
        if (called := self.rpcs.pop(spec.name, None)) is not None:
            called.close()


_ASK: Final[dict[type[Question], Callable[[Surfaces, TargetSpec, Request], Awaitable[bytes]]]] = {
    Line: Surfaces.ask_line,
    Page: Surfaces.ask_page,
    Frame: Surfaces.ask_frame,
    Call: Surfaces.ask_call,
}
