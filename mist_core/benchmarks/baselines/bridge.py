"""A bridge of density ratios: from the joint law to independence by steps that are easy to tell."""

import math

import torch
from torch import Generator, Tensor
from torch.nn.functional import softplus

from mist_core.benchmarks.baselines.held_out import Critic, layers

SPANS = 6


class Bridge(Critic):
    """Log-ratios of the densities of neighbouring waymarks, one output a span.

    Waymark k pairs x with y_k = cos(t_k) y + sin(t_k) y', y' of another row: t runs from 0, the
    joint law, to pi/2, independence. Logistic regression tells neighbours apart; the log-ratio of
    both ends is the sum over the spans, and I(X;Y) its mean over real pairs.
    """

    def __init__(self, dim_x: int, dim_y: int):
        super().__init__()
        self.network = layers(dim_x + dim_y + SPANS, 1)
        self.angles = math.pi / 2 * torch.linspace(0, 1, SPANS + 1) ** 1.5

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """(SPANS, n) log-ratios of x (SPANS, n, dim_x) and y (SPANS, n, dim_y)."""
        span = torch.eye(SPANS).unsqueeze(1).expand(SPANS, x.shape[1], SPANS)
        return self.network(torch.cat([x, y, span], 2)).squeeze(2)

    def loss(self, x: Tensor, y: Tensor, generator: Generator) -> Tensor:
        """Mean logistic loss of telling each waymark from the next."""
        ways, x = self._waymarks(y, generator), x.expand(SPANS, *x.shape)
        near, far = self(x, ways[:-1]), self(x, ways[1:])
        return (softplus(-near) + softplus(far)).mean()

    def information(self, x: Tensor, y: Tensor, generator: Generator) -> Tensor:
        """Each ratio is scaled so that its mean over the farther waymark is 1, as it has to be."""
        ways, x = self._waymarks(y, generator), x.expand(SPANS, *x.shape)
        scale = torch.logsumexp(self(x, ways[1:]), 1) - math.log(x.shape[1])
        return (self(x, ways[:1].expand(SPANS, *y.shape)).mean(1) - scale).sum()

    def _waymarks(self, y: Tensor, generator: Generator) -> Tensor:
        """(SPANS + 1, n, dim_y), the first of them y itself."""
        other = y[torch.randperm(len(y), generator=generator)]
        angles = self.angles[:, None, None]
        return angles.cos() * y + angles.sin() * other
