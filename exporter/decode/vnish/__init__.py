"""The answers of VNish in, parts of the vocabulary out."""
