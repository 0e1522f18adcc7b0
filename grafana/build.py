"""Write the dashboards' JSON and the rules' YAML from their Python, or with --check tell which files are stale."""

from __future__ import annotations

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
from grafana.pages import fleet, miner

FOLDER: Final = Path(__file__).parent


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
    numbers = {panel["title"]: panel["id"] for panel in panels}
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
    built = {"fleet": fleet.build(), "miner": miner.build()}
    return {FOLDER / "dashboards" / f"{name}.json": encoded(finished(builder)) for name, builder in built.items()}


def main(arguments: list[str]) -> int:
    """0, or 1 where --check finds a file that differs."""
    stale = {path: text for path, text in files().items() if not path.exists() or path.read_text() != text}
    for path, text in stale.items():
        print(f"{path.name}: stale" if "--check" in arguments else f"{path.name}: written")
        if "--check" not in arguments:
            path.write_text(text)
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
