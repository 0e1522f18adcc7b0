"""The dialects, a file for each family: the answers of the firmware, and the machines with this firmware."""
