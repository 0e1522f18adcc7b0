"""The decoders of answers from MARA's firmware."""
