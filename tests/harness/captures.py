"""Recorded answers of real miners, where they are at hand, as recordings."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import orjson

from exporter import decode
from exporter.core.errors import DecodeError
from exporter.parse.jsontext import parse
from exporter.questions import REGISTRY, Page
from tests.harness.places import CAPTURES
from tests.harness.recorded import Recording

# Those that were recorded as pages, and where their pages stand.
PLACES = {
    "epic": "/{}",
    "proto": "/api/v1/{}",
    "elphapex": "/cgi-bin/{}.cgi",
    "goldshell": "/{}",
    "bitfury-openminer": "/{}",
    "obelisk": "/{}",
    "multminer": "/{}",
    "nerdaxe": "/{}",
    "bitaxe": "/{}",
    "blackminer": "/{}",
    "hammer": "/cgi-bin/{}.cgi",
    "dragonmint": "/{}",
    "auradine": "/{}",
}
READINGS = ("summary", "stats", "devs", "pools", "coin", "miner_stats", "v3_summary")
# Pages by the names of their files, where these are others.
PAGES = {
    "rest-api-v1__version": "api_version",
    "rest-api-v1__miner_details": "miner_details",
    "rest-api-v1__miner_stats": "miner_stats",
    "rest-api-v1__miner_errors": "miner_errors",
    "rest-api-v1__miner_hw_hashboards": "hashboards",
    "rest-api-v1__cooling_state": "cooling_state",
    "rest-api-v1__performance_tuner_state": "tuner_state",
    "rest-api-v1__pools": "pool_groups",
}
# By the names of the recorded files: which parts of a miner's answers in frames they hold.
FRAMED = {
    "get_device_info": ("v3_miner", "v3_system", "v3_network", "v3_power", "v3_error_code"),
    "get_miner_status_edevs": ("v3_edevs",),
    "get_miner_status_pools": ("v3_pools",),
    "get_miner_status_summary": ("v3_summary",),
}


def elsewhere(folder: Path) -> dict[str, bytes]:
    """What was recorded in frames, and of the pages of a web server."""
    answers: dict[str, bytes] = {}
    for said, parts in FRAMED.items():
        if (path := folder / f"rpc4433__{said}.json").is_file():
            answers |= dict.fromkeys(parts, path.read_bytes())
    if folder.parent.name in PLACES:
        said = orjson.loads((folder / "meta.json").read_bytes())["files"]
        for file in [*folder.glob("web__*.json"), *folder.glob("cgi__*.json")]:
            key = file.stem.removeprefix("web__").removesuffix("_full").replace(".", "/")
            request = str(said.get(file.name, {}).get("request") or "").removeprefix("GET ")
            place = request if request.startswith("/") else PLACES[folder.parent.name].format(key)
            answers |= {
                question.name: file.read_bytes()
                for question in REGISTRY
                if isinstance(question, Page) and question.path == place
            }
    return answers


def recording(folder: Path) -> Recording:
    """The folder's answers to questions of ours; a join is taken apart where its parts were not recorded alone."""
    decode.families()
    known = {question.name for question in REGISTRY}
    answers = {page: file.read_bytes() for stem, page in PAGES.items() if (file := folder / f"{stem}.json").is_file()}
    for file in sorted(folder.glob("rpc4028__*")):
        name = file.stem.removeprefix("rpc4028__")
        raw = file.read_bytes()
        if name in known:
            answers[name] = raw
        elif "+" in name:
            answers[name] = raw
            try:
                document, _ = parse(raw)
            except DecodeError:
                continue
            for part in name.split("+"):
                if isinstance(document.get(part), list) and document[part]:
                    answers.setdefault(part, orjson.dumps(document[part][0]))
    answers |= elsewhere(folder)
    if folder.parent.name == "whatsminer" and "devs" in answers:  # the same list of boards by another name
        answers.setdefault("edevs", answers["devs"])
    if "stats" in answers:
        answers.setdefault("estats", answers["stats"])  # the same, without devices that are gone
    return Recording(folder.name, folder.parent.name, answers)


@cache
def devices() -> list[Recording]:
    folders = sorted(path for path in CAPTURES.glob("*/*") if path.is_dir()) if CAPTURES.is_dir() else []
    found = [recording(folder) for folder in folders]
    whole = [d for d in found if not d.name.startswith("misc_")]  # which are single answers of several miners
    return [d for d in found if any(d.answers.get(name) for name in READINGS)] + [
        d for d in whole if d.answers and d.family in PLACES and not any(d.answers.get(name) for name in READINGS)
    ]
