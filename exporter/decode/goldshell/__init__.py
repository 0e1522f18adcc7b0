"""Answers of goldshell firmware in, parts out."""
