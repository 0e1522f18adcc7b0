"""Series of farms, for scenes with several miners."""

from __future__ import annotations


def of(name: str, miner: int | str, instance: str = "x", **labels: str) -> str:
    """Return a series of a miner."""
    more = "".join(f',{label}="{value}"' for label, value in labels.items())
    return f'{name}{{job="asic-exporter",instance="{instance}",miner="{miner}"{more}}}'


def ill(series: list[str], good: str, bad: str, *which: int) -> dict[str, tuple[str, str]]:
    return {name: (good, bad if number in which else good) for number, name in enumerate(series)}


def all_at(series: list[str], value: str) -> dict[str, str]:
    return dict.fromkeys(series, value)
