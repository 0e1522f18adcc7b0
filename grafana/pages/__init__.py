"""The dashboards, each answering one question."""
