"""Tables of the miners' readings: instant queries merged on their labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from grafana_foundation_sdk.builders import common as c
from grafana_foundation_sdk.builders import table as tables
from grafana_foundation_sdk.models import common as m
from grafana_foundation_sdk.models import dashboard as dm

from grafana.elements.looks import PLAIN, UNSAID, Steps, thresholds, values
from grafana.elements.panels import Query, dress, prom

MINER_LINK: Final = (
    "/d/asic-miner?${__url_time_range}&${datasource:queryparam}&${job:queryparam}&${instance:queryparam}"
    "&var-miner=${__data.fields.Miner}"
)


def alone(uid: str, *variables: str) -> str:
    """A link of a table of places: the same dashboard of the row's place alone, with these variables kept."""
    names = ("job", "instance", "algorithm", "by", *variables, "currency")
    kept = "".join(f"&${{{name}:queryparam}}" for name in names)
    return f"/d/{uid}?${{__url_time_range}}&${{datasource:queryparam}}{kept}&var-of=${{__data.fields.Place:regex}}"


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, unit, thresholds, and what to do with it."""

    title: str
    unit: str = ""
    steps: Steps = ()
    gauge_max: float | None = None
    mappings: Mapping[str, tuple[str, str]] | None = None
    link: bool = False
    to: str = ""  # what a click opens
    none: str = ""  # what a cell without a value says, if that is no dash
    page: bool = False  # an address: a link to the miner's own page
    width: int | None = None
    least: int | None = None  # the width that the column keeps on a narrow screen
    decimals: int | None = None
    background: bool = False  # the colour of the threshold fills the cell


NARROWEST: Final = 75  # pixels of a column without a width of its own: Grafana's 150 push columns out of sight
MINER: Final = Column("Miner", link=True, least=110)
MODEL: Final = Column("Model", width=175)
ADDRESS: Final = Column("Address", page=True, width=120)
GROUP: Final = Column("Group")


def table(
    title: str,
    description: str,
    queries: Sequence[str],
    columns: Mapping[str, Column],
    *,
    size: tuple[int, int] = (12, 10),
    sort: str = "",
    then: str = "",
    descending: bool = False,
    empty: str = "–",
    but: Sequence[str] = (),
    rows: int = 0,
) -> tables.Panel:
    """A table of instant queries, merged on their labels; `columns` names the fields shown, in their order.

    Rows of the same `sort` are in the order of `then`. With `rows`, only the first so many by `sort` are shown.

    With `but`, all other labels but these follow: what the configuration says of a miner is known to it alone."""
    panel = dress(tables.Panel(), title, description, size).thresholds(thresholds(PLAIN)).no_value(empty)
    # Texts stay as they are: any other unit makes the number 1 of the version "1.0".
    panel = panel.unit("string").min_width(NARROWEST)
    for index, expr in enumerate(queries):
        panel = panel.with_target(prom(Query(expr), index, instant=True, table=True))
    shown: dict[str, Any] = {"names": list(columns)}
    if but:
        shown["pattern"] = f"/^(?!({'|'.join(('Time', '__name__', 'Value.*', *but))})$)/"
    transformations = [
        dm.DataTransformerConfig(id_val="merge", options={}),
        dm.DataTransformerConfig(id_val="filterFieldsByName", options={"include": shown}),
        dm.DataTransformerConfig(
            id_val="organize",
            options={
                "excludeByName": {},
                "indexByName": {name: index for index, name in enumerate(columns)},
                "renameByName": {name: column.title for name, column in columns.items()},
            },
        ),
    ]
    if rows:
        order = {"fields": {}, "sort": [{"field": sort, "desc": descending}]}
        transformations += [
            dm.DataTransformerConfig(id_val="sortBy", options=order),
            dm.DataTransformerConfig(id_val="limit", options={"limitField": rows}),
        ]
    for transformation in transformations:
        panel = panel.with_transformation(transformation)
    # `empty` is what the whole table says, and no cell.
    panel = panel.override_by_regexp("/.*/", [dm.DynamicConfigValue(id_val="noValue", value="–")])
    for column in columns.values():
        if properties := _column(column):
            panel = panel.override_by_name(column.title, properties)
    orders = [(sort, descending), (then, False)]
    return panel.sort_by([c.TableSortByFieldState().display_name(name).desc(down) for name, down in orders if name])


def matrix(
    title: str,
    description: str,
    expr: str,
    *,
    rows: str,
    columns: str,
    unit: str,
    steps: Steps,
    size: tuple[int, int] = (8, 12),
    empty: str = "not reported",
) -> tables.Panel:
    """A table with a row and a column for each value of two labels, of which that of the rows is a number."""
    panel = dress(tables.Panel(), title, description, size).thresholds(thresholds(steps)).unit(unit).no_value(empty)
    for name, options in (
        ("convertFieldType", {"conversions": [{"targetField": rows, "destinationType": "number"}]}),
        ("sortBy", {"sort": [{"field": rows}]}),
        ("groupingToMatrix", {"columnField": columns, "rowField": rows, "valueField": "Value", "emptyValue": "null"}),
    ):
        panel = panel.with_transformation(dm.DataTransformerConfig(id_val=name, options=options))
    plain = [
        dm.DynamicConfigValue(id_val="unit", value="none"),
        dm.DynamicConfigValue(id_val="custom.cellOptions", value={"type": "auto"}),
        dm.DynamicConfigValue(id_val="custom.width", value=85),
    ]
    return (
        panel.with_target(prom(Query(expr), 0, instant=True, table=True))
        .cell_options(m.TableColoredBackgroundCellOptions(mode=m.TableCellBackgroundDisplayMode.BASIC))
        .min_width(NARROWEST)
        .override_by_regexp(f"/^{rows}.{columns}$/", plain)
    )


def _column(column: Column) -> list[dm.DynamicConfigValue]:
    chosen: dict[str, Any] = {}
    if column.unit:
        chosen["unit"] = column.unit
    if column.steps:
        chosen["thresholds"] = thresholds(column.steps).build()
        chosen["mappings"] = [] if column.none else [UNSAID]
        chosen["custom.cellOptions"] = {"type": "color-background" if column.background else "color-text"}
    if column.gauge_max is not None:
        chosen |= {"min": 0, "max": column.gauge_max, "custom.cellOptions": {"type": "gauge", "mode": "basic"}}
    if column.mappings:
        chosen["mappings"] = [*values(column.mappings), UNSAID]
        chosen["custom.cellOptions"] = {"type": "color-text"}
    if column.link:
        chosen["links"] = [{"title": "${__value.text}", "url": MINER_LINK}]
    if column.to:
        chosen["links"] = [{"title": "look at ${__value.text} alone", "url": column.to}]
    if column.page:
        chosen["links"] = [{"title": "the miner's own page", "url": "http://${__value.raw}/", "targetBlank": True}]
    if column.decimals is not None:
        chosen["decimals"] = column.decimals
    if column.none:
        chosen["noValue"] = column.none
    if column.least:
        chosen["custom.minWidth"] = column.least
    if column.width:
        chosen["custom.width"] = column.width
    return [dm.DynamicConfigValue(id_val=key, value=value) for key, value in chosen.items()]
