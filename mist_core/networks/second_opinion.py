"""A second opinion beside a network: what all rows' neighbours make of a law that may be new.

One of I(X;Y), heard beside every network, and one of I(X;Y|Z). Members learned from different
families, so that they differ where a family matters. Letters: B datasets, F statistics, L quantile
levels.
"""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from mist_core.networks.beside import restored
from mist_core.networks.ensemble import Witness, mixture, pooled
from mist_core.networks.quantiles import CENTRAL_90, MEDIAN, OFFSET, Prediction, level_weights


@dataclass(frozen=True)
class Subject:
    """What is asked about: its name in a weights file, F, and the places of ln(estimates)."""

    name: str
    num_features: int
    estimates: tuple[int, ...]


# The scale of what a network errs by in ln(MI + OFFSET) under a law that is new to it.
ASTRAY = 0.25
# Degrees of freedom of the Student densities that weigh the answers: of a known law, of a new one.
KNOWN_TAIL, NEW_TAIL = 4.0, 2.0
# A 90 % interval is so many scales of the former wide.
WIDTH = 4.26
LEAST_SCALE = 0.01


@dataclass(frozen=True)
class SecondOpinionConfig:
    """Shape of a `SecondOpinion`, and how it is heard.

    Attributes:
        new: how probable it is, before the rows are seen, that a law is new to the network.
        shared: how much it counts where the network knows the law, as both err in part by the same
            rows. Both are chosen on draws.
        members, hidden_dim, num_layers, dropout: members, their width and residual blocks.
    """

    new: float = 0.1
    shared: float = 0.7
    members: int = 6
    hidden_dim: int = 64
    num_layers: int = 2
    dropout: float = 0.05


class SecondOpinion(nn.Module):
    """Members that read the neighbours' estimates; their quantiles are pooled."""

    def __init__(
        self, subject: Subject, config: SecondOpinionConfig = SecondOpinionConfig()
    ) -> None:
        super().__init__()
        self.subject, self.config = subject, config
        self.register_buffer("feature_mean", torch.zeros(subject.num_features))
        self.register_buffer("feature_scale", torch.ones(subject.num_features))
        everything = torch.arange(subject.num_features)
        estimates = torch.tensor(subject.estimates)
        self.members = nn.ModuleList(
            Witness(everything, estimates, config.dropout, config.hidden_dim, config.num_layers)
            for _ in range(config.members)
        )

    def forward(self, features: Tensor) -> Tensor:
        """(B, L) quantiles of ln(MI + OFFSET), from statistics (B, F)."""
        standard = self.standardised(features)
        first, *others = (member(standard, features).log_quantiles for member in self.members)
        return pooled(first, torch.stack(others, 1), len(others)) if others else first

    def standardised(self, features: Tensor) -> Tensor:
        """Statistics on the training scale, softly bounded by 8 spreads."""
        z = (features - self.feature_mean) * self.feature_scale
        return z / (1 + (z / 8).square()).sqrt()

    def fit_inputs(self, features: Tensor) -> None:
        """Centre and scale statistics (D, F)."""
        self.feature_mean.copy_(features.mean(0))
        self.feature_scale.copy_(1 / features.std(0).clamp_min(1e-6))


def weighed(prediction: Prediction, other: Tensor, *, new: float, shared: float) -> Prediction:
    """The answer of a network and the second opinion, each as probable as the rows make it.

    Either the law is one that the network knows: then the truth is where the network puts it, and
    no farther from the second opinion than that errs. Or it is new, and the network is astray: then
    the second opinion alone holds. By Bayes' rule the distance of both tells which; the answer is
    the mixture.

    Args:
        prediction: of B datasets.
        other: (B, L) quantiles of the second opinion of ln(MI + OFFSET).
        new, shared: see `SecondOpinionConfig`.

    Returns:
        The mixture; `in_family` is at most the probability that the law is known.
    """
    own, other = prediction.log_quantiles.double(), other.double()
    low, high = (other[:, end : end + 1] for end in CENTRAL_90)
    distance = own - other[:, MEDIAN : MEDIAN + 1]  # (B, L)
    scale = ((high - low) / WIDTH).clamp_min(LEAST_SCALE)
    weights = level_weights().to(own)
    likely = _student(distance, scale, KNOWN_TAIL)
    known = (weights * likely).sum(-1)
    far = scale.hypot(scale.new_tensor(ASTRAY))
    strange = new * (weights * _student(distance, far, NEW_TAIL)).sum(-1)
    is_new = (strange / (strange + (1 - new) * known)).unsqueeze(-1)  # (B, 1)
    both = weights * likely.pow(shared)
    both = both / both.sum(-1, keepdim=True)
    quantiles = mixture(
        torch.cat([own, other], -1), torch.cat([(1 - is_new) * both, is_new * weights], -1)
    )
    moved = prediction.mean + _mean(own, both) - _mean(own, weights)
    part = is_new.squeeze(-1)
    return replace(
        prediction,
        mean=((1 - part) * moved + part * _mean(other, weights)).clamp_min(0).to(prediction.mean),
        log_quantiles=quantiles.to(prediction.log_quantiles),
        in_family=torch.minimum(prediction.in_family, 1 - part).to(prediction.in_family),
    )


def _mean(log_quantiles: Tensor, weights: Tensor) -> Tensor:
    """(B,) nats, of quantiles (B, L) of ln(MI + OFFSET)."""
    return ((log_quantiles.exp() - OFFSET).clamp_min(0) * weights).sum(-1)


def _student(distance: Tensor, scale: Tensor, freedom: float) -> Tensor:
    """The density at a distance, up to a factor that `new` makes up for."""
    return (1 + (distance / scale).square() / freedom).pow(-(freedom + 1) / 2) / scale


def load_second_opinion(path: str | Path, subject: Subject) -> SecondOpinion:
    """The opinion of a weights file, in evaluation mode; errors as of `restored`."""
    return restored(
        path, subject.name, lambda config: SecondOpinion(subject, SecondOpinionConfig(**config))
    )


def config_dict(network: SecondOpinion) -> dict:
    """The config as a JSON-ready dict."""
    return {"architecture": network.subject.name, **asdict(network.config)}
