"""Request in, snapshot out: the only rooms with network."""
