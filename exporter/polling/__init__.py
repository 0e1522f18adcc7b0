"""A target and a way to ask it in; its fragments with new readings, or without any, out."""
