"""The decoders of answers from LuxOS."""
