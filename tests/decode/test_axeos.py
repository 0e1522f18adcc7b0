"""The words of AxeOS miners: models, resets, rejects; and the numbers that stand for nothing."""

from __future__ import annotations

import pytest

from exporter.core import vocabulary as v
from exporter.core.nameplates import find
from exporter.core.tracing import Trace, static
from exporter.decode.axeos.device import RESETS, reset_reason, signal
from exporter.decode.axeos.models import BITAXES, named
from exporter.decode.axeos.pools import encrypted, lost, secured
from exporter.decode.axeos.rejects import MESSAGES, reason, rejected
from exporter.parse.rows import Row


@pytest.mark.parametrize(
    ("words", "closed"),
    [
        ("Reset due to power-on event", "power_on"),
        ("Power on reset", "power_on"),
        ("SYSTEM.RESET_POWERON", "power_on"),
        ("Software reset via esp_restart", "software"),
        ("SYSTEM.RESET_SOFTWARE", "software"),
        ("Software reset due to exception/panic", "crash"),
        ("Software panic reset", "crash"),
        ("Reset due to CPU lock up (double exception)", "crash"),
        ("Reset (software or hardware) due to interrupt watchdog", "watchdog"),
        ("SYSTEM.RESET_TASK_WATCHDOG", "watchdog"),
        ("Brownout reset (software or hardware)", "brownout"),
        ("Reset due to power glitch detected", "brownout"),
        ("Reset after exiting deep sleep mode", "sleep"),
        ("SYSTEM.RESET_DEEPSLEEP", "sleep"),
        ("Reset by external pin (not applicable for ESP32)", "external"),
        ("Reset over SDIO", "other"),
        ("Reset by USB peripheral", "other"),
        ("Reset by JTAG", "other"),
        ("Reset due to efuse error", "other"),
        ("Reset reason can not be determined", ""),
        ("SYSTEM.RESET_UNKNOWN", ""),
        ("SYSTEM.RESET_NOT_SPECIFIED", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_the_reason_of_a_reset(words: object, closed: str) -> None:
    assert reset_reason(words) == closed
    assert {word for _, word in RESETS} <= set(v.RESET_REASONS)


@pytest.mark.parametrize(
    ("message", "closed"),
    [
        ("Stale", "stale"),
        ("stale-share", "stale"),
        ("Job not found", "unknown_job"),
        ("Invalid JobID", "unknown_job"),
        ("invalid-job-id", "unknown_job"),
        ("Duplicate share", "duplicate"),
        ("Above target", "low_difficulty"),
        ("Difficulty too low", "low_difficulty"),
        ("difficulty-too-low", "low_difficulty"),
        ("Low difficulty share", "low_difficulty"),
        ("Unauthorized worker", "unauthorized"),
        ("Authorization validation error", "unauthorized"),
        ("Worker mismatch", "unauthorized"),
        ("Not subscribed", "unauthorized"),
        ("Invalid version mask", "other"),
    ],
)
def test_the_reason_of_a_reject(message: str, closed: str) -> None:
    assert reason(message) == closed
    assert {word for _, word in MESSAGES} <= set(v.REJECT_REASONS)


def test_messages_of_one_reason_are_summed() -> None:
    counted = rejected(3, "Stale", 2, "Job not found", 5, "Invalid JobID", 1, None, None)
    found = dict(zip(v.REJECT_REASONS, counted, strict=True))
    assert found == dict.fromkeys(v.REJECT_REASONS) | {"stale": 2, "unknown_job": 6}
    assert set(rejected(2, "Stale", 2, "Job not found", None)) == {None}
    assert set(rejected(2, "Stale", 2, None, 5)) == {None}
    assert set(rejected(3, "Stale", 2, "Job not found", 5)) == {None}


def model(**info: object) -> tuple[str, str]:
    asic = info.pop("asic", {})
    assert isinstance(asic, dict)
    return named(Row(Trace(), info), Row(Trace(), asic))


def test_the_model_is_what_a_page_names_or_else_the_board() -> None:
    assert model(boardVersion="601", ASICModel="BM1370") == ("Bitaxe", "Gamma")
    assert model(boardVersion="601", ASICModel="BM1368") == ("", "")
    assert model(boardVersion="999", ASICModel="BM1370") == ("", "")
    assert model(boardVersion="801", ASICModel="BM1370", asic={"deviceModel": "Gamma"}) == ("Bitaxe", "Gamma")
    assert model(boardVersion="204", ASICModel="BM1366", minerModel="LV06") == ("LuckyMiner", "LV06")
    assert model(deviceModel="NerdQAxe++", ASICModel="BM1370") == ("NerdAxe", "NerdQAxe++")
    assert model(asic={"deviceModel": "Zyber8S"}) == ("TinyChipHub", "Zyber8S")
    assert model(boardVersion="303", ASICModel="BM1366", asic={"deviceModel": "LV08"}) == ("LuckyMiner", "LV08")
    assert model(boardVersion="303", ASICModel="BM1366") == ("", "")
    assert model(asic={"deviceModel": "Hex"}) == ("Bitaxe", "Hex")


def test_every_version_of_a_board_is_one_model() -> None:
    versions = [version for _, _, numbers in BITAXES for version in numbers.split()]
    assert len(versions) == len(set(versions))
    assert find("Bitaxe", "Gamma") is not None


@pytest.mark.parametrize(
    ("tls", "protocol", "value"),
    [
        (0, "SV1", 0),
        (1, "SV1", 1),
        (2, None, 1),
        (0, None, None),
        (0, "SV2", 1),
        (False, "SV1", 0),
        (True, "SV1", 1),
        (0, "SV9", None),
        (None, "SV1", None),
        (None, None, None),
    ],
)
def test_stratum_v2_is_always_encrypted(tls: object, protocol: object, value: int | None) -> None:
    assert encrypted(tls, protocol) == value


def test_a_protocol_is_in_doubt_only_on_pages_that_have_protocols() -> None:
    older = {"stratumTLS": 0}
    newer = older | {"fallbackStratumProtocol": "SV1"}
    pages = (older, newer, newer | {"stratumProtocol": None}, newer | {"stratumProtocol": "SV1"})
    assert [static(secured(Row(Trace(), page), "stratum")) for page in pages] == [0, None, None, 0]


def test_what_stands_for_nothing() -> None:
    assert [signal(raw) for raw in (-55, "-55", -90, 0, -127, 12, None)] == [-55, -55, None, None, None, None, None]
    assert [lost(0, 0), lost(0, 1e308), lost(0, 21.5), lost(0.25, 0), lost(1, 0), lost(40, 20), lost(-1, 20)] == [
        *(None, None, 0, 0.25, 1, None, None),
    ]
