"""The answers of BraiinsOS in, parts of the vocabulary out."""
