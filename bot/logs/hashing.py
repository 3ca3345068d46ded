"""64-bit hashes of texts and places, for one at a time; `bot.logs.fast.words` computes the same for many at once.

Distinct users are counted by them. Two of a million users share one with a chance of 3 in 100 million.
"""

MASK = (1 << 64) - 1
SEED = 0x9E3779B97F4A7C15
FACTOR = 0xFF51AFD7ED558CCD
SHIFT = 29


def hash_text(text: bytes) -> int:
    """Return the hash of a text: over its words of eight bytes, the last padded with zeros, and its length."""
    found = (len(text) * SEED) & MASK
    for at in range(0, len(text), 8):
        found = mixed(found ^ int.from_bytes(text[at : at + 8], "little"))
    return mixed(found)


def mixed(word: int) -> int:
    """Return a word with every bit spread over all of it (the steps of MurmurHash3's finalizer)."""
    word = (word * FACTOR) & MASK
    word ^= word >> SHIFT
    word = (word * SEED) & MASK
    return word ^ (word >> 32)


def hash_place(path: int, offset: int) -> int:
    """Return the hash of a line, by that of its file's path and its offset."""
    return mixed(mixed(offset) ^ path)
