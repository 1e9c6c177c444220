"""Small networks beside the main one, each of which reads half of the statistics.

They learn from the same datasets, and on laws like those they agree with the main network. Under a
law that is new the halves tell different tales. So the answer is a linear pool of all (Stone,
1961), which widens to where they lie. Letters: B datasets, F statistics, M witnesses, L quantile
levels.
"""

import numpy as np
import torch
from torch import Tensor, nn

from mist_core.networks.layers import Residual
from mist_core.networks.quantiles import LEVELS, Prediction, QuantileHead, level_weights

WIDTH, LAYERS = 192, 2
# Chance of a block of statistics to be read by a witness.
SHARE = 0.45
# Of the main network in the pool; the witnesses share the rest.
MAIN_WEIGHT = 0.75


class Witness(nn.Module):
    """Quantiles from some of the statistics, or from all of them.

    Args:
        columns: places of the statistics it reads.
        estimates: places of the plug-in estimates among them, counted from the first of all.
        dropout: as in the main network.
        width, layers: of its trunk.
    """

    def __init__(
        self,
        columns: Tensor,
        estimates: Tensor,
        dropout: float,
        width: int = WIDTH,
        layers: int = LAYERS,
    ) -> None:
        super().__init__()
        self.register_buffer("columns", columns, persistent=False)
        self.register_buffer("estimates", estimates, persistent=False)
        self.embed = nn.Linear(len(columns), width)
        self.blocks = nn.ModuleList(Residual(width, dropout) for _ in range(layers))
        self.head = QuantileHead(width, len(estimates))

    def forward(self, standardised: Tensor, features: Tensor) -> Prediction:
        """What it says of B datasets, from statistics (B, F), standardised and as read."""
        hidden = self.embed(standardised[:, self.columns])
        for block in self.blocks:
            hidden = block(hidden)
        return self.head(hidden, features[:, self.estimates])


def read_by(blocks: tuple[str, ...], number: int) -> tuple[str, ...]:
    """The blocks of statistics that witness `number` reads: the first, and about half of the rest.

    The same ones whenever the same network is built.
    """
    chance = np.random.default_rng(number).random(len(blocks))
    return tuple(name for k, name in enumerate(blocks) if k == 0 or chance[k] < SHARE)


def pooled(main: Tensor, witnesses: Tensor, companions: int = 0) -> Tensor:
    """(B, L) quantiles of the mixture of all answers.

    Args:
        main: (B, L) quantiles of the main network.
        witnesses: (B, M, L) those of companions, then of witnesses.
        companions: how many of them are networks like the main one, with which they share alike.
    """
    few = witnesses.shape[1] - companions
    alike = MAIN_WEIGHT if few else 1.0
    share = [alike / (1 + companions)] * (1 + companions)
    share += [(1 - MAIN_WEIGHT) / few] * few if few else []
    weights = (main.new_tensor(share)[:, None] * level_weights().to(main)).flatten()  # (M + 1) L
    values = torch.cat([main[:, None], witnesses], 1).flatten(1)
    return mixture(values, weights.expand_as(values))


def mixture(values: Tensor, weights: Tensor) -> Tensor:
    """(B, L) quantiles of the law that gives values (B, K) the weights (B, K)."""
    values, order = values.sort(-1)
    weights = weights.gather(-1, order)
    middle = weights.cumsum(-1) - weights / 2  # the level of each value in the mixture
    levels = LEVELS.to(values).expand(len(values), -1).contiguous()
    right = torch.searchsorted(middle, levels).clamp(1, middle.shape[-1] - 1)
    ends = [(middle.gather(1, k), values.gather(1, k)) for k in (right - 1, right)]
    (level_0, value_0), (level_1, value_1) = ends
    part = ((levels - level_0) / (level_1 - level_0)).clamp(0, 1)
    return value_0 + part * (value_1 - value_0)
