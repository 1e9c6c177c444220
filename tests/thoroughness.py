"""How much of a large table of hostile inputs is tried: a part in the suite, all in `make fuzz`."""

import os
from collections.abc import Iterable
from itertools import islice

THOROUGH = "MIST_FUZZ" in os.environ


def some(inputs: Iterable, place: int, every: int) -> list:
    """One of each `every` inputs, others for another `place` in the table; all in `make fuzz`."""
    return list(inputs if THOROUGH else islice(inputs, place % every, None, every))
