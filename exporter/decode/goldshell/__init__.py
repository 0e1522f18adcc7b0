"""The decoders of answers from Goldshell's miners."""
