"""What several tests need: miners, servers and processes to try things on, and ways to compare."""
