"""The answers of Innosilicon's miners in, parts of the vocabulary out."""
