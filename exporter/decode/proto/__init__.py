"""The decoders of answers from Proto's Rig."""
