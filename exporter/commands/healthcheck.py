"""`asic-exporter healthcheck`: tell whether the exporter on this machine is healthy, for containers without curl."""

from __future__ import annotations

import http.client
import sys


def healthcheck(port: int, path: str) -> int:
    """Return 0 if the page at `path` answers 200 within five seconds, else 1 with the reason on stderr."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return int(connection.getresponse().status != 200)
    except (OSError, http.client.HTTPException) as error:
        print(f"asic-exporter: {error}", file=sys.stderr)
        return 1
    finally:
        connection.close()
