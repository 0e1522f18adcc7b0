"""The decoders of answers from Whatsminers."""
