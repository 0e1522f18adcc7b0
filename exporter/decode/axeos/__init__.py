"""Answers of axeos firmware in, parts out."""
