"""The wires to a miner, one file each; they know requests and bytes, nothing of what the bytes say."""
