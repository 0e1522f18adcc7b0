"""The decoders of answers from Antminers."""
