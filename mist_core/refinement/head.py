"""The head of `refine`: what a network says and what critics prove, weighed into one posterior.

Its centre is a weighted mean of estimates; around it lie the network's quantiles, drawn together or
apart, and steps as wide as a weighted geometric mean of known scales, such as the deviation of the
log-ratio over sqrt(n). What it learns is which to trust, so that answers go on converging where
there are more rows than it ever saw. Letters: B datasets, F numbers of `evidence`, C estimates, D
scales, H hidden units, L quantile levels.
"""

import math
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from mist_core.checkpoint import load_checkpoint
from mist_core.errors import WeightsError
from mist_core.networks.quantiles import LEVELS, MEDIAN, level_weights
from mist_core.refinement.evidence import NUMBERS

# Nats: below it differences and scales count as none.
LEAST = 3e-4
OFFSET = 0.02
# Rows beyond this look like this many: what is learned of gaps and scales goes on.
MOST_ROWS = 30_000
NUM_ESTIMATES, NUM_SCALES = 9, 6


@dataclass(frozen=True)
class HeadConfig:
    """Shape of the head.

    Attributes:
        hidden_dim: H.
        members: heads that are averaged, each trained without a part of the draws.
        dropout: share of hidden units dropped in training.
    """

    hidden_dim: int = 32
    members: int = 8
    dropout: float = 0.2


@dataclass(frozen=True)
class Answer:
    """What a network says of B datasets: mean (B,), in_family (B,) and quantiles (B, L), nats."""

    mean: Tensor
    in_family: Tensor
    quantiles: Tensor


@dataclass(frozen=True)
class Reading:
    """Evidence and answer as the head reads them.

    Attributes:
        features: (B, I) of the order of 1.
        estimates: (B, C) nats.
        log_scales: (B, D) of nats.
        shape: (B, L) the network's quantiles less their median, nats.
    """

    features: Tensor
    estimates: Tensor
    log_scales: Tensor
    shape: Tensor

    def __getitem__(self, which: Tensor) -> "Reading":
        """Of some of the datasets."""
        return Reading(*(getattr(self, field.name)[which] for field in fields(self)))

    @staticmethod
    def joined(readings: list["Reading"]) -> "Reading":
        """Of several batches, one after another."""
        names = [field.name for field in fields(Reading)]
        return Reading(*(torch.cat([getattr(r, name) for r in readings]) for name in names))


def read(numbers: Tensor, answer: Answer) -> Reading:
    """What the head reads, from numbers (B, F) of `evidence` and a network's answer."""
    e = dict(zip(NUMBERS, numbers.float().unbind(-1), strict=True))
    q = answer.quantiles
    median = q[:, MEDIAN]
    optimism = e["train_late"] - e["bound_late"]
    estimates = torch.stack(
        [
            median,
            answer.mean,
            e["bound"],
            e["plug_in"],
            e["bound"] + optimism / 2,
            e["plug_in"] + (e["train_plug_in_late"] - e["plug_in_late"]) / 2,
            e["bound_student"],
            e["gaussian"],
            torch.zeros_like(median),
        ],
        -1,
    )
    rows = e["n_samples"]
    scales = torch.stack(
        [
            (q[:, -5] - q[:, 4]) / 2.56,
            e["deviation"] / rows.sqrt(),
            e["standard_error"],
            e["spread"] / math.sqrt(3),
            optimism.abs(),
            (e["bound"] - median).abs(),
        ],
        -1,
    )
    log_scales = scales.clamp(LEAST, 3.0).log()
    features = [
        (estimates.clamp_min(0) + OFFSET).log(),
        ((q[:, [1, 4, 8, 16, 20, 23]] - median[:, None]) / _at_least(scales[:, :1])).asinh(),
        ((estimates - median[:, None]) / _at_least(scales[:, :1])).asinh(),
        ((estimates - e["bound"][:, None]) / _at_least(scales[:, 2:3])).asinh(),
        log_scales,
        _bounds(e) - e["bound"][:, None].clamp(-1, 5),
        torch.stack([e[name] for name in NUMBERS if name.startswith("weight_")], -1).clamp(-3, 3),
        torch.stack(_sizes(e, rows, answer.in_family), -1),
    ]
    return Reading(torch.cat(features, -1), estimates, log_scales, q - median[:, None])


def _at_least(scale: Tensor) -> Tensor:
    return scale.clamp_min(LEAST)


def _bounds(e: dict[str, Tensor]) -> Tensor:
    names = [name for name in NUMBERS if name.startswith("bound_")]
    return torch.stack([e[name] for name in names], -1).clamp(-1, 5)


def _sizes(e: dict[str, Tensor], rows: Tensor, in_family: Tensor) -> list[Tensor]:
    few, many = rows.clamp_max(MOST_ROWS).log(), rows
    dims = [e[name].clamp_min(1).log() for name in ("dim_x", "dim_y", "rank_x", "rank_y")]
    sums = [dims[0] + dims[1], (dims[0] - dims[1]).abs(), dims[2] + dims[3]]
    load = ((e["dim_x"] + e["dim_y"]) / many).clamp_min(1e-4).log()
    strange = in_family.clamp(1e-3, 1 - 1e-3)
    return [
        few,
        load,
        *sums,
        strange.log(),
        (-strange).log1p(),
        e["df"].log() / 4,
        e["sample"].clamp_min(1e-5).log() / 4,
        (e["train_late"] - e["train_plug_in_late"]).clamp(-2, 2),
    ]


class RefineHead(nn.Module):
    """Members that each read the same; their quantiles are averaged, then widened as fitted.

    Args:
        config: see `HeadConfig`.
        num_features: I.
    """

    def __init__(self, config: HeadConfig, num_features: int) -> None:
        super().__init__()
        self.config = config
        self.members = nn.ModuleList(Member(config, num_features) for _ in range(config.members))
        self.register_buffer("shift", torch.zeros(num_features))
        self.register_buffer("scale", torch.ones(num_features))
        # By how much quantiles lie farther from the median than members say.
        self.register_buffer("stretch", torch.ones(()))
        self.register_buffer("weights", level_weights(), persistent=False)

    def forward(self, numbers: Tensor, answer: Answer) -> tuple[Tensor, Tensor]:
        """Mean (B,) and quantiles (B, L), ascending and at least 0, nats."""
        reading = read(numbers, answer)
        return self.told(
            torch.stack([self.of_member(k, reading) for k in range(len(self.members))]).mean(0)
        )

    def told(self, quantiles: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and quantiles, from what members say on average."""
        median = quantiles[:, MEDIAN, None]
        quantiles = (median + self.stretch * (quantiles - median)).clamp_min(0)
        return (quantiles * self.weights).sum(-1), quantiles

    def of_member(self, number: int, reading: Reading) -> Tensor:
        """(B, L) quantiles that one member says, which may be negative."""
        features = ((reading.features - self.shift) / self.scale).clamp(-4, 4)
        return self.members[number](features, reading)


class Member(nn.Module):
    """Two hidden layers, then weights of estimates and scales, widths, and steps of quantiles."""

    def __init__(self, config: HeadConfig, num_features: int) -> None:
        super().__init__()
        h = config.hidden_dim
        self.trunk = nn.Sequential(
            nn.Linear(num_features, h),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(h, h),
            nn.GELU(),
            nn.Dropout(config.dropout),
        )
        self.choice = nn.Linear(h, NUM_ESTIMATES)
        self.width = nn.Linear(h, NUM_SCALES + 2)
        self.steps = nn.Linear(h, len(LEVELS))
        normal = torch.special.ndtri(LEVELS.double()).float()
        with torch.no_grad():
            for layer in (self.choice, self.width, self.steps):
                layer.weight.mul_(0.1)
                layer.bias.zero_()
            # The network's answer at first, a little narrower, and some width of the scales' own.
            self.choice.bias[0] = 2.0
            self.width.bias[-2:] = torch.tensor([-0.3, -1.5])
            self.steps.bias[1:] = normal.diff().expm1().log()  # softplus gives normal quantiles

    def forward(self, features: Tensor, reading: Reading) -> Tensor:
        """(B, L) quantiles, ascending, from standardised features (B, I)."""
        hidden = self.trunk(features)
        centre = (self.choice(hidden).softmax(-1) * reading.estimates).sum(-1, keepdim=True)
        width = self.width(hidden)
        spread = width[:, -2:-1].exp() * reading.shape
        log_scale = (width[:, :-2].softmax(-1) * reading.log_scales).sum(-1) + width[:, -1]
        out = self.steps(hidden)
        steps = functional.softplus(out[:, 1:])
        below = steps[:, :MEDIAN].flip(-1).cumsum(-1).flip(-1)
        above = steps[:, MEDIAN:].cumsum(-1)
        zero = torch.zeros_like(out[:, :1])
        steps = out[:, :1] + torch.cat([-below, zero, above], -1)
        return centre + spread + log_scale.exp()[:, None] * steps


def load_head(path: str | Path) -> RefineHead:
    """The head of a weights file, in evaluation mode.

    Raises:
        WeightsError: no such file, damaged, or not a head of this version's evidence.
    """
    checkpoint = load_checkpoint(path)
    card = checkpoint.card
    if card.get("config", {}).get("architecture") != "refine-head":
        raise WeightsError(f"{path}: config: expected the head of `refine`, got other weights.")
    if tuple(card["numbers"]) != NUMBERS:
        raise WeightsError(f"{path}: numbers: made for other evidence; train the head anew.")
    config = {k: v for k, v in card["config"].items() if k != "architecture"}
    head = RefineHead(HeadConfig(**config), len(checkpoint.tensors["shift"]))
    head.load_state_dict(checkpoint.tensors, strict=True)
    return head.requires_grad_(False).eval()
