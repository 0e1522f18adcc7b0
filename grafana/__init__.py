"""The dashboards as code: `python -m grafana.build` writes grafana/dashboards/*.json."""

import warnings

# The SDK recommends schema v2 when it is imported; only Grafana 13 reads that, and every Grafana reads the classic one.
warnings.filterwarnings("ignore", message="Prefer using dashboardv2", category=DeprecationWarning)
