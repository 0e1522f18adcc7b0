"""All targets in, polls on schedule, logs and telemetry of the process out."""
