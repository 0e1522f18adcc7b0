"""Everything that polls have taught about one miner: a state, timers beside it, and events that change both.

Nothing outside this file writes a field of `Learnt`. An event is the method of that name. Of rows that fit, the first
holds. An odd answer is a DecodeError: something answers, but not as before.

    State         Event                      Next          Forgotten                           Tried again
    UNKNOWN       recognised                 KNOWN         -                                   -
    UNKNOWN       recognised_off_api_port    OFF_API_PORT  -                                   the API, after an hour
    KNOWN         preferred, keep_slow_of    PREFERRED     slow answers of the API             -
    any           reclassified               same or KNOWN joins, posting, skips, slow answers at once
    any           afresh                     UNKNOWN       all but skipped probes              at once
    any           still_known (after afresh) as before     -                                   recognition, as told
    any           trusted                    the same      the time of recognition             -
    PREFERRED     lost, odd answer           UNKNOWN       all                                 the surface, in an hour
    PREFERRED     lost, other error          UNKNOWN       all                                 the surface, after 5 min
    with a login  lost, denied 10 min before UNKNOWN       all                                 at once
    with a login  lost, denied               the same      slow answers                        all, after 10 min
    UNKNOWN       lost, odd answer           UNKNOWN       all but skipped probes              at once
    OFF_API_PORT  lost, odd, with pages      the same      slow answers, fast skips            recognition, after 5 min
    any other     lost, odd answer           UNKNOWN       all                                 at once
    any           lost, refused              the same      slow answers                        recognition, after 5 min
    any           lost, other error          the same      slow answers                        at once
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from exporter import decode
from exporter.core.errors import DecodeError, Denied, ExporterError, Refused
from exporter.decode import Family
from exporter.polling import intervals
from exporter.polling.slow_answers import VERSIONS, SlowAnswer, filtered
from exporter.questions import Page, Question

MAX_FAILED_JOINS: Final = 2  # in a row, after which joined requests are left alone
_NONE: Final[Mapping[Any, Any]] = MappingProxyType({})  # one object for all miners
_NO_NAMES: Final = frozenset[str]()
_shared: Final = lru_cache(1024)(dict[str, str])  # from pairs to one mapping for all miners of a kind


class State(Enum):
    """The place where a miner is read."""

    UNKNOWN = "no family was recognised"
    KNOWN = "by its API"
    OFF_API_PORT = "where firmware without the API answers; the API is tried now and then"
    PREFERRED = "on a surface that says more than the API"


@dataclass(slots=True)
class Learnt:
    """The state of one miner. Values are immutable, so that a change is an assignment, in this file."""

    state: State = State.UNKNOWN
    family: Family | None = None  # None in UNKNOWN alone
    evidence: str = ""  # of the family, in words
    over_http: bool = False  # whether lines of the API are posted to a web server
    recognise_again_at: float = float("inf")  # next recognition of a known miner; inf for none
    better_surface_at: float = 0.0  # next try of a better surface
    denied_until: float = 0.0  # 0 until a login is denied; a poll denied after that time forgets everything
    probe_again_at: float = 0.0  # next round of probes off the API's port
    silent_ports: Mapping[int, float] = field(default_factory=lambda: _NONE)  # port -> next probe
    skipped_until: Mapping[str, float] = field(default_factory=lambda: _NONE)  # question name -> next try
    joins: bool = False  # whether a joined request was answered before
    failed_joins: int = 0  # joined requests in a row that failed
    joins_again_at: float = 0.0  # next try of a joined request
    ask_last: frozenset[str] = _NO_NAMES  # fast questions that failed while another was answered
    failing_sections: frozenset[str] = _NO_NAMES  # slow sections that failed when they were last asked
    slow_answers: tuple[SlowAnswer, ...] = ()
    slow_version: int = 0  # another number after each change of the slow answers; 0 while there are none
    slow_round_at: float = 0.0  # next round of slow questions
    chip_questions: tuple[Question, ...] = ()  # opt-in questions that wait for their turn, one a poll
    descriptions: Mapping[str, str] = field(default_factory=lambda: _NONE)  # section -> Description of its last STATUS

    def recognised(self, family: Family, evidence: str) -> None:
        """Enter KNOWN: the API's answers show the family, or the configuration names it."""
        self.state, self.family, self.evidence = State.KNOWN, family, evidence

    def recognised_off_api_port(self, family: Family, evidence: str, now: float) -> None:
        """Enter OFF_API_PORT: the answer to a probe shows the family."""
        self.state, self.family, self.evidence = State.OFF_API_PORT, family, evidence
        self.recognise_again_at = now + intervals.RETRY

    def preferred(self, family: Family, evidence: str) -> None:
        """Enter PREFERRED: a better surface answers."""
        self.state, self.family, self.evidence = State.PREFERRED, family, evidence
        self.slow_round_at = 0.0

    def reclassified(self, family: Family, evidence: str) -> None:
        """Change the family: all answers together show another one."""
        self.state = State.KNOWN if self.state is State.UNKNOWN else self.state
        self.family, self.evidence, self.over_http = family, evidence, False
        self.joins, self.joins_again_at, self.probe_again_at = False, 0.0, 0.0
        self.skipped_until, self.silent_ports = _NONE, _NONE
        self._forget_slow_answers()

    def afresh(self, probe_again_at: float = 0.0) -> Learnt:
        """Return a new state in which probes that failed are still skipped, and nothing else is known."""
        probes = {question.name for question in decode.fingerprints() if question.off_api_port}
        skipped = {name: until for name, until in self.skipped_until.items() if name in probes}
        ports = {port: until for port, until in self.silent_ports.items() if port}  # port 0: the posted lines
        return Learnt(probe_again_at=probe_again_at, skipped_until=skipped, silent_ports=ports)

    def still_known(self, tried: Learnt, until: float) -> None:
        """Keep this state, because `tried`, made by `afresh`, recognised nothing. Recognise again at `until`.

        The probes that failed are skipped from now on."""
        probes = tried.afresh()
        self.skipped_until = {**self.skipped_until, **probes.skipped_until}
        self.silent_ports = {**self.silent_ports, **probes.silent_ports}
        self.recognise_again_at = until

    def trusted(self) -> None:
        """Drop a suspicion: the miner was read since, or its family is configured."""
        self.recognise_again_at = float("inf")

    def lost(self, error: ExporterError, failures: int, now: float) -> Learnt:
        """Return the state after a poll that read nothing, the `failures`-th in a row: this object or a new one."""
        odd = isinstance(error, DecodeError)
        if self.state is State.PREFERRED:
            return Learnt(better_surface_at=now + (intervals.RETRY if odd else intervals.SLOW))
        if isinstance(error, Denied) and self._takes_login():
            if 0 < self.denied_until <= now:
                return Learnt()
            self.denied_until = self.denied_until or now + intervals.DENIED
            self._forget_slow_answers()
            return self
        if odd and not self._has_pages():
            return self.afresh(self.probe_again_at) if self.state is State.UNKNOWN else Learnt()
        self._forget_slow_answers()
        if odd and self.family is not None:
            self.unskip(self.family.fast)
        if failures == 1 and self.state is not State.OFF_API_PORT:
            self.trusted()  # the miner was read since the last suspicion
        if odd or isinstance(error, Refused):
            self.recognise_again_at = min(self.recognise_again_at, now + intervals.SUSPECT)
        return self

    def _has_pages(self) -> bool:
        """Test whether the miner was found by a page and is read by pages alone."""
        return self.state is State.OFF_API_PORT and self.family is not None and isinstance(self.family.fast[0], Page)

    def _takes_login(self) -> bool:
        """Test whether the miner is recognised without a login and read with one."""
        family = self.family
        return family is not None and family.fingerprint is not None and any(each.login for each in family.fast)

    def skip(self, question: Question, until: float) -> None:
        """Leave a question alone: the firmware does not know it, or is too busy for it now."""
        self.skipped_until = {**self.skipped_until, question.name: until}

    def unskip(self, questions: Collection[Question]) -> None:
        """Ask these questions again as soon as they are due."""
        names = {question.name for question in questions}
        self.skipped_until = {name: until for name, until in self.skipped_until.items() if name not in names}

    def retry_by(self, questions: Collection[str], by: float) -> None:
        """End the skips of these questions, and of joined requests, at `by` at the latest.

        A miner that sleeps knows few questions, and answers all once it is awake."""
        self.joins_again_at = min(self.joins_again_at, by)
        if late := {name: by for name, until in self.skipped_until.items() if until > by and name in questions}:
            self.skipped_until = {**self.skipped_until, **late}

    def failed_beside_others(self, questions: Collection[str]) -> None:
        """Ask these fast questions last from now on: a miner that hangs up on a question answers no other."""
        self.ask_last = frozenset(questions) or _NO_NAMES

    def join_answered(self) -> None:
        """Note that the miner joins: from now on a broken connection is no fault of a join."""
        self.joins, self.failed_joins = True, 0

    def join_failed(self, now: float, *, accident: bool) -> None:
        """Leave joined requests alone for an hour; not after a first failure that may be an accident."""
        self.failed_joins += 1 if accident else MAX_FAILED_JOINS
        if self.failed_joins >= MAX_FAILED_JOINS:
            self.joins, self.failed_joins, self.joins_again_at = False, 0, now + intervals.RETRY

    def send_lines(self, *, over_http: bool) -> None:
        """Post the lines of the API to a web server from now on, or send them to the API's port."""
        self.over_http = over_http

    def probed(self, until: float) -> None:
        """Leave other ports than the API's alone until then."""
        self.probe_again_at = until

    def port_answered(self, port: int) -> None:
        """Probe that port whenever others are probed."""
        self.silent_ports = {other: until for other, until in self.silent_ports.items() if other != port}

    def port_was_silent(self, port: int, now: float) -> None:
        """Probe again at the next poll; leave the port alone for ten minutes if it was silent before."""
        until = now + intervals.SILENT_PORT if port in self.silent_ports else now
        self.silent_ports, self.probe_again_at = {**self.silent_ports, port: until}, now

    def better_surface_tried(self, now: float) -> None:
        """Try better surfaces again after an hour."""
        self.better_surface_at = now + intervals.RETRY

    def described(self, descriptions: dict[str, str]) -> bool:
        """Note the Descriptions of the answers. Return whether a section has another Description than before.

        Then another program answers; a new section alone is no change."""
        before = self.descriptions
        if descriptions.items() <= before.items():
            return False
        self.descriptions = _shared(tuple({**before, **descriptions}.items()))
        return any(before.get(section, text) != text for section, text in descriptions.items())

    def ask_slow_at_once(self) -> None:
        """Make a round of slow questions due."""
        self.slow_round_at = 0.0

    def slow_round_began(self, questions: set[str], fresh: set[str], now: float) -> None:
        """Drop the slow answers that the round asks anew: `questions` are the names of the round's questions.

        Answers stay if a question of them is `fresh`, answered in this poll, or is hourly and not an hour old."""
        self.failing_sections &= questions
        self._set_slow(filtered(self.slow_answers, lambda answer: answer.stands(fresh, now - intervals.RETRY)))

    def slow_round_ended(self, now: float, jitter: float) -> None:
        """Time the next round: after the interval, or after the fraction `jitter` of the interval.

        The fraction follows a first round and a round out of turn (`ask_slow_at_once`), so that the rounds spread."""
        self.slow_round_at = now + intervals.SLOW * (jitter if self.slow_round_at == 0.0 else 1.0)

    def asked_slowly(self, asked: set[str], failed: set[str]) -> None:
        """Note which of the slow questions that were `asked` have `failed`."""
        self.failing_sections = (self.failing_sections - asked) | failed or _NO_NAMES

    def slow_answered(self, answer: SlowAnswer) -> None:
        """Put a slow answer in the place of the one before."""
        self._set_slow((*filtered(self.slow_answers, lambda old: old.questions != answer.questions), answer))

    def keep_slow_of(self, family: Family) -> None:
        """Drop slow answers whose questions the family does not ask slowly."""
        self._set_slow(filtered(self.slow_answers, lambda answer: not set(family.slow).isdisjoint(answer.questions)))

    def chips_wanted(self, questions: Collection[Question]) -> None:
        """Queue the questions about the chips of each board."""
        self.chip_questions = tuple(questions)

    def next_chip_question(self) -> Question:
        """Take the next question about chips from the queue."""
        question, self.chip_questions = self.chip_questions[0], self.chip_questions[1:]
        return question

    def _forget_slow_answers(self) -> None:
        self._set_slow(())
        self.slow_round_at = 0.0

    def _set_slow(self, answers: tuple[SlowAnswer, ...]) -> None:
        """Replace the slow answers, with a new version if they change."""
        if answers is not self.slow_answers:
            self.slow_answers, self.slow_version = answers, next(VERSIONS) if answers else 0
