"""The wires to a miner, one file each: a request comes in, the bytes of its answer go out, unread."""
