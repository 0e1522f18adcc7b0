"""The answers of Auradine's miners in, parts of the vocabulary out."""
