"""What a terahash takes, against others of the model and against a miner's own past."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

GROUP: Final = Group(
    "asic-efficiency",
    "4m",
    [
        Alert(
            "AsicEfficiencyPoor",
            "ticket",
            "30m",
            """
                avg_over_time(miner:asic_efficiency_joules_per_terahash[30m])
                  > on (job, algorithm, model) group_left ()
                1.2 * model:asic_efficiency_joules_per_terahash:median
                  and on (job, algorithm, model)
                count by (job, algorithm, model) (miner:asic_efficiency_joules_per_terahash{model!=""}) >= 5
                  unless on (job, instance, miner) asic_curtailed == 1
                  unless on (job, instance, miner)
                (
                  avg_over_time(miner:asic_hashrate_hashes_per_second:now[30m])
                    / miner:asic_hashrate_nominal_hashes_per_second:known
                    > on (job, algorithm, model) group_left ()
                  1.03 * model:asic_hashrate_ratio:median
                )
                """,
            "A miner takes more for a terahash than others of its model.",
            """
                {{ $labels.miner }} takes {{ $value | printf "%.1f" }} J/TH; the median of its model is {{ printf
                `model:asic_efficiency_joules_per_terahash:median{job=%q,algorithm=%q,model=%q}` $labels.job
                $labels.algorithm $labels.model | query | first | value | printf "%.1f" }} J/TH.
                """,
            working=True,
            but_in="starting|tuning",
            note="A miner that hashes more than the others is set to: it may take more for it.",
        ),
        Alert(
            "AsicEfficiencyWorse",
            "ticket",
            "30m",
            """
                avg_over_time(miner:asic_efficiency_joules_per_terahash[30m])
                  > on (job, instance, miner) group_left ()
                1.15 * last_over_time(miner:asic_efficiency_joules_per_terahash:usual[10m])
                  unless on (job, instance, miner) asic_curtailed == 1
                  unless on (job, instance, miner) miner:asic_settings:changed1d
                  unless on (job, instance, miner)
                miner:asic_hashrate_hashes_per_second:avg10m
                  > on (job, instance, miner)
                1.03 * last_over_time(miner:asic_hashrate_hashes_per_second:usual[10m])
                """,
            "A miner takes more for a terahash than it did.",
            """
                {{ $labels.miner }} takes {{ $value | printf "%.1f" }} J/TH{{ range printf
                `last_over_time(miner:asic_efficiency_joules_per_terahash:usual{job=%q,instance=%q,miner=%q}[10m])`
                $labels.job $labels.instance $labels.miner | query -}} , and took {{ .Value | printf "%.1f" }} in the
                best hours of the last day{{ end }}.
                """,
            working=True,
            but_in="starting|tuning",
        ),
    ],
)
