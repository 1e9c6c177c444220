"""The true conditional information of each kept-out law, stored, and how it was computed.

`python -m mist_core.benchmarks.kept_out.conditional.truths` draws each law and averages its
pointwise information, as the module of the same name in the folder above does for plain laws.
"""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np

from mist_core.benchmarks.kept_out.conditional import LAWS
from mist_core.benchmarks.kept_out.truths import Truth, averaged

STORED = Path(__file__).with_name("truths.json")


@cache
def truths() -> dict[str, Truth]:
    """Stored truths by the name of the law."""
    return {name: Truth(**kept) for name, kept in json.loads(STORED.read_text()).items()}


def main() -> None:
    """Computes all truths and stores them."""
    found = {}
    for index, (name, law) in enumerate(LAWS.items()):
        rng = np.random.default_rng([20261127, index])
        truth = averaged(lambda n, law=law, rng=rng: law.pointwise(*law.draw(n, rng)), law.exact)
        print(f"{name:<40}{law.kind:<20}{truth}", flush=True)
        found[name] = {key: round(float(value), 7) for key, value in asdict(truth).items()}
    STORED.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
