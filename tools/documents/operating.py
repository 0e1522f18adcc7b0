"""The table of docs/operating.md: the daemon's flags."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from exporter.__main__ import parser
from tools.documents.markdown import table


def subcommands() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command of `asic-exporter`, by the command's name."""
    (choices,) = (action.choices for action in parser()._actions if isinstance(action, argparse._SubParsersAction))
    return dict(choices)


def flags() -> str:
    """Return the daemon's flags with their help texts."""
    return table(("flag", "meaning"), _flags())


def _flags() -> Iterator[list[str]]:
    for action in subcommands()["serve"]._actions:
        if not isinstance(action, argparse._HelpAction):
            value = f"={action.metavar}" if action.metavar else ""
            yield [f"`{', '.join(action.option_strings)}{value}`", (action.help or "") % vars(action)]
