"""The answers of Whatsminers in, parts of the vocabulary out."""
