"""The few kinds of panel that the dashboards are made of, with one look: colours that colour-blind eyes tell apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from grafana_foundation_sdk.builders import common as c
from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.builders import stat as stats
from grafana_foundation_sdk.builders import statetimeline, statushistory, timeseries
from grafana_foundation_sdk.builders import table as tables
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models import common as m
from grafana_foundation_sdk.models import dashboard as dm
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from grafana.elements.expressions import lasting
from grafana.elements.looks import GREY, NOT_A_NUMBER, PLAIN, Steps, thresholds, values

DATASOURCE: Final = m.DataSourceRef(type_val="prometheus", uid="${datasource}")
NAME: Final = m.BigValueTextMode.NAME
VALUE_AND_NAME: Final = m.BigValueTextMode.VALUE_AND_NAME
CELLS: Final = 96
"""Cells in a row of a strip: more of them would be too narrow."""
AnyPanel = stats.Panel | timeseries.Panel | tables.Panel | statetimeline.Panel | statushistory.Panel
POINTS: Final = 200
"""How many points a line needs that joins all miners at each of them: one in two minutes of six hours."""
Panel = TypeVar("Panel", stats.Panel, timeseries.Panel, tables.Panel, statetimeline.Panel, statushistory.Panel)


@dataclass(frozen=True)
class Query:
    """A PromQL expression and its legend; in a table the legend is not used.

    A line with `gap` goes on as a gap where there is nothing: its legend is there, and says so."""

    expr: str
    legend: str = ""
    gap: bool = True


def optional(selector: str, legend: str) -> Query:
    """A line that not every miner has: no legend without it, and none that keeps a value of the past."""
    return Query(f"max({lasting(selector)})", legend, gap=False)


def opens(uid: str) -> str:
    """The address of another dashboard, with the time range and the variables of this one."""
    return f"/d/{uid}?${{__url_time_range}}&${{__all_variables}}"


def panel_of(title: str) -> str:
    """The address of the panel alone, on the whole screen; the build knows its number."""
    return f"/d/[{title}]?${{__url_time_range}}&${{__all_variables}}"


def prom(query: Query, index: int, *, instant: bool, table: bool = False) -> Dataquery:
    built = Dataquery().expr(query.expr).ref_id(chr(ord("A") + index)).datasource(DATASOURCE)
    built = built.instant() if instant else built.range()
    return built.format(PromQueryFormat.TABLE) if table else built.legend_format(query.legend)


def dress(panel: Panel, title: str, description: str, size: tuple[int, int]) -> Panel:
    width, height = size
    return panel.title(title).description(description).datasource(DATASOURCE).span(width).height(height)


def stat(
    title: str,
    description: str,
    *queries: Query,
    unit: str,
    steps: Steps = PLAIN,
    decimals: int | None = None,
    history: bool = False,
    names: Mapping[str, str] | None = None,
    colors: Mapping[str, str | Steps] | None = None,
    text: m.BigValueTextMode = m.BigValueTextMode.VALUE,
    empty: str = "–",
    link: str = "",
    size: tuple[int, int] = (6, 4),
) -> stats.Panel:
    """One big number as of now, with its `history` behind it where wanted (one expression without labels).

    A click on the number opens the `link`. `colors` is for several numbers, by their legends: a
    colour, or thresholds of its own.

    With `names` ({legend: colour}) the legend is shown in place of the value; `text` may show it in its place or beside
    it. A number that is not there now is a dash, never the last one that was: hence the NaN, without which a range
    query just ends.
    """
    panel = (
        dress(stats.Panel(), title, description, size)
        .unit(unit)
        .thresholds(thresholds(steps))
        .reduce_options(c.ReduceDataOptions().calcs(["last"]))
        .graph_mode(m.BigValueGraphMode.AREA if history else m.BigValueGraphMode.NONE)
        .color_mode(m.BigValueColorMode.VALUE)
        .text_mode(m.BigValueTextMode.NAME if names else text)
        .mappings([NOT_A_NUMBER])
        .no_value(empty)
    )
    for index, query in enumerate(queries):
        asked = Query(f"({query.expr}) or vector(NaN)") if history else query
        panel = panel.with_target(prom(asked, index, instant=not history))
    for name, look in {**(names or {}), **(colors or {})}.items():
        panel = panel.override_by_name(name, [_color(look) if isinstance(look, str) else _steps(look)])
    if link:
        panel = panel.data_links([d.DashboardLink("look closer").type(dm.DashboardLinkType.LINK).url(link)])
    return panel if decimals is None else panel.decimals(decimals)


def graph(
    title: str,
    description: str,
    *queries: Query,
    unit: str,
    size: tuple[int, int] = (12, 8),
    stack: bool = False,
    colors: Mapping[str, str] | None = None,
    dashed: Sequence[str] = (),
    right: Mapping[str, str] | None = None,
    zero: bool = True,
    top: float | None = None,
    least: float | None = None,
    calcs: Sequence[str] | None = None,
    empty: str = "not reported",
) -> timeseries.Panel:
    """Lines over time. `colors` maps a pattern of legends to a colour, `dashed` holds patterns of whole legends that
    are a reference, `right` maps a pattern of legends to the unit of a second axis; those lines are dotted.
    `least` is the least that the axis reaches to.

    A line that a query names by itself goes on as a gap when it ends, so that its legend does not keep its last value;
    where labels name the lines, the legend has no values unless `calcs` says so."""
    if calcs is None:
        calcs = () if any("{{" in query.legend for query in queries) else ("last",)
    panel = (
        dress(timeseries.Panel(), title, description, size)
        .unit(unit)
        .thresholds(thresholds(PLAIN))
        .line_width(1)
        .fill_opacity(_fill(stack, queries))
        .no_value(empty)
        .mappings([NOT_A_NUMBER])
        .show_points(m.VisibilityMode.NEVER)
        .span_nulls(False)
        .tooltip(c.VizTooltipOptions().mode(m.TooltipDisplayMode.MULTI).sort(m.SortOrder.DESCENDING))
        .legend(_legend(calcs))
    )
    if stack:
        panel = panel.stacking(c.StackingConfig().mode(m.StackingMode.NORMAL).group("A"))
    if zero:
        panel = panel.min(0)
    if top is not None:
        panel = panel.max(top)
    if least is not None:
        panel = panel.axis_soft_max(least)
    for index, query in enumerate(queries):
        single = query.gap and "{{" not in query.legend
        asked = Query(f"max({query.expr}) or vector(NaN)", query.legend) if single else query
        panel = panel.with_target(prom(asked, index, instant=False))
    for pattern, color in (colors or {}).items():
        panel = panel.override_by_regexp(f"/{pattern}/", [_color(color)])
    for pattern, other in (right or {}).items():
        panel = panel.override_by_regexp(f"/{pattern}/", _second_axis(other))
    for pattern in dashed:
        panel = panel.override_by_regexp(f"/^({pattern})$/", _reference())
    return panel


def timeline(
    title: str,
    description: str,
    *queries: Query,
    mappings: Mapping[str, tuple[str, str]],
    size: tuple[int, int] = (24, 5),
) -> statetimeline.Panel:
    """States over time; `mappings` is {value: (text, colour)}."""
    panel = (
        dress(statetimeline.Panel(), title, description, size)
        .unit("none")
        .mappings(values(mappings))
        .thresholds(thresholds(((None, GREY),)))
        .show_value(m.VisibilityMode.AUTO)
        .merge_values(True)
        .fill_opacity(75)
        .line_width(0)
        .row_height(0.8)
        .legend(c.VizLegendOptions().show_legend(False))
    )
    for index, query in enumerate(queries):
        panel = panel.with_target(prom(query, index, instant=False))
    return panel


def strip(
    title: str,
    description: str,
    *queries: Query,
    unit: str,
    steps: Steps,
    size: tuple[int, int] = (24, 8),
    empty: str = "not reported",
) -> statushistory.Panel:
    """A row of coloured cells over time for each series: where many lines would hide one another."""
    panel = (
        dress(statushistory.Panel(), title, description, size)
        .unit(unit)
        .thresholds(thresholds(steps))
        .color_scheme(d.FieldColor().mode(dm.FieldColorModeId.THRESHOLDS))
        .no_value(empty)
        .show_value(m.VisibilityMode.NEVER)
        .max_data_points(CELLS)
        .fill_opacity(90)
        .line_width(0)
        .row_height(0.9)
        .col_width(1)
        .legend(c.VizLegendOptions().show_legend(False))
        .tooltip(c.VizTooltipOptions().mode(m.TooltipDisplayMode.SINGLE).sort(m.SortOrder.NONE))
    )
    for index, query in enumerate(queries):
        panel = panel.with_target(prom(query, index, instant=False))
    return panel


def _color(color: str) -> dm.DynamicConfigValue:
    return dm.DynamicConfigValue(id_val="color", value={"mode": "fixed", "fixedColor": color})


def _steps(steps: Steps) -> dm.DynamicConfigValue:
    return dm.DynamicConfigValue(id_val="thresholds", value=thresholds(steps).build())


def _reference() -> list[dm.DynamicConfigValue]:
    chosen: dict[str, Any] = {
        "custom.lineStyle": {"fill": "dash", "dash": [8, 6]},
        "custom.fillOpacity": 0,
        "custom.lineWidth": 2,
        "custom.stacking": {"mode": "none", "group": ""},
    }
    return [dm.DynamicConfigValue(id_val=key, value=value) for key, value in chosen.items()]


def _second_axis(unit: str) -> list[dm.DynamicConfigValue]:
    chosen: dict[str, Any] = {
        "unit": unit,
        "custom.axisPlacement": "right",
        "custom.lineStyle": {"fill": "dot", "dash": [2, 6]},
        "custom.lineWidth": 2,
    }
    return [dm.DynamicConfigValue(id_val=key, value=value) for key, value in chosen.items()]


def _legend(calcs: Sequence[str]) -> c.VizLegendOptions:
    shown = c.VizLegendOptions().show_legend(True).calcs(list(calcs))
    return shown.display_mode(m.LegendDisplayMode.LIST).placement(m.LegendPlacement.BOTTOM)


def _fill(stack: bool, queries: Sequence[Query]) -> int:
    """Stacks are painted, a single line is shaded, and several lines are left clear of each other."""
    single = len(queries) == 1 and "{{" not in queries[0].legend
    return 60 if stack else 10 if single else 0
