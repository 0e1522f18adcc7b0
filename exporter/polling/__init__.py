"""One target in, its questions asked and its fragments replaced out."""
