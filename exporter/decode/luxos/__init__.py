"""Answers of luxos firmware in, parts out."""
