"""Answers of mara firmware in, parts out."""
