"""The decoders of answers from AxeOS and its forks."""
