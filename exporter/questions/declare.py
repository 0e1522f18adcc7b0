"""The functions with which a family declares its questions when it is imported; each returns a member of the registry.

A control command cannot be declared. Each kind of question checks itself against the lists of `readonly`, and refuses
with a ValueError that names the rule and the word.
    line   one lower-case word outside of NEVER
    page   an exact path without a word that acts, because GET /cgi-bin/reboot.cgi reboots a miner
    frame  a command with a parameter, both in FRAMED
    call   a method of CALLS, with an empty message
Two equal declarations of a name are one question. No name from the configuration comes here.
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
    """Declare a member of BY_HAND, which only a person asks; `check` takes the name of a read."""
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

    A page `instead` of a line is locked: it is asked where credentials are configured or where the line is unknown."""
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
    kept = Frame(name=name, command=command, parameter=parameter, section=parameter, identity_only=identity_only)
    return REGISTRY.add(kept)


def call(
    name: str,
    method: str,
    *,
    login: Login,
    section: str = "",
    anonymous: bool = False,
    identity_only: bool = False,
) -> Call:
    """Declare a gRPC method. No method is called without credentials; an `anonymous` one is called without a token."""
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
    """Declare that these lines may be posted, too, where the API's own port is closed."""
    for each in lines:
        REGISTRY.allow_post(each)
