"""JSON as miners send it: parsed strictly, else with commas put between rows, else by a reader that repairs faults.

The faults are known ones of firmware. No repair makes a number of a text, or a text of a number. Each repair has a
name, and its uses are counted. Strict JSON needs none: there the last of duplicate keys counts without a repair.

    invalid_utf8      bytes that are not UTF-8 (a worker name); replaced by U+FFFD
    control_character a raw newline or other control inside a string
    invalid_escape    an unknown escape such as `\\'`: the backslash is dropped; half a surrogate pair becomes U+FFFD
    missing_comma     `}{`, `"1""temp0"`
    extra_comma       `,}` `[,{`
    not_a_number      a bare nan or inf, or a number no float can hold: becomes null
    list_as_object    `["329":"2022-01-17"]`: becomes an object
    missing_value     `{"BYE","id":1}`: the member is dropped
    duplicate_key     the last one counts
    quoted_object     `"data":"{"a":1}"`: the quotes around an object or a list are dropped
    comment           lines before the answer that begin with //, as tools add them to an answer that they save
    truncated         the end is missing: the row that was cut off is dropped, the rows before it stay
    trailing_text     text after the document
    text_mode         the API's other format, `STATUS=S,...|SUMMARY,Elapsed=5,...|`
"""

from __future__ import annotations

import re
from typing import Final

import orjson

from exporter.core.errors import NotJson, WrongSpeaker
from exporter.parse import textmode
from exporter.parse.forgiving import STEPS, ForgivingReader

Document = textmode.Document
Repairs = textmode.Repairs

LIST: Final = "list"  # the key under which a list becomes an object
REPAIRS: Final = (  # the names above, in that order
    *("invalid_utf8", "control_character", "invalid_escape", "missing_comma", "extra_comma", "not_a_number"),
    *("list_as_object", "missing_value", "duplicate_key", "quoted_object", "comment"),
    *("truncated", "trailing_text", "text_mode"),
)
_COMMENTS = re.compile(r"(?://[^\n]*+\n\s*+){1,64}+")
# The last two are TLS, and FTP or mail.
_OTHER_PROTOCOLS = (b"HTTP/", b"SSH-", b"<!DOCTYPE", b"<html", b"\x16\x03", b"220 ")


def parse(raw: bytes) -> tuple[Document, Repairs]:
    """Return the object in `raw`, up to the first NUL, and how often each repair was needed; {} for strict JSON.

    A list becomes an object with the list under LIST if all its members are objects (some pages), or if the list needed
    a repair. Raises NotJson for any other value, and WrongSpeaker for the greeting of another protocol."""
    body = raw.partition(b"\0")[0].strip()
    repairs = Repairs(int)
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        try:
            document = orjson.loads(_with_commas(body, repairs))
        except orjson.JSONDecodeError:
            document, repairs = _forgive(body)  # counts anew
    if type(document) is list and all(type(each) is dict for each in document):
        document = {LIST: document}
    if type(document) is not dict:
        raise NotJson("the answer is not a JSON object")
    return document, repairs


def _with_commas(body: bytes, repairs: Repairs) -> bytes:
    """Turn each `}{` outside of strings into `},{`, which each answer of the Antminer S9 needs.

    So most answers need no slow reader. A text with a backslash, with `}{` in a string, or with more than STEPS of them
    is returned unchanged. Without backslashes, a place after an even number of quotes is outside of strings."""
    if b"\\" in body or body.count(b"}{") > STEPS:
        return body
    pieces = body.split(b"}{")
    quotes = 0
    for piece in pieces[:-1]:
        quotes += piece.count(b'"')
        if quotes % 2:
            return body
    if len(pieces) > 1:
        repairs["missing_comma"] += len(pieces) - 1
    return b"},{".join(pieces)


def _forgive(body: bytes) -> tuple[object, Repairs]:
    """Read a text that strict JSON refuses, with all repairs. Raises NotJson or WrongSpeaker."""
    if body.startswith(_OTHER_PROTOCOLS):
        raise WrongSpeaker(f"another protocol answers: {repr(body[:12])[1:]}")
    repairs = Repairs(int)
    try:
        source = body.decode()
    except UnicodeDecodeError:
        source = body.decode("utf-8", "replace")
        repairs["invalid_utf8"] += 1
    if match := _COMMENTS.match(source):
        source = source[match.end() :]
        repairs["comment"] += 1
    if source.startswith("["):  # an object with the list under LIST; without an end it stays truncated
        source = f'{{"{LIST}":{source}' + "}" * source.endswith("]")
    if source.startswith("{"):
        return ForgivingReader(source, repairs).read(), repairs
    if textmode.speaks(source):
        repairs["text_mode"] += 1
        return textmode.read(source, repairs), repairs
    raise NotJson("neither JSON nor the API's text mode")
