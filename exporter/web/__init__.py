"""The schedule's targets and the telemetry in, pages over HTTP out."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from exporter.config import Config
from exporter.daemon.schedule import Schedule
from exporter.daemon.telemetry import Telemetry

SCHEDULE: Final = web.AppKey("schedule", Schedule)
TELEMETRY: Final = web.AppKey("telemetry", Telemetry)
CONFIG: Final = web.AppKey("config", Config)
READY: Final = web.AppKey("ready", dict[str, bool])
METRICS_PATH: Final = web.AppKey("metrics_path", str)
BASE: Final = web.AppKey("base", str)  # the prefix of every link on the pages
MAX_REQUESTS: Final = web.AppKey("max_requests", int)
