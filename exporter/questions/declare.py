"""The functions by which a family's module declares its questions; all but `postable` return the registered question.

A control command cannot be declared. Each kind of question checks itself against the lists of `readonly`, and raises
a ValueError that names the rule and the word.
    line   one lower-case word outside of NEVER
    page   an exact path without a word that acts, because GET /cgi-bin/reboot.cgi reboots a miner
    frame  a command with a parameter, both in FRAMED
    call   a method of CALLS, with an empty message
Two equal declarations of a name give one question. Nothing here comes from the configuration.
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
    """Declare a command of the API on port 4028.

    The section is the command in capital letters by default. `alone` marks a command that no firmware joins."""
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
    """Declare a command of BY_HAND, for `query --ask` alone; the `parameter` of `check` is the name of a read."""
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
    """Declare a page of the web server; `Page` says what each option means.

    A page with `instead` is asked only while the firmware does not know that line. The page counts as locked."""
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


def frame(name: str, command: str, parameter: str, *, identity_only: bool = False) -> Frame:
    """Declare a command in a frame; its parameter is the section."""
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
    identity_only: bool = False,
) -> Call:
    """Declare a gRPC method, called only if credentials are configured; an `anonymous` method is sent no token."""
    return REGISTRY.add(
        Call(
            name=name,
            method=method,
            login=login,
            section=section,
            anonymous=anonymous,
            identity_only=identity_only,
        )
    )


def postable(*lines: Question) -> None:
    """Declare that these lines may also be posted to a web server, for miners whose API port is closed."""
    for question in lines:
        REGISTRY.allow_post(question)
