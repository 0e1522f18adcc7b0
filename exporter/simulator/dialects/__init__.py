"""Firmwares, one file a family: what each answers, and the machines it is simulated on."""
