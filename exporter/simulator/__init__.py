"""A fleet of simulated miners that speak like the real ones; it shares no code with what reads them."""

from exporter.simulator.miners import FAMILIES, Miner, answer, configuration, fleet
from exporter.simulator.server import serving

__all__ = ["FAMILIES", "Miner", "answer", "configuration", "fleet", "serving"]
