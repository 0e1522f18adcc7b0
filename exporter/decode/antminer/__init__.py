"""The answers of Antminers in, parts of the vocabulary out."""
