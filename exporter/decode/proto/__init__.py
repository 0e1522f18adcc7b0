"""Answers of proto firmware in, parts out."""
