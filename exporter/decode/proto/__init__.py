"""The answers of Proto's Rig in, parts of the vocabulary out."""
