"""Hashboards and chips."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

GROUP: Final = Group(
    "asic-boards",
    "1m",
    [
        Alert(
            "AsicBoardDead",
            "ticket",
            "15m",
            """
                miner:asic_boards:expected - miner:asic_board_up:sum > 0
                  and on (job, instance, miner) miner:asic_up:working == 1
                  unless on (job, instance, miner) asic_miner_state{state="starting"} == 1
                """,
            "A hashboard is missing or dead.",
            """
                {{ $labels.miner }} works without {{ $value }} of its {{- range printf
                `miner:asic_boards:expected{job=%q,instance=%q,miner=%q}` $labels.job $labels.instance $labels.miner |
                query }} {{ .Value }}{{ end }} hashboards. {{- with printf `asic_board_up{job=%q,instance=%q,miner=%q}
                == 0` $labels.job $labels.instance $labels.miner | query }} Dead: {{- range sortByLabel "board" . }}
                board {{ .Labels.board }}{{ end }}. {{- else }} It lists nothing {{- with printf
                `asic_board_up{job=%q,instance=%q,miner=%q} or
                asic_board_hashrate_hashes_per_second{job=%q,instance=%q,miner=%q}` $labels.job $labels.instance
                $labels.miner $labels.job $labels.instance $labels.miner | query }} but {{- range sortByLabel "board"
                . }} board {{ .Labels.board }}{{ end }}{{ end }}.{{ end }}
                """,
        ),
        Alert(
            "AsicBoardSlow",
            "ticket",
            "20m",
            """
                avg_over_time(asic_board_hashrate_hashes_per_second[10m])
                  / ignoring (board) group_left ()
                avg without (board) (avg_over_time(asic_board_hashrate_hashes_per_second[10m]))
                  < 0.5
                  unless on (job, instance, miner, board) asic_board_up == 0
                  and on (job, instance, miner) miner:asic_up:working == 1
                  unless on (job, instance, miner) asic_miner_state{state=~"starting|tuning"} == 1
                """,
            "A hashboard hashes far less than its neighbours.",
            "{{ $labels.miner }}, board {{ $labels.board }}: {{ $value | humanizePercentage }} of the mean.",
        ),
        Alert(
            "AsicChipsLost",
            "ticket",
            "30m",
            """
                max_over_time(board:asic_board_chips:lost[15m])
                  > on (job, instance, miner, board)
                0.02 * board:asic_board_chips:expected
                  and on (job, instance, miner) miner:asic_up:working == 1
                  unless on (job, instance, miner) asic_miner_state{state="starting"} == 1
                """,
            "A hashboard lost chips.",
            """
                Board {{ $labels.board }} of {{ $labels.miner }} works without {{ $value }} of its {{- range printf
                `board:asic_board_chips:expected{job=%q,instance=%q,miner=%q,board=%q}` $labels.job $labels.instance
                $labels.miner $labels.board | query }} {{ .Value }}{{ end }} chips.
                """,
            note="A board may lose its chips at each of its restarts, and find them at the next: hence the window.",
        ),
        Alert(
            "AsicBoardRestarting",
            "ticket",
            "3m",
            """
                increase(asic_board_restarts_total[1h]) >= 3
                  unless on (job, instance, miner) asic_miner_info{family="futurebit"}
                """,
            "A hashboard restarts over and over.",
            'Board {{ $labels.board }} of {{ $labels.miner }} restarted {{ $value | printf "%.0f" }} times in an hour.',
            working=True,
            note="FutureBit counts the restarts of single chips, of which a healthy board has many.",
        ),
    ],
)
CHIPS: Final = Group(
    "asic-chips",
    "4m",
    [
        Alert(
            "AsicChipsUnequal",
            "ticket",
            "30m",
            """
                avg_over_time(asic_board_chip_hashrate_min_hashes_per_second[30m])
                  / avg_over_time(asic_board_chip_hashrate_max_hashes_per_second[30m])
                  < 0.5
                  and on (job, instance, miner, board) asic_board_hashrate_hashes_per_second > 0
                """,
            "A chip hashes far less than the others of its board.",
            """
                Board {{ $labels.board }} of {{ $labels.miner }}: its slowest chip reaches {{ $value |
                humanizePercentage }} of its fastest.
                """,
            working=True,
            but_in="starting|tuning",
        ),
        Alert(
            "AsicBoardUneven",
            "ticket",
            "30m",
            """
                avg_over_time(asic_board_chip_temperature_max_celsius[30m])
                  - avg_over_time(asic_board_chip_temperature_min_celsius[30m])
                  > 10
                  + avg_over_time(asic_board_chip_temperature_max_celsius[30m] offset 1d)
                  - avg_over_time(asic_board_chip_temperature_min_celsius[30m] offset 1d)
                  and on (job, instance, miner, board) asic_board_chip_temperature_max_celsius > 50
                """,
            "The chips of a board are less equally hot than they were.",
            """
                Board {{ $labels.board }} of {{ $labels.miner }}: {{ $value | printf "%.0f" }} °C lie between its
                coolest and its hottest chip, 10 °C more than a day ago.
                """,
            working=True,
            but_in="starting|tuning",
            note="A heat sink that comes loose, dust on one end, air that goes past; of boards that are warm.",
        ),
        Alert(
            "AsicChipsWeak",
            "info",
            "1h",
            """
                max_over_time(asic_board_chips_degraded[15m]) >= 4
                  and on (job, instance, miner, board)
                max_over_time(asic_board_chips_degraded[15m])
                  > on (job, instance, miner, board)
                0.05 * board:asic_board_chips:expected
                """,
            "The firmware calls several chips of a board weak.",
            "Board {{ $labels.board }} of {{ $labels.miner }} has {{ $value }} weak chips.",
            working=True,
        ),
        Alert(
            "AsicBoardErrors",
            "ticket",
            "30m",
            """
                (
                  avg_over_time(asic_board_hardware_error_ratio[30m]) > 0.05
                    or on (job, instance, miner)
                  avg_over_time(asic_hardware_error_ratio[30m]) > 0.05
                    or on (job, instance, miner, board)
                  avg_over_time(asic_board_error_hashrate_hashes_per_second[30m])
                    / avg_over_time(asic_board_hashrate_hashes_per_second[30m])
                    > 0.05
                )
                """,
            "Many results fail the miner's own check.",
            """
                {{ $labels.miner }}{{ with $labels.board }}, board {{ . }}{{ end }}: {{ $value | humanizePercentage }}
                of the results are wrong.
                """,
            working=True,
            but_in="starting|tuning",
        ),
        Alert(
            "AsicBoardCommunication",
            "ticket",
            "30m",
            "increase(asic_board_communication_errors_total[1h]) > 60",
            "Messages between a miner and its hashboard break.",
            """
                {{ $labels.miner }} could not read {{ $value | printf "%.0f" }} messages of board {{ $labels.board }}
                in an hour.
                """,
            working=True,
        ),
    ],
)
