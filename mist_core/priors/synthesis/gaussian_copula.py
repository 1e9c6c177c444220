"""Columns with few values, drawn beside others through a Gaussian copula cut at its quantiles.

A flow cannot be fitted to them: a map onto a few values has no inverse. Each is a latent normal
column cut into bins that have the values' shares; the latents depend on the standard normal
coordinates of what they stand beside by a linear regression.
"""

import torch
from torch import Tensor, nn

from mist_core.distributions.transforms.maps import normal_cdf

SHRINKAGE = 0.02
# Of a latent on the coordinates together: something is always left to chance.
LARGEST_SLOPE = 0.98


class DiscreteColumns(nn.Module):
    """Columns of few values given `beside` standard normal coordinates.

    Args:
        levels: how many values each column has.
        beside: coordinates that the latents depend on, at least 0.
    """

    def __init__(self, levels: tuple[int, ...], beside: int) -> None:
        super().__init__()
        self.levels, count = levels, len(levels)
        for column, number in enumerate(levels):
            self.register_buffer(f"edges_{column}", torch.zeros(number - 1))
            self.register_buffer(f"values_{column}", torch.zeros(number, dtype=torch.float64))
        self.register_buffer("slopes", torch.zeros(count, beside))
        self.register_buffer("factor", torch.eye(count))

    def edges(self, column: int) -> Tensor:
        """(levels - 1,) where the latent normal of a column is cut, increasing."""
        return getattr(self, f"edges_{column}")

    def values(self, column: int) -> Tensor:
        """(levels,) the values of the bins, float64."""
        return getattr(self, f"values_{column}")

    def codes(self, u: Tensor, *, generator: torch.Generator) -> Tensor:
        """(*batch, columns) bins given coordinates (*batch, beside); the rest is chance."""
        noise = torch.randn((*u.shape[:-1], len(self.levels)), generator=generator)
        latents = u.float() @ self.slopes.mT + noise @ self.factor.mT
        return self._cut(latents)

    def codes_given(self, carrier: int, codes: Tensor, *, generator: torch.Generator) -> Tensor:
        """(*batch, columns) bins given those of one column, (*batch,), without coordinates.

        The carrier's latent is drawn anew inside its bin, so that the others know of the rest of
        the world only what the bin tells.
        """
        covariance = self.factor @ self.factor.mT  # unit diagonal where there are no coordinates
        latent = draw_inside(self.edges(carrier), codes, generator)
        slopes = covariance[:, carrier]  # (columns,)
        rest = covariance - slopes[:, None] * slopes
        eye = torch.eye(len(self.levels))
        factor = torch.linalg.cholesky(rest + 1e-4 * eye)
        noise = torch.randn((*codes.shape, len(self.levels)), generator=generator)
        latents = latent[..., None] * slopes + noise @ factor.mT
        found = self._cut(latents)
        found[..., carrier] = codes
        return found

    def fit(self, columns: Tensor, u: Tensor) -> None:
        """Bins, slopes and correlations of columns (n, count) beside coordinates (n, beside)."""
        means = []
        for number, column in enumerate(columns.unbind(-1)):
            values, codes, counts = column.unique(return_inverse=True, return_counts=True)
            self.edges(number).copy_(torch.special.ndtri(counts.cumsum(0)[:-1] / len(column)))
            self.values(number).copy_(values)
            means.append(bin_means(self.edges(number))[codes].float())
        # A normal's covariance with a latent is that with its bins' means over their variance.
        means, u = torch.stack(means, -1), u.float()
        means = means / means.square().mean(0)
        gram = u.mT @ u / len(u) + SHRINKAGE * torch.eye(u.shape[-1])
        slopes = torch.linalg.solve(gram, u.mT @ means / len(u)).mT
        length = slopes.norm(dim=-1, keepdim=True)
        self.slopes.copy_(slopes * (LARGEST_SLOPE / length.clamp_min(LARGEST_SLOPE)))
        self.factor.copy_(_residual_factor(means.mT @ means / len(means), self.slopes))

    def _cut(self, latents: Tensor) -> Tensor:
        columns = latents.unbind(-1)
        codes = [
            torch.searchsorted(self.edges(k), column.contiguous())
            for k, column in enumerate(columns)
        ]
        return torch.stack(codes, -1)


def draw_inside(edges: Tensor, codes: Tensor, generator: torch.Generator) -> Tensor:
    """Standard normal draws inside the bins `codes` between `edges`, float32."""
    low, high = bin_ends(edges)
    low, high = normal_cdf(low[codes]), normal_cdf(high[codes])
    share = torch.rand(codes.shape, generator=generator, dtype=torch.float64)
    level = (low + (high - low) * share).clamp(1e-9, 1 - 1e-9)
    return torch.special.ndtri(level).float()


def bin_ends(edges: Tensor) -> tuple[Tensor, Tensor]:
    """(bins,) lower and upper ends, float64; the outermost are infinite."""
    infinity = torch.tensor([torch.inf], dtype=torch.float64)
    return torch.cat([-infinity, edges.double()]), torch.cat([edges.double(), infinity])


def bin_means(edges: Tensor) -> Tensor:
    """(bins,) mean of a standard normal in each bin, float64."""
    low, high = bin_ends(edges)
    density_low, density_high = (
        torch.exp(-end.square() / 2) / (2 * torch.pi) ** 0.5 for end in (low, high)
    )
    return (density_low - density_high) / (normal_cdf(high) - normal_cdf(low))


def _residual_factor(correlation: Tensor, slopes: Tensor) -> Tensor:
    """Cholesky factor of what the coordinates leave, so that every latent has variance 1."""
    correlation = correlation.clamp(-LARGEST_SLOPE, LARGEST_SLOPE)
    left = (correlation - slopes @ slopes.mT).double()
    wanted = 1 - slopes.double().square().sum(-1)
    left.diagonal().copy_(wanted)
    values, vectors = torch.linalg.eigh(left)  # estimates of correlations may not fit together
    possible = (vectors * values.clamp_min(SHRINKAGE * wanted.min())) @ vectors.mT
    scale = (wanted / possible.diagonal()).sqrt()
    return torch.linalg.cholesky(scale[:, None] * possible * scale).float()
