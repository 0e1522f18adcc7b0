"""Answers of whatsminer firmware in, parts out."""
