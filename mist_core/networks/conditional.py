"""The head of I(X;Y|Z): statistics of three sides in, a mean and a quantile function out.

Letters: B datasets, F statistics.
"""

import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from mist_core.checkpoint import Checkpoint, load_checkpoint
from mist_core.errors import WeightsError
from mist_core.networks import recalibration
from mist_core.networks.ensemble import Witness, pooled
from mist_core.networks.novelty import FamiliarityByRows
from mist_core.networks.quantiles import CENTRAL_90, LEVELS, MEDIAN, OFFSET, Prediction
from mist_core.statistics import conditional

ARCHITECTURE = "conditional"
# Place among the statistics of whether rows have an order in time.
IN_TIME = 6
# Place of the level that has to be above 0 before a lower end is; chosen on validation draws.
SURE = int((LEVELS - 0.01).abs().argmin())


@dataclass(frozen=True)
class ConditionalConfig:
    """Shape of a `ConditionalNetwork`: members, their width and residual blocks, and dropout."""

    members: int = 3
    hidden_dim: int = 160
    num_layers: int = 2
    dropout: float = 0.3


class ConditionalNetwork(nn.Module):
    """Members that read the same statistics; their quantiles are pooled, then widened as fitted."""

    def __init__(self, config: ConditionalConfig = ConditionalConfig()) -> None:
        super().__init__()
        self.config = config
        num_features, estimates = conditional.count(), conditional.estimates()
        self.register_buffer("feature_mean", torch.zeros(num_features))
        self.register_buffer("feature_scale", torch.ones(num_features))
        # Coefficients of `recalibration`: for rows without an order, and for rows in time order.
        shape = 2, recalibration.ROWS, recalibration.NUM_FEATURES
        self.register_buffer("spread", torch.zeros(shape))
        self.familiarity = FamiliarityByRows(num_features)
        everything = torch.arange(num_features)
        self.members = nn.ModuleList(
            Witness(everything, estimates, config.dropout, config.hidden_dim, config.num_layers)
            for _ in range(config.members)
        )

    def forward(self, features: Tensor) -> Prediction:
        """What all say together of B datasets, from their statistics (B, F)."""
        prediction = self.unstretched(features)
        phi = recalibration.features(
            features[:, :3], prediction.in_family, prediction.log_quantiles[:, MEDIAN]
        )
        plain, timed = (recalibration.stretched(prediction, phi, part) for part in self.spread)
        in_time = features[:, IN_TIME : IN_TIME + 1] > 0.5
        quantiles = torch.where(in_time, timed.log_quantiles, plain.log_quantiles)
        return replace(prediction, log_quantiles=sure(quantiles))

    def unstretched(self, features: Tensor) -> Prediction:
        """The same before its quantiles are moved apart."""
        standard = self.standardised(features)
        said = [member(standard, features) for member in self.members]
        own, others = said[0].log_quantiles, said[1:]
        if others:
            stacked = torch.stack([other.log_quantiles for other in others], 1)
            own = pooled(own, stacked, len(others))
        mean = torch.stack([one.mean for one in said]).mean(0)
        return Prediction(mean, own, in_family=self.familiarity(standard))

    def standardised(self, features: Tensor) -> Tensor:
        """Statistics on the training scale, softly bounded by 8 spreads."""
        z = (features - self.feature_mean) * self.feature_scale
        return z / (1 + (z / 8).square()).sqrt()

    def fit_inputs(self, features: Tensor) -> None:
        """Centre and scale statistics (D, F); those that never vary in training are ignored."""
        spread = features.double().std(0)
        self.feature_mean.copy_(features.double().mean(0))
        self.feature_scale.copy_(torch.where(spread > 1e-6, 1 / spread.clamp_min(1e-6), 0.0))

    @torch.no_grad()
    def fit_spread(self, features: Tensor, truth: Tensor) -> None:
        """Fit how wide quantiles lie to fresh draws, without and with an order of the rows."""
        in_time = features[:, IN_TIME] > 0.5
        for place, chosen in enumerate((~in_time, in_time)):
            prediction = self.unstretched(features[chosen])
            sizes, median = features[chosen][:, :3], prediction.log_quantiles[:, MEDIAN]
            phi = recalibration.features(sizes, prediction.in_family, median)
            with torch.enable_grad():
                fitted = recalibration.fit(prediction, phi, truth[chosen])
            self.spread[place].copy_(fitted)


def sure(log_quantiles: Tensor) -> Tensor:
    """Where the quantile at 1 % says nothing, no lower end of a 90 % interval says something.

    One in ten draws with nothing left would have a lower end above 0 otherwise; so one in 25.
    """
    none, low = math.log(OFFSET), CENTRAL_90[0] + 1
    doubtful = log_quantiles[:, SURE : SURE + 1] <= none
    ends = log_quantiles[:, :low]
    ends = torch.where(doubtful, ends.clamp_max(none), ends)
    return torch.cat([ends, log_quantiles[:, low:]], -1)


def load_conditional(path: str | Path) -> tuple[ConditionalNetwork, Checkpoint]:
    """The network of a weights file, in evaluation mode, and what else the file holds.

    Raises:
        WeightsError: no such file, damaged, or not of this version's statistics.
    """
    checkpoint = load_checkpoint(path)
    config = dict(checkpoint.card.get("config", {}))
    if config.pop("architecture", None) != ARCHITECTURE:
        raise WeightsError(
            f"{path}: config: expected the head of `conditional`, got other weights."
        )
    with torch.random.fork_rng(devices=[]):  # the initial weights are thrown away
        network = ConditionalNetwork(ConditionalConfig(**config))
    expected = network.state_dict()
    tensors = {
        name: tensor.to(expected[name].dtype) if name in expected else tensor
        for name, tensor in checkpoint.tensors.items()
    }
    try:
        network.load_state_dict(tensors, strict=True)
    except RuntimeError as error:
        raise WeightsError(f"{path}: made for other statistics; train it anew.") from error
    return network.requires_grad_(False).eval(), checkpoint


def config_dict(network: ConditionalNetwork) -> dict:
    """The config as a JSON-ready dict."""
    return {"architecture": ARCHITECTURE, **asdict(network.config)}
