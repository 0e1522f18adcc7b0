"""The decoders of answers from BraiinsOS."""
