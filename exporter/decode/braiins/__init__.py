"""Answers of braiins firmware in, parts out."""
