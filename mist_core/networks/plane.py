"""How far off neighbours are in the plane, and what their estimate makes of a network's answer.

Perceptrons read how the estimate changes with the number of neighbours, and centre and scale a
Student law about it, whatever law the rows are of. The answer is the mixture of two cases: the
network knows the law, and the truth is where both put it; or it does not, and neighbours alone
hold. Letters: B datasets, L quantile levels, K places.
"""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from mist_core.networks.beside import restored
from mist_core.networks.quantiles import (
    CENTRAL_90,
    LEVELS,
    OFFSET,
    Prediction,
    distribution,
    interpolated,
)
from mist_core.statistics.plane import COUNT, Estimates

NAME = "plane"
# Degrees of freedom of the law about the estimate; places where it is known, and how far they go.
FREEDOM, PLACES, FARTHEST = 4.0, 81, 12.0
# The scale of what a network errs by in ln(MI + OFFSET) under a law that is new to it, and the
# degrees of freedom of that error.
ASTRAY, NEW_FREEDOM = 0.25, 2.0
# Of the change from many neighbours to few, the most that still fewer would add.
MOST_ADDED = 3.0
# By how much the standard error may be off, a logarithm.
MOST_WIDER = 1.0
# A 90 % interval is so many scales of the former wide.
WIDTH = 4.26
# Above -OFFSET, where the logarithm ends.
LOWEST = -0.75 * OFFSET


@dataclass(frozen=True)
class PlaneConfig:
    """Shape of a `PlaneOpinion`, and how it is heard.

    Attributes:
        new: how probable it is, before the rows are seen, that a law is new to the network.
        shared: how much neighbours count where the network knows as much, as both err in part by
            the same rows. Both are chosen on draws of `general` laws.
        members, hidden_dim: perceptrons and their width.
    """

    new: float = 0.3
    shared: float = 0.1
    members: int = 4
    hidden_dim: int = 32


@dataclass(frozen=True)
class Located:
    """Student laws of the MI of B datasets: (B,) centres and scales, nats."""

    centre: Tensor
    scale: Tensor


class PlaneOpinion(nn.Module):
    """Perceptrons that say where about the estimate the truth lies; the mean of what they say."""

    def __init__(self, config: PlaneConfig = PlaneConfig()) -> None:
        super().__init__()
        self.config, h = config, config.hidden_dim
        self.register_buffer("feature_mean", torch.zeros(COUNT))
        self.register_buffer("feature_scale", torch.ones(COUNT))
        self.members = nn.ModuleList(
            nn.Sequential(
                nn.Linear(COUNT, h), nn.GELU(), nn.Linear(h, h), nn.GELU(), nn.Linear(h, 3)
            )
            for _ in range(config.members)
        )
        for member in self.members:
            nn.init.zeros_(member[-1].weight)
            nn.init.zeros_(member[-1].bias)

    def forward(self, found: Estimates) -> Located:
        """What all members say on average."""
        told = [self.of_member(number, found) for number in range(len(self.members))]
        return Located(
            torch.stack([one.centre for one in told]).mean(0),
            torch.stack([one.scale for one in told]).mean(0),
        )

    def of_member(self, number: int, found: Estimates) -> Located:
        """What one member says."""
        z = (found.statistics - self.feature_mean) * self.feature_scale
        out = self.members[number](z / (1 + (z / 8).square()).sqrt()).double()
        added, wider, of_change = out.unbind(-1)
        scale = found.error * (MOST_WIDER * wider.tanh()).exp()
        return Located(
            found.value + MOST_ADDED * (added - 1.5).sigmoid() * found.change,
            scale.hypot((of_change - 3).sigmoid() * found.change),
        )

    def fit_inputs(self, statistics: Tensor) -> None:
        """Centre and scale statistics (D, F)."""
        self.feature_mean.copy_(statistics.mean(0))
        self.feature_scale.copy_(1 / statistics.std(0).clamp_min(1e-6))


def log_density(located: Located, truth: Tensor) -> Tensor:
    """(B,) logarithm of the Student density at truths (B,), up to a constant."""
    return _student((truth - located.centre) / located.scale, FREEDOM).log() - located.scale.log()


def weighed(prediction: Prediction, located: Located, *, new: float, shared: float) -> Prediction:
    """The mixture of both cases, each as probable as the rows make it.

    All distribution functions are known at all quantiles of both, and linear between them.

    Args:
        prediction: of B datasets, on the CPU.
        located: what neighbours say.
        new, shared: see `PlaneConfig`.

    Returns:
        The mixture; `in_family` is at most the probability that the law is known.
    """
    own = prediction.log_quantiles.double()
    centre, scale = located.centre.unsqueeze(-1), located.scale.unsqueeze(-1)  # (B, 1)
    steps = FARTHEST * torch.linspace(-1, 1, PLACES, dtype=torch.float64).pow(3)
    places = ((centre + scale * steps).clamp_min(LOWEST) + OFFSET).log()
    at = torch.cat([own, places], -1).sort(-1).values  # (B, K)
    nats = at.exp() - OFFSET
    middle = (nats[:, 1:] + nats[:, :-1]) / 2
    of_own = distribution(own, at).diff(dim=-1)
    alone = _below((nats - centre) / scale).diff(dim=-1)  # (B, K - 1)
    of_own, alone = (m / m.sum(-1, keepdim=True).clamp_min(1e-300) for m in (of_own, alone))
    likely = _student((middle - centre) / scale, FREEDOM) / scale
    far = scale.hypot(ASTRAY * (middle + OFFSET))
    strange = new * (of_own * _student((middle - centre) / far, NEW_FREEDOM) / far).sum(-1)
    known = (1 - new) * (of_own * likely).sum(-1)
    is_new = (strange / (strange + known)).unsqueeze(-1)
    # Where the network knows less than neighbours, it has little of their error.
    q = prediction.quantiles.double()
    low, high = (q[:, end : end + 1] for end in CENTRAL_90)
    apart = 1 - (1 - shared) * (2 / (1 + ((high - low) / WIDTH / scale).square())).clamp_max(1)
    both = of_own * likely.pow(apart)
    both = both / both.sum(-1, keepdim=True).clamp_min(1e-300)
    mass = (1 - is_new) * both + is_new * alone
    below = torch.cat([torch.zeros_like(is_new), mass.cumsum(-1)], -1)
    quantiles = interpolated(LEVELS.double().expand(len(at), -1), below, at)
    moved = prediction.mean + ((both - of_own) * middle.clamp_min(0)).sum(-1)
    part = is_new.squeeze(-1)
    mean = ((1 - part) * moved + part * (alone * middle.clamp_min(0)).sum(-1)).clamp_min(0)
    assert prediction.in_family is not None
    return replace(
        prediction,
        mean=mean.to(prediction.mean),
        log_quantiles=quantiles.to(prediction.log_quantiles),
        in_family=torch.minimum(prediction.in_family, 1 - part.float()),
    )


def _student(z: Tensor, freedom: float) -> Tensor:
    """The density, up to a factor."""
    return (1 + z.square() / freedom).pow(-(freedom + 1) / 2)


def _below(z: Tensor) -> Tensor:
    """Distribution function of a Student law of 4 degrees of freedom."""
    root = (4 + z.square()).sqrt()
    return 0.5 + z / root * (1 + 2 / root.square()) / 2


def load_plane(path: str | Path) -> PlaneOpinion:
    """The opinion of a weights file, in evaluation mode; errors as of `restored`."""
    return restored(path, NAME, lambda config: PlaneOpinion(PlaneConfig(**config)))


def config_dict(network: PlaneOpinion) -> dict:
    """The config as a JSON-ready dict."""
    return {"architecture": NAME, **asdict(network.config)}
