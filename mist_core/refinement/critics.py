"""Cross-fitted critics: small networks that learn to tell pairs of rows from shuffled ones.

A critic is the log-ratio of the normal copula plus a perceptron with two hidden layers over
canonical coordinates, their waves and products. With the logistic loss it tends to ln p(x, y) /
p(x) p(y) (Sugiyama et al., 2012). One network a dataset and fold, all of them in batched products.
Letters as in `coordinates`; G = B K networks, H hidden units, S = 1 + shifts kinds of pairs, of
which the first is true.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from mist_core.refinement.coordinates import FOLDS, HIGHEST, Frame, Rows
from mist_core.refinement.shuffles import rolled
from mist_core.statistics.student import joint_radius

HIDDEN, WAVING = 64, 24
# Canonical pairs whose products are inputs.
PRODUCTS = 8
# Waves are given where a side has few columns; elsewhere they are learned by heart.
FREQUENCIES, FEW = (1.0, 2.0, 4.0, 8.0), 1
SHIFTS = 4
LEARNING_RATE = 6e-3
# Decay of the weights: 1 at so many rows, less where more rows keep critics from learning by heart.
DECAY_ROWS, MOST_DECAY, LEAST_DECAY = 2500, 3.0, 0.2
# Columns of both sides beyond which more columns ask for more rows.
MANY_COLUMNS = 12


@dataclass(frozen=True)
class Schedule:
    """How long critics learn.

    Attributes:
        steps: of gradient descent.
        rows: of a step, at most.
    """

    steps: int
    rows: int

    @property
    def marks(self) -> tuple[int, ...]:
        """Steps after which critics are scored: the earlier ones know less by heart."""
        return tuple(-(-self.steps // part) for part in (12, 3, 1))


@dataclass(frozen=True)
class _Pairs:
    """What critics read of m rows, true pairs and shifted ones.

    Attributes:
        sides, radii: of X and of Y, (G, m, d) canonical coordinates and (G, m, 1) squared radii.
        joint: (G, S, m, c) what a pair has together.
        normal: (G, S, m) log-ratio of the normal copula.
    """

    sides: list[Tensor]
    radii: list[Tensor]
    joint: Tensor
    normal: Tensor


class Critics:
    """G = B K critics of B datasets.

    Args:
        rows: of the datasets.
        frames: of the K folds.
        generator: on the CPU, of all randomness.
    """

    def __init__(self, rows: Rows, frames: list[Frame], generator: torch.Generator) -> None:
        self.rows, self.generator = rows, generator
        self.device = rows.white[0].device
        self.turns = [_by_group([f.turn[s] for f in frames]) for s in (0, 1)]  # (G, d, d)
        self.correlations = _by_group([f.correlations for f in frames])  # (G, k)
        self.parameters = self._initial()

    def train(self, schedule: Schedule, report: Callable[[int], bool]) -> Iterator[int]:
        """Learn; yields the number of steps done at each of the schedule's marks.

        Args:
            schedule: of the training.
            report: called with the steps done; False ends the training early.
        """
        places = self._places(min(schedule.rows, len(self.rows.train(0)) - 1), schedule.steps)
        columns = max(1.0, sum(side.shape[-1] for side in self.rows.white) / MANY_COLUMNS)
        decay = (DECAY_ROWS * columns / self.rows.n_samples) ** 0.5
        decay = min(max(decay, LEAST_DECAY), MOST_DECAY)
        optimizer = torch.optim.AdamW(
            self.parameters.values(), LEARNING_RATE, weight_decay=decay, foreach=True
        )
        for step, chosen in enumerate(places, 1):
            optimizer.param_groups[0]["lr"] = LEARNING_RATE * _rate(step / schedule.steps)
            shifts = 1 + torch.randperm(chosen.shape[-1] - 1, generator=self.generator)[:SHIFTS]
            with torch.enable_grad():
                values = self.values(chosen, shifts.tolist())
                true, false = values[:, 0], values[:, 1:]
                loss = functional.softplus(-true).mean(-1) + functional.softplus(false).mean((1, 2))
                optimizer.zero_grad()
                loss.sum().backward()
            optimizer.step()
            done = not report(step)
            if done or step in schedule.marks:
                yield step
            if done:
                return

    def values(self, places: Tensor, shifts: list[int]) -> Tensor:
        """(G, S, m) log-ratios of the rows at places (K, m) with themselves and shifted ones."""
        pairs = self._pairs(places, shifts)
        w = self.parameters
        of_u, of_v = (
            _inputs(side, radius) @ w[name]
            for side, radius, name in zip(pairs.sides, pairs.radii, ("in_x", "in_y"), strict=True)
        )  # (G, m, H)
        first = (of_u + w["bias"])[:, None] + rolled(of_v, shifts)
        first = first + _product(pairs.joint, w["in_pair"])  # (G, S, m, H)
        hidden = torch.cat([first[..., :WAVING].sin(), functional.gelu(first[..., WAVING:])], -1)
        second = functional.gelu(_product(hidden, w["middle"]) + w["middle_bias"].unsqueeze(1))
        out = _product(second, w["out"]) + _product(pairs.joint, w["out_pair"])
        return ((1 + w["normal"]) * pairs.normal + out.squeeze(-1)).clamp(-HIGHEST, HIGHEST)

    def normal(self, places: Tensor, shifts: list[int]) -> Tensor:
        """(G, S, m) log-ratios of the normal copula alone, which every critic starts from."""
        return self._pairs(places, shifts).normal.clamp(-HIGHEST, HIGHEST)

    def _pairs(self, places: Tensor, shifts: list[int]) -> "_Pairs":
        sides = [
            side[:, places].flatten(0, 1) @ turn
            for side, turn in zip(self.rows.white, self.turns, strict=True)
        ]
        k, rho = self.correlations.shape[-1], self.correlations[:, None, None]
        radii = [side.square().sum(-1, keepdim=True) for side in sides]  # (G, m, 1)
        own, others = sides[0][:, None, :, :k], rolled(sides[1][..., :k], shifts)
        extra = joint_radius(own, others, rho).unsqueeze(-1)  # (G, S, m, 1)
        joint = (radii[0][:, None] + rolled(radii[1], shifts) + extra).clamp_min(0)
        inputs = [(own * others)[..., :PRODUCTS], (joint / 4).log1p()]
        normal = -torch.log1p(-rho.square()).sum(-1) / 2 - extra.squeeze(-1) / 2
        return _Pairs(sides, radii, torch.cat(inputs, -1), normal)

    def _initial(self) -> dict[str, Tensor]:
        groups = len(self.correlations)
        widths = [_width(side.shape[-1]) for side in self.rows.white]
        pairs = min(PRODUCTS, self.correlations.shape[-1]) + 1

        def drawn(rows: int, columns: int, scale: float) -> Tensor:
            noise = torch.randn(groups, rows, columns, generator=self.generator)
            return (noise * scale / math.sqrt(max(rows, 1))).to(self.device).requires_grad_()

        return {
            "in_x": drawn(widths[0], HIDDEN, 1.0),
            "in_y": drawn(widths[1], HIDDEN, 1.0),
            "in_pair": drawn(pairs, HIDDEN, 0.5),
            "bias": drawn(1, HIDDEN, 1.0),
            "middle": drawn(HIDDEN, HIDDEN, 1.4),
            "middle_bias": drawn(1, HIDDEN, 0.1),
            "out": drawn(HIDDEN, 1, 0.02),
            "out_pair": drawn(pairs, 1, 0.0),
            "normal": drawn(1, 1, 0.0),
        }

    def _places(self, count: int, steps: int) -> Iterator[Tensor]:
        """(K, count) rows of each step; all rows of a fold come before any comes again."""
        train = torch.stack([self.rows.train(k)[: self._least] for k in range(FOLDS)])
        queue = torch.empty(FOLDS, 0, dtype=torch.long, device=self.device)
        for _ in range(steps):
            if queue.shape[1] < count:
                order = torch.randperm(train.shape[1], generator=self.generator).to(self.device)
                queue = train[:, order]
            yield queue[:, :count]
            queue = queue[:, count:]

    @property
    def _least(self) -> int:
        """Training rows of the smallest fold, so that folds can go together."""
        return min(len(self.rows.train(k)) for k in range(FOLDS))


def _product(values: Tensor, weights: Tensor) -> Tensor:
    """(G, S, m, a) by (G, a, b)."""
    return (values.flatten(1, 2) @ weights).unflatten(1, values.shape[1:3])


def _rate(share: float) -> float:
    """Share of the learning rate: a short warm-up, then a cosine."""
    return min(1.0, share / 0.05) * (0.02 + 0.98 * (1 + math.cos(math.pi * share)) / 2)


def _width(d: int) -> int:
    return d + 1 + (2 * len(FREQUENCIES) * d if d <= FEW else 0)


def _inputs(u: Tensor, radius: Tensor) -> Tensor:
    """(G, m, c) coordinates, radius and waves of one side."""
    parts = [u, (radius / 4).log1p()]
    if u.shape[-1] <= FEW:
        angles = torch.cat([u * frequency for frequency in FREQUENCIES], -1)
        parts += [angles.sin(), angles.cos()]
    return torch.cat(parts, -1)


def _by_group(of_folds: list[Tensor]) -> Tensor:
    """(B, ...) of each fold as (B K, ...), the folds of a dataset side by side."""
    return torch.stack(of_folds, 1).flatten(0, 1)
