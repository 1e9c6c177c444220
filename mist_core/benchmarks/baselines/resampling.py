"""What resampling makes of estimators without intervals: KSG and CCA, bootstrapped and subsampled.

Both habits measure how far an estimate moves when the rows change. Neither sees the estimator's
bias, and a bootstrap adds its own: the rows it repeats are their own nearest neighbours, at
distance 0, which KSG takes for strong dependence.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mist_core.benchmarks.baselines.estimators import NEIGHBORS
from mist_core.errors import BaselineError

Statistic = Callable[[Tensor], float]
"""From the numbers of the rows used, (m,) with or without repeats, to an estimate in nats."""
RESAMPLES = 100


@dataclass(frozen=True)
class Peer:
    """An estimator under a resampling scheme.

    Attributes:
        title: the name for a table.
        prepare: from x (n, dim_x) and y (n, dim_y) to the statistic of their rows.
        resample: from that statistic, n, the coverage and a generator to an interval (low, high).
        needs: from the columns of both sides together to the fewest rows of half a sample.
    """

    title: str
    prepare: Callable[[Tensor, Tensor], Statistic]
    resample: Callable[[Statistic, int, float, np.random.Generator], tuple[float, float]]
    needs: Callable[[int], int]

    def interval(
        self, x: Tensor, y: Tensor, *, coverage: float = 0.9, rng: np.random.Generator
    ) -> tuple[float, float]:
        """The interval in nats; ends below 0 are moved to 0, which can only help it.

        Args:
            x, y: (n, dim_x) and (n, dim_y).
            coverage: nominal share of truths inside.
            rng: of the resamples.

        Raises:
            BaselineError: half of the rows are too few for the estimator.
        """
        least = self.needs(x.shape[1] + y.shape[1])
        if len(x) // 2 < least:
            raise BaselineError(
                f"{self.title} needs {least} rows in half a sample, got {len(x) // 2}."
            )
        statistic = self.prepare(x.double(), y.double())
        low, high = self.resample(statistic, len(x), coverage, rng)
        return max(low, 0.0), max(high, 0.0)


def ksg(x: Tensor, y: Tensor) -> Statistic:
    """KSG estimate (Kraskov et al., 2004, doi:10.1103/PhysRevE.69.066138, algorithm 1) of rows.

    As in bmi: standardized columns, Euclidean distance on each side, k = NEIGHBORS. Distances are
    computed once; each resample picks from them.
    """
    distance_x, distance_y = (torch.cdist(*[_standardized(side)] * 2) for side in (x, y))

    def estimate(rows: Tensor) -> float:
        grid = (rows.unsqueeze(1), rows)
        near_x, near_y = distance_x[grid], distance_y[grid]
        joint = torch.maximum(near_x, near_y).fill_diagonal_(torch.inf)
        radius = joint.kthvalue(NEIGHBORS, 1, keepdim=True).values
        # A row counts itself, unless the radius is 0; digamma(1) is then the least there is.
        counts = [(near < radius).sum(1).clamp_min(1).double() for near in (near_x, near_y)]
        marginal = sum(torch.digamma(count).mean() for count in counts)
        known = torch.digamma(torch.tensor([NEIGHBORS, len(rows)], dtype=torch.float64)).sum()
        return float(known - marginal)

    return estimate


def cca(x: Tensor, y: Tensor) -> Statistic:
    """-1/2 sum ln(1 - rho^2) over the sample's canonical correlations (Hotelling, 1936)."""

    def estimate(rows: Tensor) -> float:
        bases = [torch.linalg.qr(side[rows] - side[rows].mean(0)).Q for side in (x, y)]
        rho = torch.linalg.svdvals(bases[0].mT @ bases[1])
        # A perfect fit would be infinite; rounding alone decides beyond this.
        return float(-0.5 * torch.log1p(-rho.square().clamp_max(1 - 1e-12)).sum())

    return estimate


def bootstrap(
    statistic: Statistic, n_samples: int, coverage: float, rng: np.random.Generator
) -> tuple[float, float]:
    """Percentile interval of n rows drawn with replacement (Efron, 1979)."""
    draws = [rng.integers(n_samples, size=n_samples) for _ in range(RESAMPLES)]
    return _quantiles(_estimates(statistic, draws), coverage)


def subsampling(
    statistic: Statistic, n_samples: int, coverage: float, rng: np.random.Generator
) -> tuple[float, float]:
    """Interval from halves of the rows, without repeats (Politis and Romano, 1994).

    The difference between an estimate from half of the rows and that from all has the variance of
    the latter's own error: sqrt(m / n) / sqrt(1 - m / n) = 1, so nothing needs scaling.
    """
    draws = [rng.permutation(n_samples)[: n_samples // 2] for _ in range(RESAMPLES)]
    whole = statistic(torch.arange(n_samples))
    low, high = _quantiles(_estimates(statistic, draws) - whole, coverage)
    return whole - high, whole - low


PEERS: dict[str, Peer] = {
    f"{name}-{scheme.__name__}": Peer(f"{title}, {scheme.__name__}", statistic, scheme, needs)
    for name, title, statistic, needs in (
        ("ksg", "KSG", ksg, lambda dims: NEIGHBORS + 1),
        ("cca", "CCA", cca, lambda dims: dims + 3),
    )
    for scheme in (bootstrap, subsampling)
}


def _standardized(side: Tensor) -> Tensor:
    spread = side.std(0)
    return (side - side.mean(0)) / torch.where(spread > 0, spread, 1.0)


def _estimates(statistic: Statistic, draws: list[np.ndarray]) -> np.ndarray:
    return np.array([statistic(torch.from_numpy(rows)) for rows in draws])


def _quantiles(values: np.ndarray, coverage: float) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - coverage) / 2, (1 + coverage) / 2])
    return float(low), float(high)
