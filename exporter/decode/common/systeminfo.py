"""The identity of a miner, from pages with a digest login on Antminers and similar miners.

Quirks: memory is in kibibytes. Of VolcMiner some firmware lacks the model and the memory. StrongU has only the
network's page, whose keys begin with conf_.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce
from exporter.core.values import mac, number, positive, text
from exporter.decode.common.identity import serial
from exporter.parse.rows import Reading
from exporter.questions import Digest, Question, page

SYSTEM_PATH: Final = "/cgi-bin/get_system_info.cgi"
NETWORK_PATH: Final = "/cgi-bin/get_network_info.cgi"


def question(name: str, path: str, login: Digest) -> Question:
    """Return the page at `path`, asked hourly and only if credentials for `login` are configured."""
    return page(name, path, login=login, locked=True, hourly=True, identity_only=True)


def system(section: str, reading: Reading) -> Iterator[v.Part]:
    """Yield the miner's names, its firmware's version and its memory."""
    row = reading.row(section)
    yield v.MinerInfo(
        hostname=text(coalesce(row["hostname"], row["conf_hostname"])),
        mac=mac(coalesce(row["macaddr"], row["conf_macaddr"])),
        serial=coalesce(serial(row["serinum"]), serial(row["serial_no"])),
        firmware_version=text(row.static("system_filesystem_version")),
    )
    yield v.Device(
        memory_total_bytes=number(positive(row["mem_total"]), 1024),
        memory_free_bytes=number(positive(row["mem_free"]), 1024),
    )


def section(asked: Question) -> tuple[str, partial[Iterator[v.Part]]]:
    """Return the section of that page, with its decoder."""
    return asked.name, partial(system, asked.name)
