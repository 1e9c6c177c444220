"""Counts that vary more than chance, with too many zeros, beside each other or beside their rate.

A hidden or shown gamma rate drives Poisson counts: their margins are negative binomial. Truths are
sums over counts, and Gauss-Legendre quadrature over the rate.
"""

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.contingency import Contingency
from mist_core.distributions.numerics.parameters import as_tensor, require, require_dim
from mist_core.distributions.numerics.quadrature import legendre_panels
from mist_core.distributions.numerics.randomness import Source, coin, log_uniform

MOST = 400  # counts beyond it are left out; a random mean is at most MOST_MEAN
MOST_MEAN, LEAST_SHAPE = 12.0, 0.5
PANELS = 12  # of 16 nodes, over the root of the share below
LEAST_RATE = 1e-12  # of a unit: keeps logarithms finite


class RateAndCount(Law):
    """X is a gamma rate of mean 1, Y a Poisson count of mean m X, or 0 by chance.

    I = E sum_k p(k | X) ln(p(k | X) / p(k)).

    Args:
        shape: of the gamma law, at least 0.5, shape (*batch,); its variance is 1 / shape.
        mean: m, positive, shape (*batch,).
        zeros: probability of a 0 that the rate does not tell, in [0, 1), shape (*batch,).

    Raises:
        ParameterError: a parameter out of its range.
    """

    dim_x = dim_y = 1

    def __init__(self, shape: Tensor, mean: Tensor, zeros: Tensor) -> None:
        shape, mean, zeros = (
            as_tensor(value, name)
            for value, name in ((shape, "shape"), (mean, "mean"), (zeros, "zeros"))
        )
        require(shape >= LEAST_SHAPE, shape, f"shape must be at least {LEAST_SHAPE}")
        require((mean > 0) & mean.isfinite(), mean, "mean must be positive and finite")
        require((zeros >= 0) & (zeros < 1), zeros, "zeros must lie in [0, 1)")
        self.shape, self.mean, self.zeros = shape, mean, zeros
        self.batch_shape, self.device = shape.shape, shape.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        shape = (*self.batch_shape, require_dim(n_samples, "n_samples"))
        rate = gamma(self.shape, shape, generator)
        count = torch.poisson(self.mean[..., None] * rate, generator=generator)
        extra = torch.rand(shape, generator=generator, dtype=dtype, device=self.device)
        count = torch.where(extra < self.zeros[..., None], 0.0, count)
        return rate[..., None].to(dtype), count[..., None].to(dtype)

    def mutual_information(self):
        rate, weights = _rates(self.shape)
        counts = torch.arange(MOST + 1, dtype=torch.float64, device=self.device)
        given = self._log_given(rate[..., :, None], counts)  # (*batch, q, K)
        ratio = given - self._log_count(counts.expand(*self.batch_shape, -1))[..., None, :]
        ratio = torch.where(given > -100, ratio, 0.0)
        return (weights[..., None] * given.exp() * ratio).sum((-2, -1)).clamp_min(0)

    def pointwise_mutual_information(self, x, y):
        x, y = x[..., 0].double(), y[..., 0].double()
        return self._log_given(x[..., None], y[..., None])[..., 0] - self._log_count(y)

    def _log_given(self, rate: Tensor, counts: Tensor) -> Tensor:
        """ln p(count | rate), (*batch, q, K), of rates (*batch, q, 1) and counts."""
        mean = (self.mean[..., None, None] * rate).clamp_min(LEAST_RATE)
        plain = counts * mean.log() - mean - torch.lgamma(counts + 1)
        return _inflated(plain, counts, self.zeros[..., None, None])

    def _log_count(self, counts: Tensor) -> Tensor:
        """ln p(count), (*batch, K): negative binomial with more zeros."""
        shape, mean = self.shape[..., None], self.mean[..., None]
        plain = torch.lgamma(counts + shape) - torch.lgamma(shape) - torch.lgamma(counts + 1)
        plain = plain + shape * (shape / (shape + mean)).log()
        plain = plain + counts * (mean / (shape + mean)).log()
        return _inflated(plain, counts, self.zeros[..., None])


def gamma(shape: Tensor, size: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Gamma draws of mean 1, (*batch, n), for shapes (*batch,)."""
    drawn = torch._standard_gamma(shape[..., None].expand(size).contiguous(), generator)
    return (drawn / shape[..., None]).clamp_min(LEAST_RATE)


def _inflated(plain: Tensor, counts: Tensor, zeros: Tensor) -> Tensor:
    """Log probabilities with a share of zeros more."""
    kept = plain + torch.log1p(-zeros)
    return torch.where(counts == 0, torch.logaddexp(kept, zeros.log()), kept)


def _rates(shape: Tensor) -> tuple[Tensor, Tensor]:
    """(*batch, q) nodes of the rate, and weights with its density in them.

    Over t, rate = t^(3 / min(shape, 1)): the density in t has no pole at 0.
    """
    power = 3 / shape.clamp_max(1)
    far = (1 + 8 / shape.sqrt() + 30 / shape).pow(1 / power)
    t, weights = legendre_panels(torch.zeros_like(far), far, PANELS)
    rate, shape, power = t.pow(power[..., None]), shape[..., None], power[..., None]
    log_density = (
        shape * shape.log() - torch.lgamma(shape) + (shape - 1) * rate.log() - shape * rate
    )
    mass = weights * power * rate / t * log_density.exp()
    return rate, mass / mass.sum(-1, keepdim=True)


def random_rates_and_counts(count: int, source: Source) -> RateAndCount:
    """Means of 0.3 to 12, rates nearly constant to mostly 0; zeros added in half of the laws."""
    zeros = source.uniform(0, 0.8, count) * coin(source, 0.5, count)
    shape, mean = (
        log_uniform(source, LEAST_SHAPE, 20, count),
        log_uniform(source, 0.3, MOST_MEAN, count),
    )
    return RateAndCount(shape, mean, zeros)


def random_counts(count: int, source: Source) -> Contingency:
    """Two counts of one hidden rate, with zeros added together or apart in half of the laws."""
    shape = log_uniform(source, 0.3, 10, count)
    mean = log_uniform(source, 0.3, MOST_MEAN, count, 2)
    table = _joint_counts(shape, mean)
    share = source.uniform(0, 0.7, count, 1, 1) * coin(source, 0.5, count, 1, 1)
    zero = torch.zeros_like(table)
    zero[:, 0, 0] = 1
    apart = _zeros_apart(table, share)
    table = torch.where(coin(source, 0.5, count, 1, 1), (1 - share) * table + share * zero, apart)
    return Contingency(table)


def _zeros_apart(table: Tensor, share: Tensor) -> Tensor:
    """A table (B, K, L) in which each count is 0 by chance, whatever the other is."""
    for dim in (-2, -1):
        kept = (1 - share) * table
        kept.narrow(dim, 0, 1).add_(share * table.sum(dim, keepdim=True))
        table = kept
    return table


def _joint_counts(shape: Tensor, mean: Tensor) -> Tensor:
    """(B, K, K) joint probabilities of Poisson counts of means `mean` (B, 2) times one gamma rate.

    p(i, j) = Gamma(a + i + j) / (Gamma(a) i! j!) (a / s)^a (m / s)^i (k / s)^j, s = a + m + k.
    """
    most = mean.amax(0) * (1 + 10 / shape.min().sqrt()) + 20
    i, j = (torch.arange(int(m.clamp_max(MOST)), device=mean.device).double() for m in most)
    i, j = i[:, None], j[None]
    a, m, k = (value[:, None, None] for value in (shape, *mean.unbind(-1)))
    log = torch.lgamma(a + i + j) - torch.lgamma(a) - torch.lgamma(i + 1) - torch.lgamma(j + 1)
    total = (a + m + k).log()
    return (log + a * (a.log() - total) + i * (m.log() - total) + j * (k.log() - total)).exp()
