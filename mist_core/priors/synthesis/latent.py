"""Joint laws whose sides are exactly standard normal, with known mutual information.

Pushed through invertible maps of each side they become look-alikes of a user's columns. The
dependence is that of a copula (one column a side, folded or not), of lengths, or of canonical
correlations; sides of one discrete column are normals cut at quantiles.
"""

import numpy as np
import scipy.special
import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.correlation import bivariate_correlation
from mist_core.distributions.elliptical import Multinormal
from mist_core.distributions.numerics.quadrature import legendre_panels
from mist_core.distributions.transforms.maps import normal_cdf
from mist_core.priors.synthesis.gaussian_copula import bin_ends

# Uniforms stay this far from 0 and 1, so that normal quantiles stay finite.
MARGIN = 1e-12
# A standard normal beyond it has a probability below 1e-18.
FARTHEST = 9.0
PANELS = 24


class FoldedCopula(Law):
    """Normal columns x, y whose folded uniforms follow a copula.

    A fold of k branches maps (0, 1) onto (0, 1) k times, up and down in turn: the copula's draw
    picks the place in a branch and chance picks the branch, which tells nothing. So the information
    is the copula's, and the normal margins stay.

    Args:
        copula: a law of one uniform column a side.
        folds_x, folds_y: branches of each side, at least 1; 2 is a dependence on |x|.
    """

    dim_x = dim_y = 1

    def __init__(self, copula: Law, folds_x: int = 1, folds_y: int = 1) -> None:
        self.copula, self.folds = copula, (folds_x, folds_y)
        self.batch_shape, self.device = copula.batch_shape, copula.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        pair = self.copula.sample(n_samples, generator=generator)
        sides = (unfold(u, k, generator) for u, k in zip(pair, self.folds, strict=True))
        return tuple(normal_quantile(side).to(dtype) for side in sides)

    def mutual_information(self):
        return self.copula.mutual_information()

    def pointwise_mutual_information(self, x, y):
        pairs = zip((x, y), self.folds, strict=True)
        return self.copula.pointwise_mutual_information(*(fold(s, k) for s, k in pairs))


class SharedLength(Law):
    """Normal rows whose lengths follow a copula and whose directions are independent.

    Args:
        copula: a law of one uniform column a side.
        dim_x, dim_y: columns of each side.
    """

    def __init__(self, copula: Law, dim_x: int, dim_y: int) -> None:
        self.copula, self.dim_x, self.dim_y = copula, dim_x, dim_y
        self.batch_shape, self.device = copula.batch_shape, copula.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        pair = self.copula.sample(n_samples, generator=generator)
        dims = (self.dim_x, self.dim_y)
        return tuple(_stretched(u, d, generator).to(dtype) for u, d in zip(pair, dims, strict=True))

    def mutual_information(self):
        return self.copula.mutual_information()

    def pointwise_mutual_information(self, x, y):
        squares = (side.double().square().sum(-1, keepdim=True) for side in (x, y))
        halves = (torch.tensor(d / 2, dtype=torch.float64) for d in (self.dim_x, self.dim_y))
        levels = (torch.special.gammainc(h, s / 2) for h, s in zip(halves, squares, strict=True))
        return self.copula.pointwise_mutual_information(
            *(u.clamp(MARGIN, 1 - MARGIN) for u in levels)
        )


class CutNormal(Law):
    """A bivariate normal pair, one or both columns cut into bins; the other one may be folded.

    I = H(K) - E H(K | Y), by quadrature over Y.

    Args:
        rho: correlations in (-1, 1), shape (*batch,).
        edges_x, edges_y: increasing cuts of each column, or None where it stays a number.
        folds: branches of the columns that stay numbers, as in `FoldedCopula`.
    """

    dim_x = dim_y = 1

    def __init__(
        self, rho: Tensor, edges_x: Tensor | None, edges_y: Tensor | None, folds: int = 1
    ) -> None:
        self.rho, self.edges, self.folds = rho, (edges_x, edges_y), folds
        self._normal = Multinormal(bivariate_correlation(rho), dim_x=1)
        self.batch_shape, self.device = rho.shape, rho.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        pair = self._normal.sample(n_samples, generator=generator)
        sides = zip(pair, self.edges, strict=True)
        return tuple(self._shown(side, edges, generator).to(dtype) for side, edges in sides)

    def mutual_information(self):
        joint = self._joint()  # (*batch, a, b)
        by_chance = joint.sum(-1, keepdim=True) * joint.sum(-2, keepdim=True)
        return (
            (torch.xlogy(joint, joint) - torch.xlogy(joint, by_chance)).sum((-1, -2)).clamp_min(0)
        )

    def pointwise_mutual_information(self, x, y):
        (x, y), (edges_x, edges_y) = (x[..., 0].double(), y[..., 0].double()), self.edges
        if edges_x is not None and edges_y is not None:
            joint = self._joint()
            ratio = (joint / _by_chance(joint)).log().flatten(-2)
            return ratio.gather(-1, (x * joint.shape[-1] + y).long())
        codes, number, edges = (y, x, edges_y) if edges_x is None else (x, y, edges_x)
        number = normal_quantile(fold(number, self.folds))
        codes, edges = codes.long(), edges.to(number)
        chances = _bin_chances(edges, number, self.rho)  # (*batch, n, bins)
        shares = _bin_chances(edges, number[..., :1], 0 * self.rho)
        return (chances.log() - shares.log()).gather(-1, codes[..., None])[..., 0]

    def _shown(self, side: Tensor, edges: Tensor | None, generator: torch.Generator) -> Tensor:
        if edges is not None:
            return torch.searchsorted(edges.to(side), side.contiguous())
        if self.folds == 1:
            return side
        return normal_quantile(unfold(normal_cdf(side), self.folds, generator))

    def _joint(self) -> Tensor:
        """Probabilities: bins of the cut side by bins, or by nodes, of the other one."""
        edges, others = self.edges if self.edges[0] is not None else self.edges[::-1]
        low, high = bin_ends(torch.empty(0) if others is None else others)
        low, high = low.clamp_min(-FARTHEST), high.clamp_max(FARTHEST)
        nodes, weights = legendre_panels(low, high, PANELS)  # (bins, nodes)
        mass = weights * torch.exp(-nodes.square() / 2) / (2 * torch.pi) ** 0.5
        chances = _bin_chances(edges.double(), nodes.flatten(), self.rho)  # (*batch, nodes, a)
        joint = (mass.flatten()[:, None] * chances).mT  # (*batch, a, nodes)
        return joint if others is None else joint.unflatten(-1, nodes.shape).sum(-1)


def _by_chance(joint: Tensor) -> Tensor:
    """The product of a table's margins."""
    return joint.sum(-1, keepdim=True) * joint.sum(-2, keepdim=True)


def fold(x: Tensor, folds: int) -> Tensor:
    """Normal x to the folded uniform that the dependence sees."""
    place = normal_cdf(x.double()).clamp(MARGIN, 1 - MARGIN) * folds
    branch = place.floor().clamp_max(folds - 1)
    rise = place - branch
    return torch.where(branch % 2 == 0, rise, 1 - rise).clamp(MARGIN, 1 - MARGIN)


def unfold(u: Tensor, folds: int, generator: torch.Generator) -> Tensor:
    """A uniform whose fold is u, on a branch chosen by chance."""
    if folds == 1:
        return u
    branch = torch.randint(folds, u.shape, generator=generator)
    return (branch + torch.where(branch % 2 == 0, u, 1 - u)) / folds


def normal_quantile(u: Tensor) -> Tensor:
    """Standard normal quantiles, finite, float64."""
    return torch.special.ndtri(u.double().clamp(MARGIN, 1 - MARGIN))


def _stretched(u: Tensor, dim: int, generator: torch.Generator) -> Tensor:
    """(*batch, n, dim) rows in random directions, their squared lengths at chi-square level u."""
    noise = torch.randn((*u.shape[:-1], dim), generator=generator, dtype=torch.float64)
    levels = u.clamp(MARGIN, 1 - MARGIN).numpy()
    square = torch.from_numpy(2 * scipy.special.gammaincinv(np.float64(dim / 2), levels))
    return noise / noise.norm(dim=-1, keepdim=True) * square.sqrt()


def _bin_chances(edges: Tensor, y: Tensor, rho: Tensor) -> Tensor:
    """P(bin | y) for y (*batch or nothing, n), shape (*batch, n, bins); never quite 0."""
    low, high = bin_ends(edges)
    rho = rho[..., None, None]
    spread = (1 - rho.square()).sqrt()
    ends = [(end - rho * y[..., None]) / spread for end in (low, high)]
    # From the nearer tail, where differences of small numbers keep their digits.
    upper = ends[0] > 0
    a, b = torch.where(upper, -ends[1], ends[0]), torch.where(upper, -ends[0], ends[1])
    return (normal_cdf(b) - normal_cdf(a)).clamp_min(1e-300)
