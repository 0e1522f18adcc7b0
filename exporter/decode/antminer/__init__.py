"""Answers of antminer firmware in, parts out."""
