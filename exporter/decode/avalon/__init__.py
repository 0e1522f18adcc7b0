"""The decoders of answers from Avalons."""
