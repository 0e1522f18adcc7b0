"""Answers of innosilicon firmware in, parts out."""
