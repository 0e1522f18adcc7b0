"""The protocols by which miners are asked, a file for each: a request in, the bytes of the answer out."""
