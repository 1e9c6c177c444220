"""Joint laws of (X, Y) that know their mutual information.

A law is a batch of distributions of one shape: its parameters carry leading batch dimensions,
its samples do too. Parameters and truths are float64; information is in nats.
"""

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.numerics.log_gamma import entropy_remainder, log_gamma_remainder
from mist_core.distributions.numerics.parameters import as_tensor, require, require_dim
from mist_core.distributions.numerics.positive_definite import (
    half_log_det,
    positive_definite_factor,
    squared_norm,
    symmetric_matrix,
)
from mist_core.errors import ParameterError


class Multinormal(Law):
    """Jointly normal X and Y with mean zero.

    I = (ln det S_xx + ln det S_yy - ln det S) / 2.

    Args:
        covariance: shape (*batch, dim_x + dim_y, dim_x + dim_y), symmetric positive definite.
        dim_x: how many of the leading columns are X.

    Raises:
        ParameterError: wrong shape, not symmetric, not finite, or not positive definite.
    """

    def __init__(self, covariance: Tensor, dim_x: int) -> None:
        covariance = symmetric_matrix(as_tensor(covariance, "covariance"))
        self.dim_x = require_dim(dim_x, "dim_x", most=covariance.shape[-1] - 1)
        self.dim_y = covariance.shape[-1] - dim_x
        self.batch_shape, self.device = covariance.shape[:-2], covariance.device
        self.covariance = covariance
        self._factor = positive_definite_factor(covariance)  # (*batch, D, D), lower
        self._factor_y = positive_definite_factor(covariance[..., dim_x:, dim_x:])

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        shape = (*self.batch_shape, require_dim(n_samples, "n_samples"), self.dim_x + self.dim_y)
        noise = torch.randn(shape, generator=generator, dtype=dtype, device=self.device)
        xy = noise @ self._factor.mT.to(dtype)
        return xy[..., : self.dim_x], xy[..., self.dim_x :]

    def mutual_information(self):
        # ln det S_xx is shared by both terms: the leading block of the factor factors S_xx.
        conditional = self._factor[..., self.dim_x :, self.dim_x :]
        return (half_log_det(self._factor_y) - half_log_det(conditional)).clamp_min(0)

    def pointwise_mutual_information(self, x, y):
        joint, only_x, only_y = self.squared_radii(x, y)
        return self.mutual_information()[..., None] + (only_x + only_y - joint) / 2

    def squared_radii(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Squared Mahalanobis norms of (x, y), of x and of y, each of shape (*batch, n)."""
        factor_x = self._factor[..., : self.dim_x, : self.dim_x]
        return (
            squared_norm(self._factor, torch.cat([x, y], dim=-1)),
            squared_norm(factor_x, x),
            squared_norm(self._factor_y, y),
        )


class StudentT(Law):
    """Multivariate Student law, centred at zero.

    I = I_normal(dispersion) + c(df, dim_x, dim_y), where with f(t) = t psi(t) - ln Gamma(t),
    a = df / 2, b_k = (df + k) / 2: c = f(b_x) + f(b_y) - f(b_xy) - f(a). Arellano-Valle,
    Contreras-Reyes and Genton, Scand. J. Stat. 40 (2013), doi:10.1111/j.1467-9469.2011.00774.x.

    Args:
        dispersion: shape (*batch, D, D), symmetric positive definite; the covariance is
            df / (df - 2) times it where df > 2.
        df: degrees of freedom, shape (*batch,) or a number, positive; infinity is the normal.
        dim_x: how many of the leading columns are X.

    Raises:
        ParameterError: as for `Multinormal`, or df that is not positive.
    """

    def __init__(self, dispersion: Tensor, df: float | Tensor, dim_x: int) -> None:
        dispersion = as_tensor(dispersion, "dispersion")
        df = as_tensor(df, "df", dispersion.device)
        require(df > 0, df, "df must be positive (infinity gives the normal law)")
        self.batch_shape = _common_batch(df.shape, dispersion.shape[:-2])
        self.df = df.expand(self.batch_shape)
        self._normal = Multinormal(
            dispersion.expand(*self.batch_shape, *dispersion.shape[-2:]), dim_x
        )
        self.dispersion = self._normal.covariance
        self.dim_x, self.dim_y = self._normal.dim_x, self._normal.dim_y
        self.device = dispersion.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        x, y = self._normal.sample(n_samples, generator=generator, dtype=dtype)
        normal = self.df.isinf()
        shape = torch.where(normal, 1.0, self.df / 2).to(dtype)[..., None]  # (*batch, 1)
        gamma = torch._standard_gamma(shape.expand(*self.batch_shape, n_samples), generator)
        # A chi-square draw below the smallest normal number would make the sample infinite.
        scale = (shape / gamma.clamp_min(torch.finfo(dtype).tiny)).sqrt()
        scale = torch.where(normal[..., None], 1.0, scale)[..., None]
        return x * scale, y * scale

    def mutual_information(self):
        half_x, half_y = self.dim_x / 2, self.dim_y / 2
        a = self.df / 2
        b_x, b_y, b_xy = a + half_x, a + half_y, a + half_x + half_y
        # f(t) = ln(t) / 2 + t + r(t): t cancels, and the logarithms join without cancellation.
        correction = torch.log1p(half_x * half_y / (a * b_xy)) / 2 + (
            entropy_remainder(b_x)
            + entropy_remainder(b_y)
            - entropy_remainder(b_xy)
            - entropy_remainder(a)
        )
        return self._normal.mutual_information() + correction

    def pointwise_mutual_information(self, x, y):
        joint, only_x, only_y = self._normal.squared_radii(x, y)
        return (
            self._normal.mutual_information()[..., None]
            + self._log_kernel(joint, self.dim_x + self.dim_y)
            - self._log_kernel(only_x, self.dim_x)
            - self._log_kernel(only_y, self.dim_y)
        )

    def _log_kernel(self, squared_radius: Tensor, dim: int) -> Tensor:
        """ln density of `dim` columns up to ln det and a term linear in `dim`; (*batch, n)."""
        df = self.df[..., None]
        a, b = df / 2, (df + dim) / 2
        # ln Gamma(b) - ln Gamma(a) - (dim / 2) ln a, by Stirling so that large df cannot cancel.
        remainder = log_gamma_remainder(b) - log_gamma_remainder(a)
        normaliser = (b - 0.5) * torch.log1p(dim / df) + remainder
        student = normaliser - b * torch.log1p(squared_radius / df)
        return torch.where(df.isinf(), dim / 2 - squared_radius / 2, student)


def _common_batch(df: torch.Size, dispersion: torch.Size) -> torch.Size:
    try:
        return torch.broadcast_shapes(df, dispersion)
    except RuntimeError as error:
        raise ParameterError(
            f"df and dispersion must broadcast; got batches {tuple(df)} and {tuple(dispersion)}."
        ) from error
