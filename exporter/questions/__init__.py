"""The closed list of questions: declarations of families in, the only requests that the exporter may send out."""

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
