"""Columns with few values, drawn beside others through a Gaussian copula cut at its quantiles.

A flow cannot be fitted to them: a map onto a few values has no inverse. Each is a latent normal
column cut into bins that have the values' shares; the latents depend on the standard normal
coordinates of what they stand beside by a linear regression.
"""

import torch
from torch import Tensor, nn

from mist_core.transforms import normal_cdf

SHRINKAGE = 0.02


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

    def fit(self, columns: Tensor, u: Tensor, *, generator: torch.Generator) -> None:
        """Bins, slopes and correlations of columns (n, count) beside coordinates (n, beside)."""
        latents = []
        for number, column in enumerate(columns.unbind(-1)):
            values, codes, counts = column.unique(return_inverse=True, return_counts=True)
            shares = counts.cumsum(0)[:-1] / len(column)
            self.edges(number).copy_(torch.special.ndtri(shares))
            self.values(number).copy_(values)
            latents.append(draw_inside(self.edges(number), codes, generator))
        latents, u = torch.stack(latents, -1), u.float()
        gram = u.mT @ u / len(u) + SHRINKAGE * torch.eye(u.shape[-1])
        slopes = torch.linalg.solve(gram, u.mT @ latents / len(u)).mT
        # The latents are standard normal again: what the coordinates leave is chance.
        slopes = slopes / slopes.square().sum(-1, keepdim=True).clamp_min(1).sqrt() * 0.98
        self.slopes.copy_(slopes)
        self.factor.copy_(_residual_factor(latents - u @ slopes.mT, slopes))

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


def _residual_factor(residuals: Tensor, slopes: Tensor) -> Tensor:
    """Cholesky factor of the residuals' correlation, scaled so that latents have variance 1."""
    count = residuals.shape[-1]
    covariance = residuals.mT @ residuals / len(residuals) + SHRINKAGE * torch.eye(count)
    spread = covariance.diagonal().sqrt()
    wanted = (1 - slopes.square().sum(-1)).sqrt()
    scale = wanted / spread
    return torch.linalg.cholesky(scale[:, None] * covariance * scale)
