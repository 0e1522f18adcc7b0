"""What the dashboards have in common: settings, variables, and the links between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.models import dashboard as dm

from grafana.elements.panels import DATASOURCE, AnyPanel


def dashboard(title: str, uid: str, description: str, rows: Mapping[str, Sequence[AnyPanel]]) -> d.Dashboard:
    """A dashboard of titled rows; the row with the empty title comes first and has no heading."""
    board = (
        d.Dashboard(title)
        .uid(uid)
        .description(description)
        .tags(["asic", "mining", "asic-exporter"])
        .time("now-6h", "now")
        .refresh("30s")
        .timezone("browser")
        .tooltip(dm.DashboardCursorSync.CROSSHAIR)
        .readonly()
        .with_variable(d.DatasourceVariable("datasource").label("Data source").type("prometheus"))
        .with_variable(_choice("job", "Job", "asic_up"))
        .with_variable(_choice("instance", "Exporter", 'asic_up{job=~"$job"}'))
    )
    for name, panels in rows.items():
        if name:
            board = board.with_row(d.Row(name))
        for panel in panels:
            board = board.with_panel(panel)
    return board


def link(title: str, uid: str) -> d.DashboardLink:
    """A link to the other dashboard that takes the time range and the variables along."""
    return (
        d.DashboardLink(title)
        .type(dm.DashboardLinkType.LINK)
        .url(f"/d/{uid}")
        .icon("dashboard")
        .keep_time(True)
        .include_vars(True)
    )


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


def _choice(name: str, label: str, metric: str) -> d.QueryVariable:
    everything = dm.VariableOption(selected=True, text="All", value="$__all")
    return variable(name, label, metric).multi(True).include_all(True).current(everything)
