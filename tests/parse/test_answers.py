"""From bytes to rows: one search for a section, in whatever shape a firmware says it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exporter.core.errors import DecodeError, Denied, Unsupported
from exporter.decode.cgminer import DEVDETAILS, DEVS, POOLS, SUMMARY
from exporter.decode.common.notify import NOTIFY
from exporter.parse.answers import Answers, read
from exporter.polling.poll import poll
from exporter.questions import Question, Request
from tests.harness.support import SERIES, samples, target

GOOD = {"STATUS": "S", "When": 1751990400, "Code": 9, "Msg": "devs"}
ROWS = [{"ASC": 0, "MHS 5s": 5.0}, {"ASC": 1, "MHS 5s": 6.0}]
ROW = ROWS[:1]


def told(document: dict[str, Any], *questions: Question) -> Answers:
    answers = Answers()
    read(answers, questions, json.dumps(document).encode())
    return answers


@pytest.mark.parametrize(
    "document",
    [
        {"STATUS": [GOOD], "DEVS": ROWS},
        {"STATUS": [GOOD], "DEVS": {"0": ROWS[0], "1": ROWS[1]}},
        {"STATUS": [GOOD], "devs": ROWS},
        {"STATUS": [GOOD], "Devs": {"ASC0": ROWS[0], "ASC1": ROWS[1]}},
        {"STATUS": [GOOD], "DEV": ROWS},
        {"STATUS": [GOOD], "Msg": ROWS},
        {"STATUS": [GOOD], "Msg": {"DEVS": ROWS}},
        {"STATUS": [GOOD], "Msg": {"devs": ROWS}},
        {"STATUS": [GOOD], "DEVS": [], "Msg": ROWS},
        {"STATUS": [GOOD | {"Msg": ROWS}]},
        {"STATUS": [GOOD | {"Msg": {"DEVS": ROWS}}]},
        {"STATUS": GOOD | {"Msg": ROWS}},
        {"STATUS": "S", "Code": 9, "Msg": ROWS},
        {"STATUS": "S", "Code": 9, "Msg": {"DEVS": {"a": ROWS[0], "b": ROWS[1]}}},
        {"STATUS": [GOOD], "ASC": ROW, "CPU": ROWS[1:]},
        {"STATUS": [GOOD], "DEV0": ROW, "DEV1": ROWS[1:]},
    ],
)
def test_rows_are_found_in_every_shape(document: dict[str, Any]) -> None:
    assert told(document, DEVS).rows == {"devs": ROWS}


@pytest.mark.parametrize(
    "document",
    [
        {"STATUS": [GOOD], "DEVS": {"ASC": 0, "MHS 5s": 5.0}},
        {"STATUS": [GOOD], "DEVS": {"": ROWS[0]}},
        {"STATUS": [GOOD | {"Msg": ROWS[0]}]},
        {"STATUS": GOOD | {"Msg": ROWS[0]}},
        {"STATUS": "S", "Msg": ROWS[0]},
    ],
)
def test_an_object_is_one_row_or_has_the_rows(document: dict[str, Any]) -> None:
    assert told(document, DEVS).rows == {"devs": ROW}


@pytest.mark.parametrize(
    "document",
    [
        {"summary": [{"SUMMARY": [{"Elapsed": 7}]}], "devs": [{"STATUS": [GOOD], "DEVS": ROWS}]},
        {"STATUS": [GOOD], "SUMMARY": {"Elapsed": 7}, "DEVS": ROWS},
        {"STATUS": [GOOD], "summary": [{"Elapsed": 7}], "devs": ROWS},
        {"summary": {"STATUS": [GOOD | {"Msg": {"Elapsed": 7}}]}, "devs": {"STATUS": GOOD, "devs": ROWS}},
    ],
)
def test_a_join_is_nested_or_flat_in_every_spelling(document: dict[str, Any]) -> None:
    assert told(document, SUMMARY, DEVS).rows == {"summary": [{"Elapsed": 7}], "devs": ROWS}


def test_no_row_of_another_question_is_taken_for_an_answer() -> None:
    flat = told({"STATUS": [GOOD | {"Msg": {"Elapsed": 7}}], "SUMMARY": [{"Elapsed": 7}]}, SUMMARY, DEVS)
    assert flat.rows == {"summary": [{"Elapsed": 7}]}
    nested = told({"summary": [{"STATUS": [GOOD], "SUMMARY": [{}]}], "devs": [{"STATUS": [GOOD]}]}, SUMMARY, DEVS)
    assert nested.rows == {"summary": [{}]}


@pytest.mark.parametrize("question", [DEVS, DEVDETAILS, NOTIFY])
def test_an_empty_list_is_answered(question: Question) -> None:
    answers = told({"STATUS": [GOOD], question.section: [], "id": 1}, question)
    assert answers.rows == {question.name: []}
    assert not answers.problems


@pytest.mark.parametrize("question", [DEVS, DEVDETAILS, NOTIFY])
@pytest.mark.parametrize("message", ["No ASCs/PGAs", "No PGAs", "No GPUs"])
@pytest.mark.parametrize("code", [6, 10, "10"])
def test_who_says_that_there_are_no_devices_answered(question: Question, message: str, code: object) -> None:
    answers = told({"STATUS": [{"STATUS": "E", "Code": code, "Msg": message}], "id": 1}, question)
    assert answers.rows == {question.name: []}
    assert not answers.problems


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"STATUS": [{"STATUS": "E", "Code": 45, "Msg": "Access denied to 'devs' command"}]}, Denied),
        ({"STATUS": [{"STATUS": "E", "Code": 14, "Msg": "Invalid command"}]}, Unsupported),
        ({"error": "unknown command"}, Unsupported),
        ({"error": "not for you"}, Denied),
    ],
)
def test_a_refusal_is_told_from_what_is_not_known(document: dict[str, Any], error: type[DecodeError]) -> None:
    assert type(told(document, DEVS).problems["devs"]) is error


@pytest.mark.parametrize("rows", [[], [{}], {}])
async def test_answers_without_a_reading_are_no_reading(rows: object) -> None:
    said: dict[str, dict[str, Any]] = {"version": {"VERSION": [{"CGMiner": "4.12.1", "API": "3.7"}]}}
    said |= {question.name: {question.section: rows} for question in (SUMMARY, DEVS, POOLS)}

    async def ask(request: Request) -> bytes:
        if request.question.off_api_port or len(request.questions) > 1:
            return b'{"STATUS":[{"STATUS":"E","Code":14,"Msg":"Invalid command"}]}'
        unknown = {"STATUS": [{"STATUS": "E", "Code": 14, "Msg": "Invalid command"}]}
        return json.dumps({"STATUS": [GOOD]} | said.get(request.question.name, unknown)).encode()

    of = target()
    for _ in range(2):
        outcome = await poll(of, ask, SERIES)
        assert outcome.error is not None
        assert outcome.error.reason == "wrong_shape"
        assert samples(of)["asic_up"][()] == 0
    said["summary"] = {"SUMMARY": [{"Elapsed": 9}]}
    await poll(of, ask, SERIES)
    assert samples(of)["asic_up"][()] == 1
