"""Answers of blackminer firmware in, parts out."""
