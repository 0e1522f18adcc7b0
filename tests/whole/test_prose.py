"""The prose of docstrings and comments, as far as it can be checked."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import exporter

PACKAGE = Path(exporter.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

WORDS = 25  # in a sentence
FIRST = re.compile(r"(What|Who|Whoever|Whose|Which|Where|When|How|Of|Those|These|Whether|It|They|That|If|One|Same)\b")
NEGATION = re.compile(r"\b(not|no|never|none|nothing|nobody|neither|nor|No|Not|Never|Nothing|Nobody|Neither)\b")
QUOTED = re.compile(r"``[^`]*``|`[^`]*`|\"[^\"]*\"|'\S[^'\n]*\S'(?!\w)")
ENDS = re.compile(r"(?<=[.!?])\s+|\n\s*\n|\n(?=[*-] )|\A\w+: |(?<=\n)\w+: ")


def docstrings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def comments(text: str) -> Iterator[str]:
    """The comments, with those of lines one below the other as one."""
    last, block = 0, ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and not re.match(r"# (fmt|noqa|type):?", token.string):
            alone = not token.line[: token.start[1]].strip()
            words = token.string.partition("# noqa")[0].lstrip("# ")
            if not (alone and token.start[0] == last + 1):
                yield block
                block = ""
            block, last = f"{block} {words}", token.start[0] if alone else 0
    yield block


def sentences(prose: str) -> Iterator[str]:
    """The sentences of a text, without its examples (indented lines); what is quoted is one word."""
    told = "\n".join(line for line in prose.splitlines() if not line.startswith("    "))
    yield from ENDS.split(QUOTED.sub("Q", told))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_sentences_are_short_and_begin_with_what_is_done(file: Path) -> None:
    text = file.read_text()
    documents = [*docstrings(ast.parse(text))]
    bad = [f"begins with {match[0]}: {document}" for document in documents if (match := FIRST.match(document))]
    for sentence in [each for prose in (*documents, *comments(text)) for each in sentences(prose)]:
        if sum(any(map(str.isalnum, word)) for word in sentence.split()) > WORDS:
            bad.append(f"more than {WORDS} words: {sentence}")
        if len(NEGATION.findall(sentence)) > 1:
            bad.append(f"more than one negation: {sentence}")
    assert not re.search(r"\bsaid\b", text), "said: name the thing"
    assert not bad, "\n\n".join(bad)
