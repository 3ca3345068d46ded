"""`fifteen demo`: a sandbox, a shop that misbehaves and the real bot, played by a person or by the script."""


def headless() -> int:
    """Play the whole incident by script; return 0 when every step was seen, else 1."""
    raise NotImplementedError


def interactive() -> int:
    """Start everything, say what to type, and wait for Ctrl-C; return the exit status."""
    raise NotImplementedError
