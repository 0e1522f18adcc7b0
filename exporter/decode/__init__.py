"""The decoding of a miner's answers: recognition of the firmware, and conversion of rows into vocabulary parts."""

from exporter.decode.decoding import Decoded, decode
from exporter.decode.family import FALLBACK, Decoder, Family
from exporter.decode.merge import Key, add, best_sources
from exporter.decode.registry import asked, by_name, families, fingerprints, manual_names, recognise

__all__ = (
    "FALLBACK",
    "Decoded",
    "Decoder",
    "Family",
    "Key",
    "add",
    "asked",
    "best_sources",
    "by_name",
    "decode",
    "families",
    "fingerprints",
    "manual_names",
    "recognise",
)
