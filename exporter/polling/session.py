"""The asking half of a poll: which questions a miner gets, joined or one by one, and what is learnt from its answers.

One connection after the other, never two. A question that the firmware does not know is left alone for an hour; what
was read before the deadline stands.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from exporter import decode
from exporter.core.errors import (
    AskError,
    DecodeError,
    Denied,
    Empty,
    ExporterError,
    Refused,
    Reset,
    TimedOut,
    TooLong,
    Unsupported,
    WrongSpeaker,
    kept,
)
from exporter.decode import Family
from exporter.parse.answers import Answers, read
from exporter.polling.target import Exchange, Learnt, Target
from exporter.questions import Call, Frame, Line, Page, Question, Request, posted, request
from exporter.transport import rpc

Ask = Callable[[Request], Awaitable[bytes]]

SLOW: Final = 300.0  # seconds between two rounds of the slow questions; the second may come sooner, to spread them
RETRY: Final = 3600.0  # seconds until what the firmware did not know is tried again
WAKE: Final = 60.0  # the same, while nothing that is asked at every poll is known
ACCIDENTS: Final = 2
BROKEN: Final = frozenset(("truncated", "trailing_text"))  # repairs of a join that may have lost sections
NOTHING: Final = frozenset[str]()  # one object for all miners
JOINS: Final = "+"  # its name among what the firmware does not know


@dataclass(slots=True)
class Session:
    """One poll's questions and answers; `fresh` are the names of those that were read."""

    target: Target
    ask: Ask
    answers: Answers = field(default_factory=Answers)
    requests: list[Request] = field(default_factory=list)
    fresh: set[str] = field(default_factory=set)
    failed: dict[str, ExporterError] = field(default_factory=dict)
    told: bool = False  # whether anything was read of how the miner fares, once that was seen
    slow_round: bool = False
    ended: float = float("-inf")  # monotonic time at which the last connection ended

    async def hold(self) -> None:
        """Asks everything that is due. Raises AskError where nobody answers; the deadline is the caller's."""
        learnt = self.learnt
        family = learnt.family or decode.by_name(decode.FALLBACK)
        await self.ask_all(family.fast)
        if family.instead:
            await self.ask_all([other for name, other in family.instead.items() if name not in self.fresh])
        if self.fresh and (self.failed or learnt.shy):
            learnt.shy = frozenset(self.failed) or NOTHING
        # A miner that knows none of the fast questions lives on the slow ones.
        if learnt.changed(self.answers.descriptions) or not self.says:
            learnt.slow_due = 0.0
        if learnt.boards or time.monotonic() >= learnt.slow_due:
            asked, failed = len(self.requests), set(self.failed)
            try:
                await self.ask_slowly(family)
            finally:
                again = {question.name for request in self.requests[asked:] for question in request.questions}
                learnt.failing = (learnt.failing - again) | (self.failed.keys() - failed) or NOTHING
        if self.fresh.isdisjoint(question.name for question in family.fast):  # asleep, perhaps, and then it knows few
            commands = [q.name for q in (*family.fast, *family.slow) if isinstance(q, Line | Frame)]
            learnt.retry([JOINS, *commands], time.monotonic() + WAKE)

    async def ask_slowly(self, family: Family) -> None:
        """Asks all that is not asked at every poll, or of many boards the next."""
        learnt = self.learnt
        if time.monotonic() < learnt.slow_due:
            await self.ask_one(learnt.boards.pop(0), slow=True)
            return
        self.slow_round = True
        learnt.failing &= {question.name for question in family.slow}
        self.forget_slow()
        standing = {question.name for exchange in learnt.slow for question in exchange.questions}
        await self.ask_all([q for q in family.slow if q.name not in standing], slow=True)
        learnt.slow_due = time.monotonic() + SLOW * (self.target.share if learnt.slow_due == 0.0 else 1.0)
        if self.target.spec.chips and family.boards is not None:
            learnt.boards = family.boards(self.answers)

    @property
    def says(self) -> bool:
        """Tests that the miner told how it fares: by a row, with something in it, that its family asks for.

        Other questions, asked to recognise the miner, do not count: the next poll leaves them out."""
        if not self.told:
            family, rows = self.learnt.family, self.answers.rows
            asked = decode.asked(family.name if family else decode.FALLBACK)
            self.told = any(map(any, [rows.get(name, ()) for name in self.fresh & asked]))
        return self.told

    @property
    def learnt(self) -> Learnt:
        return self.target.learnt

    async def ask_all(self, questions: Sequence[Question], *, slow: bool = False) -> None:
        """Asks those that have no fresh answer yet: joined where that works, else one by one. What the miner hung up on
        comes last, as nobody is asked more who hangs up first."""
        wanted = self.wanted(questions)
        if shy := self.learnt.shy:
            wanted.sort(key=lambda question: question.name in shy)
        joined = [question for question in wanted if question.joinable]
        try:
            if len(joined) > 1 and self.learnt.unsupported.get(JOINS, 0.0) <= time.monotonic():
                await self.ask_joined(joined, slow=slow)
            for question in self.wanted(wanted):
                await self.ask_one(question, slow=slow)
            for question in self.wanted(questions) if slow else ():  # instead of what was not known just now
                await self.ask_one(question, slow=True)
        except asyncio.CancelledError:  # the deadline: what was not answered by then has failed
            late = TimedOut("no answer before the deadline")
            self.failed |= {question.name: late for question in self.wanted(wanted)}
            if self.fresh and self.requests[-1].question.may_fail_alone:  # others are answered, and this one hangs
                self.leave(self.requests[-1].questions[0], RETRY if slow else SLOW)
            raise

    def wanted(self, questions: Iterable[Question]) -> list[Question]:
        """Those that have no answer in this poll yet, and may get one."""
        fresh, failed = self.fresh, self.failed
        left = [
            q
            for q in questions
            if q.name not in fresh and q.name not in failed and (not q.off_api_port or self.open(q))
        ]
        if (unsupported := self.learnt.unsupported) and left:
            now = time.monotonic()
            return [question for question in left if unsupported.get(question.name, 0.0) <= now]
        return left

    def open(self, question: Question) -> bool:
        """Whether a question for another port than the API's may be asked: with what is configured and installed, or
        instead of one that was not known when it was last tried."""
        spec = self.target.spec
        if isinstance(question, Page):
            if spec.http and question.instead:
                return self.learnt.unsupported.get(question.instead, float("-inf")) > time.monotonic() - RETRY
            return spec.http and not (question.locked and self.stranger(question))
        if isinstance(question, Call):
            return spec.grpc and not self.stranger(question) and not rpc.missing()
        return True

    async def ask_joined(self, questions: list[Question], *, slow: bool) -> None:
        """Asks all at once. An answer without a single row shows that joins are unknown here; a hang-up or an answer
        that was cut may be an accident the first time, and then counts like it."""
        learnt = self.learnt
        try:
            raw = await self.send(request(*questions))
        except TimedOut:
            raise
        except AskError:
            if learnt.joins:
                raise
            learnt.accidents += 1
        else:
            said = Answers()
            read(said, questions, raw)
            if said.rows and BROKEN.isdisjoint(said.repairs):
                learnt.joins, learnt.accidents = True, 0
                self.take(questions, raw, said, slow=slow)
                return
            learnt.accidents += 1 if said.rows or learnt.joins else ACCIDENTS
        if learnt.accidents >= ACCIDENTS:
            learnt.unsupported[JOINS] = time.monotonic() + RETRY
            learnt.joins, learnt.accidents = False, 0

    async def ask_one(self, question: Question, *, slow: bool = False) -> None:
        try:
            raw = await self.send(request(question))
        except AskError as error:
            if isinstance(error, Refused) and question.may_fail_alone and slow and self.fresh:  # no web server
                self.leave(question, RETRY if question.hourly else SLOW)
                return
            self.failed[question.name] = kept(error)
            if not self.fresh or not (question.may_fail_alone or isinstance(error, Reset | Empty | TooLong)):
                raise  # nobody is there any more: other questions would only wait for nothing
        except DecodeError as error:  # a web server that does not give this page: not to us, not at all, or not now
            self.leave(question, SLOW if isinstance(error, WrongSpeaker) else RETRY)
            if not isinstance(error, Unsupported):
                self.fail(question, kept(error), slow=slow)
        else:
            said = Answers()
            read(said, [question], raw)
            self.take([question], raw, said, slow=slow)

    def fail(self, question: Question, error: ExporterError, *, slow: bool) -> None:
        """It was not read; that something beside the rest takes a login that nobody configured is no failure."""
        if slow and self.fresh and isinstance(error, Denied) and self.stranger(question):
            self.leave(question)
        else:
            self.failed[question.name] = error

    def stranger(self, question: Question) -> bool:
        """Whether it takes a login that is not configured."""
        return question.login is not None and self.target.spec.login(question.login.family) is None

    def leave(self, question: Question, seconds: float = RETRY) -> None:
        """Leaves a question alone for an hour, or for a while where it may only be too much for the miner now."""
        self.learnt.unsupported[question.name] = time.monotonic() + seconds

    async def send(self, request: Request) -> bytes:
        family = self.learnt.family
        if family is not None and (pause := self.ended + family.connection_gap - time.monotonic()) > 0:
            await asyncio.sleep(pause)
        if self.learnt.posted:
            request = posted(*request.questions)
        self.requests.append(request)
        try:
            return await self.ask(request)
        finally:
            self.ended = time.monotonic()

    def take(self, questions: list[Question], raw: bytes, said: Answers, *, slow: bool) -> None:
        """Adds what an answer `said`, and keeps its bytes where it stands until it is asked again."""
        if len(self.requests) == 1:
            self.answers = said
        else:
            self.answers.update(said)
        proofs = self.learnt.family.required_keys if self.learnt.family else {}
        for question in questions:
            name = question.name
            if name in proofs and proofs[name] not in self.answers.row(name):
                why = Unsupported("answered as if it was another question")
                self.answers.drop(name, Denied("it wants a login") if self.stranger(question) else why)
            problem = self.answers.problems.get(name)
            if problem is None:
                self.fresh.add(name)
            elif isinstance(problem, WrongSpeaker) and not question.may_fail_alone:
                raise problem
            elif isinstance(problem, Unsupported | WrongSpeaker):  # of web servers some give people's page for any
                self.leave(question)
            else:
                self.fail(question, problem, slow=slow)
        if slow and not self.fresh.isdisjoint(q.name for q in questions):
            asked = request(*questions).questions  # one object for all miners
            since = time.monotonic() if any(question.hourly for question in asked) else 0.0
            self.learnt.stand(Exchange(asked, zlib.compress(raw, 1), round(time.time(), 3), since))

    def forget_slow(self) -> None:
        """What is asked anew no longer stands, unless it was answered in this very poll, or is asked hourly."""
        hour_ago = time.monotonic() - RETRY
        self.learnt.keep(
            lambda exchange: any(
                q.name in self.fresh or (q.hourly and exchange.since > hour_ago) for q in exchange.questions
            )
        )

    def everything(self) -> Answers:
        """The answers of this poll, and of the slow ones that still stand."""
        whole = self.learnt.standing(self.fresh)
        whole.update(self.answers)
        return whole
