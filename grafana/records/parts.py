"""Boards, chips and fans: expected, there, and lost."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Record

RULES: Final = [
    Record(
        "miner:asic_board_up:sum",
        """
            sum without (board) (
              asic_board_up
                or on (job, instance, miner, board)
              0 * asic_board_hashrate_hashes_per_second + 1
            )
              or on (job, instance, miner)
            (
              0 * max without (source) (asic_boards_expected)
                and on (job, instance, miner) asic_hashrate_hashes_per_second == 0
                unless on (job, instance, miner) asic_section_up == 0
            )
            """,
        """
            Boards that work; a board of which the firmware says nothing but a hashrate does. None, not absent, where
            the miner has no board left to list although everything could be read, and hashes nothing: much firmware
            that hashes lists no boards at all.
            """,
    ),
    Record(
        "miner:asic_boards:expected",
        """
            max without (source) (asic_boards_expected)
              or on (job, instance, miner)
            miner:asic_board_up:max1d
            """,
        "A count that nobody knows is the best one of the last day.",
    ),
    Record(
        "miner:asic_boards:missing",
        """
            miner:asic_boards:expected - miner:asic_board_up:sum > 0
              and on (job, instance, miner) miner:asic_up:working == 1
            """,
    ),
    Record(
        "board:asic_board_chips:expected",
        """
            max without (source) (asic_board_chips_expected)
              or on (job, instance, miner, board)
            board:asic_board_chips:max1d
            """,
    ),
    Record(
        "board:asic_board_chips:lost",
        """
            (
              (board:asic_board_chips:expected - asic_board_chips > 0)
                or on (job, instance, miner, board)
              (asic_board_chips_failed and on (job, instance, miner, board) board:asic_board_chips:expected)
            )
              unless on (job, instance, miner, board) asic_board_up == 0
            """,
        "Chips that a working board lacks or calls failed.",
    ),
    Record(
        "miner:asic_fans:turning",
        "sum without (fan) (asic_fan_speed_rpm > bool 0)",
    ),
    Record(
        "miner:asic_fans:count",
        "count without (fan) (asic_fan_speed_rpm)",
    ),
    Record(
        "miner:asic_fans:expected",
        """
            max without (source) (asic_fans_expected)
              or on (job, instance, miner)
            miner:asic_fans:max1d
            """,
    ),
    Record(
        "miner:asic_fans:missing",
        """
            miner:asic_fans:expected - miner:asic_fans:turning > 0
              and on (job, instance, miner) miner:asic_up:working == 1
              unless on (job, instance, miner) asic_miner_info{cooling=~"hydro|immersion"}
            """,
    ),
    Record(
        "miner:asic_chip_temperature_celsius:max",
        """
            max without (board) (asic_board_chip_temperature_max_celsius)
              or on (job, instance, miner)
            max without (board, location, sensor) (asic_board_temperature_celsius{location="chip"})
            """,
    ),
]
