"""A refusal names its rule and its word, and no spelling of a word that acts gets past it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exporter.questions import Line, Login, Page, by_hand
from exporter.questions.frames import Frame
from exporter.questions.pages import HIDDEN
from exporter.questions.readonly import ACTS, NEVER, READS

ACTING = sorted({word.replace("_", "") for word in ACTS | NEVER})
LONG = [word for word in ACTING if len(word) >= HIDDEN]
HARMLESS = st.sampled_from(["miner", "api", "v1", "Status", "getInfo", "cgi-bin", "X9", "board_2"])

# Parts of the sentences.
LISTS = "(ACTS and NEVER in questions/readonly.py)"
OR_READS = "if this page only reads, add its path to READS there, with the firmware's name"
OR_LOGINS = "if its only effect is a session, add it to LOGINS in questions/readonly.py, with the firmware's name"
A_PATH = "a path is of words between slashes, joined by '_', '-' or '.'"
A_COMMAND = "a command is one lower-case word, or up to three after 'get_'"


def path(path: str) -> Callable[[], object]:
    return lambda: Page(name="anything", path=path)


def command(command: str, parameter: str = "") -> Callable[[], object]:
    return lambda: Line(name="anything", command=command, parameter=parameter)


@pytest.mark.parametrize(
    ("attempt", "sentence"),
    [
        (path("/api/pool"), f"'/api/pool': the word 'pool' acts on some firmware {LISTS}; {OR_READS}"),
        (path("/api/minerReboot"), "the word 'reboot' acts"),
        (path("/cgi-bin/setConfig.cgi"), "the word 'setconfig' acts"),
        (path("/factoryReset"), "the word 'factoryreset' acts"),
        (path("/api?x=1"), f"'/api?x=1': {A_PATH}; '?' is no part of one"),
        (path("api"), f"'api': {A_PATH}"),
        (lambda: Page(name="x", path="/api/info", port=65536), "'/api/info': port 65536 is not one of 1 to 65535"),
        (lambda: Page(name="x", path="/api/info", posted=True),
         "'/api/info': only the paths of POSTED are read by POST (questions/readonly.py)"),
        (command("debug"), "'debug': the command acts or tells a secret (NEVER in questions/readonly.py)"),
        (command("Summary"), f"'Summary': {A_COMMAND}; 'S' is no lower-case letter"),
        (command("set_led"), f"'set_led': {A_COMMAND}"),
        (command("session"), "'session': `by_hand` alone declares members of BY_HAND (questions/readonly.py)"),
        (command("asc", "one"), "'asc' with 'one': a parameter is a board's index, 0 to 99"),
        (lambda: by_hand("session", "version"), "'session' with 'version': `check` alone takes a parameter, a read"),
        (lambda: Frame(name="x", command="get.device.info", parameter="salt"),
         "'get.device.info' with 'salt': not in FRAMED (questions/readonly.py)"),
        (lambda: Login(family="x", path="/api/reboot"), f"'/api/reboot': no login is posted there; {OR_LOGINS}"),
    ],
)  # fmt: skip
def test_a_refusal_says_which_rule_refused_which_word(attempt: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        attempt()


@pytest.mark.parametrize(
    "path",
    ["/api/minerSummary", "/api/getMinerStatus", "/Cgminer/CgminerStatus", "/admininfo/Getadmininfo", "/api/getNetwork",
     "/alarm/GetAlarmLoop", "/cgi-bin/minerStatus.cgi", "/api/getPools", "/kaonsu/v1/hashboards", "/STATUS",
     *sorted(READS)],
)  # fmt: skip
def test_capital_letters_are_exact(path: str) -> None:
    assert Page(name="anything", path=path).target.startswith(path)
    assert f"GET :80{path}" == str(Page(name="anything", path=path).text([]))


@pytest.mark.parametrize(
    "path",
    ["/api/minerReboot", "/cgi-bin/setConfig.cgi", "/factoryReset", "/api/HTTPReset", "/REBOOT", "/Re-Boot", "/re.boot",
     "/power/off", "/powerOff", "/api/v1/set1", "/api/sEt", "/minerREBOOTnow", "/xreboot", "/rebootx", "/Settings",
     "/api/setLED", "/cgi-bin/Set_Miner_Conf.cgi", "/Cgminer/CgminerSetPool", "/user/Login", "/API/V1/MINING",
     "/api/v1/Mining", "/miner/updateFirmware", "/api/1reboot2", "/wifiScan"],
)  # fmt: skip
def test_no_spelling_of_what_acts_is_a_page(path: str) -> None:
    with pytest.raises(ValueError, match="acts on some firmware"):
        Page(name="anything", path=path)


@st.composite
def spelt(draw: st.DrawFn, words: list[str]) -> str:
    """A word that acts, in any case, with separators and digits anywhere inside."""
    letters = draw(st.sampled_from(words))
    capital = draw(st.lists(st.booleans(), min_size=len(letters), max_size=len(letters)))
    cased = [each.upper() if up else each for each, up in zip(letters, capital, strict=True)]
    at = draw(st.integers(1, len(cased)))
    inside = draw(st.sampled_from(["", "", "-", "_", ".", "/", "7"])) if at < len(cased) else ""
    return "".join(cased[:at]) + inside + "".join(cased[at:])


@given(spelt(ACTING), HARMLESS, HARMLESS, st.sampled_from(["/", "_", "-", ".", "7"]))
def test_a_word_that_acts_is_found_wherever_words_end(word: str, before: str, after: str, between: str) -> None:
    for path in (
        f"/{word}",
        f"/{before}{between}{word}",
        f"/{word}{between}{after}",
        f"/{before}/{word}{between}{after}",
    ):
        with pytest.raises(ValueError, match=r"acts on some firmware|words between slashes"):
            Page(name="anything", path=path)


@given(st.sampled_from(ACTING), HARMLESS, st.sampled_from(["", "Now", "7", ".cgi"]))
def test_a_word_that_acts_is_found_in_camel_case(word: str, before: str, after: str) -> None:
    with pytest.raises(ValueError, match="acts on some firmware"):
        Page(name="anything", path=f"/api/{before}{word.capitalize()}{after}")


@given(st.sampled_from(LONG), st.data(), st.from_regex(r"[A-Za-z0-9]{0,6}", fullmatch=True))
def test_a_long_word_that_acts_is_found_inside_any_other(word: str, data: st.DataObject, around: str) -> None:
    cased = "".join(data.draw(st.sampled_from([each, each.upper()])) for each in word)
    with pytest.raises(ValueError, match="acts on some firmware"):
        Page(name="anything", path=f"/api/{around}{cased}{around}")


@given(st.from_regex(r"(/[A-Za-z0-9_.\-]{1,12}){1,3}", fullmatch=True))
def test_what_is_admitted_has_no_word_that_acts(path: str) -> None:
    try:
        Page(name="anything", path=path)
    except ValueError:
        assume(False)
    assert path in READS or not {*re.findall("[a-z]+", path.lower())} & {*ACTING}


@given(st.sampled_from(sorted(NEVER)), st.data())
def test_no_spelling_of_a_command_that_acts_is_a_line(word: str, data: st.DataObject) -> None:
    cased = "".join(data.draw(st.sampled_from([each, each.upper()])) for each in word)
    with pytest.raises(ValueError, match=r"acts or tells a secret|one lower-case word"):
        Line(name="anything", command=cased)
