"""The format and the encoding of an answer, chosen by the reader's Accept headers."""

from __future__ import annotations


def prefers_openmetrics(accept: str) -> bool:
    """Return True if the reader accepts OpenMetrics, with at least the weight of plain text."""
    weights = _preferences(accept)
    wanted = weights.get("application/openmetrics-text", 0.0)
    return wanted > 0 and wanted >= weights.get("text/plain", 0.0)


def accepts_gzip(encodings: str) -> bool:
    """Return True if the reader accepts gzip."""
    return _preferences(encodings).get("gzip", 0.0) > 0


def _preferences(header: str) -> dict[str, float]:
    """Return the weight of each alternative in an Accept header, by its name in lower case."""
    weights: dict[str, float] = {}
    for item in header[:4096].split(","):
        name, *parameters = [piece.strip().lower() for piece in item.split(";")]
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = min(1.0, max(0.0, float(parameter[2:])))
                except ValueError:
                    weight = 0.0
        if name:
            weights[name] = max(weights.get(name, 0.0), weight)
    return weights
