"""A raw value in, a clean number, text or part out; with the errors and the tracing that every stage uses."""
