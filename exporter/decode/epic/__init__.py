"""The answers of ePIC's firmware in, parts of the vocabulary out."""
