"""The closed set of questions: declarations in, requests that may reach a socket out."""
