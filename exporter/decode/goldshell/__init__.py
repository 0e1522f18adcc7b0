"""The answers of Goldshell's miners in, parts of the vocabulary out."""
