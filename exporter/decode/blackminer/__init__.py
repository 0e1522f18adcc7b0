"""The decoders of answers from Blackminers."""
