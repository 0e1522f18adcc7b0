"""All targets in; their polls on schedule, and the logs and telemetry of the process, out."""
