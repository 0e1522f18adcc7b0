"""Answers of avalon firmware in, parts out."""
