"""What every network answers: a mean and quantiles of the MI that cannot cross.

Letters: B datasets, C estimates, H hidden width, L quantile levels.
"""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from mist_core.statistics.scaling import LOG_FLOOR

# Every 5 %, and the tails.
LEVELS = torch.tensor(
    [0.005, 0.01, 0.025, *(k / 20 for k in range(1, 20)), 0.975, 0.99, 0.995], dtype=torch.float32
)
MEDIAN = len(LEVELS) // 2
# Places of 5 % and 95 %.
CENTRAL_90 = tuple(int((LEVELS - level).abs().argmin()) for level in (0.05, 0.95))
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
        in_family: (B,) in [0, 1], how much the data resemble what the network was trained on; None
            while it learns.
        witnesses: (B, M, L) quantiles of the `witnesses` while they learn; None later.
        kinds: (B + S, R, C) log odds of the R readers of `recognition` while they learn, those of S
            strange datasets last; None later.
    """

    mean: Tensor
    log_quantiles: Tensor
    in_family: Tensor | None = None
    witnesses: Tensor | None = None
    kinds: Tensor | None = None

    @property
    def quantiles(self) -> Tensor:
        """(B, L) quantiles of the MI at LEVELS, nats, ascending and never negative."""
        return (self.log_quantiles.exp() - OFFSET).clamp_min(0)

    def cpu(self) -> "Prediction":
        """The answer on the CPU, once the network has learned."""
        assert self.in_family is not None
        return Prediction(self.mean.cpu(), self.log_quantiles.cpu(), self.in_family.cpu())

    def where(self, holds: Tensor, other: "Prediction") -> "Prediction":
        """The answer of `other` where `holds` (B,), on this one's device; elsewhere this one."""
        assert self.in_family is not None and other.in_family is not None
        device = self.mean.device
        holds = holds.to(device)
        return replace(
            self,
            mean=torch.where(holds, other.mean.to(device), self.mean),
            log_quantiles=torch.where(
                holds[:, None], other.log_quantiles.to(device), self.log_quantiles
            ),
            in_family=torch.where(holds, other.in_family.to(device), self.in_family),
        )


class QuantileHead(nn.Module):
    """Median plus cumulative softplus steps on ln(MI + OFFSET): quantiles cannot cross.

    The median is a correction of a weighted mean of plug-in estimates, the weights chosen for each
    dataset: an estimate that suits the law passes on all its digits, where a perceptron alone would
    have to learn to copy them. The mean is that of the quantile function times a correction.

    Args:
        hidden_dim: H.
        num_estimates: C, the plug-in estimates; that there is no information is one more.
    """

    def __init__(self, hidden_dim: int, num_estimates: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(hidden_dim)
        self.out = nn.Linear(hidden_dim, len(LEVELS) + 1)
        self.choice = nn.Linear(hidden_dim, num_estimates + 1)
        nn.init.zeros_(self.choice.weight)
        nn.init.zeros_(self.choice.bias)
        nn.init.normal_(self.out.weight, std=0.01)
        # Softplus of -2.5 is 0.08: twelve steps start the 99 % interval at a factor e each way.
        nn.init.constant_(self.out.bias[2:], -2.5)
        self.register_buffer("weights", level_weights(), persistent=False)

    def forward(self, hidden: Tensor, log_estimates: Tensor) -> Prediction:
        """Predict from hidden (B, H) and the estimates on the scale of `log_information` (B, C)."""
        # Half precision would round what is to be passed on.
        with torch.autocast(hidden.device.type, enabled=False):
            hidden = self.norm(hidden.float())
            out = self.out(hidden)  # (B, L + 1)
            weights = self.choice(hidden).softmax(-1)  # (B, C + 1)
            none = log_estimates.new_full((len(hidden), 1), math.log(LOG_FLOOR))
            log_estimates = torch.cat([log_estimates, none], -1)
            median = out[:, :1] + (weights * log_estimates).sum(-1, keepdim=True)
        steps = functional.softplus(out[:, 2:])  # (B, L - 1)
        below = steps[:, :MEDIAN].flip(-1).cumsum(-1).flip(-1)
        above = steps[:, MEDIAN:].cumsum(-1)
        log_quantiles = torch.cat([median - below, median, median + above], -1).clamp_max(LOG_MAX)
        quantiles = (log_quantiles.exp() - OFFSET).clamp_min(0)
        mean = (quantiles * self.weights).sum(-1) * out[:, 1].clamp(-3, 3).exp()
        return Prediction(mean, log_quantiles)


def level_weights() -> Tensor:
    """(L,) weights of the quantiles in their mean: the probability nearest to each level."""
    edges = torch.cat([torch.zeros(1), (LEVELS[1:] + LEVELS[:-1]) / 2, torch.ones(1)])
    return edges.diff()


def distribution(quantiles: Tensor, at: Tensor) -> Tensor:
    """(B, K) probability below `at` (B, K) of a law with these quantiles (B, L).

    Linear between them; beyond the outermost, where hardly anything is left, as good as 0 and 1.
    """
    levels = LEVELS.to(quantiles).expand(len(quantiles), -1)
    inside = interpolated(at, quantiles, levels)
    low, high = at < quantiles[:, :1], at > quantiles[:, -1:]
    return torch.where(low, levels[:, :1] / 2, torch.where(high, 1 - levels[:, :1] / 2, inside))


def interpolated(at: Tensor, places: Tensor, values: Tensor) -> Tensor:
    """(B, K) values (B, N) at ascending places (B, N), linear between them, constant beyond."""
    right = torch.searchsorted(places.contiguous(), at.contiguous()).clamp(1, places.shape[1] - 1)
    (a, b), (low, high) = ((t.gather(1, right - 1), t.gather(1, right)) for t in (places, values))
    share = ((at - a) / (b - a).clamp_min(1e-12)).clamp(0, 1)
    return low + share * (high - low)
