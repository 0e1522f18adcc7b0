"""Bytes of an answer in, rows of named fields out."""
