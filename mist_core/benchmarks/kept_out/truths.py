"""The true information of each kept-out law, stored, and how it was computed.

`python -m mist_core.benchmarks.kept_out.truths` draws each law and averages its pointwise
information; the file beside this one keeps the mean, its standard error and the deviation of one
row, the efficiency bound times sqrt(n). Where a closed form is known the mean is that.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np

from mist_core.benchmarks.kept_out import LAWS, KeptOutLaw

STORED = Path(__file__).with_name("truths.json")
ROUND, LEAST_ROUNDS, MOST_ROUNDS = 2**18, 4, 400
# A fifth of the efficiency bound at a million rows, in deviations of one row; where a closed form
# is known this is only its second route.
TOLERANCE, SECOND_ROUTE = 1 / 5000, 1 / 500


@dataclass(frozen=True)
class Truth:
    """What is known of a law, nats.

    Attributes:
        mutual_information: I(X; Y).
        standard_error: of it; 0 where it is exact.
        deviation: of the pointwise information.
        measured: the mean of the pointwise information, its second route where it is exact.
        measured_error: the standard error of that.
    """

    mutual_information: float
    standard_error: float
    deviation: float
    measured: float
    measured_error: float


@cache
def truths() -> dict[str, Truth]:
    """Stored truths by the name of the law."""
    return {name: Truth(**kept) for name, kept in json.loads(STORED.read_text()).items()}


def measure(law: KeptOutLaw, *, rng: np.random.Generator) -> Truth:
    """What is known of a law after so many draws as it takes."""
    return averaged(lambda n: law.pointwise(*law.draw(n, rng)), law.exact)


def averaged(draw: Callable[[int], np.ndarray], exact: float | None) -> Truth:
    """Averages pointwise information until it is known to TOLERANCE; less where exact.

    Args:
        draw: n to that of n fresh rows.
        exact: what it is on average, where that is known.
    """
    tolerance = TOLERANCE if exact is None else SECOND_ROUTE
    drawn = total = squares = 0.0
    for rounds in range(MOST_ROUNDS):
        values = draw(ROUND)
        drawn, total = drawn + len(values), total + values.sum()
        squares += np.square(values).sum()
        mean = total / drawn
        deviation = max(squares / drawn - mean**2, 0.0) ** 0.5
        if rounds + 1 >= LEAST_ROUNDS and drawn**-0.5 < tolerance:
            break
    error = deviation / drawn**0.5
    known = (mean, error) if exact is None else (exact, 0.0)
    return Truth(*known, deviation, mean, error)


def main() -> None:
    """Computes all truths and stores them."""
    found = {}
    for index, (name, law) in enumerate(LAWS.items()):
        truth = measure(law, rng=np.random.default_rng([20261126, index]))
        print(f"{name:<30}{law.kind:<20}{truth}", flush=True)
        found[name] = {key: round(float(value), 7) for key, value in asdict(truth).items()}
    STORED.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
