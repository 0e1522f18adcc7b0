"""The answers of Avalons in, parts of the vocabulary out."""
