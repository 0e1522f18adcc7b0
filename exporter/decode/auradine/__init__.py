"""The decoders of answers from Auradine's miners."""
