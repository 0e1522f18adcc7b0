"""Answers of auradine firmware in, parts out."""
