"""Readers that several makers' decoders share: rows in, values and parts out."""
