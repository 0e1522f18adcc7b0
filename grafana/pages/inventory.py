"""The Inventory dashboard: which machine is where, and which is no longer what it was or should be?"""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard as d

from grafana.elements.expressions import ALL, ID, KNOWN, PLACE, SELECT, here
from grafana.elements.frame import dashboard, places, text
from grafana.elements.looks import GREY, NONE_IS_GOOD, SKY
from grafana.elements.panels import VALUE_AND_NAME, AnyPanel, Query, panel_of, stat
from grafana.pages import inventory_lists
from grafana.pages.inventory_lists import IDENTITY, TWICE

NO_MINER: Final = f"0 * count({KNOWN})"


def there() -> list[AnyPanel]:
    held = f"max by ({ID}) (asic_curtailed{ALL}) == 1"
    planned = f"asic_off_expected{ALL} == 1"
    resting = f'asic_miner_state{{{SELECT},state=~"idle|paused|sleeping"}} == 1'
    named = f'miner:asic_miner_info:known{{{PLACE},model!=""}}'
    return [
        stat(
            "Miners",
            "Miners that the configuration names or that were found: those that ever said what they are, and those "
            "that did not.",
            Query(f"count({IDENTITY}) or {NO_MINER}", "known"),
            Query(f"count({KNOWN} unless on ({ID}) {IDENTITY}) or {NO_MINER}", "never read"),
            unit="locale",
            colors={"known": SKY},
            steps=NONE_IS_GOOD,
            text=VALUE_AND_NAME,
            empty="no miner",
            link=panel_of("Who is where"),
        ),
        stat(
            "Kinds",
            "Different models, different versions of firmware within them, and miners whose model is not known.",
            Query(f"count(count by (model) ({named})) or {NO_MINER}", "models"),
            Query(f"count(count by (model, firmware, firmware_version) ({named})) or {NO_MINER}", "firmware"),
            Query(f"count({IDENTITY} unless on ({ID}) {named}) or {NO_MINER}", "unknown"),
            unit="locale",
            colors={"unknown": GREY},
            text=VALUE_AND_NAME,
            empty="no miner",
            link=panel_of("Firmware within each model"),
        ),
        stat(
            "Off on purpose",
            "Miners that rest and say so, that somebody curtails, and that the configuration plans to be off.",
            *(
                Query(f"count({here(f'count by ({ID}) ({expr})')}) or {NO_MINER}", word)
                for word, expr in (("rest", resting), ("curtailed", held), ("planned", planned))
            ),
            unit="locale",
            text=VALUE_AND_NAME,
            empty="no miner",
            link=panel_of("Off on purpose, by whom"),
        ),
        stat(
            "Exporters",
            "The versions of the exporters that read the miners, and how many of each.",
            Query(f"count by (version) (asic_exporter_build_info{ALL})", "{{version}}"),
            unit="locale",
            text=VALUE_AND_NAME,
            empty="no exporter",
            link="/d/asic-exporter?${__url_time_range}&${__all_variables}",
        ),
    ]


def drifted() -> list[AnyPanel]:
    unlicensed = f'asic_license_state{{{SELECT},state=~"none|limited|expired"}} == 1'
    changed = f'last_over_time(miner:asic_event:occurred{{{PLACE},event=~"firmware|address"}}[24h])'
    return [
        stat(
            "Not as expected",
            "Miners whose model, firmware, boards or the like differ from what the configuration expects of them.",
            Query(
                f"count({here(f'count by ({ID}) (asic_expected{ALL} == 0)')})"
                f" or 0 * count({here(f'asic_expected{ALL}')})"
            ),
            unit="locale",
            steps=NONE_IS_GOOD,
            empty="nothing is expected",
            link=panel_of("Not as expected, and in what"),
        ),
        stat(
            "MAC addresses twice",
            "MAC addresses that more than one miner answers with: one machine under two names, or a copied address.",
            Query(f"count({TWICE}) or 0 * count({IDENTITY})"),
            unit="locale",
            steps=NONE_IS_GOOD,
            empty="no miner tells its MAC address",
            link=panel_of("The same MAC address"),
        ),
        stat(
            "Changed in a day",
            "Miners that came back with another firmware or at another address within the last 24 hours.",
            Query(f"count by (event) (count by ({ID}, event) ({changed}))", "{{event}}"),
            unit="locale",
            text=VALUE_AND_NAME,
            empty="nothing",
            link=panel_of("Changed firmware and addresses"),
        ),
        stat(
            "Licences not valid",
            "Miners whose firmware says that its licence is missing, limited or expired, of those that tell.",
            Query(f"count({here(unlicensed)}) or 0 * count({here(f'asic_license_state{ALL}')})"),
            unit="locale",
            steps=NONE_IS_GOOD,
            empty="no firmware tells",
            link=panel_of("Licences"),
        ),
    ]


def build() -> d.Dashboard:
    """The dashboard, whole or of the chosen places, with a word to find a machine by."""
    board = dashboard(
        "asic-inventory",
        "Which machine is where, and which is no longer what it was or should be?",
        {
            "": there() + drifted(),
            "Who is where": inventory_lists.who(),
            "Drift": inventory_lists.drift(),
        },
        {
            "Parts": inventory_lists.parts(),
            "Profiles and licences": inventory_lists.settings(),
            "Off on purpose": inventory_lists.held_back(),
        },
    )
    words = "A part of a name, MAC, serial number, address or host name; .* is all."
    return places(board).with_variable(text("find", "Find", ".*", words))
