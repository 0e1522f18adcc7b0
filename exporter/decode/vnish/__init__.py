"""Answers of vnish firmware in, parts out."""
