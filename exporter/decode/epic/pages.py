"""The pages of ePIC's miners, at the port that other miners have for the API."""

from __future__ import annotations

from typing import Final

from exporter.parse.jsontext import LIST
from exporter.questions import page

PORT: Final = 4028
SUMMARY = page("epic_summary", "/summary", port=PORT)
TEMPS = page("epic_temps", "/temps", section=LIST, port=PORT)
CAPABILITIES = page("epic_capabilities", "/capabilities", port=PORT)
NETWORK = page("epic_network", "/network", port=PORT)
CHIPS = (
    page("epic_chip_temps", "/temps/chip", section=LIST, port=PORT),
    page("epic_chip_clocks", "/clocks", section=LIST, port=PORT),
    page("epic_chip_voltages", "/voltages", section=LIST, port=PORT),
    page("epic_chip_hashrates", "/hashrate", section=LIST, port=PORT),
)
