"""What every network answers: a mean and quantiles of the MI that cannot cross.

Letters: B datasets, F statistics, H hidden width, L quantile levels.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

# Every 5 %, and the tails.
LEVELS = torch.tensor(
    [0.005, 0.01, 0.025, *(k / 20 for k in range(1, 20)), 0.975, 0.99, 0.995], dtype=torch.float32
)
MEDIAN = len(LEVELS) // 2
# Quantiles are predicted of ln(MI + OFFSET): relative above it, absolute below (nats).
OFFSET = 0.02
# exp() of more would mean an MI of 3,000 nats: an untrained head, not a dataset.
LOG_MAX = 8.0


@dataclass(frozen=True)
class Prediction:
    """What a network says of B datasets.

    Attributes:
        mean: (B,) expected MI, nats, >= 0.
        log_quantiles: (B, L) quantiles of ln(MI + OFFSET) at LEVELS, ascending.
    """

    mean: Tensor
    log_quantiles: Tensor

    @property
    def quantiles(self) -> Tensor:
        """(B, L) quantiles of the MI at LEVELS, nats, ascending and never negative."""
        return (self.log_quantiles.exp() - OFFSET).clamp_min(0)


class QuantileHead(nn.Module):
    """Median plus cumulative softplus steps on ln(MI + OFFSET): quantiles cannot cross.

    The median has a linear path from the statistics, which hold logarithms of plug-in estimates, so
    the trunk only learns the correction. The mean is that of the quantile function times a
    correction.
    """

    def __init__(self, num_features: int, hidden_dim: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(hidden_dim)
        self.out = nn.Linear(hidden_dim, len(LEVELS) + 1)
        self.skip = nn.Linear(num_features, 1, bias=False)
        nn.init.zeros_(self.skip.weight)
        nn.init.normal_(self.out.weight, std=0.01)
        # Softplus of -2.5 is 0.08: twelve steps start the 99 % interval at a factor e each way.
        nn.init.constant_(self.out.bias[2:], -2.5)
        self.register_buffer("weights", _level_weights(), persistent=False)

    def forward(self, features: Tensor, hidden: Tensor) -> Prediction:
        out = self.out(self.norm(hidden)).float()  # (B, L + 1)
        median = out[:, :1] + self.skip(features).float()
        steps = functional.softplus(out[:, 2:])  # (B, L - 1)
        below = steps[:, :MEDIAN].flip(-1).cumsum(-1).flip(-1)
        above = steps[:, MEDIAN:].cumsum(-1)
        log_quantiles = torch.cat([median - below, median, median + above], -1).clamp_max(LOG_MAX)
        quantiles = (log_quantiles.exp() - OFFSET).clamp_min(0)
        mean = (quantiles * self.weights).sum(-1) * out[:, 1].clamp(-3, 3).exp()
        return Prediction(mean, log_quantiles)


def _level_weights() -> Tensor:
    """(L,) weights of the quantiles in their mean: the probability nearest to each level."""
    edges = torch.cat([torch.zeros(1), (LEVELS[1:] + LEVELS[:-1]) / 2, torch.ones(1)])
    return edges.diff()
