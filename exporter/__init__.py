"""asic-exporter: a Prometheus exporter that reads bitcoin miners and changes nothing."""

__version__ = "0.1.0"
