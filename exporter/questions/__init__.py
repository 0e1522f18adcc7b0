"""The closed list of questions: a decoder's declarations come in, the only requests that may leave go out.

A family declares its questions when it is imported, with `line`, `page`, `frame` and `call`. The registry is then
sealed, and a `Request`, the only thing that the transport sends, is made of its members alone. No name from the
configuration comes here.

A control command cannot be declared: `readonly` has the lists, and each kind of question checks itself against them.
    Line   one lower-case word that is no member of NEVER
    Page   an exact path without a word that acts, because GET /cgi-bin/reboot.cgi reboots a miner
    Frame  a few commands with a few parameters, all of them in FRAMED
    Call   a method of CALLS, with an empty message
"""

from exporter.questions.calls import Call
from exporter.questions.declare import by_hand, call, frame, line, page, postable
from exporter.questions.frames import Frame
from exporter.questions.lines import Line
from exporter.questions.logins import FORM, JSON, MESSAGE, Digest, Login
from exporter.questions.pages import Page
from exporter.questions.question import Question
from exporter.questions.registry import REGISTRY, Registry
from exporter.questions.requests import Request, posted, request

__all__ = [
    "FORM",
    "JSON",
    "MESSAGE",
    "REGISTRY",
    "Call",
    "Digest",
    "Frame",
    "Line",
    "Login",
    "Page",
    "Question",
    "Registry",
    "Request",
    "by_hand",
    "call",
    "frame",
    "line",
    "page",
    "postable",
    "posted",
    "request",
]
