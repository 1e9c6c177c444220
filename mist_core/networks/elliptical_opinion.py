"""How far normal and Student copulas are to be trusted beside a network's answer.

A network reads every law through the same statistics, and errs by a percent or two however many
rows there are. Where a copula fits, its own estimate errs by sd / sqrt(n). The answer is a mixture
of what the network says and of normal laws about both copulas' estimates, whose weights a few
perceptrons read from how well they fit. Letters: B datasets, F statistics, L quantile levels, C = 2
copulas.
"""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from mist_core.networks.beside import restored
from mist_core.networks.quantiles import (
    CENTRAL_90,
    LEVELS,
    MEDIAN,
    OFFSET,
    Prediction,
    distribution,
    interpolated,
)
from mist_core.statistics import elliptical, elliptical_given

# What is asked about, as it stands in a weights file, and how many statistics are read of it.
OF_PAIRS, GIVEN = "elliptical", "elliptical-given"
STATISTICS = {OF_PAIRS: elliptical.COUNT, GIVEN: elliptical_given.COUNT}
COPULAS = 2
# Numbers beside the statistics: of each copula, where its estimate lies among the network's
# quantiles, how much narrower it is, and its logarithm; of the network, its width and in_family.
BESIDE = 3 * COPULAS + 2
# Nats, below which no width counts.
LEAST_WIDTH = 1e-4
# By how much the standard errors and the estimates of copulas may be corrected: logarithm, and
# standard errors.
MOST_WIDER, MOST_SHIFT = 1.0, 1.0
# No copula is certain.
MOST_TRUST = 0.99


@dataclass(frozen=True)
class EllipticalConfig:
    """Shape of an `EllipticalOpinion`: members, their width, and dropout."""

    members: int = 6
    hidden_dim: int = 64
    dropout: float = 0.3


@dataclass(frozen=True)
class Trust:
    """What members say of B datasets.

    Attributes:
        weights: (B, 1 + C) of the network and of the copulas, which sum to 1.
        centres, scales: (B, C) of the normal laws about the copulas' estimates, nats.
    """

    weights: Tensor
    centres: Tensor
    scales: Tensor


class EllipticalOpinion(nn.Module):
    """Members that read how well copulas fit; what they say is averaged.

    Args:
        subject: a key of STATISTICS.
        config: its shape.
    """

    def __init__(self, subject: str, config: EllipticalConfig = EllipticalConfig()) -> None:
        super().__init__()
        self.subject, self.config = subject, config
        num_features, h = STATISTICS[subject] + BESIDE, config.hidden_dim
        self.register_buffer("feature_mean", torch.zeros(num_features))
        self.register_buffer("feature_scale", torch.ones(num_features))
        self.members = nn.ModuleList(
            nn.Sequential(
                nn.Linear(num_features, h),
                nn.GELU(),
                nn.Dropout(config.dropout),
                nn.Linear(h, h),
                nn.GELU(),
                nn.Dropout(config.dropout),
                nn.Linear(h, 1 + 3 * COPULAS),
            )
            for _ in range(config.members)
        )
        for member in self.members:
            nn.init.zeros_(member[-1].weight)
            nn.init.zeros_(member[-1].bias)

    def forward(self, features: Tensor, fits: elliptical.Fits) -> Trust:
        """What all members say on average, from `features` (B, F + BESIDE)."""
        told = [self.of_member(number, features, fits) for number in range(len(self.members))]
        parts = ([getattr(t, name) for t in told] for name in ("weights", "centres", "scales"))
        return Trust(*(torch.stack(part).mean(0) for part in parts))

    def of_member(self, number: int, features: Tensor, fits: elliptical.Fits) -> Trust:
        """What one member says."""
        z = (features - self.feature_mean) * self.feature_scale
        out = self.members[number](z / (1 + (z / 8).square()).sqrt())
        weights, wider, shift = out.split((1 + COPULAS, COPULAS, COPULAS), -1)
        weights = weights.softmax(-1) * MOST_TRUST
        weights = torch.cat([weights[:, :1] + 1 - MOST_TRUST, weights[:, 1:]], -1)
        scales = fits.errors.clamp_min(LEAST_WIDTH) * (MOST_WIDER * wider.tanh()).exp()
        centres = fits.estimates + MOST_SHIFT * shift.tanh() * fits.errors
        return Trust(weights, centres.clamp_min(0), scales)

    def fit_inputs(self, features: Tensor) -> None:
        """Centre and scale features (D, F + BESIDE)."""
        self.feature_mean.copy_(features.mean(0))
        self.feature_scale.copy_(1 / features.std(0).clamp_min(1e-6))


def features_of(prediction: Prediction, fits: elliptical.Fits) -> Tensor:
    """(B, F + BESIDE) how well copulas fit the rows, and the network's answer."""
    q = prediction.quantiles
    low, high = CENTRAL_90
    width = (q[:, high : high + 1] - q[:, low : low + 1]).clamp_min(LEAST_WIDTH)
    errors = (fits.beyond * fits.errors).clamp_min(LEAST_WIDTH)
    assert prediction.in_family is not None
    beside = [
        ((fits.estimates - q[:, MEDIAN : MEDIAN + 1]) / width).mul(3).asinh(),
        (errors / width).log(),
        (fits.estimates + OFFSET).log(),
        width.log(),
        prediction.in_family.unsqueeze(-1),
    ]
    return torch.cat([fits.statistics, *(part.float() for part in beside)], -1)


def log_density(prediction: Prediction, truth: Tensor) -> Tensor:
    """(B,) ln of the density of ln(MI + OFFSET) that quantiles stand for, at truths (B,), nats."""
    q = prediction.log_quantiles.double()
    at = (truth.double() + OFFSET).log().unsqueeze(-1)
    steps = q.diff(dim=-1).clamp_min(LEAST_WIDTH)
    levels = LEVELS.double()
    inside = torch.searchsorted(q.contiguous(), at).clamp(1, q.shape[-1] - 1) - 1
    dense = (levels.diff() / steps).gather(-1, inside).log()
    tails = (
        (q[:, :1] - at, (q[:, 2:3] - q[:, :1]).clamp_min(LEAST_WIDTH)),
        (at - q[:, -1:], (q[:, -1:] - q[:, -3:-2]).clamp_min(LEAST_WIDTH)),
    )
    for beyond, scale in tails:
        tail = (levels[0] / scale).log() - beyond / scale
        dense = torch.where(beyond > 0, tail, dense)
    return dense.squeeze(-1)


def log_likelihood(prediction: Prediction, trust: Trust, truth: Tensor) -> Tensor:
    """(B,) ln of the density of ln(MI + OFFSET) under the mixture, at truths (B,), nats."""
    z = (truth.unsqueeze(-1) - trust.centres) / trust.scales
    normal = -z.square() / 2 - trust.scales.log() - 0.919 + (truth + OFFSET).log().unsqueeze(-1)
    each = torch.cat([log_density(prediction, truth).to(normal).unsqueeze(-1), normal], -1)
    return (trust.weights.log() + each).logsumexp(-1)


def mixed(prediction: Prediction, trust: Trust) -> Prediction:
    """The mixture of the network's answer and of what the copulas say of B datasets.

    Its distribution function is known at all quantiles of the parts, and linear between them: with
    no trust in copulas the answer stays as it is.
    """
    own, steps = prediction.log_quantiles.double(), torch.special.ndtri(LEVELS.double())
    centres, scales = (t.double().unsqueeze(-1) for t in (trust.centres, trust.scales))
    copulas = ((centres + scales * steps).clamp_min(0) + OFFSET).log()  # (B, C, L)
    at = torch.cat([own, copulas.flatten(1)], -1).sort(-1).values  # (B, K)
    z = ((at.exp() - OFFSET).unsqueeze(1) - centres) / scales
    each = torch.cat([distribution(own, at).unsqueeze(1), torch.special.ndtr(z)], 1)
    below = (trust.weights.double().unsqueeze(-1) * each).sum(1)  # (B, K)
    quantiles = interpolated(LEVELS.double().expand(len(at), -1), below, at)
    means = torch.cat([prediction.mean.unsqueeze(-1), trust.centres], -1)
    return replace(
        prediction,
        mean=(trust.weights * means).sum(-1).to(prediction.mean),
        log_quantiles=quantiles.to(prediction.log_quantiles),
    )


def load_elliptical(path: str | Path, subject: str) -> EllipticalOpinion:
    """The opinion of a weights file, in evaluation mode; errors as of `restored`."""
    return restored(
        path, subject, lambda config: EllipticalOpinion(subject, EllipticalConfig(**config))
    )


def config_dict(network: EllipticalOpinion) -> dict:
    """The config as a JSON-ready dict."""
    return {"architecture": network.subject, **asdict(network.config)}
