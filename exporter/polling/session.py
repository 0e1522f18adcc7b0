"""The asking half of a poll: send questions, joined or one by one, and learn from the answers.

There is one connection at a time. A question that the firmware does not know is skipped for an hour. Answers that were
read before the deadline count. A question that was asked is shown in one of three ways, unless an error ends the poll:

    fresh       answered and read
    failed      an error, which shows the section as failed; some errors also skip the question
    skipped     no error: the polls leave the question out for some time (`Learnt.skip`)

A method takes `slow` for questions that not every poll asks: `Learnt` keeps their answers for the polls between.
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

LOSSY: Final = frozenset(("truncated", "trailing_text"))  # repairs after which sections may be missing


@dataclass(slots=True)
class Session:
    """The questions and answers of one poll; `ask` sends one request and returns the bytes of its answer."""

    target: Target
    ask: Ask
    answers: Answers = field(default_factory=Answers)
    requests: list[Request] = field(default_factory=list)  # that were sent
    fresh: set[str] = field(default_factory=set)  # names of questions that were answered and read
    failed: dict[str, ExporterError] = field(default_factory=dict)  # by the name of the question
    has_read: bool = False  # whether `reads` was true before, so that the answers are not searched again
    slow_round: bool = False  # whether all slow questions were due; set by the caller
    last_closed: float = float("-inf")  # when the last connection was closed, monotonic time

    @property
    def learnt(self) -> Learnt:
        """Return the state of the miner. Recognition may replace it during the poll."""
        return self.target.learnt

    @property
    def reads(self) -> bool:
        """Test whether the miner answered a question of its family with a row that is not empty.

        Questions that only recognise a miner do not count: the next poll leaves them out."""
        if not self.has_read:
            family, rows = self.learnt.family, self.answers.rows
            asked = decode.asked(family.name if family else decode.FALLBACK)
            self.has_read = any(map(any, [rows.get(name, ()) for name in self.fresh & asked]))
        return self.has_read

    async def ask_all(self, questions: Sequence[Question], *, slow: bool = False) -> None:
        """Ask the questions that have no fresh answer yet: joined if that works, else one by one.

        Questions on which the miner hung up before come last, because the miner may answer no other afterwards. Raises
        AskError, as `ask_one`."""
        wanted = self.wanted(questions)
        if last := self.learnt.ask_last:
            wanted.sort(key=lambda question: question.name in last)
        joined = [question for question in wanted if question.joinable]
        try:
            if len(joined) > 1 and self.learnt.joins_again_at <= time.monotonic():
                await self.ask_joined(joined, slow=slow)
            for question in self.wanted(wanted):
                await self.ask_one(question, slow=slow)
            if slow:  # pages that are asked instead of a question which was skipped just now (see `may_ask`)
                for question in self.wanted(questions):
                    await self.ask_one(question, slow=True)
        except asyncio.CancelledError:  # the deadline
            self._fail_late(self.wanted(wanted), slow=slow)
            raise

    def _fail_late(self, questions: list[Question], *, slow: bool) -> None:
        """Record the questions that the deadline cut off; skip the last page if other questions were answered."""
        late = TimedOut("no answer before the deadline")
        self.failed |= {question.name: late for question in questions}
        if self.fresh and (hanging := self.requests[-1].question).may_fail_alone:
            self.skip_for(intervals.RETRY if slow else intervals.SLOW, hanging)

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

        The collector of its kind must be enabled. Some questions need configured credentials or grpcio too. A page that
        is asked `instead` of another question is allowed while that question is skipped, and for an hour afterwards."""
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
        """Ask all questions in one request. If the request fails, the questions are left to be asked one by one.

        An answer without a row shows that the firmware does not join, unless joins worked before. A broken connection
        or a truncated answer shows this only the second time in a row: once may be an accident. Raises TimedOut, and
        AskError once joins worked."""
        learnt = self.learnt
        try:
            raw = await self.send(request(*questions))
        except TimedOut:
            raise
        except AskError:
            if learnt.joins:  # the failure is the miner's
                raise
            learnt.join_failed(time.monotonic(), accident=True)
        else:
            answers = Answers()
            read(answers, questions, raw)
            if answers.rows and LOSSY.isdisjoint(answers.repairs):
                learnt.join_answered()
                self.accept(questions, raw, answers, slow=slow)
            else:
                learnt.join_failed(time.monotonic(), accident=bool(answers.rows) or learnt.joins)

    async def ask_one(self, question: Question, *, slow: bool = False) -> None:
        """Ask one question.

        Raises AskError if no other question would be answered either, and WrongSpeaker as `accept`. Others may still be
        answered if some were, and if the question may fail alone or the miner broke off the connection."""
        try:
            raw = await self.send(request(question))
        except AskError as error:
            if isinstance(error, Refused) and question.may_fail_alone and slow and self.fresh:  # there is no web server
                self.skip_for(intervals.RETRY if question.hourly else intervals.SLOW, question)
                return
            self.failed[question.name] = without_traceback(error)
            if not self.fresh or not (question.may_fail_alone or isinstance(error, Reset | Empty | TooLong)):
                raise
        except DecodeError as error:  # no page: an error status, a refused login, or another program
            self.skip_for(intervals.SLOW if isinstance(error, WrongSpeaker) else intervals.RETRY, question)
            if not isinstance(error, Unsupported):
                self.record_failure(question, without_traceback(error), slow=slow)
        else:
            answers = Answers()
            read(answers, [question], raw)
            self.accept([question], raw, answers, slow=slow)

    async def send(self, request: Request) -> bytes:
        """Send one request after the pause that the firmware needs, and return the answer's bytes.

        Raises AskError without an answer, and DecodeError for an error status, a refused login or another program."""
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
        """Add the `answers` that were read from `raw`, and keep the bytes of slow ones.

        Raises WrongSpeaker if another program listens on the API's port."""
        if len(self.requests) == 1:  # there is nothing to merge with
            self.answers = answers
        else:
            self.answers.update(answers)
        required = self.learnt.family.required_keys if self.learnt.family else {}
        for question in questions:
            name = question.name
            if name in required and required[name] not in self.answers.row(name):
                other = Unsupported("it answered another question")
                self.answers.drop(name, Denied("it needs a login") if self.lacks_login(question) else other)
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
            asked = request(*questions).questions  # a tuple that all miners share
            self.learnt.slow_answered(compress(asked, raw, time.time(), time.monotonic()))

    def record_failure(self, question: Question, error: ExporterError, *, slow: bool) -> None:
        """Record a failed question. A slow page that only lacks configured credentials is skipped instead."""
        if slow and self.fresh and isinstance(error, Denied) and self.lacks_login(question):
            self.skip_for(intervals.RETRY, question)
        else:
            self.failed[question.name] = error

    def skip_for(self, seconds: float, question: Question) -> None:
        """Leave a question out of the polls for so many seconds."""
        self.learnt.skip(question, time.monotonic() + seconds)

    def everything(self) -> Answers:
        """Return the answers of this poll, and the slow answers that were not asked anew."""
        whole = unpack(self.learnt.slow_answers, self.fresh)
        whole.update(self.answers)
        return whole
