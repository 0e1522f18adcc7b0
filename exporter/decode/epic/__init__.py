"""The decoders of answers from ePIC's firmware."""
