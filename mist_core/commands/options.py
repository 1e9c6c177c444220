"""Numbers as words of a command line; one out of range is answered with a sentence."""

import argparse
import math


def count(word: str) -> int:
    """A whole number of at least one."""
    return _at_least(1, word)


def whole(word: str) -> int:
    """A whole number of at least zero, such as a seed."""
    return _at_least(0, word)


def positive(word: str) -> float:
    """A finite number above zero."""
    value = float(word)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number above 0, got {word}")
    return value


def _at_least(least: int, word: str) -> int:
    value = int(word)
    if value < least:
        raise argparse.ArgumentTypeError(f"expected at least {least}, got {value}")
    return value
