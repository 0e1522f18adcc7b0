"""The functions by which a family's module declares its questions; all but `postable` return the registered question.

A control command cannot be declared. Each kind of question checks itself against the lists of `questions/readonly.py`,
and raises a ValueError that names the rule and the word.

    line      a lower-case word outside of NEVER and BY_HAND
    by_hand   a word of BY_HAND
    page      an exact path without a word that acts, because GET /cgi-bin/reboot.cgi reboots a miner
    frame     a command with a parameter, both in FRAMED
    call      a method of CALLS, with an empty message

Two equal declarations of a name give one question; two different ones raise ValueError, and so does a new question
after the first request. Nothing here comes from the configuration. `name` is the label `section` of metrics. `section`
is the key of the rows in an answer; "" for an answer that is a single row. `identity_only` marks an answer that
identifies the miner, and tells nothing about its state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exporter.questions.calls import Call
from exporter.questions.frames import Frame
from exporter.questions.lines import Line
from exporter.questions.logins import Digest, Login
from exporter.questions.pages import WEB_PORT, Page
from exporter.questions.question import Question
from exporter.questions.registry import REGISTRY


def line(
    command: str,
    *,
    section: str = "",
    parameter: str = "",
    new_api: bool = False,
    alone: bool = False,
    identity_only: bool = False,
) -> Line:
    """Declare a command of the API on port 4028, which polls may ask.

    Its name is the command with what sets the question apart: `stats_new_api`, `healthchipget_0`. The section is by
    default the command in capital letters. `parameter` is the index of a board. `new_api` asks for Antminer's second
    format of an answer. `alone` marks a command that is not joined with others; those two options imply it."""
    return REGISTRY.add(
        Line(
            name=command + ("_new_api" if new_api else "") + (f"_{parameter}" if parameter else ""),
            command=command,
            section=section or command.upper(),
            parameter=parameter,
            new_api=new_api,
            joinable=not (parameter or new_api or alone),
            identity_only=identity_only,
        )
    )


def by_hand(command: str, parameter: str = "") -> Line:
    """Declare a command of BY_HAND, which `query --ask` asks and polls do not.

    `check` asks whether the miner knows a command, and takes that command as its `parameter`: one that reads."""
    name = command + (f"_{parameter}" if parameter else "")
    section = command.upper()
    return REGISTRY.add(Line(name=name, command=command, section=section, parameter=parameter, by_hand=True))


def page(
    name: str,
    path: str,
    *,
    section: str = "",
    port: int = WEB_PORT,
    login: Login | Digest | None = None,
    locked: bool = False,
    hourly: bool = False,
    instead: str = "",
    posted: bool = False,
    excerpt: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    identity_only: bool = False,
) -> Page:
    """Declare a page of the web server at `port`, by its exact path.

    * section: the key of the rows, such as the "data" of an envelope; without it the whole page is a row
    * identity_only: the page identifies the miner, and alone it is no reading
    * login: the login that the page takes, if there is one
    * locked: the page is asked only while credentials for its login are configured
    * hourly: as a slow question the page is asked at most once an hour
    * instead: the name of a line; the page is asked only while the firmware does not know that line
    * posted: the page is read by POST, with the query and body that POSTED has for the path
    * excerpt: the function that picks the parts of a long answer to keep

    A page with `instead` counts as locked, but polls look at the line alone."""
    return REGISTRY.add(
        Page(
            name=name,
            path=path,
            section=section,
            port=port,
            login=login,
            locked=locked or bool(instead),
            hourly=hourly,
            instead=instead,
            posted=posted,
            excerpt=excerpt,
            identity_only=identity_only,
        )
    )


def frame(name: str, command: str, parameter: str = "", *, identity_only: bool = False) -> Frame:
    """Declare a command of Whatsminer's second API, sent in a frame; its parameter is the section.

    The whole answer to a command without a parameter is a single row."""
    return REGISTRY.add(
        Frame(name=name, command=command, parameter=parameter, section=parameter, identity_only=identity_only)
    )


def call(
    name: str,
    method: str,
    *,
    login: Login,
    section: str = "",
    anonymous: bool = False,
    hourly: bool = False,
    excerpt: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    identity_only: bool = False,
) -> Call:
    """Declare a gRPC method. All methods wait until credentials for `login` are configured.

    The call of an `anonymous` method shows no token. `hourly` and `excerpt` are those of `page`."""
    return REGISTRY.add(
        Call(
            name=name,
            method=method,
            login=login,
            section=section,
            anonymous=anonymous,
            hourly=hourly,
            excerpt=excerpt,
            identity_only=identity_only,
        )
    )


def postable(*lines: Question) -> None:
    """Declare that these lines may also be posted to a web server, for miners whose API port is closed.

    Raises ValueError for anything but a declared line that polls ask."""
    for question in lines:
        REGISTRY.allow_post(question)
