"""Laws without a name, whose MI nobody knows: what a recogniser takes for strange while it learns.

Kinds alone teach it what tells one from another, not where they end. Beside what is none of them it
learns that, too (Hendrycks et al., 2019, arXiv 1812.04606, show it for pictures); as no truth is
needed, any law will do that can be drawn: random functions of hidden variables under random noise,
random mixtures of sources that are not normal, and `blends` of two known laws, which lie closer to
these than any other. Letters: B laws, n rows, k hidden variables.
"""

import numpy as np
import torch
from torch import Tensor

from mist_core.distributions.base import Law, Unmeasured
from mist_core.distributions.composite import Swapped
from mist_core.distributions.numerics.randomness import Source, log_uniform, normal
from mist_core.priors.blends import random_blends
from mist_core.priors.block import (
    Block,
    Request,
    Size,
    any_size,
    class_and_numbers,
    two_class_sides,
    up_to,
)
from mist_core.priors.random_functions import HIDDEN, SOURCES, Classes, Draw, Side, standard_normal

MOST_HIDDEN, MOST_COLUMNS = 4, 6


class Hidden(Unmeasured):
    """X and Y are random functions of the same hidden variables, under noise.

    Args:
        dim_x, dim_y: columns.
        count: B.
        source: of all randomness.
        classes_x, classes_y: whether a side is a class variable.
    """

    def __init__(
        self,
        dim_x: int,
        dim_y: int,
        count: int,
        source: Source,
        classes_x: bool = False,
        classes_y: bool = False,
    ) -> None:
        self.dim_x, self.dim_y = dim_x, dim_y
        self.batch_shape, self.device = torch.Size([count]), source.generator.device
        self.draw = HIDDEN[source.rng.integers(len(HIDDEN))]
        self.hidden = int(source.rng.integers(1, MOST_HIDDEN, endpoint=True))
        plain = source.rng.random() < 0.4
        self.hidden = max(self.hidden, dim_x) if plain else self.hidden
        self.x = Side(dim_x, self.hidden, plain, count, source)
        self.y = Side(dim_y, self.hidden, False, count, source)
        sides = ((classes_x, dim_x), (classes_y, dim_y))
        self.shown = [Classes(dim, count, source) if due else None for due, dim in sides]

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        hidden = self.draw((*self.batch_shape, n_samples, self.hidden), generator, dtype)
        sides = [side.sample(hidden, generator) for side in (self.x, self.y)]
        return tuple(s if c is None else c(s) for s, c in zip(sides, self.shown, strict=True))


class Mixed(Unmeasured):
    """X and Y mix the same sources and noise of other kinds, under common spreads or not.

    Args:
        dim_x, dim_y: columns.
        count: B.
        source: of all randomness.
    """

    def __init__(self, dim_x: int, dim_y: int, count: int, source: Source) -> None:
        rng = source.rng
        self.dim_x, self.dim_y = dim_x, dim_y
        self.batch_shape, self.device = torch.Size([count]), source.generator.device
        most = min(dim_x, dim_y) if rng.random() < 0.5 else 3
        self.sources = int(rng.integers(1, most, endpoint=True))
        self.draws = [SOURCES[k] for k in rng.integers(len(SOURCES), size=3)]
        alone = rng.random() < 0.5  # one source a column
        self.weights = [self._weights(dim, alone, source) for dim in (dim_x, dim_y)]
        self.noise = [log_uniform(source, 0.05, 1.5, count, 1, dim) for dim in (dim_x, dim_y)]
        self.power = log_uniform(source, 0.2, 1.2, count, 1, 1) * (rng.random() < 0.5)
        same = rng.random() < 0.5
        self.common = torch.ones_like(self.power) if same else normal(source, count, 1, 1).tanh()

    def _weights(self, dim: int, alone: bool, source: Source) -> Tensor:
        shape = (*self.batch_shape, self.sources, dim)
        weights = normal(source, *shape) * log_uniform(source, 0.05, 2, *shape)
        if not alone:
            return weights / self.sources**0.5
        return weights * (weights.abs() == weights.abs().amax(-2, keepdim=True))

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        def drawn(draw: Draw, columns: int) -> Tensor:
            return draw((*self.batch_shape, n_samples, columns), generator, dtype)

        hidden = drawn(self.draws[0], self.sources)
        levels = drawn(standard_normal, 2)
        first, common = levels[..., :1], self.common.to(levels)
        second = common * first + (1 - common.square()).sqrt() * levels[..., 1:]
        sides = []
        parts = (self.weights, self.noise, self.draws[1:], (first, second))
        for weights, noise, draw, level in zip(*parts, strict=True):
            side = hidden @ weights.to(hidden) + noise.to(hidden) * drawn(draw, weights.shape[-1])
            sides.append(side * (self.power.to(level) * level).exp())
        return tuple(sides)


def _often_single(more: Size, single: float) -> Size:
    """One column a side with this probability, else as `more` says."""

    def size(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
        return (1, 1) if rng.random() < single else more(left_x, left_y, rng)

    return size


def _hidden(asked: Request, **classes: bool) -> Hidden:
    return Hidden(asked.dim_x, asked.dim_y, asked.count, asked.source, **classes)


def _two_classes(asked: Request) -> Law:
    return _hidden(asked, classes_x=True, classes_y=True)


def _one_class(asked: Request) -> Law:
    """The class variable is the cause, or what it is told by."""
    if asked.source.rng.random() < 0.5:
        return _hidden(asked, classes_x=True)
    return Swapped(_hidden(asked.swapped(), classes_y=True))


def _mixed(asked: Request) -> Law:
    return Mixed(asked.dim_x, asked.dim_y, asked.count, asked.source)


STRANGERS: dict[str, Block] = {
    "strange-numbers": Block(
        "Random functions of hidden variables, under noise, on both sides.",
        _hidden,
        _often_single(up_to(MOST_COLUMNS), 0.45),
        weight=7,
    ),
    "strange-mixture": Block(
        "Random mixtures of the same sources, none of them normal.",
        _mixed,
        _often_single(any_size, 0.25),
        weight=6,
    ),
    "strange-blend": Block(
        "Two blocks of numbers as one.",
        random_blends,
        _often_single(up_to(MOST_COLUMNS), 0.5),
        weight=16,
    ),
    "strange-classes": Block(
        "Two class variables that tell hidden variables.",
        _two_classes,
        two_class_sides,
        numeric=False,
    ),
    "strange-class": Block(
        "A class variable on one side, random functions of what it tells on the other.",
        _one_class,
        class_and_numbers,
        weight=2,
        numeric=False,
    ),
}
