"""Write the dashboards' JSON and the rules' YAML from their Python."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Final

from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as dm

from grafana import alerts, records
from grafana.elements import rules
from grafana.pages import boards, exporter, fleet, inventory, miner, pools, power

FOLDER: Final = Path(__file__).parent
PAGES: Final = {
    "fleet": fleet.build,
    "miner": miner.build,
    "boards": boards.build,
    "inventory": inventory.build,
    "pools": pools.build,
    "power": power.build,
    "exporter": exporter.build,
}


def finished(builder: d.Dashboard) -> dm.Dashboard:
    """The dashboard with what deep links and embedded panels need: a panel id that stays."""
    dashboard = builder.build()
    panels = [inner for panel in dashboard.panels or [] for inner in (panel, *getattr(panel, "panels", ()))]
    for number, panel in enumerate(panels, start=1):
        panel.id_val = number
    return dashboard


def encoded(dashboard: dm.Dashboard) -> str:
    """The dashboard's JSON, with the addresses of its own panels where links name them by their titles."""
    text: str = JSONEncoder(sort_keys=True, indent=2).encode(dashboard)
    panels = [inner for panel in json.loads(text)["panels"] for inner in (panel, *panel.get("panels", ()))]
    numbers = {panel["title"]: panel["id"] for panel in panels if panel["type"] != "row"}
    own = re.compile(r"/d/\[(.+?)\]\?")
    return own.sub(lambda found: f"/d/{dashboard.uid}?viewPanel={numbers[found[1]]}&", text) + "\n"


def files() -> dict[Path, str]:
    """Return the text of each file."""
    return dashboards() | {
        FOLDER / "rules" / "recording.yml": rules.text(records.HEADING, records.GROUPS),
        FOLDER / "rules" / "alerts.yml": rules.text(alerts.HEADING, alerts.GROUPS),
    }


def dashboards() -> dict[Path, str]:
    """Return the text of each dashboard's file."""
    return {FOLDER / "dashboards" / f"{name}.json": encoded(finished(build())) for name, build in PAGES.items()}


def adapted(text: str, *, job: str, runbooks: str, grafana: str) -> str:
    """The text of a file of rules for another job, with runbooks and dashboards at other addresses."""
    for ours, theirs in (
        ('job="asic-exporter"', f'job="{job}"'),
        ('"job", "asic-exporter"', f'"job", "{job}"'),
        ("the job asic-exporter", f"the job {job}"),
        (f"runbook_url: {rules.RUNBOOKS}#", f"runbook_url: {runbooks}#"),
        ('dashboard_url: "/d/', f'dashboard_url: "{grafana}/d/'),
    ):
        text = text.replace(ours, theirs)
    return text


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m grafana.build", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a file is stale")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="write there, for a site of your own")
    parser.add_argument("--job", default="asic-exporter", help="the exporters' job in Prometheus (%(default)s)")
    parser.add_argument("--runbooks", default=rules.RUNBOOKS, metavar="URL", help="runbooks' page (%(default)s)")
    parser.add_argument("--grafana", default="", metavar="URL", help="what comes before /d/… in the alerts' links")
    return parser


def main(arguments: list[str]) -> int:
    """0, or 1 where --check finds a file that differs."""
    options = parser().parse_args(arguments)
    texts = files()
    if options.output:
        names = {"job": options.job, "runbooks": options.runbooks, "grafana": options.grafana.rstrip("/")}
        texts = {options.output / path.relative_to(FOLDER): adapted(text, **names) for path, text in texts.items()}
    stale = {path: text for path, text in texts.items() if not path.exists() or path.read_text() != text}
    for path, text in stale.items():
        print(f"{path.name}: stale" if options.check else f"{path.name}: written")
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return int(bool(stale) and options.check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
