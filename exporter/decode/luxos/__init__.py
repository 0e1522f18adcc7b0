"""The answers of LuxOS in, parts of the vocabulary out."""
