"""The answers of AxeOS and its forks in, parts of the vocabulary out."""
