"""What every law can do: sample, and tell its mutual information."""

import abc

import torch
from torch import Tensor


class Law(abc.ABC):
    """A batch of joint laws of X (dim_x columns) and Y (dim_y columns).

    Attributes:
        dim_x: columns of X.
        dim_y: columns of Y.
        batch_shape: shape of the batch; () for a single law.
        device: where the parameters live and the samples appear.
    """

    dim_x: int
    dim_y: int
    batch_shape: torch.Size
    device: torch.device

    @abc.abstractmethod
    def sample(
        self, n_samples: int, *, generator: torch.Generator, dtype: torch.dtype = torch.float64
    ) -> tuple[Tensor, Tensor]:
        """Draws n_samples independent pairs from each law.

        Args:
            n_samples: pairs a law, at least 1.
            generator: the only source of randomness, on the law's device.
            dtype: floating-point type of the samples.

        Returns:
            x of shape (*batch, n_samples, dim_x) and y of shape (*batch, n_samples, dim_y).
        """

    @abc.abstractmethod
    def mutual_information(self) -> Tensor:
        """I(X; Y) in nats, shape (*batch,), float64."""

    @abc.abstractmethod
    def pointwise_mutual_information(self, x: Tensor, y: Tensor) -> Tensor:
        """ln p(x, y) / (p(x) p(y)) in nats at points of the support.

        Args:
            x: shape (*batch, n, dim_x).
            y: shape (*batch, n, dim_y).

        Returns:
            Shape (*batch, n), float64.
        """

    def standard_error(self) -> Tensor:
        """Standard error of `mutual_information` in nats, shape (*batch,); 0 where exact."""
        return torch.zeros(self.batch_shape, dtype=torch.float64, device=self.device)


class Unmeasured(Law, abc.ABC):
    """A law that can be drawn, and nothing more: nobody knows its mutual information."""

    def mutual_information(self):
        return torch.full(self.batch_shape, torch.nan, dtype=torch.float64, device=self.device)

    def pointwise_mutual_information(self, x, y):
        return torch.full(x.shape[:-1], torch.nan, dtype=torch.float64, device=x.device)
