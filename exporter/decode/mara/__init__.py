"""The answers of MARA's firmware in, parts of the vocabulary out."""
