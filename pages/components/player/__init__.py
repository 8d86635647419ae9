"""The player: a whole training run, read from records, packed into bytes and played in the browser."""
