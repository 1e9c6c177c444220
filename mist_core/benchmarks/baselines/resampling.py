"""What resampling makes of estimators without intervals: KSG and CCA, bootstrapped and subsampled.

Both habits measure how far an estimate moves when the rows change. Neither sees the estimator's
bias, and a bootstrap adds its own: the rows it repeats are their own nearest neighbours, at
distance 0, which KSG takes for strong dependence.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mist_core.benchmarks.base import CLASSICAL, Answer, Dataset, Estimator
from mist_core.benchmarks.baselines.refusals import NEIGHBORS
from mist_core.networks.quantiles import LEVELS

Statistic = Callable[[Tensor], float]
"""From the numbers of the rows used, (m,) with or without repeats, to an estimate in nats."""
Scheme = Callable[[Statistic, int, np.random.Generator], np.ndarray]
"""From a statistic of n rows to (RESAMPLES,) values whose quantiles are those of the answer."""
RESAMPLES = 100
# Distances between all pairs of rows are kept, and picked from for each resample.
MOST_ROWS = 5000


@dataclass(frozen=True, kw_only=True, eq=False)
class Resampled(Estimator):
    """An estimator under a resampling scheme, which gives it an interval.

    Attributes:
        name: key in `RESAMPLED`.
        title: the name for a table.
        statistic: from x (n, dim_x) and y (n, dim_y) to the statistic of their rows.
        scheme: how rows are drawn again.
        needs: from the columns of both sides together to the fewest rows of half a sample.
    """

    name: str
    title: str
    statistic: Callable[[Tensor, Tensor], Statistic]
    scheme: Scheme
    needs: Callable[[int], int]
    kind: str = CLASSICAL
    identity: str = f"{RESAMPLES} resamples"

    def answer(self, datasets):
        """Ends of intervals below 0 are moved to 0, which can only help."""
        return [self._answer(dataset) for dataset in datasets]

    def _answer(self, dataset: Dataset) -> Answer:
        n, start = len(dataset.x), time.perf_counter()
        if failure := self._refusal(n, dataset.x.shape[1] + dataset.y.shape[1]):
            return Answer(None, failure=failure)
        statistic = self.statistic(dataset.x.double(), dataset.y.double())
        values = self.scheme(statistic, n, np.random.default_rng(dataset.seed))
        quantiles = np.quantile(values, LEVELS.double().numpy()).clip(0)
        estimate = statistic(torch.arange(n))
        seconds = time.perf_counter() - start
        return Answer(estimate, seconds, quantiles=quantiles.tolist())

    def _refusal(self, n_samples: int, dims: int) -> str | None:
        least = self.needs(dims)
        if n_samples // 2 < least:
            return f"{self.title} needs {least} rows in half a sample, got {n_samples // 2}."
        if n_samples > MOST_ROWS:
            return f"{self.title} takes at most {MOST_ROWS:,} rows, got {n_samples:,}."
        return None


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


def bootstrap(statistic: Statistic, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    """Estimates from n rows drawn with replacement (Efron, 1979)."""
    return _estimates(
        statistic, [rng.integers(n_samples, size=n_samples) for _ in range(RESAMPLES)]
    )


def subsampling(statistic: Statistic, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    """What estimates from halves of the rows, without repeats, leave open (Politis, Romano, 1994).

    The difference between an estimate from half of the rows and that from all has the variance of
    the latter's own error: sqrt(m / n) / sqrt(1 - m / n) = 1, so nothing needs scaling.
    """
    halves = [rng.permutation(n_samples)[: n_samples // 2] for _ in range(RESAMPLES)]
    return 2 * statistic(torch.arange(n_samples)) - _estimates(statistic, halves)


RESAMPLED: dict[str, Resampled] = {
    f"{name}-{scheme.__name__}": Resampled(
        name=f"{name}-{scheme.__name__}",
        title=f"{title}, {scheme.__name__}",
        statistic=statistic,
        scheme=scheme,
        needs=needs,
    )
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
