"""Mixtures of normals in the plane: density, margins and truth without Monte Carlo."""

import math

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.mixtures import GaussianMixture
from mist_core.distributions.noisy import LN_2_PI, REACH, log_normal, surprise

STEP = 0.5  # of the quadrature, in units of the least deviation in any direction
ELEMENTS_AT_ONCE = 2**20


class PlanarMixture(Law):
    """Equally likely normal components, one column a side.

    I = h(X) + h(Y) - h(X, Y), each by the trapezoidal rule, which for densities as smooth as these
    errs by less than 1e-6 nats.

    Args:
        means: shape (K, 2).
        covariances: shape (K, 2, 2), symmetric positive definite.

    Raises:
        ParameterError: as `GaussianMixture`, which draws the rows.
    """

    dim_x = dim_y = 1
    batch_shape = torch.Size()

    def __init__(self, means: Tensor, covariances: Tensor) -> None:
        self._drawn = GaussianMixture(torch.ones(len(means)), means, covariances, 1)
        self.device = self._drawn.device
        self.means, self.covariances = means.double(), covariances.double()
        self._information: Tensor | None = None

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        return self._drawn.sample(n_samples, generator=generator, dtype=dtype)

    def pointwise_mutual_information(self, x, y):
        return self._drawn.pointwise_mutual_information(x, y)

    def mutual_information(self):
        if self._information is None:
            (x, wide), (y, high) = (self._nodes(side) for side in (0, 1))
            rows = max(1, ELEMENTS_AT_ONCE // (len(y) * len(self.means)))
            joint = sum(surprise(self.log_joint(part[:, None], y)).sum() for part in x.split(rows))
            alone = [surprise(margin).sum() for margin in self.log_margins(x, y)]
            total = wide * alone[0] + high * alone[1] - wide * high * joint
            self._information = total.clamp_min(0)
        return self._information

    def log_joint(self, x: Tensor, y: Tensor) -> Tensor:
        """ln p(x, y) at points whose shapes broadcast."""
        x, y = x.double()[..., None] - self.means[:, 0], y.double()[..., None] - self.means[:, 1]
        across, both, up = (self.covariances[:, i, j] for i, j in ((0, 0), (0, 1), (1, 1)))
        determinant = across * up - both.square()
        distance = (up * x.square() - 2 * both * x * y + across * y.square()) / determinant
        parts = -distance / 2 - determinant.log() / 2 - LN_2_PI
        return parts.logsumexp(-1) - math.log(len(self.means))

    def log_margins(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """ln p(x) and ln p(y)."""
        return tuple(
            log_normal(
                at.double()[..., None] - self.means[:, side],
                self.covariances[:, side, side].sqrt(),
            ).logsumexp(-1)
            - math.log(len(self.means))
            for side, at in enumerate((x, y))
        )

    def _nodes(self, side: int) -> tuple[Tensor, float]:
        """Where the quadrature looks along one axis, and how far apart."""
        deviation = self.covariances[:, side, side].sqrt()
        low = (self.means[:, side] - REACH * deviation).min()
        high = (self.means[:, side] + REACH * deviation).max()
        narrowest = torch.linalg.eigvalsh(self.covariances).min().sqrt()
        count = math.ceil((high - low) / (STEP * narrowest)) + 1
        nodes = torch.linspace(float(low), float(high), count, dtype=torch.float64)
        return nodes, float(nodes[1] - nodes[0])
