"""The words of Proto's Rig and of ePIC's PowerPlay: all of their states, and what an error is called."""

from __future__ import annotations

import pytest

from exporter.core.vocabulary import MINER_STATES
from exporter.decode.common import chiplists
from exporter.decode.epic import faults, web
from exporter.decode.proto import web as proto

EPIC = (
    "AdjustingClockVoltage Idling Initializing Loading Mining PreInitCooldown Rebooting SoftRebooting Stopping Testing "
    "UpdatingFirmware"
)
PROTO = "Uninitialized PoweringOn Mining DegradedMining PoweringOff Stopped Curtailed NoPools Error"


def test_each_state_of_the_firmware_is_known() -> None:
    assert {web.STATES[word.lower()] for word in EPIC.split()} <= set(MINER_STATES)
    assert {proto.STATES[word] for word in PROTO.split()} <= set(MINER_STATES)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (None, ""),
        ("", ""),
        ("NoHashboardsConnected", "NoHashboardsConnected"),
        ({"HbChipDetectError": [0, 2]}, "HbChipDetectError"),
        ({"LicenseError": "no answer from the server"}, "LicenseError"),
        ("there is no hashboard connected", faults.SENTENCE),
        ([], ""),
        (7, "7"),
    ],
)
def test_an_error_of_epics_is_a_word_however_it_is_written(error: object, code: str) -> None:
    assert faults.word(error) == code


@pytest.mark.parametrize(
    ("targets", "throttled", "aim"),
    [
        ({"Target": 100, "Throttle Target": None}, 0, 100),
        ({"Target": 100, "Throttle Target": 95}, 1, 95),
        ({"Target": 100, "Throttle Target": None, "Error Throttle Target": 90}, 1, 90),
        ({"Target": 100, "Throttle Target": 95, "Error Throttle Target": 90}, 1, 90),
        ({"Target": 100, "Throttle Target": 100}, 0, 100),
        ({"Target": 100, "Throttle Target": "n/a"}, None, None),
        ({"Target": 100}, None, 100),
        ({"Throttle Target": None}, None, None),
    ],
)
def test_a_lower_target_of_tuning_is_a_throttled_miner(
    targets: dict[str, object], throttled: int | None, aim: int | None
) -> None:
    tuning = {"ChipTune": {**targets, "Unit": "TH/s"}}
    assert web.held_back(tuning) == throttled
    assert web.tuned_to(tuning, "TH/s") == aim
    assert web.tuned_to(tuning, "W") is None


def test_readings_of_chips_keep_their_places() -> None:
    assert chiplists.amounts([1.5, 0, "x", None], 1e6) == [1.5e6, 0, None, None]
    assert chiplists.readings([1.5, 0, "x", None], 1e6) == [1.5e6, None, None, None]
    assert chiplists.degrees([61.5, 0, 300]) == [61.5, None, None]
    assert chiplists.difference([0.3, None, 0.31]) == 0.01
    assert chiplists.difference([0.3]) is chiplists.difference([]) is None
    assert chiplists.amounts({"0": 1}) == chiplists.amounts([1], None) == chiplists.degrees(None) == []
