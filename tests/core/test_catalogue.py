"""The metrics as a promise: names, units, labels and HELP, and that none of the contract is missing."""

from __future__ import annotations

import re

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from exporter.core import vocabulary
from exporter.core.catalogue import BY_NAME, CATALOGUE, LABELS, PARTS, STATUS_PARTS, MetricFamily, header
from exporter.core.vocabulary import MINER_STATES, TUNER_STATES, miner_states, tuner_states

each = pytest.mark.parametrize("family", CATALOGUE, ids=lambda family: family.name)

UNITS = (
    "_seconds",
    "_hashes_per_second",
    "_celsius",
    "_watts",
    "_volts",
    "_amperes",
    "_hertz",
    "_rpm",
    "_ratio",
    "_bytes",
    "_dbm",
)
# Gauges that count things, weigh shares or say yes or no have no unit.
UNITLESS = {
    *("asic_up", "asic_section_up", "asic_board_up", "asic_pool_up", "asic_pool_active", "asic_pool_priority"),
    *("asic_pool_quota", "asic_miner_state", "asic_tuner_state", "asic_fault", "asic_chip_healthy"),
    *("asic_boards_expected", "asic_board_chips", "asic_board_chips_failed", "asic_board_chips_expected"),
    *("asic_fans_expected", "asic_best_share_difficulty", "asic_network_difficulty", "asic_pool_difficulty"),
    *("asic_pool_last_share_difficulty", "asic_pool_best_share_difficulty"),
    *("asic_pool_expected", "asic_active_pool_expected", "asic_expected", "asic_off_expected"),
    *("asic_board_chips_degraded", "asic_board_chips_throttled", "asic_curtailed", "asic_fan_up"),
    *("asic_fans_required", "asic_license_state", "asic_network_block_height"),
    *("asic_lifetime_best_share_difficulty", "asic_lifetime_hashes", "asic_lifetime_blocks_found"),
    *("asic_pool_encrypted", "asic_throttled", "asic_fast_boot"),
}
# Every name that the project promises to those who write queries, with its labels.
CONTRACT: dict[str, str] = {
    "asic_up": "",
    "asic_target_info": "address config_group",
    "asic_poll_duration_seconds": "",
    "asic_last_success_timestamp_seconds": "",
    "asic_section_up": "section",
    "asic_section_timestamp_seconds": "section",
    "asic_poll_failures_total": "reason",
    "asic_series_dropped_total": "",
    "asic_miner_info": "family make model firmware firmware_version api_version hostname mac serial platform "
    "algorithm cooling",
    "asic_miner_uptime_seconds": "",
    "asic_device_uptime_seconds": "",
    "asic_miner_state": "state",
    "asic_hashrate_hashes_per_second": "",
    "asic_hashrate_window_hashes_per_second": "window",
    "asic_hashrate_nominal_hashes_per_second": "source",
    "asic_hashes_total": "",
    "asic_shares_accepted_total": "",
    "asic_shares_rejected_total": "",
    "asic_shares_stale_total": "",
    "asic_shares_discarded_total": "",
    "asic_share_difficulty_accepted_total": "",
    "asic_share_difficulty_rejected_total": "",
    "asic_share_difficulty_stale_total": "",
    "asic_best_share_difficulty": "",
    "asic_blocks_found_total": "",
    "asic_hardware_errors_total": "",
    "asic_getworks_total": "",
    "asic_get_failures_total": "",
    "asic_remote_failures_total": "",
    "asic_local_work_total": "",
    "asic_network_blocks_total": "",
    "asic_power_watts": "source",
    "asic_power_limit_watts": "",
    "asic_temperature_celsius": "location sensor",
    "asic_temperature_limit_celsius": "limit",
    "asic_fan_speed_rpm": "fan",
    "asic_fan_duty_ratio": "fan",
    "asic_fan_target_ratio": "fan",
    "asic_fans_expected": "source",
    "asic_psu_info": "psu model serial version",
    "asic_psu_input_volts": "psu",
    "asic_psu_input_amperes": "psu",
    "asic_psu_input_watts": "psu",
    "asic_psu_output_volts": "psu",
    "asic_psu_output_amperes": "psu",
    "asic_psu_output_watts": "psu",
    "asic_psu_temperature_celsius": "psu",
    "asic_psu_fan_speed_rpm": "psu",
    "asic_tuner_state": "state",
    "asic_profile_info": "profile",
    "asic_fault": "code component severity",
    "asic_network_difficulty": "",
    "asic_boards_expected": "source",
    "asic_board_up": "board",
    "asic_board_info": "board name serial chip_type",
    "asic_board_hashrate_hashes_per_second": "board",
    "asic_board_hashrate_nominal_hashes_per_second": "board",
    "asic_board_chips": "board",
    "asic_board_chips_failed": "board",
    "asic_board_chips_expected": "board source",
    "asic_board_frequency_hertz": "board",
    "asic_board_voltage_volts": "board",
    "asic_board_power_watts": "board",
    "asic_board_temperature_celsius": "board location sensor",
    "asic_board_chip_temperature_min_celsius": "board",
    "asic_board_chip_temperature_max_celsius": "board",
    "asic_board_chip_temperature_mean_celsius": "board",
    "asic_board_hardware_errors_total": "board",
    "asic_board_shares_accepted_total": "board",
    "asic_board_shares_rejected_total": "board",
    "asic_chip_temperature_celsius": "board chip",
    "asic_chip_frequency_hertz": "board chip",
    "asic_chip_voltage_volts": "board chip",
    "asic_chip_hashrate_hashes_per_second": "board chip",
    "asic_chip_healthy": "board chip",
    "asic_pool_info": "pool host kind user",
    "asic_pool_up": "pool",
    "asic_pool_active": "pool",
    "asic_pool_priority": "pool",
    "asic_pool_quota": "pool",
    "asic_pool_shares_accepted_total": "pool",
    "asic_pool_shares_rejected_total": "pool",
    "asic_pool_shares_stale_total": "pool",
    "asic_pool_shares_discarded_total": "pool",
    "asic_pool_share_difficulty_accepted_total": "pool",
    "asic_pool_share_difficulty_rejected_total": "pool",
    "asic_pool_share_difficulty_stale_total": "pool",
    "asic_pool_difficulty": "pool",
    "asic_pool_last_share_difficulty": "pool",
    "asic_pool_best_share_difficulty": "pool",
    "asic_pool_last_share_timestamp_seconds": "pool",
    "asic_pool_getworks_total": "pool",
    "asic_pool_get_failures_total": "pool",
    "asic_pool_remote_failures_total": "pool",
    "asic_pool_bad_work_total": "pool",
    "asic_pool_shares_rejected_by_reason_total": "pool reason",
    "asic_pool_latency_seconds": "pool",
    "asic_pool_loss_ratio": "pool",
    "asic_pool_expected": "pool check",
    "asic_active_pool_expected": "check",
    "asic_expected": "property",
}


@pytest.mark.parametrize(("name", "labels"), CONTRACT.items())
def test_the_contract_is_kept(name: str, labels: str) -> None:
    assert set(labels.split()) <= set(BY_NAME[name].labels)


@each
def test_names_follow_the_rules(family: MetricFamily) -> None:
    assert re.fullmatch(r"asic_[a-z]+(_[a-z]+)*", family.name)
    assert family.name.endswith("_total") == (family.kind == "counter")
    assert family.name.endswith("_info") == (family.kind == "info")
    assert family.kind != "gauge" or family.name in UNITLESS or family.name.endswith(UNITS)
    assert not re.search(r"percent|_(mhs|ghs|ths|mhz|ms|mv|kw|minutes|hours)\b", family.name)


@each
def test_labels_are_valid_and_never_taken(family: MetricFamily) -> None:
    for label in family.labels:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", label)
        assert label not in ("miner", "job", "instance", "le", "quantile")
        assert label in LABELS
    assert len(set(family.labels)) == len(family.labels)


@each
def test_help_is_a_sentence(family: MetricFamily) -> None:
    assert re.fullmatch(r'[0-9A-Z][^\n"\\]*[^.]\.', family.help)


@each
def test_headers_are_what_the_formats_want(family: MetricFamily) -> None:
    name = family.name
    text = header(family, openmetrics=False).decode().splitlines()
    kind = {"info": "gauge"}.get(family.kind, family.kind)
    assert text == [f"# HELP {name} {family.help}", f"# TYPE {name} {kind}"]
    openmetrics = header(family, openmetrics=True).decode() + "# EOF\n"
    parsed = list(text_string_to_metric_families(openmetrics))  # type: ignore[no-untyped-call]
    assert [(p.type, p.documentation) for p in parsed] == [(family.kind, family.help)]


def test_families_are_unique_and_status_comes_first() -> None:
    assert len(BY_NAME) == len(CATALOGUE)
    assert len({header(family, openmetrics=True).split(b" ")[2] for family in CATALOGUE}) == len(CATALOGUE)
    assert PARTS[: len(STATUS_PARTS)] == STATUS_PARTS
    assert {family.part for family in CATALOGUE} == set(PARTS)


def test_a_state_is_one_of_a_set_or_nothing() -> None:
    for state in MINER_STATES:
        assert [(s.state, s.miner_state) for s in miner_states(state)] == [(s, int(s == state)) for s in MINER_STATES]
    for state in TUNER_STATES:
        assert [(s.state, s.tuner_state) for s in tuner_states(state)] == [(s, int(s == state)) for s in TUNER_STATES]
    for unknown in (None, "", "mined"):
        assert [*miner_states(unknown), *tuner_states(unknown)] == []


def test_only_infos_and_parts_without_values_have_text_that_changes() -> None:
    """A label that carries a reading would make a new series at every poll."""
    keys = {
        label
        for part in PARTS
        if not part.INFO
        for family in CATALOGUE
        if family.part is part
        for label in family.labels
    }
    assert keys == {
        *("section", "reason", "window", "source", "state", "code", "component", "severity", "location", "sensor"),
        *("limit", "fan", "psu", "board", "chip", "pool", "check", "property"),
    }
    assert vocabulary.Chip.EXPENDABLE
    assert [part for part in PARTS if part.EXPENDABLE] == [vocabulary.Chip]
