"""The decoders and converters that several families share."""
