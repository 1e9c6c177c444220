"""Two sides of classes with many rows a cell: the table of counts is all that they tell.

The jackknifed plug-in of the counts (Zahl, 1977, doi:10.2307/1936227) is then as good as any
estimate, and its error is known: I = mean of i, the pointwise information, of which n rows have the
variance var(i) / n, and where nothing depends on anything 2 n I is chi-squared with
(k - 1)(l - 1) degrees of freedom, df, whose variance is 2 df.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import torch
from torch import Tensor

# Fewer rows, or fewer for each degree of freedom, and the network knows better than the counts.
LEAST_ROWS = 400
LEAST_RATIO = 10
# The variance is estimated, too: on draws of the prior so much wider covers what it says.
WIDER = 1.05
COUNTED = "Both sides are classes with many rows a cell: the counts say all, and the answer stands."


@dataclass(frozen=True)
class Counts:
    """A normal distribution of the information of two classes, cut off at 0.

    Attributes:
        centre: jackknifed plug-in, nats; below 0 where chance alone gives more.
        deviation: standard deviation, nats.
    """

    centre: float
    deviation: float

    @property
    def mean(self) -> float:
        """Mean of the distribution, nats: of its part above 0, the rest counting as 0."""
        if self.deviation == 0:
            return max(self.centre, 0.0)
        standard = NormalDist()
        z = self.centre / self.deviation
        return self.centre * standard.cdf(z) + self.deviation * standard.pdf(z)

    def quantiles(self, levels: tuple[float, ...]) -> tuple[float, ...]:
        """Nats, at levels in (0, 1); at least 0."""
        standard = NormalDist()
        return tuple(
            max(0.0, self.centre + self.deviation * standard.inv_cdf(level)) for level in levels
        )


def counted(x: list[Tensor | None], y: list[Tensor | None]) -> list[Counts | None]:
    """What the tables of counts of B datasets say.

    None where a side is not made of classes or rows are too few for their cells.

    Args:
        x, y: `ceiling.labels` of B sides each.
    """
    pairs = zip(x, y, strict=True)
    return [None if a is None or b is None else _counts(a, b) for a, b in pairs]


def _counts(codes_x: Tensor, codes_y: Tensor) -> Counts | None:
    """Of classes (n,) and (n,), from 0; None where rows are too few for their cells."""
    n = len(codes_x)
    if n < LEAST_ROWS:
        return None
    rows, columns = int(codes_x.max()) + 1, int(codes_y.max()) + 1
    freedom = (rows - 1) * (columns - 1)
    if freedom == 0 or n < LEAST_RATIO * freedom:
        return None
    table = torch.bincount(codes_x * columns + codes_y, minlength=rows * columns).double()
    joint = table.view(rows, columns) / n
    marginal_x, marginal_y = joint.sum(1), joint.sum(0)
    occupied = joint > 0
    pointwise = torch.where(
        occupied, (joint / (marginal_x[:, None] * marginal_y)).clamp_min(1e-300).log(), 0.0
    )
    plug_in = (joint * pointwise).sum().item()
    variance = (joint * pointwise.square()).sum().item() - plug_in**2
    spread = math.sqrt(max(variance, 0.0) / n + freedom / (2 * n**2))
    counts = table.view(rows, columns)
    centre = sum(_entropy(side) for side in (counts.sum(1), counts.sum(0))) - _entropy(table)
    return Counts(centre, WIDER * spread)


def _entropy(counts: Tensor) -> float:
    """Jackknifed plug-in entropy of cells that were met so often, nats.

    n H less n - 1 times its mean over samples without one of the rows; many cells met once leave
    it too small by less than the correction of Miller and Madow (1955) does.
    """
    counts = counts[counts > 0]
    n, fewer = counts.sum().item(), counts - 1
    terms = torch.xlogy(counts, counts)
    total = terms.sum()
    without = math.log(n - 1) - (total - terms + torch.xlogy(fewer, fewer)) / (n - 1)
    return float(n * math.log(n) - total - (n - 1) / n * (counts * without).sum())
