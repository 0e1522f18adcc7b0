"""What reading a fleet costs: measurements against a fleet written in C, side by side with what else there is."""
