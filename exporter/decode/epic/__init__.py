"""Answers of epic firmware in, parts out."""
