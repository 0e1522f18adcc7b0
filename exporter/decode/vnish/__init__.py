"""The decoders of answers from VNish."""
