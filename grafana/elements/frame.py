"""What the dashboards have in common: settings, variables, and the links between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.models import dashboard as dm

from grafana.elements.panels import DATASOURCE, AnyPanel

Rows = Mapping[str, Sequence[AnyPanel]]
TITLES: Final = {
    "asic-fleet": "Fleet",
    "asic-miner": "Miner",
    "asic-boards": "Boards and chips",
    "asic-pools": "Pools",
    "asic-power": "Power and cooling",
    "asic-inventory": "Inventory and drift",
    "asic-exporter": "Exporter",
}


def dashboard(uid: str, description: str, rows: Rows, closed: Rows | None = None) -> d.Dashboard:
    """A dashboard of titled rows, with links to the others; a row with an empty title has no heading.

    The `closed` rows come last: their panels ask nothing before somebody opens them."""
    board = (
        d.Dashboard(f"ASIC / {TITLES[uid]}")
        .uid(uid)
        .description(description)
        .tags(["asic", "mining", "asic-exporter"])
        .time("now-6h", "now")
        .refresh("30s")
        .timezone("browser")
        .tooltip(dm.DashboardCursorSync.CROSSHAIR)
        .readonly()
        .with_variable(d.DatasourceVariable("datasource").label("Data source").type("prometheus"))
        .with_variable(_several("job", "Job", "asic_up"))
        .with_variable(_several("instance", "Exporter", 'asic_up{job=~"$job"}'))
    )
    for name, panels in rows.items():
        if name:
            board = board.with_row(d.Row(name))
        for panel in panels:
            board = board.with_panel(panel)
    for name, panels in (closed or {}).items():
        row = d.Row(name).collapsed(True)
        for panel in panels:
            row = row.with_panel(panel)
        board = board.with_row(row)
    for other, title in TITLES.items():
        if other != uid:
            board = board.link(_link(title, other))
    return board


def events(name: str, expr: str, color: str, most: int = 0) -> d.AnnotationQuery:
    """Marks over all graphs where a series of `expr` was 1 since the mark before; its label `detail` is the text.

    With `most`, none where more happened at once."""
    happened = f"max_over_time({expr}[$__interval]) or {expr}"
    if most:
        happened = f"({happened}) and on () count({happened}) <= {most}"
    return (
        d.AnnotationQuery()
        .name(name)
        .datasource(DATASOURCE)
        .enable(True)
        .icon_color(color)
        .expr(happened)
        .step("60s")
        .title_format("{{miner}}: {{event}}")
        .text_format("{{detail}}")
        .tag_keys("event")
    )


def text(name: str, label: str, value: str, description: str) -> d.TextBoxVariable:
    """A variable that people type, such as a price."""
    return d.TextBoxVariable(name).label(label).description(description).default_value(value)


def choice(name: str, label: str, options: Sequence[str], description: str) -> d.CustomVariable:
    """A variable with one of the words, the first of them at the start; people may type another."""
    first = dm.VariableOption(selected=True, text=options[0], value=options[0])
    chosen = d.CustomVariable(name).label(label).description(description).values(",".join(options))
    return chosen.current(first).allow_custom_value(True)


def _link(title: str, uid: str) -> d.DashboardLink:
    """A link to the other dashboard that takes the time range and the variables along."""
    return (
        d.DashboardLink(title)
        .type(dm.DashboardLinkType.LINK)
        .url(f"/d/{uid}")
        .icon("dashboard")
        .placement("")  # in sight, not in the menu of controls
        .keep_time(True)
        .include_vars(True)
    )


def places(board: d.Dashboard) -> d.Dashboard:
    """The dashboard with the label `$by` that parts the farm, and `$of`, a pattern of the values to look at."""
    words = ("config_group", "site", "building", "rack", "row", "model", "family")
    by = choice("by", "By", words, "A label of the miners; any that the configuration gives them can be typed in.")
    of = text("of", "Only", ".*", "A value of that label, or a pattern of values; .* is the whole farm.")
    return board.with_variable(by).with_variable(of)


def variable(name: str, label: str, metric: str) -> d.QueryVariable:
    """A variable with the values of the label `name` of `metric`, asked for again when the time range changes."""
    order = dm.VariableSort.ALPHABETICAL_CASE_INSENSITIVE_ASC
    return _asked(name, label, f"label_values({metric}, {name})").sort(order)


def commonest(name: str, label: str, counts: str) -> d.QueryVariable:
    """A variable with the values of the label `name` of `counts`, the one with the greatest count first."""
    query = f"query_result(sort_desc({counts}))"
    return _asked(name, label, query).regex(f'/{name}="([^"]+)"/').sort(dm.VariableSort.DISABLED)


def _asked(name: str, label: str, query: str) -> d.QueryVariable:
    return (
        d.QueryVariable(name)
        .label(label)
        .datasource(DATASOURCE)
        .query(query)
        .definition(query)
        .refresh(dm.VariableRefresh.ON_TIME_RANGE_CHANGED)
    )


def _several(name: str, label: str, metric: str) -> d.QueryVariable:
    everything = dm.VariableOption(selected=True, text="All", value="$__all")
    return variable(name, label, metric).multi(True).include_all(True).current(everything)
