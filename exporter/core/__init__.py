"""Errors, tracing, values and vocabulary: what a reading is made of, used by every stage."""
