"""The answers of Blackminers in, parts of the vocabulary out."""
