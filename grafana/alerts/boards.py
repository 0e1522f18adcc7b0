"""Hashboards and chips."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

GROUP: Final = Group(
    "asic-boards",
    "30s",
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
            (
                "{{ $labels.miner }} works without {{ $value }} of its {{- range printf "
                "`miner:asic_boards:expected{job=%q,instance=%q,miner=%q}` $labels.job $labels.instance "
                "$labels.miner |"
                " query }} {{ .Value }}{{ end }} hashboards. {{- with printf "
                "`asic_board_up{job=%q,instance=%q,miner=%q} == 0` $labels.job $labels.instance "
                "$labels.miner | query "
                '}} Dead: {{- range sortByLabel "board" . }} board {{ .Labels.board }}{{ end }}. {{- else '
                "}} It lists "
                "nothing {{- with printf `asic_board_up{job=%q,instance=%q,miner=%q} or "
                "asic_board_hashrate_hashes_per_second{job=%q,instance=%q,miner=%q}` $labels.job $labels.instance "
                "$labels.miner $labels.job $labels.instance $labels.miner | query }} but {{- range "
                'sortByLabel "board" '
                ". }} board {{ .Labels.board }}{{ end }}{{ end }}.{{ end }}"
            ),
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
            (
                "Board {{ $labels.board }} of {{ $labels.miner }} works without {{ $value }} of its {{- range printf "
                "`board:asic_board_chips:expected{job=%q,instance=%q,miner=%q,board=%q}` $labels.job "
                "$labels.instance "
                "$labels.miner $labels.board | query }} {{ .Value }}{{ end }} chips."
            ),
            note="A board may lose its chips at each of its restarts, and find them at the next: hence the window.",
        ),
    ],
)
