"""Tables of pure noise, of five kinds: in how many of them any pair has q < .05.

    .venv/bin/python -m tests.measure.noise

A hundred seeds of each kind, 190 pairs of 500 rows. At most ten may: some minutes on two cores.
"""

import numpy as np

from tests.inspection.noise import NOISE, smallest_q

SEEDS, LEVEL = 100, 0.05


def main() -> None:
    for kind, draw in NOISE.items():
        q = [smallest_q(draw(np.random.default_rng(seed)), seed) for seed in range(SEEDS)]
        found = sum(value < LEVEL for value in q)
        print(f"{kind}: q < {LEVEL} in {found} of {SEEDS} tables", flush=True)


if __name__ == "__main__":
    main()
