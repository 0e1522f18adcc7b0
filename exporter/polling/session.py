"""The asking half of a poll: send questions, joined or one by one, and learn from the answers.

There is one connection at a time. A question that the firmware does not know is skipped for an hour. What was read
before the deadline counts.
"""

from __future__ import annotations

import asyncio
import time
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
    without_traceback,
)
from exporter.parse.answers import Answers, read
from exporter.polling import intervals
from exporter.polling.learnt import Learnt
from exporter.polling.slow_answers import compress, unpack
from exporter.polling.target import Target
from exporter.questions import Call, Page, Question, Request, posted, request
from exporter.transport import rpc

Ask = Callable[[Request], Awaitable[bytes]]

BROKEN: Final = frozenset(("truncated", "trailing_text"))  # repairs of a join that may have lost sections


@dataclass(slots=True)
class Session:
    """The questions and answers of one poll; `ask` sends one request and returns the bytes of its answer."""

    target: Target
    ask: Ask
    answers: Answers = field(default_factory=Answers)
    requests: list[Request] = field(default_factory=list)  # that were sent
    fresh: set[str] = field(default_factory=set)  # names of questions that were answered and read
    failed: dict[str, ExporterError] = field(default_factory=dict)  # by the name of the question
    read_something: bool = False  # whether `reads` was true before
    slow_round: bool = False  # whether all slow questions were due
    last_closed: float = float("-inf")  # when the last connection was closed, monotonic time

    @property
    def learnt(self) -> Learnt:
        """Return the state of the miner. Recognition may replace it during the poll."""
        return self.target.learnt

    @property
    def reads(self) -> bool:
        """Test whether the miner answered, with a row that holds something, a question that its family asks.

        Questions that only recognise a miner do not count: the next poll leaves them out."""
        if not self.read_something:
            family, rows = self.learnt.family, self.answers.rows
            asked = decode.asked(family.name if family else decode.FALLBACK)
            self.read_something = any(map(any, [rows.get(name, ()) for name in self.fresh & asked]))
        return self.read_something

    async def ask_all(self, questions: Sequence[Question], *, slow: bool = False) -> None:
        """Ask the questions that have no fresh answer yet: joined if that works, else one by one.

        Questions on which the miner hung up before come last, because it may answer no other afterwards."""
        wanted = self.wanted(questions)
        if last := self.learnt.ask_last:
            wanted.sort(key=lambda question: question.name in last)
        joined = [question for question in wanted if question.joinable]
        try:
            if len(joined) > 1 and self.learnt.joins_again_at <= time.monotonic():
                await self.ask_joined(joined, slow=slow)
            for question in self.wanted(wanted):
                await self.ask_one(question, slow=slow)
            for question in self.wanted(questions) if slow else ():  # instead of a question found unknown just now
                await self.ask_one(question, slow=True)
        except asyncio.CancelledError:  # the deadline
            late = TimedOut("no answer before the deadline")
            self.failed |= {question.name: late for question in self.wanted(wanted)}
            if (
                self.fresh and self.requests[-1].question.may_fail_alone
            ):  # other questions are answered, this page hangs
                self.skip_for(intervals.RETRY if slow else intervals.SLOW, self.requests[-1].questions[0])
            raise

    def wanted(self, questions: Iterable[Question]) -> list[Question]:
        """Return the questions that have no answer in this poll yet and may be asked."""
        fresh, failed = self.fresh, self.failed
        left = [
            q
            for q in questions
            if q.name not in fresh and q.name not in failed and (not q.off_api_port or self.may_ask(q))
        ]
        if (skipped := self.learnt.skipped_until) and left:
            now = time.monotonic()
            return [question for question in left if skipped.get(question.name, 0.0) <= now]
        return left

    def may_ask(self, question: Question) -> bool:
        """Test whether a question off the API's port is allowed now.

        Its collector must be enabled, its credentials configured and grpcio installed, as it needs them. A question
        `instead` of another is allowed only while that one is skipped, or was within the hour."""
        spec = self.target.spec
        if isinstance(question, Page):
            if spec.http and question.instead:
                skipped_until = self.learnt.skipped_until.get(question.instead, float("-inf"))
                return skipped_until > time.monotonic() - intervals.RETRY
            return spec.http and not (question.locked and self.lacks_login(question))
        if isinstance(question, Call):
            return spec.grpc and not self.lacks_login(question) and not rpc.missing()
        return True

    def lacks_login(self, question: Question) -> bool:
        """Test whether a question takes a login that is not configured."""
        return question.login is not None and self.target.spec.login(question.login.family) is None

    async def ask_joined(self, questions: list[Question], *, slow: bool) -> None:
        """Ask all questions in one request.

        An answer without a row shows that the firmware does not join. A broken connection or a truncated answer may
        be an accident once; a second one in a row counts as that too."""
        learnt = self.learnt
        try:
            raw = await self.send(request(*questions))
        except TimedOut:
            raise
        except AskError:
            if learnt.joins:
                raise
            learnt.join_failed(time.monotonic(), accident=True)
        else:
            answers = Answers()
            read(answers, questions, raw)
            if answers.rows and BROKEN.isdisjoint(answers.repairs):
                learnt.join_answered()
                self.accept(questions, raw, answers, slow=slow)
            else:
                learnt.join_failed(time.monotonic(), accident=bool(answers.rows) or learnt.joins)

    async def ask_one(self, question: Question, *, slow: bool = False) -> None:
        """Ask one question. Raises AskError if no other question would be answered either."""
        try:
            raw = await self.send(request(question))
        except AskError as error:
            if isinstance(error, Refused) and question.may_fail_alone and slow and self.fresh:  # there is no web server
                self.skip_for(intervals.RETRY if question.hourly else intervals.SLOW, question)
                return
            self.failed[question.name] = without_traceback(error)
            if not self.fresh or not (question.may_fail_alone or isinstance(error, Reset | Empty | TooLong)):
                raise
        except DecodeError as error:  # a web server without this page, for now or for us
            self.skip_for(intervals.SLOW if isinstance(error, WrongSpeaker) else intervals.RETRY, question)
            if not isinstance(error, Unsupported):
                self.record_failure(question, without_traceback(error), slow=slow)
        else:
            answers = Answers()
            read(answers, [question], raw)
            self.accept([question], raw, answers, slow=slow)

    async def send(self, request: Request) -> bytes:
        """Send one request after the pause that the firmware needs, and return the answer's bytes."""
        family = self.learnt.family
        if family is not None and (pause := self.last_closed + family.connection_gap - time.monotonic()) > 0:
            await asyncio.sleep(pause)
        if self.learnt.over_http:
            request = posted(*request.questions)
        self.requests.append(request)
        try:
            return await self.ask(request)
        finally:
            self.last_closed = time.monotonic()

    def accept(self, questions: list[Question], raw: bytes, answers: Answers, *, slow: bool) -> None:
        """Add the `answers` that were read from `raw`, and keep the bytes of slow ones."""
        if len(self.requests) == 1:
            self.answers = answers
        else:
            self.answers.update(answers)
        required = self.learnt.family.required_keys if self.learnt.family else {}
        for question in questions:
            name = question.name
            if name in required and required[name] not in self.answers.row(name):
                why = Unsupported("it answered another question")
                self.answers.drop(name, Denied("it needs a login") if self.lacks_login(question) else why)
            problem = self.answers.problems.get(name)
            if problem is None:
                self.fresh.add(name)
            elif isinstance(problem, WrongSpeaker) and not question.may_fail_alone:
                raise problem
            elif isinstance(problem, Unsupported | WrongSpeaker):  # some web servers answer any path with HTML
                self.skip_for(intervals.RETRY, question)
            else:
                self.record_failure(question, problem, slow=slow)
        if slow and not self.fresh.isdisjoint(q.name for q in questions):
            asked = request(*questions).questions  # one object for all miners
            self.learnt.slow_answered(compress(asked, raw, time.time(), time.monotonic()))

    def record_failure(self, question: Question, error: ExporterError, *, slow: bool) -> None:
        """Record a failed section. A slow page that only lacks configured credentials is skipped instead."""
        if slow and self.fresh and isinstance(error, Denied) and self.lacks_login(question):
            self.skip_for(intervals.RETRY, question)
        else:
            self.failed[question.name] = error

    def skip_for(self, seconds: float, question: Question) -> None:
        """Skip a question in the polls of so many seconds."""
        self.learnt.skip(question, time.monotonic() + seconds)

    def everything(self) -> Answers:
        """Return the answers of this poll, and the slow answers that were not asked anew."""
        whole = unpack(self.learnt.slow_answers, self.fresh)
        whole.update(self.answers)
        return whole
