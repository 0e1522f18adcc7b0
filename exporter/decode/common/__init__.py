"""The rows of any maker in, values and parts out: what several families share."""
