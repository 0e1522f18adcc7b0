"""The decoders of answers from Innosilicon's miners."""
