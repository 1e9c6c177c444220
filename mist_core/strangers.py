"""Laws without a name, whose MI nobody knows: what a recogniser takes for strange while it learns.

Kinds alone teach it what tells one from another, not where they end. Beside what is none of them it
learns that, too (Hendrycks et al., 2019, arXiv 1812.04606, show it for pictures); as no truth is
needed, any law will do that can be drawn: random functions of hidden variables under random noise,
and random mixtures of sources that are not normal. Letters: B laws, n rows, k hidden variables.
"""

import abc
import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mist_core.distributions import Law
from mist_core.general_blocks import (
    Block,
    Size,
    any_size,
    class_and_numbers,
    two_class_sides,
    up_to,
)
from mist_core.meta_distribution import Source
from mist_core.orientation import Swapped
from mist_core.random_parameters import log_uniform, normal

MOST_HIDDEN, MOST_LAYERS, MOST_UNITS, MOST_COLUMNS, MOST_CODES = 4, 3, 6, 6, 12
LEAST_UNIFORM = 1e-6  # keeps logarithms finite

Shape = tuple[int, ...]
Draw = Callable[[Shape, torch.Generator, torch.dtype], Tensor]

ACTIVATIONS: tuple[Callable[[Tensor], Tensor], ...] = (
    lambda u: (2 * u).tanh(),
    lambda u: (2.5 * u).sin(),
    torch.abs,
    torch.relu,
    lambda u: u.square().clamp_max(50),
    lambda u: (u > 0).to(u),
    torch.frac,
    lambda u: (-2 * u.square()).exp(),
    lambda u: u.clamp(-4, 4).exp(),
    lambda u: u * u.roll(1, -1),
    lambda u: torch.maximum(u, u.roll(1, -1)),
)


def _uniform(shape: Shape, generator: torch.Generator, dtype: torch.dtype) -> Tensor:
    drawn = torch.rand(shape, generator=generator, dtype=dtype, device=generator.device)
    return drawn.clamp(LEAST_UNIFORM, 1 - LEAST_UNIFORM)


def _normal(shape: Shape, generator: torch.Generator, dtype: torch.dtype) -> Tensor:
    return torch.randn(shape, generator=generator, dtype=dtype, device=generator.device)


def _integers(most: int, shape: Shape, generator: torch.Generator, dtype: torch.dtype) -> Tensor:
    drawn = torch.randint(0, most, shape, generator=generator, device=generator.device)
    return drawn.to(dtype)


def _exponential(*how) -> Tensor:
    return -_uniform(*how).log() - 1


def _heavy(*how) -> Tensor:
    return _normal(*how) / _normal(*how).abs().clamp_min(0.15)


# Hidden variables, and the noise beside what they make.
HIDDEN: tuple[Draw, ...] = (
    _normal,
    _normal,
    lambda *how: 3.46 * (_uniform(*how) - 0.5),
    _heavy,
    _exponential,
    lambda *how: 0.3 * _normal(*how) + _integers(3, *how) - 1,  # three clusters
    lambda *how: 2 * _integers(2, *how) - 1,  # signs
)
# Sources to be mixed: none of them normal, nor uniform, so that no mixture is a law with a name.
SOURCES: tuple[Draw, ...] = (
    _exponential,
    lambda *how: _exponential(*how) - _exponential(*how),  # Laplace
    lambda *how: _exponential(*how) + _exponential(*how),  # gamma
    lambda *how: 1.41 * (math.pi * _uniform(*how)).cos(),  # arcsine
    lambda *how: (0.8 * _normal(*how)).exp() - 1.38,  # log-normal
    lambda *how: 0.5 * _normal(*how) + 2 * _integers(2, *how) - 1,  # two humps
    lambda *how: 2.45 * (_uniform(*how) + _uniform(*how) - 1),  # triangular
    lambda *how: _normal(*how) * _normal(*how),  # peaked, with heavy tails
)


class Stranger(Law, abc.ABC):
    """A law that can be drawn, and nothing more."""

    def mutual_information(self):
        return torch.full(self.batch_shape, torch.nan, dtype=torch.float64, device=self.device)

    def pointwise_mutual_information(self, x, y):
        return torch.full(x.shape[:-1], torch.nan, dtype=torch.float64, device=x.device)


class RandomNetwork:
    """(B, n, inputs) to (B, n, outputs): a function of random form, other weights for each law.

    Args:
        inputs, outputs: columns.
        count: B.
        source: of all randomness.
    """

    def __init__(self, inputs: int, outputs: int, count: int, source: Source) -> None:
        rng, units = source.rng, int(source.rng.integers(1, MOST_UNITS, endpoint=True))
        self.layers = []
        for _ in range(rng.integers(1, MOST_LAYERS, endpoint=True)):
            weight = normal(source, count, inputs, units) / inputs**0.5
            gain = math.exp(rng.uniform(math.log(0.5), math.log(3)))
            shift = 0.7 * normal(source, count, 1, units)
            activation = ACTIVATIONS[rng.integers(len(ACTIVATIONS))]
            self.layers.append((gain * weight, shift, activation))
            inputs = units
        self.out = normal(source, count, inputs, outputs)
        if rng.random() < 0.5:  # each output is one unit
            unit = normal(source, count, inputs, outputs).argmax(1)
            self.out = self.out.sign() * functional.one_hot(unit, inputs).mT

    def __call__(self, hidden: Tensor) -> Tensor:
        for weight, shift, activation in self.layers:
            hidden = _unit_spread(activation(hidden @ weight.to(hidden) + shift.to(hidden)))
        return _unit_spread(hidden @ self.out.to(hidden))


def _unit_spread(columns: Tensor) -> Tensor:
    """(B, n, d) columns with mean 0 and spread 1; constant ones stay constant."""
    centred = columns - columns.mean(-2, keepdim=True)
    return centred / centred.square().mean(-2, keepdim=True).sqrt().clamp_min(1e-3)


class Side:
    """What one side shows of the hidden variables.

    Args:
        columns: of this side.
        hidden: k; its variables are shown as they are if they are as many as the columns.
        plain: whether to do so.
        count, source: as in `RandomNetwork`.
    """

    def __init__(self, columns: int, hidden: int, plain: bool, count: int, source: Source) -> None:
        def network() -> RandomNetwork:
            return RandomNetwork(hidden, columns, count, source)

        rng, self.columns = source.rng, columns
        self.signal = None if plain else network()
        self.gain = network() if rng.random() < 0.25 else None
        self.kept = float(rng.choice([0.0, 0.3]))  # of the signal, where it is the noise's gain
        self.noise = HIDDEN[rng.integers(len(HIDDEN))]
        self.spread = log_uniform(source, 0.02, 2, count, 1, 1) * (rng.random() < 0.75)

    def sample(self, hidden: Tensor, generator: torch.Generator) -> Tensor:
        """(B, n, columns) from hidden variables (B, n, k)."""
        shown = hidden[..., : self.columns] if self.signal is None else self.signal(hidden)
        noise = self.noise(tuple(shown.shape), generator, shown.dtype)
        if self.gain is None:
            return shown + self.spread.to(shown) * noise
        return self.kept * shown + self.gain(hidden).exp().clamp_max(20) * noise


class Classes:
    """Numbers shown as a class variable: codes in one column, or one column a class.

    Args:
        columns: of the class variable.
        count, source: as in `RandomNetwork`.
    """

    def __init__(self, columns: int, count: int, source: Source) -> None:
        self.columns = columns
        codes = int(source.rng.integers(2, MOST_CODES, endpoint=True))
        self.cuts = normal(source, count, codes - 1).sort(-1).values
        labels = normal(source, count, codes).argsort(-1)
        ordered = source.rng.random() < 0.4
        self.labels = labels.sort(-1).values if ordered else labels

    def __call__(self, numbers: Tensor) -> Tensor:
        if self.columns > 1:
            return functional.one_hot(numbers.argmax(-1), self.columns).to(numbers)
        code = torch.searchsorted(self.cuts.to(numbers), numbers[..., 0].contiguous())
        return self.labels.gather(-1, code).unsqueeze(-1).to(numbers)


class Hidden(Stranger):
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


class Mixed(Stranger):
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
        levels = drawn(_normal, 2)
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


def _numbers(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return Hidden(dim_x, dim_y, count, source)


def _two_classes(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return Hidden(dim_x, dim_y, count, source, classes_x=True, classes_y=True)


def _one_class(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    """The class variable is the cause, or what it is told by."""
    if source.rng.random() < 0.5:
        return Hidden(dim_x, dim_y, count, source, classes_x=True)
    return Swapped(Hidden(dim_y, dim_x, count, source, classes_y=True))


def _mixed(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return Mixed(dim_x, dim_y, count, source)


STRANGERS: dict[str, Block] = {
    "strange-numbers": Block(_numbers, _often_single(up_to(MOST_COLUMNS), 0.45), weight=7),
    "strange-mixture": Block(_mixed, _often_single(any_size, 0.25), weight=6),
    "strange-classes": Block(_two_classes, two_class_sides, numeric=False),
    "strange-class": Block(_one_class, class_and_numbers, weight=2, numeric=False),
}
