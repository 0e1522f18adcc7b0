"""A decoder's traced run in, a compiled plan that replays it at every later poll out."""
